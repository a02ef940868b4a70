"""Which reference system a file is in: what it says, what was declared by hand, and when the two contradict."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from gisplanner.crs import WGS84, crs_name, parse_crs, unshift
from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import CrsError, Fault
from gisplanner.formats.layers import RawLayer
from gisplanner.text import Text

SHIFTED_DATUMS: Final = ("gcj02", "bd09")
"""Datums of Chinese phone maps; no file ever says that it is in one of them."""

ALLOWED: Final = "EPSG:n | gcj02 | bd09 | local:NAME"
_SAME_PLACE_DEG: Final = 1e-5
"""About a metre: closer than that two descriptions of a system mean the same (WGS84 and CGCS2000, ESRI and EPSG)."""


def declare_crs(
    path: Path, raw: RawLayer, declared: str | None, local: tuple[LocalGrid, CRS] | None = None
) -> tuple[gpd.GeoDataFrame, CRS]:
    """Return the rows of a file with the reference system they are in.

    Parameters
    ----------
    declared
        ``EPSG:n``; or ``gcj02``/``bd09``, which are converted to WGS84 here; or ``None``.
    local
        The local grid the coordinates are in, and the system it leads to: they are converted here.

    Raises
    ------
    CrsError
        The file says nothing and nothing was declared; what was declared is unknown; or it contradicts the file.
    """
    frame = raw.frame
    if local is not None:
        grid, system = local
        if frame.crs is not None and not raw.crs_is_assumed:
            raise _contradiction(path, CRS.from_user_input(frame.crs), f"local:{grid.name}")
        moved = shapely.transform(shapely.force_2d(frame.geometry.to_numpy()), grid.apply)
        return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=system)), system
    if declared is None:
        if frame.crs is None:
            raise CrsError(
                Text(
                    f"{path.name} 没有坐标系，请用 --crs EPSG:n、--crs gcj02 或 --crs bd09 声明。",
                    en=f"{path.name} has no coordinate reference system: declare it with --crs EPSG:n|gcj02|bd09.",
                ),
                [Fault(file=path.name, column="--crs", allowed=ALLOWED)],
            )
        return frame, CRS.from_user_input(frame.crs)
    if declared.lower() in SHIFTED_DATUMS:
        return _unshifted(path, frame, declared.lower())
    system = parse_crs(declared)
    if frame.crs is None or raw.crs_is_assumed:
        return frame.set_crs(system, allow_override=True), system
    own = CRS.from_user_input(frame.crs)
    if not _same(own, system, frame):
        raise _contradiction(path, own, declared)
    return frame, own


def _unshifted(path: Path, frame: gpd.GeoDataFrame, datum: str) -> tuple[gpd.GeoDataFrame, CRS]:
    if frame.crs is not None and not CRS.from_user_input(frame.crs).is_geographic:
        raise _contradiction(path, CRS.from_user_input(frame.crs), datum)
    flat = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=None)
    return frame.set_geometry(unshift(flat.geometry, datum), crs=WGS84), WGS84


def _same(own: CRS, declared: CRS, frame: gpd.GeoDataFrame) -> bool:
    """Return whether two systems put the file in the same place; they may be written differently."""
    if own.equals(declared, ignore_axis_order=True):
        return True
    bounds = shapely.bounds(frame.geometry.to_numpy())
    bounds = bounds[np.isfinite(bounds).all(axis=1)] if len(bounds) else bounds
    if not len(bounds):
        return False
    x, y = float(np.median(bounds[:, 0])), float(np.median(bounds[:, 1]))
    try:
        here, there = (
            np.array(Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)) for crs in (own, declared)
        )
    except ProjError:
        return False
    apart = np.abs(here - there)
    return bool(np.isfinite(apart).all() and apart.max() < _SAME_PLACE_DEG)


def _contradiction(path: Path, own: CRS, declared: str) -> CrsError:
    return CrsError(
        Text(
            f"{path.name} 自带坐标系 {crs_name(own)}，与 --crs {declared} 矛盾。",
            en=f"{path.name} says {crs_name(own)}, which contradicts --crs {declared}.",
        ),
        [
            Fault(
                file=path.name,
                column="--crs",
                value=declared,
                allowed=crs_name(own),
                hint=Text("去掉 --crs，或先改正文件的坐标系", en="leave --crs out, or mend the file"),
            )
        ],
    )
