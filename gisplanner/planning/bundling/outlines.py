"""Outlines of estates (小区边界): what may enter, and how long an edge two of them share."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

from gisplanner.crs import require_metric
from gisplanner.errors import Fault, GeometryError
from gisplanner.text import Text

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MM: Final = 0.001
"""Lengths are rounded to it and compared with it as the tolerance."""

TOUCH_M: Final = 1.5 * MM
"""Two outlines this near are one line: 1 mm of tolerance and half a millimetre of rounding."""

_POLYGONS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def check_estates(estates: gpd.GeoDataFrame) -> Geometries:
    """Return the outlines of ``estates`` in two dimensions, or refuse them.

    Raises
    ------
    CrsError
        No CRS, or not a metric one.
    GeometryError
        Index labels that repeat; rows whose geometry is missing, empty, not a polygon, or crosses itself (自相交):
        one fault for each row.
    """
    require_metric(estates, Text("小区图层", en="estates"))
    geometry: Geometries = shapely.force_2d(estates.geometry.to_numpy())
    faults = [*_duplicates(estates), *_unusable(estates, geometry)]
    if faults:
        rows = len({fault.row for fault in faults})
        raise GeometryError(
            Text(f"小区图层有 {rows} 行不能使用。", en=f"{rows} rows of the estates cannot be used."), faults
        )
    return geometry


def _duplicates(estates: gpd.GeoDataFrame) -> list[Fault]:
    repeated = np.flatnonzero(estates.index.duplicated(keep=False))
    return [
        Fault(
            row=int(row),
            column="id",
            value=str(estates.index[row]),
            allowed=Text("不重复", en="unique"),
            hint=Text("每个小区一个编号", en="give every estate an id of its own"),
        )
        for row in repeated
    ]


def _unusable(estates: gpd.GeoDataFrame, geometry: Geometries) -> list[Fault]:
    kinds = shapely.get_type_id(geometry)
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    wrong = ~missing & ~np.isin(kinds, _POLYGONS)
    crossed = ~missing & ~wrong & ~shapely.is_valid(geometry)
    allowed = Text("有效的面（Polygon、MultiPolygon）", en="a valid Polygon or MultiPolygon")
    reasons = {
        "missing": (missing, Text("缺少几何或几何为空", en="geometry is missing or empty")),
        "wrong": (wrong, Text("不是面", en="not a polygon")),
        "crossed": (crossed, Text("边界自相交或环无效", en="the outline crosses itself or a ring is invalid")),
    }
    faults = []
    for row in np.flatnonzero(missing | wrong | crossed):
        reason = next(text for mask, text in reasons.values() if mask[row])
        met = None if missing[row] else f"{geometry[row].geom_type}: {shapely.is_valid_reason(geometry[row])}"
        hint = Text(f"小区 {estates.index[row]}：{reason}", en=f"estate {estates.index[row]}: {reason.en}")
        faults.append(Fault(row=int(row), column="geometry", value=met, allowed=allowed, hint=hint))
    return faults


def shared_edges(geometry: Geometries, first: Ints, second: Ints) -> tuple[Floats, Geometries]:
    """Return the length in metres of the edge that estates ``first[k]`` and ``second[k]`` share, and the edge.

    The shared edge (共边) is the part of one outline that lies within the tolerance of the other estate. Where
    the outlines part, a tolerance of t adds a stretch that grows with t; measuring at t and at 2t and taking
    2·L(t) − L(2t) removes it, whatever the angle, so that a corner measures 0. The two directions are averaged:
    for overlapping estates that is half the perimeter of the overlap.
    """
    if not first.size:
        return np.zeros(0), np.empty(0, dtype=object)
    needed, position = np.unique(np.concatenate([first, second]), return_inverse=True)
    own = geometry[needed]
    a, b = position[: first.size], position[first.size :]
    outline = shapely.boundary(own)
    near, far = shapely.buffer(own, TOUCH_M), shapely.buffer(own, 2 * TOUCH_M)
    edge = shapely.intersection(outline[a], near[b])
    length = 2.0 * (shapely.length(edge) + shapely.length(shapely.intersection(outline[b], near[a])))
    length -= shapely.length(shapely.intersection(outline[a], far[b]))
    length -= shapely.length(shapely.intersection(outline[b], far[a]))
    return np.maximum(np.round(length / 2.0, 3), 0.0), edge


def overlap_areas(geometry: Geometries, first: Ints, second: Ints, shared_m: Floats) -> Floats:
    """Return the area in m² by which two estates overlap; 0 where the overlap is on average at most 1 mm wide."""
    area = np.asarray(shapely.area(shapely.intersection(geometry[first], geometry[second])))
    return np.where(area > MM * np.maximum(shared_m, MM), area, 0.0)


def pieces_of(line: Geometry) -> list[Geometry]:
    """Return the connected line pieces of a geometry that an intersection gave, each merged into one line."""
    parts = shapely.get_parts(line)
    lines = parts[
        np.isin(shapely.get_type_id(parts), (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING))
    ]
    if not lines.size:
        return []
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    return [piece for piece in merged if piece.length > 0.0]
