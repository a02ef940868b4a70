"""Barriers (阻隔): railways, rivers, main roads, walls; which rows of a layer count, cut into simple parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.crs import crs_name
from gisplanner.errors import CrsError, Fault, GeometryError
from gisplanner.planning.bundling.outlines import Bools, Geometries, Ints
from gisplanner.text import Text

MAIN_ROADS: Final = frozenset(
    f"{kind}{suffix}" for kind in ("motorway", "trunk", "primary", "secondary") for suffix in ("", "_link")
)
"""Kinds of ``highway`` that cut a link unless others are chosen (本工具参数)."""

FENCES: Final = frozenset({"fence", "wall", "hedge", "retaining_wall", "gate", "围墙", "围栏", "栅栏", "栏杆"})
"""Kinds of barrier that may be an estate's own fence; rows that do not say their kind may be one too."""

_NO: Final = frozenset({"", "no", "false", "0", "0.0", "none", "nan", "否"})

BarrierLayers: TypeAlias = "gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame]"


@dataclass(frozen=True, slots=True)
class Barriers:
    """Barrier rows that count, exploded into single lines and polygons.

    ``parts`` are lines or polygons; ``row[k]`` is the barrier row a part belongs to; per row ``name`` (what a
    person is told), ``whole`` (the complete geometry) and ``may_be_fence``.
    """

    parts: Geometries
    row: Ints
    name: tuple[str, ...]
    whole: Geometries
    may_be_fence: Bools


def read_barriers(
    layers: BarrierLayers | None, crs: CRS | None, *, kinds: Collection[str] | None = None
) -> Barriers | None:
    """Return the barriers of one or several layers; ``None`` when no row counts.

    Points do not count, nor rows with ``tunnel`` set. In a layer with a ``highway`` column only ``kinds`` count,
    by default :data:`MAIN_ROADS`.

    Parameters
    ----------
    layers
        A frame, or frames by the name of their layer, in the estates' CRS.

    Raises
    ------
    CrsError
        A layer in another CRS than the estates.
    GeometryError
        Polygons that cross themselves; one fault for each row.
    """
    if layers is None:
        return None
    named: Mapping[str, gpd.GeoDataFrame] = {"barriers": layers} if isinstance(layers, gpd.GeoDataFrame) else layers
    for layer, frame in named.items():
        _check_layer(layer, frame, crs)
    rows = [
        (frame.geometry.iloc[position], _name(layer, frame, position), _may_be_fence(frame, position))
        for layer, frame in named.items()
        for position in np.flatnonzero(_counts(frame, kinds)).tolist()
    ]
    if not rows:
        return None
    whole = np.array([row[0] for row in rows], dtype=object)
    parts, row_of = _simple_parts(whole)
    return Barriers(
        parts=parts,
        row=row_of,
        name=tuple(row[1] for row in rows),
        whole=whole,
        may_be_fence=np.array([row[2] for row in rows], dtype=bool),
    )


def _check_layer(layer: str, frame: gpd.GeoDataFrame, crs: CRS | None) -> None:
    if frame.crs is None or CRS.from_user_input(frame.crs) != crs:
        met = None if frame.crs is None else crs_name(CRS.from_user_input(frame.crs))
        raise CrsError(
            Text("阻隔图层与小区图层的坐标系不同。", en="The barriers are in another CRS than the estates."),
            [Fault(layer=layer, value=met, allowed=None if crs is None else crs_name(crs))],
        )
    geometry = frame.geometry.to_numpy()
    invalid = np.flatnonzero((shapely.get_dimensions(geometry) == 2) & ~shapely.is_valid(geometry))  # noqa: PLR2004
    if invalid.size:
        raise GeometryError(
            Text(f"阻隔图层 {layer} 有 {invalid.size} 个无效的面。", en=f"{layer}: {invalid.size} invalid polygons."),
            [
                Fault(
                    layer=layer,
                    row=int(row),
                    column="geometry",
                    value=shapely.is_valid_reason(geometry[row]),
                    allowed=Text("有效的面", en="a valid polygon"),
                )
                for row in invalid
            ],
        )


def _counts(frame: gpd.GeoDataFrame, kinds: Collection[str] | None) -> Bools:
    geometry = frame.geometry.to_numpy()
    counts: Bools = ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry)
    counts &= shapely.get_dimensions(geometry) > 0
    if "tunnel" in frame.columns:
        counts &= ~frame["tunnel"].map(_is_set).to_numpy(dtype=bool)
    if "highway" in frame.columns:
        counts &= frame["highway"].isin(list(MAIN_ROADS if kinds is None else kinds)).to_numpy(dtype=bool)
    return counts


def _is_set(value: Any) -> bool:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return False
    return str(value).strip().lower() not in _NO


def _text(frame: gpd.GeoDataFrame, position: int, *columns: str) -> str:
    for column in columns:
        if column in frame.columns and _is_set(frame[column].iloc[position]):
            return str(frame[column].iloc[position])
    return ""


def _name(layer: str, frame: gpd.GeoDataFrame, position: int) -> str:
    said = _text(frame, position, "name")
    kind = _text(frame, position, "highway", "kind", "railway", "waterway", "barrier")
    return said or f"{kind or layer} #{frame.index[position]}"


def _may_be_fence(frame: gpd.GeoDataFrame, position: int) -> bool:
    if "highway" in frame.columns:
        return False
    kind = _text(frame, position, "kind", "barrier", "railway", "waterway")
    return not kind or kind.lower() in FENCES


def _simple_parts(whole: Geometries) -> tuple[Geometries, Ints]:
    parts, row = shapely.get_parts(shapely.force_2d(whole), return_index=True)
    while (shapely.get_num_geometries(parts) > 1).any() or np.isin(shapely.get_type_id(parts), (4, 5, 6, 7)).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        row = row[inner]
    keep = (shapely.get_dimensions(parts) > 0) & ~shapely.is_empty(parts)
    return parts[keep], row[keep].astype(np.int64)
