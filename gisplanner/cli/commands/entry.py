"""``gisplanner entry``: one estate filled in by hand, and who changed what."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

import click

from gisplanner.cli.options import DAY, DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import Fault, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.progress.estate_entry import COUNTS, EstateEntry, changes_of, estate_record, save_entry
from gisplanner.services.progress.permission import acting_as
from gisplanner.text import Text

_LISTED = 40


@root.group("entry")
def entry() -> None:
    """填报：小区的建成时间、产权、意愿、需求票数及历次改动 (estates filled in by hand)."""


@command(entry, "fill")
@click.argument("estate")
@click.option("--year-built", help="建成时间，如 1998、1985-1990、80年代 (year built)")
@click.option("--ownership", help="产权性质 (ownership)")
@click.option("--surveyed", type=int, help="调查户数 (households asked)")
@click.option("--willing", type=int, help="同意户数 (households willing)")
@click.option(
    "--vote", "votes", multiple=True, metavar="ITEM=N", help="需求票数，项目须在改造菜单内 (votes for a need)"
)
@click.option("--on", required=True, type=DAY, help="日期 YYYY-MM-DD (day)")
@click.option("--source", help="来源，如 入户调查 (source)")
@DISTRICT
def fill(
    session: Session,
    estate: str,
    year_built: str | None,
    ownership: str | None,
    surveyed: int | None,
    willing: int | None,
    votes: tuple[str, ...],
    on: datetime,
    source: str | None,
    district: str,
) -> None:
    """填报一个小区的建成时间、产权、意愿和需求票数；没有写的不变 (fill in one estate)."""
    counts = {
        kind: Decimal(count) for kind, count in zip(COUNTS, (surveyed, willing), strict=True) if count is not None
    }
    given = EstateEntry(on.date(), year_built, ownership, counts, _votes(votes), source)
    with session.database() as db:
        saved = save_entry(acting_as(db, session.actor), get_district(db, district), estate, given)
    session.result(
        {"district": district, "estate": saved.estate, "fields": list(saved.fields), "figures": saved.figures},
        Text(
            f"{saved.estate}：改动台账 {len(saved.fields)} 项，记录统计 {saved.figures} 项。",
            en=f"{saved.estate}: {len(saved.fields)} fields and {saved.figures} figures changed.",
        ),
    )


@command(entry, "history")
@click.argument("estate")
@DISTRICT
def history(session: Session, estate: str, district: str) -> None:
    """一个小区填报的历次改动：谁、何时、由什么改为什么 (who changed what)."""
    with session.database() as db:
        viewed, found = acting_as(db, session.actor), get_district(db, district)
        record, changes = estate_record(viewed, found, estate), changes_of(viewed, found, estate)
    lines = [
        f"  {one.at:%Y-%m-%d %H:%M} {one.by}：{one.what} {one.before or '未填'} → {one.after or '未填'}"
        for one in changes[:_LISTED]
    ]
    session.result(
        {
            "district": district,
            "estate": record.code,
            "changes": [
                {
                    "what": one.what,
                    "before": one.before,
                    "after": one.after,
                    "on": None if one.on is None else one.on.isoformat(),
                    "at": one.at.isoformat(),
                    "by": one.by,
                    "source": one.source,
                }
                for one in changes
            ],
        },
        Text(
            "\n".join([f"{record.name or record.code} 的改动 {len(changes)} 条：", *lines]),
            en="\n".join([f"{len(changes)} changes of {record.code}:", *lines]),
        ),
    )


def _votes(given: tuple[str, ...]) -> dict[str, Decimal]:
    made: dict[str, Decimal] = {}
    faults = []
    for one in given:
        word, sign, count = one.rpartition("=")
        try:
            made[word.strip()] = Decimal(count)
        except InvalidOperation:
            sign = ""
        if not sign or not word.strip():
            faults.append(Fault(column="--vote", value=one, allowed="ITEM=N"))
    if faults:
        raise UsageError(Text("--vote 写作 项目=票数。", en="--vote takes ITEM=N."), faults)
    return made
