"""Geometry for a page: degrees, few decimals, a grid for the public, a place for the name."""

from __future__ import annotations

import math
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.crs import WGS84, require_metric

DECIMALS: Final = 6
"""Decimals of a degree in a page: 0.1 m, finer than a screen at its closest zoom."""

PUBLIC_DECIMALS: Final = 5

_AREA: Final = 2
Geometries = npt.NDArray[np.object_]


def coarsened(geometry: Geometries, grid_m: float) -> Geometries:
    """Return metric geometry with all coordinates moved to a grid of ``grid_m`` (坐标概化).

    An area too small for the grid becomes the grid cells around it, a line too short the cell edge at its
    place, so nothing disappears and nothing keeps a coordinate of its own.

    Examples
    --------
    >>> coarsened(np.array([shapely.box(101, 99, 131, 122)]), 10.0)[0].bounds
    (100.0, 100.0, 130.0, 120.0)
    >>> coarsened(np.array([shapely.box(101, 101, 104, 104)]), 10.0)[0].bounds
    (100.0, 100.0, 110.0, 110.0)
    """
    moved = np.array(shapely.set_precision(geometry, grid_m), dtype=object)
    lost = shapely.is_empty(moved) & ~shapely.is_empty(geometry) & ~shapely.is_missing(geometry)
    for index in np.flatnonzero(lost):
        west, south, east, north = shapely.bounds(geometry[index])
        cells = [
            math.floor(west / grid_m),
            math.floor(south / grid_m),
            math.ceil(east / grid_m),
            math.ceil(north / grid_m),
        ]
        cells[2], cells[3] = max(cells[2], cells[0] + 1), max(cells[3], cells[1] + 1)
        box = shapely.box(*(cell * grid_m for cell in cells))
        is_area = shapely.get_dimensions(geometry[index]) == _AREA
        moved[index] = box if is_area else shapely.LineString(box.exterior.coords[:2])
    return moved


def as_degrees(geometry: gpd.GeoSeries, *, grid_m: float | None = None) -> gpd.GeoSeries:
    """Return geometry in WGS84 with the decimals a page needs; with ``grid_m`` coarsened first.

    Raises
    ------
    CrsError
        ``geometry`` is not in a metric CRS.
    """
    require_metric(geometry, "图层")
    values = geometry.to_numpy()
    if grid_m is not None:
        values = coarsened(values, grid_m)
    degrees = gpd.GeoSeries(values, index=geometry.index, crs=geometry.crs).to_crs(WGS84)
    rounded = shapely.transform(
        degrees.to_numpy(), lambda xy: np.round(xy, DECIMALS if grid_m is None else PUBLIC_DECIMALS)
    )
    return gpd.GeoSeries(rounded, index=geometry.index, crs=WGS84)


def name_points(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return where a name sits best: of an area the centre of its largest inscribed circle, else a point on it."""
    values = geometry.to_numpy()
    points = np.array(shapely.point_on_surface(values), dtype=object)
    areas = (shapely.get_dimensions(values) == _AREA) & ~shapely.is_empty(values)
    if areas.any():
        circles = shapely.maximum_inscribed_circle(values[areas], tolerance=1.0)
        points[areas] = shapely.get_point(circles, 0)
    return gpd.GeoSeries(points, index=geometry.index, crs=geometry.crs)


def geometry_json(geometry: Any) -> dict[str, Any]:
    """Return a geometry in WGS84 as a GeoJSON object, coordinates as they are."""
    return dict(shapely.geometry.mapping(geometry))


def view_box(*series: gpd.GeoSeries) -> list[list[float]] | None:
    """Return south-west and north-east (latitude, longitude) of all geometry in degrees, ``None`` without any."""
    boxes = [one.total_bounds for one in series if len(one) and np.isfinite(one.total_bounds).all()]
    if not boxes:
        return None
    west, south = np.min([box[:2] for box in boxes], axis=0)
    east, north = np.max([box[2:] for box in boxes], axis=0)
    return [[float(south), float(west)], [float(north), float(east)]]
