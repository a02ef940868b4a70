"""``gisplanner networks``: what companies handed in, seen, accepted, written down and given back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import DAY, DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.domain.district_tables import TABLES
from gisplanner.errors import Fault, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.networks.access import acting
from gisplanner.services.networks.district_tables import district_rows, import_rows, standards_of, write_tables
from gisplanner.services.networks.exceptions import accept_conflict, exceptions_document, withdraw_exception
from gisplanner.services.networks.give_back import give_back
from gisplanner.services.networks.handover import handover_list, handover_tasks, write_handover
from gisplanner.services.networks.intents import gas_intents, import_intents, record_intent
from gisplanner.services.networks.line_parts import line_parts, write_line_parts
from gisplanner.services.networks.scheme import estate_scheme
from gisplanner.services.networks.section import cross_section_at, write_section
from gisplanner.services.networks.tasks import store_tasks
from gisplanner.text import Text

_KINDS = ("horizontal", "vertical", "building", "tree", "pole", "kerb", "cover")


@root.group()
def networks() -> None:
    """各单位管线：断面、整治方案、例外、移交、交回 (networks of the companies)."""


@command(networks, "section")
@DISTRICT
@click.option("--at", "place", required=True, metavar="X,Y", help="位置：经度,纬度 或 东,北 (place)")
@click.option("--bearing", type=float, metavar="DEG", help="断面方位，度；缺省垂直于最近的管线 (direction)")
@click.option("--width", default=20.0, show_default=True, metavar="M", help="断面宽度，米 (width)")
@click.option("--title", default="横断面", show_default=True, help="图名 (title)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.svg|X.png", help="写出断面图 (picture)")
def section(
    session: Session, district: str, place: str, bearing: float | None, width: float, title: str, out: Path | None
) -> None:
    """任一处的管线横断面 (cross-section at any place)."""
    with session.database() as db:
        found = cross_section_at(
            db,
            get_district(db, district),
            _place(place),
            bearing_deg=bearing,
            half_width_m=width / 2.0,
            viewer=acting(db, session.actor),
        )
    if out is not None:
        write_section(found, out, title)
    session.result(found.document(), found.sentences())


@command(networks, "scheme")
@DISTRICT
@click.option("--estate", required=True, metavar="E", help="小区编码或名称 (estate)")
@click.option("--owner", metavar="O", help="只写该单位的方案 (one company only)")
@click.option("--on", type=DAY, metavar="DATE", help="日期，缺省今天 (day of the paper)")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="X.docx", help="写出 (paper)")
def scheme(session: Session, district: str, estate: str, owner: str | None, on: datetime | None, out: Path) -> None:
    """每个小区的管线整治方案，DOCX (the scheme of one estate)."""
    with session.database() as db:
        viewer, day = acting(db, session.actor), None if on is None else on.date()
        told = estate_scheme(db, get_district(db, district), estate, out, owner=owner, on=day, viewer=viewer)
    session.result(
        {**told.document(), "file": str(out)},
        Text(
            f"{told.estate}：{told.lines} 段管线，冲突 {told.conflicts} 处，资料不足 {told.unknown} 处；"
            f"已写入 {out}。",
            en=f"{told.estate}: {told.lines} lines, {told.conflicts} conflicts; written to {out}.",
        ),
    )


@command(networks, "give-back")
@DISTRICT
@click.option("--owner", required=True, metavar="O", help="权属单位 (company)")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="X.dxf|X.geojson", help="写出 (file)")
def give_back_command(session: Session, district: str, owner: str, out: Path) -> None:
    """按该单位自己的图层或表头交回其管线，标出冲突 (its network in its own layers)."""
    with session.database() as db:
        made = give_back(db, get_district(db, district), owner, out, viewer=acting(db, session.actor))
    session.result(
        {**made, "file": str(out)},
        Text(
            f"{owner}：{made['lines']} 段、{made['points']} 个管点、{made['conflicts']} 处冲突，已写入 {out}。",
            en=f"{owner}: {made['lines']} lines, {made['points']} points, {made['conflicts']} conflicts in {out}.",
        ),
    )


@command(networks, "accept")
@DISTRICT
@click.option("--pair", required=True, nargs=2, metavar="A B", help="冲突的两方，照冲突清单；覆土的 B 写 - (pair)")
@click.option("--kind", required=True, type=click.Choice(_KINDS), help="类别 (kind)")
@click.option("--measure", required=True, help="采取的安全措施 (measure)")
@click.option("--ground", required=True, help="理由 (ground)")
@click.option("--document", required=True, help="依据文件 (document)")
@click.option("--accepted-by", required=True, help="接受人 (who answers for it)")
@click.option("--on", required=True, type=DAY, metavar="DATE", help="接受日期 (day)")
@click.option("--until", required=True, type=DAY, metavar="DATE", help="有效期至 (last day)")
@click.option("--down-to", type=float, metavar="M", help="接受到的最小净距，缺省为现状 (least distance)")
def accept(
    session: Session,
    district: str,
    pair: tuple[str, str],
    kind: str,
    on: datetime,
    until: datetime,
    down_to: float | None,
    **told: Any,
) -> None:
    """登记净距例外：由谁、凭什么、到何时接受 (accept a smaller clearance on record)."""
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        made = accept_conflict(
            db,
            found,
            pair[0],
            None if pair[1] == "-" else pair[1],
            kind,
            on=on.date(),
            until=until.date(),
            accepted_m=down_to,
            viewer=viewer,
            **told,
        )
    session.result(
        made.document_record(),
        Text(
            f"已登记例外：{made.a} {made.b or ''} {made.accepted_m:g} m < {made.required_m:g} m，{made.measure}，"
            f"至 {made.valid_until}。",
            en=f"Accepted until {made.valid_until}: {made.accepted_m:g} m < {made.required_m:g} m.",
        ),
    )


@command(networks, "withdraw")
@DISTRICT
@click.option("--pair", required=True, nargs=2, metavar="A B", help="例外的两方；覆土的 B 写 - (pair)")
@click.option("--kind", required=True, type=click.Choice(_KINDS), help="类别 (kind)")
@click.option("--on", required=True, type=DAY, metavar="DATE", help="撤回日期 (day)")
def withdraw(session: Session, district: str, pair: tuple[str, str], kind: str, on: datetime) -> None:
    """撤回例外登记 (withdraw an exception)."""
    second = None if pair[1] == "-" else pair[1]
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        gone = withdraw_exception(db, found, pair[0], second, kind, on=on.date(), viewer=viewer)
    session.result(
        gone.document_record(), Text("已撤回，冲突重新列入。", en="Withdrawn; the conflict is open again.")
    )


@command(networks, "exceptions")
@DISTRICT
@click.option("--on", type=DAY, metavar="DATE", help="查看哪一天，缺省今天 (day)")
def exceptions(session: Session, district: str, on: datetime | None) -> None:
    """例外登记清单 (all exceptions and whether they hold)."""
    day = date.today() if on is None else on.date()  # noqa: DTZ011 - a calendar day at the office
    with session.database() as db:
        viewer = acting(db, session.actor)
        told = exceptions_document(db, get_district(db, district), on=day, viewer=viewer)
    count, covering = len(told["exceptions"]), sum(one["covers"] for one in told["exceptions"])
    session.result(
        told,
        Text(
            f"例外登记 {count} 条，{covering} 条在有效期内并适用；未接受的冲突 {told['open']} 处。",
            en=f"{count} exceptions, {covering} hold; {told['open']} conflicts are open.",
        ),
    )


@command(networks, "tables")
@DISTRICT
@click.option(
    "--file", "path", type=click.Path(path_type=Path), metavar="X.csv", help="修正或补充的行 (rows to take in)"
)
@click.option("--out", type=click.Path(path_type=Path), metavar="X.csv", help="写出现行的全部净距表 (all tables)")
def tables(session: Session, district: str, path: Path | None, out: Path | None) -> None:
    """净距表的区县修正：改正或补充一行，须有依据 (rows a district corrects or adds)."""
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        taken = None if path is None else import_rows(db, found, path, viewer=viewer)
        rows = district_rows(db, found, viewer=viewer)
        if out is not None:
            write_tables(standards_of(db, found), out)
    told = [f"净距表区县修正 {len(rows)} 行。"]
    if taken is not None:
        told.append(
            f"本次改正 {taken.corrected} 行，补充 {taken.added} 行，撤回 {taken.withdrawn} 行，"
            f"未变 {taken.unchanged} 行。"
        )
    told += [f"  {TABLES[one.table]} {one.id}：{one.values}，{one.origin}" for one in rows]
    session.result(
        {"rows": [one.record() for one in rows], "taken_in": None if taken is None else taken.document()},
        Text("\n".join(told), en=f"{len(rows)} rows of the district."),
    )


@command(networks, "handover")
@DISTRICT
@click.option("--store", is_flag=True, help="列为移交事项 (keep as tasks)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="写出移交清单 (workbook)")
def handover(session: Session, district: str, store: bool, out: Path | None) -> None:
    """移交清单：按接收单位，在市政道路边界处分段 (who takes over which line)."""
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        listed = handover_list(db, found, viewer=viewer)
        if store:
            store_tasks(db, found, handover_tasks(listed), viewer=viewer)
    if out is not None:
        write_handover(listed, out)
    session.result(listed.document(), listed.sentences())


@command(networks, "intents")
@DISTRICT
@click.option("--estate", metavar="E", help="小区；给出则填报 (estate: record)")
@click.option("--households", type=int, metavar="N", help="有报装意向的户数 (households)")
@click.option("--on", type=DAY, metavar="DATE", help="填报日期 (day)")
@click.option("--owner", metavar="O", help="燃气公司；缺省为政策依据写明的 (gas company)")
@click.option(
    "--file", "path", type=click.Path(path_type=Path), metavar="FILE", help="意向统计表：小区、报装户数、日期 (table)"
)
def intents(
    session: Session,
    district: str,
    estate: str | None,
    households: int | None,
    on: datetime | None,
    owner: str | None,
    path: Path | None,
) -> None:
    """燃气报装意向：街道填报，燃气公司查看 (households that want gas)."""
    given = (estate, households, on)
    if any(one is not None for one in given) and None in given:
        raise UsageError(
            Text("填报须给出 --estate、--households、--on。", en="Give --estate, --households and --on together.")
        )
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        if estate is not None and households is not None and on is not None:
            record_intent(db, found, estate, households, on=on.date(), owner=owner, viewer=viewer)
        if path is not None:
            import_intents(db, found, path, owner=owner, viewer=viewer)
        listed = gas_intents(db, found, viewer=viewer)
    total = sum(one.households for one in listed)
    session.result(
        {"intents": [one.record() for one in listed], "households": total},
        Text(f"{len(listed)} 个小区，{total} 户有报装意向。", en=f"{total} households of {len(listed)} estates."),
    )


def _place(written: str) -> tuple[float, float]:
    try:
        east, north = (float(part) for part in written.replace("，", ",").split(","))
    except ValueError as error:
        raise UsageError(
            Text("--at 写成 经度,纬度 或 东,北。", en="--at takes two numbers."),
            [Fault(column="--at", value=written, allowed="X,Y")],
        ) from error
    return east, north


@command(networks, "parts")
@DISTRICT
@click.option("--estate", metavar="E", help="只看该小区，编码或名称 (estate)")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="写出分段、排水体制、合流管 (workbook)"
)
def parts(session: Session, district: str, estate: str | None, out: Path | None) -> None:
    """主管、表前支管、表、表后管各归谁出资；雨污合流管清单 (parts of lines, who pays, combined drains)."""
    with session.database() as db:
        found = line_parts(db, get_district(db, district), estate=estate, viewer=acting(db, session.actor))
    if out is not None:
        write_line_parts(found, out)
    session.result(found.document(), found.sentences())
