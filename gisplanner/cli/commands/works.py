"""``gisplanner works``: what the works leave behind, taken in; indicators, priority and responsible units told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final, get_args

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Function, Session, command
from gisplanner.domain.indicators import LEVELS, Level
from gisplanner.domain.works import RECORDS, RecordKind
from gisplanner.services.districts import get_district
from gisplanner.services.fire.district import plan_fire_district
from gisplanner.services.fire.wishes import FireWishes
from gisplanner.services.progress.encroachments import encroachments
from gisplanner.services.progress.fire_figures import record_fire
from gisplanner.services.progress.indicators import indicator_table
from gisplanner.services.progress.permission import acting_as
from gisplanner.services.progress.photos import DemolitionPhase, Phase, Shot, add_demolition_photo, add_photo
from gisplanner.services.progress.priority import ranked_estates
from gisplanner.services.progress.records import enter_file, write_form
from gisplanner.services.progress.units import district_units
from gisplanner.text import Text

_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(path_type=Path)
_LISTED = 20


_SHOT: Final = (
    click.option("--on", required=True, type=_DAY, help="拍摄日期 YYYY-MM-DD (day)"),
    click.option("--caption", help="说明 (caption)"),
    click.option("--by", "taken_by", help="拍摄人 (who took it)"),
    click.option("--district", required=True, help="区县 (district)"),
)


def _shot(function: Function) -> Function:
    """Add the options of a photo, in their order."""
    for option in reversed(_SHOT):
        function = option(function)
    return function


@root.group("works")
def works() -> None:
    """工程台账：录入、指标、优先次序、责任单位 (records of the works)."""


@command(works, "enter")
@click.argument("kind", type=click.Choice(list(RECORDS)))
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="只核对，不存入 (check only)")
@click.option("--district", required=True, help="区县 (district)")
def enter(session: Session, kind: RecordKind, file: Path, district: str, *, dry_run: bool) -> None:
    """录入台账 FILE（CSV、XLSX），整份存入或一条不存；表头见 works form (enter records)."""
    with session.database() as db:
        made = enter_file(acting_as(db, session.actor), get_district(db, district), kind, file, dry_run=dry_run)
    session.result({"district": district, **made.as_dict()}, made.sentences())


@command(works, "form")
@click.argument("kind", type=click.Choice(list(RECORDS)))
@click.option("--out", required=True, type=_FILE, metavar="X.csv", help="写出的空表 (empty table)")
def form(session: Session, kind: RecordKind, out: Path) -> None:
    """写出一种台账的空表，表头可直接填写 (the empty table of a kind of record)."""
    headings = write_form(kind, out)
    session.result(
        {"kind": kind, "out": str(out), "headings": list(headings)},
        Text(f"已写出 {out}：{'、'.join(headings)}。", en=f"Wrote {out}: {len(headings)} columns."),
    )


@command(works, "photo")
@click.argument("estate")
@click.argument("file", type=_FILE)
@click.option("--phase", required=True, type=click.Choice(list(get_args(Phase))), help="改造前或改造后 (phase)")
@_shot
def photo(
    session: Session,
    estate: str,
    file: Path,
    phase: Phase,
    on: datetime,
    caption: str | None,
    taken_by: str | None,
    district: str,
) -> None:
    """存入小区 ESTATE 的改造前后照片：缩小并去除拍摄信息 (a photo before or after)."""
    shot = Shot.of_file(file, on.date(), caption=caption, taken_by=taken_by)
    with session.database() as db:
        size = add_photo(acting_as(db, session.actor), get_district(db, district), estate, phase, shot)
    _tell_photo(session, estate, phase, shot, size)


@command(works, "demolition-photo")
@click.argument("code")
@click.argument("file", type=_FILE)
@click.option(
    "--phase", required=True, type=click.Choice(list(get_args(DemolitionPhase))), help="拆除前或拆除后 (phase)"
)
@_shot
def demolition_photo(
    session: Session,
    code: str,
    file: Path,
    phase: DemolitionPhase,
    on: datetime,
    caption: str | None,
    taken_by: str | None,
    district: str,
) -> None:
    """存入拆违事项 CODE 的拆除前后照片 (a photo of what is pulled down)."""
    shot = Shot.of_file(file, on.date(), caption=caption, taken_by=taken_by)
    with session.database() as db:
        size = add_demolition_photo(acting_as(db, session.actor), get_district(db, district), code, phase, shot)
    _tell_photo(session, code, phase, shot, size)


def _tell_photo(session: Session, of: str, phase: str, shot: Shot, size_bytes: int) -> None:
    session.result(
        {"of": of, "phase": phase, "on": shot.on.isoformat(), "taken_by": shot.taken_by, "bytes": size_bytes},
        Text(f"已存入 {of} {phase}照片（{size_bytes} 字节）。", en=f"Stored a photo of {of} ({size_bytes} bytes)."),
    )


@command(works, "encroachments")
@click.option("--green", type=_FILE, metavar="FILE", help="绿地范围文件 (outlines of green)")
@click.option("--layer", help="绿地文件中的图层 (layer of that file)")
@click.option("--crs", help="绿地文件没有坐标系时 EPSG:n (its CRS)")
@click.option("--district", required=True, help="区县 (district)")
def encroachments_command(
    session: Session, green: Path | None, layer: str | None, crs: str | None, district: str
) -> None:
    """占用道路、绿地的构筑物：面积（㎡）和原文所列责任单位 (structures on roads and green)."""
    with session.database() as db:
        told = encroachments(
            acting_as(db, session.actor), get_district(db, district), green=green, layer=layer, crs=crs
        )
    zh = [
        f"  {one.code}（{one.kind}）占{one.ground}{one.name or ''} {one.area_m2:g} ㎡，责任单位："
        f"{'；'.join(one.units) or '文件未规定'}"
        for one in told.found[:_LISTED]
    ]
    en = [f"  {one.code} ({one.kind}): {one.area_m2:g} m² of {one.ground}" for one in told.found[:_LISTED]]
    zh.append(f"  另有 {told.without_shape} 个没有面状图形、{told.roads_without_width} 条道路没有路宽，不能计算")
    en.append(f"  {told.without_shape} have no outline, {told.roads_without_width} roads no width: not counted")
    session.result(
        {
            "district": district,
            "encroachments": [one.as_dict() for one in told.found],
            "structures": told.structures,
            "without_shape": told.without_shape,
            "roads_without_width": told.roads_without_width,
        },
        Text(
            "\n".join([f"占用道路、绿地的构筑物 {len(told.found)} 处：", *zh]),
            en="\n".join([f"{len(told.found)} structures on roads or green:", *en]),
        ),
    )


@command(works, "kpi")
@click.option("--level", type=click.Choice(list(LEVELS)), default="district", show_default=True, help="层级 (level)")
@click.option("--as-of", type=_DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@click.option("--district", required=True, help="区县 (district)")
def kpi(session: Session, level: Level, as_of: datetime | None, district: str) -> None:
    """全部指标：小区、项目、片区、社区、街道或区，权重均注明 (all indicators, weight named)."""
    with session.database() as db:
        seen, day = acting_as(db, session.actor), None if as_of is None else as_of.date()
        table = indicator_table(seen, get_district(db, district), level, as_of=day)
    zh, en = [f"截至 {table.state.as_of}，{LEVELS[level]}："], [f"As of {table.state.as_of}, by {level}:"]
    for name, values in list(table.values.items())[:_LISTED]:
        told = "；".join(f"{one.indicator.title} {one.told}（{one.indicator.basis}）" for one in values.values())
        zh.append(f"  {name}（小区 {table.estates[name]}；{table.stages[name]}）：{told}")
        en.append(f"  {name}: " + "; ".join(f"{key} {one.told}" for key, one in values.items()))
    if len(table.values) > _LISTED:
        zh.append(f"  … 另有 {len(table.values) - _LISTED} 个，见 --json")
        en.append(f"  … {len(table.values) - _LISTED} more: use --json")
    session.result(table.document(district), Text("\n".join(zh), en="\n".join(en)))


@command(works, "measure-fire")
@click.option("--on", required=True, type=_DAY, help="日期 YYYY-MM-DD (day)")
@click.option("--district", required=True, help="区县 (district)")
def measure_fire(session: Session, on: datetime, district: str) -> None:
    """计算消防车今天可达的楼栋并记入指标 (record what fire engines reach)."""
    with session.database() as db:
        found = get_district(db, district)
        plan = plan_fire_district(db, found, FireWishes(profile=found.profile))
        made = record_fire(db, found, plan, on=on.date())
    records = 0 if made is None else made.records
    session.result(
        {"district": district, "estates": len(plan.plans), "records": records},
        Text(f"已记入 {len(plan.plans)} 个小区的消防指标。", en=f"Recorded {len(plan.plans)} estates."),
    )


@command(works, "priority")
@click.option("--as-of", type=_DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@click.option("--district", required=True, help="区县 (district)")
def priority(session: Session, as_of: datetime | None, district: str) -> None:
    """优先次序：文件列出的各项，其次未办结投诉件数，均可见 (the order in which estates come)."""
    with session.database() as db:
        seen, day = acting_as(db, session.actor), None if as_of is None else as_of.date()
        rows = ranked_estates(seen, get_district(db, district), as_of=day)
    zh = [
        f"  {number} {one.estate.name or one.estate.estate_code}：符合 {one.met} 项，投诉 {one.complaints} 件"
        f"（未办结 {one.complaints_open}）"
        for number, one in enumerate(rows[:_LISTED], start=1)
    ]
    en = [
        f"  {number} {one.estate.estate_code}: {one.met} met, {one.complaints_open} of {one.complaints} open"
        for number, one in enumerate(rows[:_LISTED], start=1)
    ]
    session.result(
        {"district": district, "estates": [one.as_dict() for one in rows]},
        Text("\n".join(["优先次序：", *zh]), en="\n".join(["Priority:", *en])),
    )


@command(works, "units")
@click.option("--district", required=True, help="区县 (district)")
def units(session: Session, district: str) -> None:
    """各阶段的责任单位，用文件原词，矛盾之处并列 (responsible units of each stage)."""
    with session.database() as db:
        told = district_units(get_district(db, district))
    session.result(
        {"district": district, "stages": [one.as_dict() for one in told]},
        Text("\n".join(one.line for one in told), en="\n".join(one.line for one in told)),
    )
