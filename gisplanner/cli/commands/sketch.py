"""``gisplanner sketch``: illustrative outlines for a register that has none."""

from __future__ import annotations

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import Fault, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.sketch import SketchReport, sketch_outlines
from gisplanner.text import Text


@command(root, "sketch")
@DISTRICT
@click.option(
    "--centre", metavar="LON,LAT", help="示意图中心的经纬度；缺省取政策依据或区界中心 (middle of the sketch)"
)
def sketch(session: Session, district: str, centre: str | None) -> None:
    """为没有轮廓的小区绘制示意数据 (draw illustrative outlines)."""
    middle = None if centre is None else _lonlat(centre)
    with session.database() as db:
        report = sketch_outlines(db, get_district(db, district), centre_lonlat=middle)
    session.result(report.document(), _sentences(report))


def _lonlat(text: str) -> tuple[float, float]:
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(
            Text(f"--centre {text} 应为 经度,纬度。", en=f"--centre {text}: give longitude,latitude."),
            [Fault(column="--centre", value=text, allowed="114.765,25.660")],
        ) from error
    return (longitude, latitude)


def _sentences(report: SketchReport) -> Text:
    drawn = report.drawn
    zh = [
        "示意数据：以下图形按台账自动绘制，非测绘成果，不得用于审批或施工。",
        f"小区 {drawn['estates']} 个、楼栋 {drawn['buildings']} 栋、道路 {drawn['roads']} 条、"
        f"出入口 {drawn['entrances']} 处、障碍物 {drawn['obstacles']} 处、市政接口 {drawn['connection_points']} 处、"
        f"阻隔 {drawn['barriers']} 处；"
        + (f"改动 {report.written} 行。" if report.written else "与已存一致，未作改动。"),
    ]
    en = [
        "Illustrative data (示意数据): drawn from the register, not surveyed; not for approval or construction.",
        f"{drawn['estates']} estates, {drawn['buildings']} buildings, {drawn['roads']} roads, "
        f"{drawn['entrances']} entrances, {drawn['obstacles']} obstacles, {drawn['connection_points']} connection "
        f"points, {drawn['barriers']} barriers; "
        + (f"{report.written} rows changed." if report.written else "as stored already, nothing changed."),
    ]
    for codes, note_zh, note_en in (
        (report.kept_real, "已有真实轮廓，未绘制", "have a real outline, not drawn"),
        (report.no_room, "被真实轮廓占用，无处绘制", "not drawn: real outlines are in the way"),
        (_of_kind(report, "buildings_unknown"), "栋数未填，未画楼栋", "number of buildings unknown, none drawn"),
        (_of_kind(report, "floor_area_unknown"), "面积未填，按常规假定", "floor area unknown, assumed"),
        (_of_kind(report, "floor_area_not_reached"), "面积不合常理，楼栋面积与台账相差超过 10%",
         "implausible floor area, drawn one differs by more than 10 %"),
    ):  # fmt: skip
        if codes:
            zh.append(f"  {note_zh}：{'、'.join(codes)}")
            en.append(f"  {note_en}: {', '.join(codes)}")
    if report.shift_m != (0.0, 0.0):
        east, north = report.shift_m
        zh.append(f"  为避让真实轮廓，示意图东移 {east:g} 米、北移 {north:g} 米。")
        en.append(f"  Moved {east:g} m east, {north:g} m north to be clear of real outlines.")
    return Text("\n".join(zh), en="\n".join(en))


def _of_kind(report: SketchReport, kind: str) -> tuple[str, ...]:
    return tuple(remark.estate for remark in report.remarks if remark.kind == kind)
