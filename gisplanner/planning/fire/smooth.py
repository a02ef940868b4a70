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
    length_m = _stations(points)[-1]
    return along(points, np.linspace(0.0, length_m, max(2, round(length_m / step_m) + 1)))


def along(points: Floats, at_m: Floats) -> Floats:
    """Return the places (m, 2) so many metres along a line (n, 2).

    Examples
    --------
    >>> along(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]), np.array([1.0, 5.0])).tolist()
    [[1.0, 0.0], [4.0, 1.0]]
    """
    station = _stations(points)
    return np.stack([np.interp(at_m, station, points[:, 0]), np.interp(at_m, station, points[:, 1])], axis=1)


def _stations(points: Floats) -> Floats:
    """Return how far along a line each of its points lies."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


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
    free, kept, owed_kept = np.empty_like(points), points.copy(), np.zeros_like(points)
    bend, owed_bend = np.zeros_like(points), np.zeros_like(points)
    for k in range(many - 2):
        for axis in range(2):
            bend[k, axis] = points[k, axis] - 2.0 * points[k + 1, axis] + points[k + 2, axis]
    for _ in range(_TURNS):
        for k in range(many):
            for axis in range(2):
                back = bend[k, axis] - owed_bend[k, axis]
                if k > 0:
                    back -= 2.0 * (bend[k - 1, axis] - owed_bend[k - 1, axis])
                if k > 1:
                    back += bend[k - 2, axis] - owed_bend[k - 2, axis]
                free[k, axis] = _LIMIT_WEIGHT * back + _ROOM_WEIGHT * (kept[k, axis] - owed_kept[k, axis])
        _solve(lower, free)
        for k in range(many):
            x, y = free[k, 0] + owed_kept[k, 0] - middle[k, 0], free[k, 1] + owed_kept[k, 1] - middle[k, 1]
            share = _share_within(x, y, radius[k])
            kept[k, 0], kept[k, 1] = x * share + middle[k, 0], y * share + middle[k, 1]
            owed_kept[k, 0] += free[k, 0] - kept[k, 0]
            owed_kept[k, 1] += free[k, 1] - kept[k, 1]
        for k in range(many - 2):
            x = free[k, 0] - 2.0 * free[k + 1, 0] + free[k + 2, 0]
            y = free[k, 1] - 2.0 * free[k + 1, 1] + free[k + 2, 1]
            share = _share_within(x + owed_bend[k, 0], y + owed_bend[k, 1], limit)
            bend[k, 0], bend[k, 1] = (x + owed_bend[k, 0]) * share, (y + owed_bend[k, 1]) * share
            owed_bend[k, 0] += x - bend[k, 0]
            owed_bend[k, 1] += y - bend[k, 1]
    return kept


@njit(cache=True)
def _share_within(x: float, y: float, longest: float) -> float:
    """Return the share of a vector that is no longer than ``longest``."""
    length = np.hypot(x, y)
    return longest / max(length, 1e-12) if length > longest else 1.0


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
