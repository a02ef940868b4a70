"""Geometry files as a bureau would send them, around 114.765° E, 25.660° N in EPSG:4547."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

EAST, NORTH = 576_811.0, 2_839_390.0


def box(x: float, y: float, width: float = 100.0, height: float = 80.0) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


def write(path: Path, geometry: list[object], *, crs: object = 4547, layer: str = "data", **columns: object) -> Path:
    gpd.GeoDataFrame(columns, geometry=geometry, crs=crs).to_file(path, layer=layer)
    return path
