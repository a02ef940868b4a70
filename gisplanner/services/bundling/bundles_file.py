"""Bundles as a GeoJSON file (片区图层)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from gisplanner.domain.bundling import Bundle
from gisplanner.domain.layers import ColumnSpec
from gisplanner.formats.geojson import GeoJson, require_geojson, write_geojson
from gisplanner.services.bundling.result import BundleResult, whole

_COLUMNS: Final = (
    ColumnSpec(name="bundle", label="片区编号", type="integer"),
    ColumnSpec(name="size", label="规模", type="number"),
    ColumnSpec(name="estates", label="小区数", type="integer"),
    ColumnSpec(name="names", label="小区", type="text_list"),
    ColumnSpec(name="ids", label="小区编号", type="text_list"),
    ColumnSpec(name="community", label="所在社区", type="text_list"),
    ColumnSpec(name="households", label="户数", type="integer"),
    ColumnSpec(name="buildings", label="栋数", type="integer"),
    ColumnSpec(name="floor_area_10k_m2", label="总建筑面积（万平方米）", type="decimal"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
)
_FIGURES: Final = ("households", "buildings", "floor_area_10k_m2")


def write_bundles(result: BundleResult, path: Path) -> GeoJson:
    """Write one feature a bundle (RFC 7946): the union of its estates, its totals where every estate has the figure.

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    require_geojson(path)
    rows = [_feature(result, one) for one in result.bundles]
    frame = gpd.GeoDataFrame(rows, columns=[*(column.name for column in _COLUMNS), "geometry"], crs=result.crs)
    used = [column for column in _COLUMNS if not len(frame) or frame[column.name].notna().any()]
    return write_geojson(path, frame, used, id_column="bundle", members={"名称": "连片片区"})


def _feature(result: BundleResult, bundle: Bundle) -> dict[str, Any]:
    members = result.estates.loc[list(bundle.estates)]
    return {
        "bundle": bundle.id,
        "size": whole(bundle.size),
        "estates": len(bundle.estates),
        "names": [result.name(estate) for estate in bundle.estates],
        "ids": list(bundle.estates),
        "community": _communities(members),
        **{figure: _total(members, figure) for figure in _FIGURES},
        "illustrative": bool(members["illustrative"].any()) if "illustrative" in members.columns else None,
        "geometry": shapely.union_all(members.geometry.to_numpy()),
    }


def _communities(members: gpd.GeoDataFrame) -> list[str] | None:
    return None if "community" not in members.columns else sorted(set(members["community"].dropna().astype(str)))


def _total(members: gpd.GeoDataFrame, figure: str) -> int | Decimal | None:
    """Return the sum of a figure; ``None`` where an estate lacks it: unknown is not zero."""
    if figure not in members.columns or members[figure].isna().any():
        return None
    total = sum((Decimal(str(value)) for value in members[figure]), Decimal(0))
    return total if figure == "floor_area_10k_m2" else int(total)
