"""How long two geometries stay too close, and where they are nearest."""

from __future__ import annotations

import numpy as np
import shapely

from gisplanner.planning.pipes.clearance.lines import Floats, Geometry

_QUARTER_CIRCLE = 16


def too_close_m(one: Geometry, other: Geometry, within_m: Floats) -> Floats:
    """Return the metres of the stretches that lie within a distance of the other line, of the longer of the two."""
    return np.maximum(_within(one, other, within_m), _within(other, one, within_m))


def _within(one: Geometry, other: Geometry, within_m: Floats) -> Floats:
    around = shapely.buffer(other, within_m, quad_segs=_QUARTER_CIRCLE)
    return np.asarray(shapely.length(shapely.intersection(one, around)), dtype=np.float64)


def places_of(one: Geometry, other: Geometry) -> Floats:
    """Return the middle of the shortest way between both, (n, 2), on millimetres."""
    if not len(one):
        return np.zeros((0, 2))
    ways = shapely.get_coordinates(shapely.shortest_line(one, other)).reshape(-1, 2, 2)
    return np.asarray(np.round(ways.mean(axis=1), 3) + 0.0, dtype=np.float64)
