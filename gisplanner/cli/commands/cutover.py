"""``gisplanner cutover``: windows counted back from a fixed day, kept for companies and booked by them."""

from __future__ import annotations

from datetime import datetime

import click

from gisplanner.cli.options import DAY, DISTRICT, options_of
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.domain.cut_over import CutOverWindow
from gisplanner.services.districts import get_district
from gisplanner.services.networks.access import acting
from gisplanner.services.networks.cut_overs import book, cancel, cut_overs, keep_windows
from gisplanner.text import Text


@root.group()
def cutover() -> None:
    """割接窗口：倒排预留、预约、冲突 (cut-over windows)."""


_PLACE = options_of(
    click.option("--estate", required=True, metavar="E", help="小区编码或名称 (estate)"),
    click.option("--owner", required=True, metavar="O", help="管线单位 (company)"),
    click.option("--building", metavar="B", help="楼栋；缺省为整个小区 (building, or the whole estate)"),
)


@command(cutover, "list")
@DISTRICT
@click.option("--estate", metavar="E", help="只看该小区，编码或名称 (estate)")
def listing(session: Session, district: str, estate: str | None) -> None:
    """预留了哪些窗口，谁预约了，有无冲突 (windows kept and booked, and overlaps)."""
    with session.database() as db:
        listed = cut_overs(db, get_district(db, district), estate=estate, viewer=acting(db, session.actor))
    session.result(listed.document(), listed.sentences())


@command(cutover, "keep")
@DISTRICT
@click.option("--estate", required=True, metavar="E", help="小区编码或名称 (estate)")
@click.option("--fixed", required=True, type=DAY, metavar="DATE", help="从这一天倒排 (count back from this day)")
@click.option("--days", default=2, show_default=True, type=click.IntRange(min=1), help="每家几个工作日 (days each)")
@click.option("--not-before", type=DAY, metavar="DATE", help="不早于，如管道完工日 (first possible day)")
@click.option(
    "--owner", "owners", multiple=True, metavar="O", help="单位，按割接先后，可重复；缺省为通信单位 (companies)"
)
def keep(
    session: Session,
    district: str,
    *,
    estate: str,
    fixed: datetime,
    days: int,
    not_before: datetime | None,
    owners: tuple[str, ...],
) -> None:
    """从固定日期倒排，为各单位预留割接窗口 (keep a window for each company)."""
    first = None if not_before is None else not_before.date()
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        keep_windows(
            db, found, estate, fixed=fixed.date(), days_each=days, not_before=first, owners=owners, viewer=viewer
        )
        listed = cut_overs(db, found, estate=estate, viewer=viewer)
    session.result(listed.document(), listed.sentences())


@command(cutover, "book")
@DISTRICT
@_PLACE
@click.option("--from", "first", required=True, type=DAY, metavar="DATE", help="第一天 (first day)")
@click.option("--to", "last", type=DAY, metavar="DATE", help="最后一天，缺省同第一天 (last day)")
@click.option("--note", metavar="TEXT", help="说明 (note)")
def booking(
    session: Session,
    district: str,
    *,
    estate: str,
    owner: str,
    building: str | None,
    first: datetime,
    last: datetime | None,
    note: str | None,
) -> None:
    """管线单位在自己的窗口内预约割接；同栋同日只割接一家 (book days in the own window)."""
    days = first.date(), (last or first).date()
    asked = CutOverWindow(estate, None, owner, "预约", *days, building, note=note)
    with session.database() as db:
        done = book(db, get_district(db, district), asked, viewer=acting(db, session.actor))
    session.result(done.record(), _told(done, Text("已预约", en="booked")))


@command(cutover, "cancel")
@DISTRICT
@_PLACE
def cancelling(session: Session, district: str, estate: str, owner: str, building: str | None) -> None:
    """取消预约 (cancel what was booked)."""
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        done = cancel(db, found, estate, owner, building=building, viewer=viewer)
    session.result({**done.record(), "cancelled": True}, _told(done, Text("已取消", en="cancelled")))


def _told(one: CutOverWindow, what: Text) -> Text:
    where = f"{one.estate or one.estate_code}{one.building or ''}"
    return Text(f"{what}：{where}，{one.owner}，{one.days}。", en=f"{what.en}: {where}, {one.owner}, {one.days}.")
