"""Whether the stored estates, buildings and entrances are 不重不漏: every finding with whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np

from gisplanner.domain.district import District
from gisplanner.formats.list_writer import write_list
from gisplanner.planning.coverage import NEAR_ROAD_M, Coverage, cars_may_use, check_coverage
from gisplanner.rules.estate_names import normalised_name
from gisplanner.services.ingest.report import Finding
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from gisplanner.text import Language, Text, in_language

__all__ = ["NEAR_ROAD_M", "CoverageReport", "review_coverage", "write_coverage"]

_HEADINGS: Final = (
    Text("问题", en="finding"),
    Text("小区", en="estate"),
    Text("编码", en="code"),
    Text("数值", en="figure"),
)
_LAYERS: Final = ("estates", "buildings", "entrances", "roads")


@dataclass(frozen=True, slots=True, eq=False)
class CoverageReport:
    """What is twice, what is left out, and the frames it was found in."""

    district: str
    findings: tuple[Finding, ...]
    entrance_roads: tuple[dict[str, Any], ...]
    counts: dict[str, int]
    near_road_m: float
    found: Coverage
    frames: dict[str, gpd.GeoDataFrame]

    @property
    def complete(self) -> bool:
        """Whether there is nothing to look at."""
        return not self.findings

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the document of ``--json``."""
        return {
            "district": self.district,
            "counts": self.counts,
            "complete": self.complete,
            "findings": [finding.as_dict(language) for finding in self.findings],
            "entrance_roads": list(self.entrance_roads),
            "near_road_m": self.near_road_m,
        }

    def sentences(self) -> Text:
        """Return the findings for a person."""
        counts = self.counts
        lines = [
            Text(
                f"不重不漏核对：{counts['estates']} 个小区、{counts['buildings']} 栋楼、"
                f"{counts['entrances']} 个出入口（对应到道路 {len(self.entrance_roads)} 个）。",
                en=f"Checked {counts['estates']} estates, {counts['buildings']} buildings and {counts['entrances']} "
                f"entrances ({len(self.entrance_roads)} of them lead to a road).",
            ),
            *(finding.message for finding in self.findings),
        ]
        if self.complete:
            lines.append(Text("不重不漏。", en="Nothing is twice, nothing left out."))
        return Text("\n".join(lines), en="\n".join(line.en for line in lines))


def review_coverage(db: Database, district: District, *, near_road_m: float = NEAR_ROAD_M) -> CoverageReport:
    """Hold the stored estates, buildings, entrances and roads against each other.

    Illustrative rows (示意数据) take no part: there is nothing to find out from a drawing of our own.

    Raises
    ------
    InternalError
        The stored layers cannot be read.
    """
    frames = {name: _real(name, layer_frame(db, district, name)) for name in _LAYERS}
    estates, buildings, entrances = frames["estates"], frames["buildings"], frames["entrances"]
    roads = frames["roads"][cars_may_use(frames["roads"])].reset_index(drop=True)
    frames["roads"] = roads
    found = check_coverage(
        estates.geometry, buildings.geometry, entrances.geometry, roads.geometry, near_road_m=near_road_m
    )
    matched = [
        {
            "entrance": entrances["code"].iloc[at],
            "road": roads["code"].iloc[road],
            "name": _known(roads["name"].iloc[road]),
            "distance_m": round(float(found.entrance_road_m[at]), 3),
        }
        for at, road in enumerate(found.entrance_road)
        if road >= 0
    ]
    return CoverageReport(
        district=district.id,
        findings=tuple(one for one in _findings(found, frames, near_road_m) if one.items),
        entrance_roads=tuple(matched),
        counts={name: len(frames[name]) for name in _LAYERS},
        near_road_m=near_road_m,
        found=found,
        frames=frames,
    )


def write_coverage(path: Path, report: CoverageReport, *, language: Language = "zh") -> None:
    """Write every finding as a row of a workbook to hand around, one sheet a kind.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    sheets = {
        _TITLES[one.kind] if language == "zh" else one.kind: [_row(one, item, language) for item in one.items]
        for one in report.findings
    }
    summary = [("", "", "", line) for line in in_language(report.sentences(), language).splitlines()]
    title = in_language(Text("概况", en="summary"), language)
    write_list(path, {title: summary, **sheets}, headings=[in_language(one, language) for one in _HEADINGS])


_TITLES: Final = {
    "estates_overlap": "小区重叠",
    "same_name": "名称相同或相近",
    "in_several_estates": "楼栋跨小区",
    "in_no_estate": "楼栋不在小区内",
    "estates_without_outline": "小区未上图",
    "estates_without_building": "小区内没有楼栋",
    "estates_without_entrance": "小区没有出入口",
    "entrances_at_no_estate": "出入口不在小区边",
    "entrances_without_road": "出入口不通道路",
}


def _row(finding: Finding, item: dict[str, Any], language: Language) -> tuple[str, ...]:
    names = "、".join(str(item[key]) for key in ("name", "a_name", "b_name", "estates") if item.get(key))
    codes = "、".join(str(item[key]) for key in ("code", "a", "b") if item.get(key))
    figures = "，".join(f"{key} {item[key]}" for key in ("area_m2", "distance_m") if item.get(key) is not None)
    return (in_language(finding.message, language), names, codes, figures)


def _real(name: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that are real; an estate with an illustrative outline only is one without outline."""
    drawn = frame["illustrative"].fillna(value=False).astype(bool)
    if name == "estates":
        return frame.set_geometry(frame.geometry.where(~drawn)).reset_index(drop=True)
    return frame[~drawn].reset_index(drop=True)


