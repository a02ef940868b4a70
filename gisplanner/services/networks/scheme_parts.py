"""The chapters of the scheme for the pipelines of one estate (管线整治方案各章)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.catalog.layers import utilities
from gisplanner.catalog.profiles import profile
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.domain.point_kinds import POINT_KINDS
from gisplanner.formats.network_scheme import SchemePart, SchemeTable
from gisplanner.maps.network_plan import PlanLayer, draw_plan
from gisplanner.services.networks.drains import state_of
from gisplanner.services.networks.filing import FilingMatrix
from gisplanner.services.networks.line_parts import PART_NOTE, LineParts, part_name
from gisplanner.services.networks.reach import REACH_M
from gisplanner.services.networks.section import Section, section_picture

AROUND_M: Final = 15.0
"""Lines this near to an estate belong to its scheme: 小区内部及其毗邻道路 (本工具参数)."""
_LISTED: Final = 40
_UNCHECKED: Final = "净距、覆土和保护范围的条文数值均未与印刷原文核对，施工前须由设计单位复核。"


@dataclass(frozen=True, slots=True, eq=False)
class EstateLines:
    """What lies in an estate and beside it, and what the check found there."""

    row: Any
    ground: Any
    lines: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    points: gpd.GeoDataFrame
    conflicts: gpd.GeoDataFrame
    unknown: int
    illustrative: bool


@dataclass(frozen=True, slots=True, eq=False)
class EstateTasks:
    """What was recorded about the lines of an estate; ``owner`` where the paper is of one company."""

    district: District
    owner: str | None
    relocations: Sequence[NetworkTask]
    guarded: Sequence[NetworkTask]
    applications: Sequence[NetworkTask]
    matrix: FilingMatrix
    parts: LineParts


def scheme_parts(found: EstateLines, section: Section | None, stored: EstateTasks) -> list[SchemePart]:
    """Return the chapters of the paper."""
    return [
        _facts(found),
        _grounds(stored.district),
        _today(found),
        _plan(found, section),
        _clearances(found),
        _parts(stored.parts),
        SchemePart("迁改与规整", tables=[_tasks(stored.relocations)]),
        SchemePart("燃气设施保护", tables=[_tasks(stored.guarded)]),
        SchemePart("开挖与接入申请", tables=[_tasks(stored.applications)]),
        _filing(stored.matrix, found.row["code"], stored.owner),
        SchemePart("说明", [_UNCHECKED, "资料不足的一律写明，未作推定；费用承担见政策答复。"]),
    ]


def _facts(found: EstateLines) -> SchemePart:
    row = found.row
    told = [("户数", "households", "户"), ("栋数", "buildings", "栋"), ("建筑面积", "floor_area_10k_m2", "万平方米")]
    figures = [f"{label} {row[name]:g} {unit}" for label, name, unit in told if not pd.isna(row[name])]
    where = "、".join(str(row[name]) for name in ("subdistrict", "community") if row.get(name))
    stated = "，".join(figures) or "户数、栋数、面积台账未载明"
    return SchemePart("小区概况", [f"{row['name'] or row['code']}位于{where or '（街道、社区未载明）'}，{stated}。"])


def _grounds(district: District) -> SchemePart:
    if district.profile is None:
        return SchemePart("编制依据", ["本区未选用政策依据。"])
    policy = profile(district.profile)
    quotes = list(dict.fromkeys(one.quote for one in policy.operators))
    named = f"《{policy.document.title}》"
    return SchemePart("编制依据", [named + "。", *(f"原文：「{quote}」" for quote in quotes)])


def _today(found: EstateLines) -> SchemePart:
    rows = []
    for (owner, utility), part in found.lines.groupby(["owner", "utility"], sort=True):
        overhead = part[part["laying"] == "overhead"].geometry.length.sum()
        rows.append(
            (
                owner,
                utilities()[str(utility)].name,
                len(part),
                f"{part.geometry.length.sum():.0f}",
                f"{overhead:.0f}",
                int(part["depth_m"].isna().sum()),
                int(part["accuracy"].isna().sum()),
            )
        )
    heads = ["权属单位", "种类", "段数", "长度（米）", "其中架空（米）", "埋深不明（段）", "精度未注（段）"]
    table = SchemeTable(heads, rows, (3.6, 1.8, 1.6, 2.3, 2.6, 2.4, 2.4))
    kinds = found.points["kind"].value_counts()
    fixtures = "、".join(f"{POINT_KINDS[str(kind)]} {count} 个" for kind, count in kinds.items())
    sentences = [f"小区内部及毗邻道路（轮廓外 {AROUND_M:g} 米内，本工具参数）的现状与规划管线如下。"]
    if fixtures:
        sentences.append(f"管点：{fixtures}。")
    return SchemePart("管线现状", sentences if rows else ["尚无单位报送。"], tables=[table])


def _parts(found: LineParts) -> SchemePart:
    rows = [
        (
            one.owner,
            utilities()[one.utility].name + part_name(one),
            "文件注明" if one.stated else "推定",
            f"{one.length_m:.0f}" if one.length_m else "",
            one.count,
            one.payer,
        )
        for one in found.rows
    ]
    told = [PART_NOTE] if rows else []
    for metres in found.drains.metres.values():
        figures = "，".join(f"{utilities()[code].name} {length:.0f} 米" for code, length in metres.items() if length)
        told.append(f"排水：{figures}；排水体制：{state_of(metres)}。")
    if found.drains.combined:
        codes = "、".join(one.code for one in found.drains.combined[:_LISTED])
        told.append(f"合流管 {len(found.drains.combined)} 段：{codes}；有条件的实施雨污分流改造。")
    heads = ["权属单位", "分段", "依据", "长度（米）", "处", "出资方"]
    return SchemePart("分段、出资与排水体制", told, tables=[SchemeTable(heads, rows, (3.6, 3.4, 2.2, 2.2, 1.4, 3.6))])


def _plan(found: EstateLines, section: Section | None) -> SchemePart:
    layers = [
        PlanLayer(
            utilities()[str(code)].name + ("（架空）" if overhead else ""),
            utilities()[str(code)].colour,
            part.geometry,
            overhead=bool(overhead),
        )
        for (code, overhead), part in found.lines.groupby(
            ["utility", found.lines["laying"].eq("overhead").rename("overhead")], sort=True
        )
    ]
    warning = "示意数据" if found.illustrative else None
    cut = None if section is None else _cut_line(section)
    png = draw_plan(
        f"{found.row['name'] or found.row['code']}管线平面图",
        found.row["geom"],
        found.buildings.geometry,
        layers,
        found.conflicts.geometry,
        section=cut,
        warning=warning,
    )
    pictures = [(png, "图1　管线平面图")]
    if section is not None:
        pictures.append((section_picture(section, "A–A 断面", "png"), "图2　A–A 断面图（按比例）"))
    return SchemePart("平面与断面", pictures=pictures)


def _cut_line(section: Section) -> Any:
    cut = section.cut
    way = np.array([np.sin(np.radians(cut.bearing_deg)), np.cos(np.radians(cut.bearing_deg))])
    middle = np.array(cut.at)
    return shapely.LineString([middle - cut.half_width_m * way, middle + cut.half_width_m * way])


def _clearances(found: EstateLines) -> SchemePart:
    rows = [
        (
            one["number"],
            one["a"] + ("" if one["b"] is None else f" – {one['b']}"),
            one["kind"],
            one["verdict"],
            f"{one['measured_m']:.2f}",
            f"{one['required_m']:g}",
            f"{one['clause']}（{one['status']}）",
            f"例外：{one['exception']}" if one["exception"] else one["fix"],
        )
        for one in found.conflicts.head(_LISTED).to_dict("records")
    ]
    heads = ["序号", "管线", "类别", "判定", "实际", "要求", "条文", "处理"]
    table = SchemeTable(heads, rows, (1.0, 4.9, 1.4, 1.1, 1.1, 1.1, 2.4, 3.2), wide=(1, 6, 7))
    verdicts = found.conflicts["verdict"].value_counts().to_dict()
    told = [
        f"确定冲突 {verdicts.get('确定', 0)} 处，可能冲突 {verdicts.get('可能', 0)} 处，资料不足 {found.unknown} 处。"
    ]
    if len(found.conflicts) > _LISTED:
        told.append(f"下表列出前 {_LISTED} 处，其余见各单位冲突清单。")
    return SchemePart("净距核对", told, tables=[table])


def _tasks(tasks: Sequence[NetworkTask]) -> SchemeTable:
    rows = [
        (
            one.owner,
            one.subject,
            one.cause,
            "" if one.length_m is None else f"{one.length_m:.1f}",
            " ".join(part for part in (one.mode, one.contractor) if part),
            " → ".join(part for part in (one.placement_before, one.placement_after) if part),
            one.standing,
        )
        for one in tasks
    ]
    heads = ["单位", "对象", "缘由", "长度（米）", "方式", "前后", "状态"]
    return SchemeTable(heads, rows, (2.4, 3.2, 4.2, 1.4, 1.8, 1.6, 1.6), wide=(1, 2))


def _filing(matrix: FilingMatrix, code: str, owner: str | None) -> SchemePart:
    words = {True: "是", False: "否", None: "资料不足"}
    rows = []
    for one in matrix.owners:
        cell, reach = matrix.cell(code, one), matrix.reach.get((code, one))
        if owner in {None, one}:
            reached = "" if reach is None else f"{reach.reached}/{reach.buildings}"
            rows.append((one, cell.state, cell.version or "", cell.on, reached, words[matrix.complete(code, one)]))
    heads = ["管线单位", "状态", "稿次", "日期", "到达楼栋", "是否完整"]
    table = SchemeTable(heads, rows, (4.0, 2.2, 1.6, 3.0, 2.6, 2.4))
    rule = f"管线或引入点距楼栋不超过 {REACH_M:g} 米计为到达（本工具参数）；到达每一栋楼或写明不涉及的方案才算完整。"
    return SchemePart("报送与备案", [rule], tables=[table])
