"""Draw what is twice and what is left out in a stored district (不重不漏核对图)."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.district import District
from gisplanner.errors import Fault, RefusedError
from gisplanner.maps.coverage import CoverageScene, coverage_map
from gisplanner.maps.estates import estate_name
from gisplanner.services.ingest.coverage import CoverageReport, review_coverage
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.store.database import Database
from gisplanner.text import Text


def map_coverage(
    db: Database,
    district: District,
    report: CoverageReport | None = None,
    *,
    options: MapOptions = DEFAULT_OPTIONS,
) -> str:
    """Return the map of what is twice and what is left out as one HTML page that opens without a network.

    Parameters
    ----------
    report
        What holding the stored layers against each other gave; ``None`` does it now.

    Raises
    ------
    RefusedError
        A public version is wanted: this map is work in progress and shows buildings.
    """
    if options.public:
        raise RefusedError(
            Text("不重不漏核对图是工作图，没有公众版。", en="The coverage map is a working map: no public version."),
            [Fault(column="--public")],
        )
    found = review_coverage(db, district) if report is None else report
    estates = found.frames["estates"]
    return coverage_map(
        estates,
        CoverageScene(_places(found), _doubtful(found), _figures(found), _lists(found)),
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}小区、楼栋不重不漏核对图", options),
        context=context_of(db, district),
    )


def _places(report: CoverageReport) -> gpd.GeoDataFrame:
    found, frames = report.found, report.frames
    estates, buildings, entrances = frames["estates"], frames["buildings"], frames["entrances"]
    names = [estate_name(name, code) for name, code in zip(estates["name"], estates["code"], strict=True)]
    overlaps = found.overlaps
    shared = list(found.shared_buildings)
    lost = np.flatnonzero(found.entrance_road < 0)
    parts = [
        _part(
            "小区重叠",
            [f"{names[a]} / {names[b]}" for a, b in zip(overlaps["a"], overlaps["b"], strict=True)],
            [f"{area_m2:.1f} ㎡" for area_m2 in overlaps["area_m2"]],
            overlaps.geometry,
        ),
        _part(
            "楼栋跨小区",
            buildings["code"].iloc[shared],
            ["、".join(names[at] for at in found.shared_buildings[one]) for one in shared],
            buildings.geometry.iloc[shared],
        ),
        _part(
            "楼栋不在小区内",
            buildings["code"].iloc[found.buildings_outside],
            ["" for _ in found.buildings_outside],
            buildings.geometry.iloc[found.buildings_outside],
        ),
        _part(
            "出入口不在小区边",
            entrances["code"].iloc[found.entrances_outside],
            ["5 米内没有小区轮廓" for _ in found.entrances_outside],
            entrances.geometry.iloc[found.entrances_outside],
        ),
        _part(
            "出入口不通道路",
            entrances["code"].iloc[lost],
            [_road_fact(found.entrance_road_m[at]) for at in lost],
            entrances.geometry.iloc[lost],
        ),
    ]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=estates.crs)


def _part(role: str, labels: Any, facts: Any, geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"role": role, "label": list(labels), "fact": list(facts)}, geometry=geometry.to_numpy(), crs=geometry.crs
    )


def _road_fact(metres: float) -> str:
    return "没有可通车的道路" if np.isnan(metres) else f"最近的道路在 {metres:.1f} m 外"


def _doubtful(report: CoverageReport) -> dict[str, str]:
    """Return why each estate has to be looked at, by its code."""
    found, estates = report.found, report.frames["estates"]
    kinds = {finding.kind for finding in report.findings}
    why: dict[int, list[str]] = {}
    for row in found.overlaps.itertuples():
        for at in (row.a, row.b):
            why.setdefault(int(at), []).append(f"重叠 {row.area_m2:.1f} ㎡")
    for kind, positions, words in (
        ("estates_without_building", found.estates_without_building, "没有楼栋"),
        ("estates_without_entrance", found.estates_without_entrance, "没有出入口"),
    ):
        for at in positions if kind in kinds else ():
            why.setdefault(int(at), []).append(words)
    return {estates["code"].iloc[at]: "；".join(dict.fromkeys(words)) for at, words in why.items()}


def _figures(report: CoverageReport) -> list[tuple[str, str]]:
    counts, told = report.counts, {finding.kind: len(finding.items) for finding in report.findings}
    return [
        ("小区", f"{counts['estates']} 个"),
        ("楼栋", f"{counts['buildings']} 栋"),
        ("小区重叠", f"{told.get('estates_overlap', 0)} 对"),
        ("楼栋跨小区", f"{told.get('in_several_estates', 0)} 栋"),
        ("楼栋不在小区内", f"{told.get('in_no_estate', 0)} 栋"),
        ("出入口对应道路", f"{len(report.entrance_roads)}/{counts['entrances']} 个"),
    ]


def _lists(report: CoverageReport) -> list[tuple[str, list[tuple[str, str]]]]:
    lists = []
    for finding in report.findings:
        if finding.kind == "in_no_estate":
            continue  # in the middle of a city these are most of its buildings
        rows = []
        for item in finding.items:
            name = item.get("name") or item.get("code")
            if "a" in item:
                name = " / ".join(estate_name(item[f"{one}_name"], item[one]) for one in "ab")
            fact = [str(item[key]) for key in ("code", "estates") if item.get(key) and item[key] != name]
            fact += [f"{item['area_m2']:.1f} ㎡"] if "area_m2" in item else []
            fact += [f"{item['distance_m']} m"] if "distance_m" in item else []
            rows.append((str(name), "，".join(fact)))
        lists.append((str(finding.message).rstrip("。"), rows))
    return lists
