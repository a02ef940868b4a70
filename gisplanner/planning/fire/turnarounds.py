"""Turnarounds (回车场): a square near the end of a lane that touches nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Geometry

from gisplanner.planning.fire.centrelines import Standing
from gisplanner.planning.fire.outlines import Floats
from gisplanner.planning.fire.reach import Reach

TURN_WITHIN_M: Final = 20.0
TURN_STEP_DEG: Final = 7.5
SEARCHED: Final = 60
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Turnaround:
    """A square (回车场) that fits near the end of a lane.

    Attributes
    ----------
    size_m
        Side of the square that is asked for.
    outline
        Where it fits; ``None`` where none does.
    largest_m
        Side of the largest square looked for that fits, 0 where none does.
    """

    size_m: float
    outline: Geometry | None
    largest_m: float


def find_turnaround(reach: Reach, standing: Standing, end: Floats, sizes_m: Sequence[float]) -> Turnaround:
    """Look for the first of some squares within 20 m of the end, and how large a one would fit.

    Parameters
    ----------
    sizes_m
        Sides: what is asked for, and larger ones.
    """
    first = _free_square(reach, standing, end, sizes_m[0])
    largest = 0.0 if first is None else sizes_m[0]
    for size_m in sizes_m[1:] if first is not None else ():
        if _free_square(reach, standing, end, size_m) is None:
            break
        largest = size_m
    return Turnaround(sizes_m[0], first, largest)


def _free_square(reach: Reach, standing: Standing, end: Floats, size_m: float) -> Geometry | None:
    """Return a free square within 20 m of the end, nearest and straightest first; planning CRS."""
    offsets = np.stack(np.meshgrid(*[np.arange(-TURN_WITHIN_M, TURN_WITHIN_M + 1.0, 2.0)] * 2), axis=-1).reshape(
        -1, 2
    )
    offsets = offsets[np.hypot(*offsets.T) <= TURN_WITHIN_M]
    places = end + offsets[np.argsort(np.hypot(*offsets.T), kind="stable")]
    inner = standing.edges.query(shapely.points(places), predicate="dwithin", distance=size_m / 2.0)[0]
    places = places[np.setdiff1d(np.arange(len(places)), inner)][: SEARCHED * 2]
    for first in range(0, len(places), _AT_ONCE):
        found = _first_free(reach, standing, end, places[first : first + _AT_ONCE], size_m)
        if found is not None:
            return found
    return None


def _first_free(reach: Reach, standing: Standing, end: Floats, places: Floats, size_m: float) -> Geometry | None:
    squares = _squares(places, size_m)
    ways = shapely.linestrings(np.stack([np.broadcast_to(end, places.shape), places], axis=1))
    blocked = np.zeros(len(squares), dtype=bool)
    blocked[standing.solid.query(squares, predicate="intersects")[0]] = True
    blocked[standing.edges.query(squares, predicate="intersects")[0]] = True
    angles = len(squares) // len(places)
    cut_off = standing.edges.query(ways, predicate="intersects")[0]
    blocked.reshape(len(places), angles)[cut_off] = True
    for square in squares[~blocked]:
        if reach.scene.domain.contains(square):
            return shapely.transform(square, lambda points: points + reach.scene.origin)
    return None


def _squares(places: Floats, size_m: float) -> np.ndarray:
    """Return squares around each place, turned step by step: all of the first place, then of the second …."""
    angles = np.radians(np.arange(0.0, 90.0, TURN_STEP_DEG))[:, None] + np.radians([45.0, 135.0, 225.0, 315.0])
    corners = size_m / math.sqrt(2.0) * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.asarray(shapely.polygons((places[:, None, None, :] + corners).reshape(-1, 4, 2)))
