"""Smooth middle lines (平顺中线): bends no tighter than an engine can turn, in the room there is.

Every point of a line may move in a circle in which the lane stays free. Least bending under a largest curvature
within those circles is a convex problem, solved by alternating projections (ADMM); the points are then taken along
the line anew, each with the largest circle it lies in, and the same is done again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numba import njit
from scipy.spatial import cKDTree

from gisplanner.planning.fire.outlines import Floats

STEP_M: Final = 0.5
SPAN: Final = 4
"""Radii are taken through points this many steps apart."""
_ROUNDS: Final = 3
_TURNS: Final = 60
_BEND_WEIGHT, _LIMIT_WEIGHT, _ROOM_WEIGHT = 500.0, 5_000.0, 1.0
_SPARE_M: Final = 0.02
"""What a chord between two points may lie nearer to a corner than the points."""
_PUSHED_M: Final = 2.0
"""How far a point without room of its own is pushed into a circle."""
_FLAT_M2: Final = 1e-9
_CIRCLES_SEEN: Final = 16


class Room:
    """How far the middle of a lane may move: circles around places of a middle line, and around any place.

    Parameters
    ----------
    places
        Places (n, 2), such as of a middle line.
    edges
        What stands.
    radius_m
        Half the width of the lane.
    """

    def __init__(self, places: Floats, edges: shapely.STRtree, radius_m: float) -> None:
        self._edges, self._radius_m = edges, radius_m
        wide_m = self._spare(places)
        wide = wide_m > 0.0
        self._places, self._wide_m = places[wide], wide_m[wide]
        self._tree = cKDTree(self._places) if wide.any() else None

    def _spare(self, points: Floats) -> Floats:
        """Return how far the middle of the lane may move from points."""
        if not len(self._edges) or not len(points):
            return np.full(len(points), np.inf)
        away = self._edges.query_nearest(shapely.points(points), return_distance=True, all_matches=False)[1]
        return np.asarray(away - self._radius_m - _SPARE_M)

    def circles(self, points: Floats) -> tuple[Floats, Floats]:
        """Return middles and radii of the largest circle each point lies in, or is nearest to."""
        own = self._spare(points)
        middle, radius = points.copy(), np.maximum(own, 0.0)
        if self._tree is not None:
            many = min(_CIRCLES_SEEN, len(self._places))
            away, near = (one.reshape(len(points), -1) for one in self._tree.query(points, k=many))
            beyond = away - self._wide_m[near]
            # The largest circle around a point, else the one it is least outside of.
            worth = np.where(beyond < 0.0, self._wide_m[near], -beyond)
            best = near[np.arange(len(points)), worth.argmax(axis=1)]
            better = np.where(own < 0.0, worth.max(axis=1) > -_PUSHED_M, worth.max(axis=1) > radius)
            middle[better], radius[better] = self._places[best[better]], self._wide_m[best[better]]
        return middle, radius


def smoothed(points: Floats, room: Room, *, fixed: int, bend_m: float) -> Floats:
    """Return points :data:`STEP_M` apart along a line that bends with ``bend_m`` or more where there is room.

    Parameters
    ----------
    points
        A line (n, 2).
    fixed
        Points at its beginning that stay, so that the line goes on in their direction.

    Examples
    --------
    >>> walls = shapely.STRtree([shapely.LineString([(-90, -90), (-90, 90)])])
    >>> corner = np.array([[x, 0.0] for x in range(40)] + [[40.0, y] for y in range(40)])
    >>> bent = smoothed(corner, Room(corner, walls, 2.0), fixed=2, bend_m=7.0)
    >>> bool(radii(bent).min() > 7.0)
    True
    """
    line = points
    for _ in range(_ROUNDS):
        line = _eased(spaced(line), room, fixed, bend_m)
    return spaced(line)


def spaced(points: Floats, step_m: float = STEP_M) -> Floats:
    """Return points along a line, about ``step_m`` apart, its ends among them."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    many = max(2, round(along[-1] / step_m) + 1)
    at = np.linspace(0.0, along[-1], many)
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)


