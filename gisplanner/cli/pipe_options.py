"""What the commands of pipeline plans share: where the ground comes from, what is said, how long is searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import DAY, one_of, refuse
from gisplanner.cli.session import Session
from gisplanner.domain.clearance_tables import Standards
from gisplanner.errors import UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.services.pipes.district import district_ground
from gisplanner.services.pipes.hand import NO_HAND, Hand, read_hand
from gisplanner.services.pipes.plan_file import ground_of_file
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.text import Text

GROUND = (
    click.option(
        "--file",
        "path",
        type=click.Path(path_type=Path),
        help="含 buildings、roads、sources 图层的文件 (file with these layers)",
    ),
    click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)"),
    click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)"),
    click.option(
        "--estates-layer", metavar="L", help="小区图层：只规划小区内楼栋，缺接入点时假定 (layer of compounds)"
    ),
    click.option("--district", metavar="D", help="区县代号：已入库的楼栋、道路 (stored district)"),
    click.option("--keep-existing", is_flag=True, help="区县已入库的现状管线保留、避让 (stored lines stay)"),
)
ONE = (
    click.option("--estate", metavar="NAME", help="其中一个小区 (one compound)"),
    click.option("--project", metavar="P", help="区县里的一个项目，编码或名称 (one project of the district)"),
)
SEARCH = (
    click.option(
        "--time-limit", default=60.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)"
    ),
    click.option("--seed", default=0, show_default=True, metavar="K", help="随机种子 (seed)"),
)
HAND = click.option(
    "--hand", type=click.Path(path_type=Path), metavar="H.json", help="人工干预、例外及理由 (what the planner says)"
)
WORKS = (
    click.option("--profile", metavar="P", help="按哪份文件定出资方 (document that says who pays)"),
    click.option("--start", type=DAY, metavar="DATE", help="开工日 (first day of works)"),
    click.option("--deadline", type=DAY, metavar="DATE", help="完工期限 (deadline of works)"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What is planned on, and by which tables."""

    ground: Ground
    standards: Standards | None


def asked_ground(session: Session, options: dict[str, Any]) -> Asked:
    """Return what the options of :data:`GROUND` and :data:`ONE` name.

    Raises
    ------
    UsageError
        Options that do not go together.
    """
    path, district = options["path"], options["district"]
    one_of(path, district)
    if path is not None:
        refuse(options, ("project", "keep_existing", "keep"), "--district")
        given = {name: options[name] for name in ("crs", "encoding", "estate")}
        return Asked(ground_of_file(path, estates=options["estates_layer"], **given), None)
    refuse(options, ("crs", "encoding", "estates_layer"), "--file")
    with session.database() as db:
        found = get_district(db, str(district))
        which = {"project": options["project"], "estate": options["estate"]}
        ground = district_ground(db, found, **which, existing=options["keep_existing"])
        return Asked(ground, standards_of(db, found))


def span_of(start: datetime | None, deadline: datetime | None) -> tuple[date, date] | None:
    """Return the span of the works; both days or none."""
    if (start is None) != (deadline is None):
        raise UsageError(Text("--start 与 --deadline 一起给。", en="--start and --deadline go together."))
    return None if start is None or deadline is None else (start.date(), deadline.date())


def hand_of(path: Path | None) -> Hand:
    """Return what the planner says, nothing where no file is given."""
    return NO_HAND if path is None else read_hand(path)
