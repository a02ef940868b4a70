"""Heights of the ground: from points with a height, from the streets' own corners, or unknown."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.vertical import Height

_COLUMNS: Final = ("z_m", "height_m", "elevation", "高程")
_NEIGHBOURS: Final = 4


def ground_heights(heights: gpd.GeoDataFrame | None, roads: gpd.GeoDataFrame) -> Height | None:
    """Return the height of the ground anywhere, by the nearest known points; ``None`` where nothing is known.

    Parameters
    ----------
    heights
        Points with a column ``z_m`` (or ``高程``), or with z.
    roads
        Lines; corners with z count as known points.
    """
    parts = [part for part in (_of_points(heights), _of_corners(roads)) if len(part)]
    if not parts:
        return None
    known = parts[0]
    tree = cKDTree(known[:, :2])
    count = min(_NEIGHBOURS, len(known))

    def height(points: Floats) -> Floats:
        apart, near = tree.query(points, k=count)
        apart, near = apart.reshape(len(points), count), near.reshape(len(points), count)
        weight = 1.0 / np.maximum(apart, 1e-3) ** 2
        return np.asarray((known[near, 2] * weight).sum(axis=1) / weight.sum(axis=1))

    return height


def _of_points(heights: gpd.GeoDataFrame | None) -> Floats:
    if heights is None or heights.empty:
        return np.zeros((0, 3))
    shapes = shapely.centroid(heights.geometry.to_numpy())
    column = next((name for name in _COLUMNS if name in heights.columns), None)
    if column is None:
        return _with_z(heights.geometry.to_numpy())
    found = np.column_stack([shapely.get_coordinates(shapes), heights[column].to_numpy(dtype=np.float64)])
    return np.asarray(found[~np.isnan(found).any(axis=1)])


def _of_corners(roads: gpd.GeoDataFrame) -> Floats:
    return _with_z(roads.geometry.to_numpy())


def _with_z(shapes: np.ndarray) -> Floats:
    shapes = shapes[shapely.has_z(shapes)]
    found = shapely.get_coordinates(shapes, include_z=True) if len(shapes) else np.zeros((0, 3))
    return np.asarray(found[~np.isnan(found).any(axis=1)])