def radii(points: Floats) -> Floats:
    """Return the radius of the circle through points :data:`SPAN` steps apart, for each but those at the ends."""
    if len(points) < 2 * SPAN + 1:
        return np.full(0, np.inf)
    a, b, c = points[: -2 * SPAN], points[SPAN:-SPAN], points[2 * SPAN :]
    cross = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    sides = np.hypot(*(b - a).T) * np.hypot(*(c - b).T) * np.hypot(*(a - c).T)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(cross > _FLAT_M2, sides / (2.0 * cross), np.inf))


def _eased(points: Floats, room: Room, fixed: int, bend_m: float) -> Floats:
    many = len(points)
    if many < fixed + 4:
        return points
    middle, radius = room.circles(points)
    middle[:fixed], radius[:fixed] = points[:fixed], 0.0
    middle[-1], radius[-1] = points[-1], 0.0
    return np.asarray(_least_bent(points, middle, radius, STEP_M**2 / bend_m))


@njit(cache=True, nogil=True)
def _least_bent(points: Floats, middle: Floats, radius: Floats, limit: float) -> Floats:
    """Return points in circles whose second differences are least, and no longer than ``limit``."""
    many = len(points)
    lower = _factor(many)
    kept, bend = points.copy(), _second(points)
    owed_kept, owed_bend = np.zeros_like(kept), np.zeros_like(bend)
    for _ in range(_TURNS):
        free = _LIMIT_WEIGHT * _back(bend - owed_bend, many) + _ROOM_WEIGHT * (kept - owed_kept)
        _solve(lower, free)
        kept = _into(free + owed_kept - middle, radius) + middle
        second = _second(free)
        bend = _into(second + owed_bend, np.full(len(second), limit))
        owed_kept += free - kept
        owed_bend += second - bend
    return kept


@njit(cache=True)
def _into(away: Floats, radius: Floats) -> Floats:
    """Return vectors no longer than ``radius``."""
    made = away.copy()
    for k in range(len(away)):
        length = np.hypot(away[k, 0], away[k, 1])
        if length > radius[k]:
            made[k] *= radius[k] / max(length, 1e-12)
    return made


@njit(cache=True)
def _second(points: Floats) -> Floats:
    return points[:-2] - 2.0 * points[1:-1] + points[2:]


@njit(cache=True)
def _back(bend: Floats, many: int) -> Floats:
    made = np.zeros((many, 2))
    made[:-2] += bend
    made[1:-1] -= 2.0 * bend
    made[2:] += bend
    return made


@njit(cache=True)
def _factor(many: int) -> Floats:
    """Return the Cholesky factor of weighted second differences and of the points themselves.

    Its rows hold the diagonal and the two places before it.
    """
    weight = _BEND_WEIGHT + _LIMIT_WEIGHT
    bands = np.zeros((many, 3))
    for k in range(many - 2):
        bands[k, 0] += weight
        bands[k + 1, 0] += 4.0 * weight
        bands[k + 2, 0] += weight
        bands[k + 1, 1] -= 2.0 * weight
        bands[k + 2, 1] -= 2.0 * weight
        bands[k + 2, 2] += weight
    for k in range(many):
        if k > 1:
            bands[k, 2] /= bands[k - 2, 0]
        if k > 0:
            bands[k, 1] = (bands[k, 1] - (bands[k, 2] * bands[k - 1, 1] if k > 1 else 0.0)) / bands[k - 1, 0]
        bands[k, 0] = np.sqrt(bands[k, 0] + _ROOM_WEIGHT - bands[k, 1] ** 2 - bands[k, 2] ** 2)
    return bands


@njit(cache=True)
def _solve(lower: Floats, right: Floats) -> None:
    """Solve for both coordinates, in place."""
    many = len(lower)
    for k in range(many):
        for axis in range(2):
            if k > 0:
                right[k, axis] -= lower[k, 1] * right[k - 1, axis]
            if k > 1:
                right[k, axis] -= lower[k, 2] * right[k - 2, axis]
            right[k, axis] /= lower[k, 0]
    for k in range(many - 1, -1, -1):
        for axis in range(2):
            if k < many - 1:
                right[k, axis] -= lower[k + 1, 1] * right[k + 1, axis]
            if k < many - 2:
                right[k, axis] -= lower[k + 2, 2] * right[k + 2, axis]
            right[k, axis] /= lower[k, 0]
