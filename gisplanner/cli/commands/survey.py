"""``gisplanner survey``: what is looked for on the ground before a plan is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.progress.permission import acting_as
from gisplanner.services.survey.candidates import FARTHEST_M, NEAR_M, Candidates, candidates
from gisplanner.services.survey.red_lines import red_line_inventory
from gisplanner.text import Text

_OUT = click.option("--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="写成表格 (a workbook)")
_DISTRICT = click.option("--district", required=True, metavar="D", help="区县 (district)")
_ESTATE = click.option("--estate", metavar="E", help="只看一个小区：编码或名称 (one estate)")
_AREA = click.option("--area", metavar="A", help="只看一个片区：编码或名称 (one area)")
_WITHIN = click.option(
    "--within",
    "within_m",
    type=click.FloatRange(0, FARTHEST_M),
    default=NEAR_M,
    show_default=True,
    metavar="M",
    help="距小区轮廓多少米以内 (metres from an estate)",
)


@root.group("survey")
def survey() -> None:
    """摸底：红线内市政设施、公共用房和国有资产、零星用地 (what is on the ground)."""


@command(survey, "red-lines")
@_OUT
@_DISTRICT
def red_lines(session: Session, out: Path | None, district: str) -> None:
    """各项目红线范围内的市政设施清单 (municipal facilities inside each red line)."""
    with session.database() as db:
        found = red_line_inventory(acting_as(db, session.actor), get_district(db, district))
    if out is not None:
        found.write(out)
    _tell(session, district, found.document(), found.sentences(), out)


@command(survey, "rooms")
@_WITHIN
@_ESTATE
@_AREA
@_OUT
@_DISTRICT
def rooms(
    session: Session, within_m: float, estate: str | None, area: str | None, out: Path | None, district: str
) -> None:
    """各小区内及附近的公共用房、国有资产和闲置房屋 (public rooms, state assets, idle houses)."""
    found = _found(session, district, within_m, estate, area)
    if out is not None:
        found.write_rooms(out)
    told = {key: value for key, value in found.document().items() if key != "land"}
    _tell(session, district, told, found.room_sentences(), out)


@command(survey, "land")
@_WITHIN
@_ESTATE
@_AREA
@_OUT
@_DISTRICT
def land(
    session: Session, within_m: float, estate: str | None, area: str | None, out: Path | None, district: str
) -> None:
    """小区及周边的零星用地，可供公共空间、停车和配套设施选用 (leftover land in and near estates)."""
    found = _found(session, district, within_m, estate, area)
    if out is not None:
        found.write_land(out)
    told = {key: found.document()[key] for key in ("within_m", "land")}
    _tell(session, district, told, found.land_sentences(), out)


def _found(session: Session, district: str, within_m: float, estate: str | None, area: str | None) -> Candidates:
    with session.database() as db:
        return candidates(
            acting_as(db, session.actor), get_district(db, district), within_m=within_m, estate=estate, area=area
        )


def _tell(session: Session, district: str, document: dict[str, Any], told: Text, out: Path | None) -> None:
    wrote = {} if out is None else {"out": str(out)}
    session.result({"district": district, **document, **wrote}, told)