def _findings(found: Coverage, frames: dict[str, gpd.GeoDataFrame], near_road_m: float) -> list[Finding]:
    estates, buildings, entrances = frames["estates"], frames["buildings"], frames["entrances"]
    shared = [
        {"code": buildings["code"].iloc[at], "estates": "、".join(_names(estates, holders))}
        for at, holders in found.shared_buildings.items()
    ]
    lost = [
        {"code": entrances["code"].iloc[at], **_distance(found.entrance_road_m[at])}
        for at in np.flatnonzero(found.entrance_road < 0)
    ]
    no_outline = np.flatnonzero(estates.geometry.isna().to_numpy())
    checked = bool(len(buildings))
    return [
        _overlap_finding(found, estates),
        _told("same_name", _twins(estates), "组小区名称相同或相近", "groups of estates have nearly the same name"),
        _told("in_several_estates", shared, "栋楼跨两个以上小区", "buildings lie in several estates"),
        _told(
            "in_no_estate",
            _codes(buildings, found.buildings_outside),
            "栋楼不在任何小区内",
            "buildings lie in no estate",
        ),
        _told("estates_without_outline", _codes(estates, no_outline), "个小区未上图", "estates have no outline"),
        _told(
            "estates_without_building",
            _codes(estates, found.estates_without_building) if checked else [],
            "个小区内没有楼栋",
            "estates hold no building",
        ),
        _told(
            "estates_without_entrance",
            _codes(estates, found.estates_without_entrance) if len(entrances) else [],
            "个小区没有出入口",
            "estates have no entrance",
        ),
        _told(
            "entrances_at_no_estate",
            _codes(entrances, found.entrances_outside),
            "个出入口不在任何小区的边上",
            "entrances stand at no estate",
        ),
        _told(
            "entrances_without_road",
            lost,
            f"个出入口 {near_road_m:g} 米内没有车行道路",
            f"entrances have no road within {near_road_m:g} m",
        ),
    ]


def _told(kind: str, items: Sequence[dict[str, Any]], what: str, what_en: str) -> Finding:
    return Finding(kind, Text(f"{len(items)} {what}。", en=f"{len(items)} {what_en}."), tuple(items))


def _overlap_finding(found: Coverage, estates: gpd.GeoDataFrame) -> Finding:
    pairs = found.overlaps
    items = [
        {
            "a": estates["code"].iloc[row.a],
            "b": estates["code"].iloc[row.b],
            "a_name": _known(estates["name"].iloc[row.a]),
            "b_name": _known(estates["name"].iloc[row.b]),
            "area_m2": row.area_m2,
        }
        for row in pairs.itertuples()
    ]
    total = float(pairs["area_m2"].sum()) if len(pairs) else 0.0
    return _told(
        "estates_overlap",
        items,
        f"对小区轮廓重叠，共 {total:.1f} 平方米",
        f"pairs of estates overlap, {total:.1f} m² in all",
    )


def _twins(estates: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    alike: dict[str, list[int]] = {}
    for at, name in enumerate(estates["name"]):
        if isinstance(name, str) and name.strip():
            alike.setdefault(normalised_name(name), []).append(at)
    return [
        {"name": "、".join(_names(estates, group)), "code": "、".join(estates["code"].iloc[group])}
        for group in alike.values()
        if len(group) > 1
    ]


def _names(estates: gpd.GeoDataFrame, positions: Sequence[int]) -> list[str]:
    return [_known(estates["name"].iloc[at]) or str(estates["code"].iloc[at]) for at in positions]


def _known(name: Any) -> str | None:
    return name.strip() or None if isinstance(name, str) else None


def _codes(frame: gpd.GeoDataFrame, positions: Any) -> list[dict[str, Any]]:
    named = "name" in frame
    return [
        {"code": frame["code"].iloc[at]} | ({"name": _known(frame["name"].iloc[at])} if named else {})
        for at in positions
    ]


def _distance(metres: float) -> dict[str, float]:
    return {} if np.isnan(metres) else {"distance_m": round(float(metres), 1)}
