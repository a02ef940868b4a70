"""Find ground for a sketch: inside the district, and clear of outlines that are real."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from gisplanner.planning.sketch.records import Sketch

STEP_M: Final = 60.0
FARTHEST_M: Final = 4200.0
CLEAR_OF_REAL_M: Final = 20.0
"""Least distance between what is drawn and a real outline, so that no link (≤ 15 m) joins the two."""


def without_estates(drawn: Sketch, codes: Collection[str]) -> Sketch:
    """Return the sketch without some estates and all that stands in them; streets stay as they are.

    Examples
    --------
    >>> from gisplanner.planning.sketch import sketch
    >>> rows = [{"code": code, "name": code, "buildings": 2} for code in ("A1", "A2")]
    >>> left = without_estates(sketch(rows, crs="EPSG:4547"), {"A1"})
    >>> list(left.estates["code"]), set(left.buildings["estate"])
    (['A2'], {'A2'})
    """

    def kept(frame: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
        return frame[~frame[column].isin(list(codes))].reset_index(drop=True)

    return replace(
        drawn,
        estates=kept(drawn.estates, "code"),
        **{name: kept(getattr(drawn, name), "estate") for name in ("buildings", "roads", "entrances", "obstacles")},
        remarks=tuple(remark for remark in drawn.remarks if remark.estate not in codes),
    )


def find_ground(drawn: Sketch, *, taken: BaseGeometry | None, within: Polygon) -> tuple[float, float] | None:
    """Return the shortest shift (east, north; metres) that brings a sketch inside ``within`` and clear of ``taken``.

    Parameters
    ----------
    taken
        Real outlines, in the sketch's CRS; ``None`` where there are none.
    within
        The district, in the sketch's CRS.

    Returns
    -------
    tuple or None
        Whole steps of :data:`STEP_M` up to :data:`FARTHEST_M`; ``None`` where no such place was found.

    Examples
    --------
    >>> from gisplanner.planning.sketch import sketch
    >>> drawn = sketch([{"code": "A1", "name": "A1", "buildings": 2}], crs="EPSG:4547")
    >>> find_ground(drawn, taken=None, within=box(*drawn.roads.total_bounds).buffer(20.0))
    (0.0, 0.0)
    """
    ground = _ground(drawn)
    extent = box(*ground.bounds)
    shapely.prepare(ground)
    shapely.prepare(within)
    wide = None if taken is None or taken.is_empty else taken.buffer(CLEAR_OF_REAL_M)
    for east, north in _shifts():
        if within.covers(translate(extent, east, north)) and (
            wide is None or not ground.intersects(translate(wide, -east, -north))
        ):
            return (east, north)
    return None


def shifted(drawn: Sketch, shift_m: tuple[float, float]) -> Sketch:
    """Return the sketch moved by whole millimetres."""
    offset = np.array(shift_m)

    def moved(value: Any) -> Any:
        if not isinstance(value, gpd.GeoDataFrame) or shift_m == (0.0, 0.0):
            return value
        shapes = shapely.transform(value.geometry.to_numpy(), lambda at: np.round(at + offset, 3))
        return value.set_geometry(gpd.GeoSeries(shapes, index=value.index, crs=value.crs))

    return replace(drawn, **{item.name: moved(getattr(drawn, item.name)) for item in fields(drawn)})


def cut_back(drawn: Sketch, taken: BaseGeometry) -> tuple[Sketch, tuple[str, ...]]:
    """Leave out whatever is less than :data:`CLEAR_OF_REAL_M` from real outlines.

    Returns
    -------
    tuple
        The rest of the sketch, and the codes of the estates left out.
    """
    shapely.prepare(taken)

    def clear(frame: gpd.GeoDataFrame, margin_m: Any = 0.0) -> gpd.GeoDataFrame:
        return frame[frame.geometry.distance(taken) >= CLEAR_OF_REAL_M + margin_m]

    codes = set(drawn.estates["code"]) - set(clear(drawn.estates)["code"])
    left = without_estates(drawn, codes)
    left = replace(
        left,
        roads=clear(left.roads, left.roads["width_m"].astype(float) / 2.0).reset_index(drop=True),
        barriers=clear(left.barriers).reset_index(drop=True),
        connection_points=clear(left.connection_points).reset_index(drop=True),
    )
    return left, tuple(sorted(codes))


def _ground(drawn: Sketch) -> BaseGeometry:
    streets = drawn.roads.geometry.buffer(drawn.roads["width_m"].astype(float) / 2.0)
    shapes = [*drawn.estates.geometry, *streets, *drawn.barriers.geometry, *drawn.connection_points.geometry]
    return shapely.union_all(shapes)


def _shifts() -> Iterator[tuple[float, float]]:
    """Yield whole steps by distance; equal distances from east, counter-clockwise."""
    reach = int(FARTHEST_M / STEP_M)
    steps = [(i, j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)]
    steps.sort(key=lambda s: (s[0] ** 2 + s[1] ** 2, math.atan2(s[1], s[0]) % (2.0 * math.pi)))
    return ((i * STEP_M, j * STEP_M) for i, j in steps)
