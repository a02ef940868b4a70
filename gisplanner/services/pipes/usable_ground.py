"""Which ground lines may lie in: streets that are streets, what obstacles take."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.catalog.obstacle_kinds import obstacle_kinds
from gisplanner.text import Text


def usable_roads(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return the streets in which lines may lie: no tunnels, no bridges, nothing without length."""
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | (np.nan_to_num(shapely.length(shapes)) <= 0.0)
    above = np.zeros(len(frame), dtype=bool)
    for name in ("tunnel", "bridge"):
        if name in frame.columns:
            above |= np.array([_is_set(value) for value in frame[name]], dtype=bool)
    notes = []
    if empty.any():
        rows = "、".join(map(str, np.flatnonzero(empty)))
        notes.append(Text(f"没有长度的道路未用：第 {rows} 行", en=f"streets without length left out: rows {rows}"))
    if above.any():
        count = int(above.sum())
        notes.append(Text(f"隧道、桥梁 {count} 段不作管线走廊", en=f"{count} tunnels and bridges are no corridors"))
    return frame[~(empty | above)], tuple(notes)


def _is_set(value: Any) -> bool:
    return not pd.isna(value) and str(value).strip().lower() not in {"", "no", "0", "false", "否"}


def ground_taken(obstacles: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return what is not dug, points with the ground they take: a tree's roots, a pole's foot."""
    if obstacles is None:
        return None
    kinds = [obstacle_kinds().of(kind) for kind in _kinds(obstacles)]
    kept = np.array([not kind.dug for kind in kinds], dtype=bool)
    reach = np.array([kind.foot_m for kind in kinds])[kept]
    obstacles = obstacles[kept]
    shapes = obstacles.geometry.to_numpy()
    points = shapely.get_dimensions(shapes) == 0
    return obstacles.set_geometry(np.where(points, shapely.buffer(shapes, reach), shapes), crs=obstacles.crs)


def _kinds(obstacles: gpd.GeoDataFrame) -> list[Any]:
    return obstacles["kind"].tolist() if "kind" in obstacles.columns else [None] * len(obstacles)
