"""Corridors over open ground (院内空地): the middle between buildings, where no lane is mapped."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from scipy.spatial import QhullError, Voronoi

from gisplanner.planning.pipes.corridors.roads import Floats, Geometry

STEP_M: Final = 2.0
"""Walls are taken as points this far apart."""
LEAST_WIDTH_M: Final = 2.6
"""Between two buildings nearer than this no line is laid (本工具参数: 两侧各 0.6 m 起的最窄净距加沟宽)."""
BY_STREET_M: Final = 6.0
"""Nearer than this to a mapped street the street is the corridor."""
LINK_M: Final = 25.0
"""Farthest that open ground is joined to a street."""
_SHORT_M: Final = 8.0
_SIMPLE_M: Final = 1.0
_TWO: Final = 2


def open_ground_lines(ground: Any, walls: Geometry, streets: Geometry) -> Geometry:
    """Return lines in the middle between buildings, joined to the streets.

    Parameters
    ----------
    ground
        Polygon in which lines may lie.
    walls
        Footprints in and around it.
    streets
        Mapped streets and lanes.
    """
    ridges = _ridges(walls)
    if not len(ridges):
        return np.zeros(0, dtype=object)
    inside = shapely.intersection(ridges, ground)
    near = shapely.union_all(shapely.buffer(streets, BY_STREET_M)) if len(streets) else shapely.Polygon()
    apart = shapely.difference(shapely.union_all(inside), near)
    merged = shapely.line_merge(apart) if apart.geom_type == "MultiLineString" else apart
    lines = _without_spurs(_parts(shapely.simplify(merged, _SIMPLE_M)))
    if not len(lines):
        return lines
    return np.concatenate([lines, _links(lines, streets, walls)])


def _ridges(walls: Geometry) -> Geometry:
    """Return the ridges between points of two buildings far enough apart."""
    outlines = shapely.segmentize(shapely.get_exterior_ring(shapely.get_parts(walls)), STEP_M)
    _, part = shapely.get_parts(walls, return_index=True)
    points, ring = shapely.get_coordinates(outlines, return_index=True)
    points, first = np.unique(np.round(points, 3), axis=0, return_index=True)
    owner = part[ring][first]
    try:
        diagram = Voronoi(points - points.mean(axis=0))
    except (QhullError, ValueError):  # fewer than three places, or all on one line: nothing lies between
        return np.zeros(0, dtype=object)
    pairs = np.array(diagram.ridge_points)
    ends = np.array(diagram.ridge_vertices)
    between = (owner[pairs[:, 0]] != owner[pairs[:, 1]]) & (ends >= 0).all(axis=1)
    gap = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    chosen = between & (gap >= LEAST_WIDTH_M)
    nodes = diagram.vertices + points.mean(axis=0)
    return np.asarray(shapely.linestrings(nodes[ends[chosen]]), dtype=object)


def _parts(shape: Any) -> Geometry:
    parts = shapely.get_parts(shape)
    kept = (shapely.get_dimensions(parts) == 1) & ~shapely.is_empty(parts)
    return np.asarray(parts[kept], dtype=object)


def _without_spurs(lines: Geometry) -> Geometry:
    """Return the lines without short ones that lead nowhere."""
    while len(lines):
        ends = _ends(lines)
        keys, count = np.unique(np.round(ends, 3), axis=0, return_inverse=True, return_counts=True)[1:]
        loose = (count[keys.reshape(-1)] == 1).reshape(-1, _TWO).any(axis=1)
        kept = ~(loose & (shapely.length(lines) < _SHORT_M))
        if kept.all():
            return lines
        merged = shapely.line_merge(shapely.multilinestrings(list(lines[kept])))
        lines = _parts(merged)
    return lines


def _ends(lines: Geometry) -> Floats:
    both = np.empty((2 * len(lines), 2))
    both[0::2] = shapely.get_coordinates(shapely.get_point(lines, 0))
    both[1::2] = shapely.get_coordinates(shapely.get_point(lines, -1))
    return both


def _links(lines: Geometry, streets: Geometry, walls: Geometry) -> Geometry:
    """Return lines from loose ends to the nearest street that no building hides."""
    if not len(streets):
        return np.zeros(0, dtype=object)
    ends = _ends(lines)
    keys, count = np.unique(np.round(ends, 3), axis=0, return_inverse=True, return_counts=True)[1:]
    points = shapely.points(ends[count[keys.reshape(-1)] == 1])
    (who, street), away = shapely.STRtree(streets).query_nearest(
        points, max_distance=LINK_M, return_distance=True, all_matches=False
    )
    ways = shapely.shortest_line(points[who], streets[street])
    hidden, _ = shapely.STRtree(walls).query(ways, predicate="intersects")
    free = (away > 0.0) & ~np.isin(np.arange(len(ways)), hidden)
    return np.asarray(ways[free], dtype=object)
