"""City roads with lines on both sides (两侧布管): which they are by the data, and which nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.catalog.both_sides import both_sides
from gisplanner.planning.pipes.corridors.both_sides import Lined, lined_roads
from gisplanner.planning.pipes.corridors.facades import facing_m
from gisplanner.planning.pipes.corridors.roads import Floats, Geometry
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.road_columns import metres_of, name_told, place_of

Flags = npt.NDArray[np.bool_]

_AREA: Final = 2
_ONE_WAY: Final = frozenset({"yes", "true", "1", "-1", "是"})


@dataclass(frozen=True, slots=True, eq=False)
class WideRoads:
    """Roads as corridors.

    Attributes
    ----------
    lined
        Their lines, two for a wide road.
    width_m
        By road: width within the red line or, where only that is stated, of the roadway; NaN where nobody knows.
    stated
        Whether the width is that within the red line.
    unknown
        City roads of which nobody can tell whether they are wide.
    """

    lined: Lined
    width_m: Floats
    stated: Flags
    unknown: Flags


def wide_roads(ground: Ground) -> WideRoads:
    """Return the roads of a ground as corridors.

    The red line decides; a roadway wider than the limit is enough, and so are facing walls nearer than it for the
    contrary. A carriageway that is drawn beside its twin is a side already.
    """
    rule, roads = both_sides(), ground.roads
    shapes = np.asarray(shapely.force_2d(roads.geometry.to_numpy()), dtype=object)
    red_line, roadway = metres_of(roads, "red_line_m", "红线宽"), metres_of(roads, "width_m", "width")
    stated = ~np.isnan(red_line)
    width = np.where(stated, red_line, np.where(roadway > rule.over_m, roadway, np.nan))
    rows = roads.to_dict("records")
    city = np.array([place_of(row) == "municipal_road" for row in rows], dtype=bool)
    wide = city & (width > rule.over_m)
    wide &= ~_one_of_two(roads, shapes, width, wide)
    away = np.where(wide, (width - rule.strip_m) / 2.0, np.nan)
    names = [name_told(row) or f"{width[k]:g}" for k, row in enumerate(rows)]
    points = np.asarray(shapely.force_2d(ground.sources.geometry.to_numpy()), dtype=object)
    lined = lined_roads(shapes, away, names, every_m=rule.crossing_every_m, sources=shapely.centroid(points))
    return WideRoads(lined, width, stated, _unknown(ground, shapes, city & np.isnan(width), rule.over_m))


def _one_of_two(roads: gpd.GeoDataFrame, shapes: Geometry, width_m: Floats, wide: Flags) -> Flags:
    """Return which roads are a carriageway drawn beside another of the same road."""
    found = np.zeros(len(roads), dtype=bool)
    if "oneway" not in roads.columns:
        return found
    one_way = np.array([str(value).strip().lower() in _ONE_WAY for value in roads["oneway"]], dtype=bool)
    for row in np.flatnonzero(wide & one_way).tolist():
        others = shapes[one_way & (np.arange(len(roads)) != row)]
        middle = shapely.line_interpolate_point(shapely.get_parts(shapes[row])[0], 0.5, normalized=True)
        found[row] = bool((shapely.distance(others, middle) < width_m[row]).any())
    return found


def _unknown(ground: Ground, shapes: Geometry, asked: Flags, over_m: float) -> Flags:
    walls = np.asarray(shapely.force_2d(ground.buildings.geometry.to_numpy()), dtype=object)
    rows = np.flatnonzero(asked)
    parts, owner = shapely.get_parts(shapes[rows], return_index=True)
    apart = facing_m(parts, walls[shapely.get_dimensions(walls) == _AREA], over_m)
    least = np.full(len(rows), np.inf)
    np.minimum.at(least, owner, apart)
    found = np.zeros(len(shapes), dtype=bool)
    found[rows[least > over_m]] = True
    return found
