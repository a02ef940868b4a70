"""A smooth line as straights and true arcs (直线与圆弧), as a draughtsman would set it out."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

import numpy as np

from gisplanner.planning.fire.outlines import Floats

OFF_M: Final = 0.02
"""How far points of the line may lie off a straight or arc."""


def arcs_along(points: Floats, *, least_m: float = 0.0) -> Floats:
    """Return rows x, y, bulge: each straight or arc leads from its row to the next; as few as may be, one by one.

    Parameters
    ----------
    points
        A line (n, 2).
    least_m
        Arcs are no tighter where one of this radius keeps to the line as well.

    Returns
    -------
    rows
        Bulge as in drawings: the tangent of a quarter of the angle turned, above 0 to the left, 0 straight.

    Examples
    --------
    >>> turn = np.radians(np.arange(0, 91, 5))
    >>> bend = 10.0 * np.stack([np.sin(turn), 1.0 - np.cos(turn)], axis=1)
    >>> rows = arcs_along(np.concatenate([[[-20.0, 0.0], [-10.0, 0.0]], bend, [[10.0, 30.0]]]))
    >>> rows[:, :2].round(1).tolist()
    [[-20.0, 0.0], [0.0, 0.0], [10.0, 10.0], [10.0, 30.0]]
    >>> bool(np.abs(rows[:, 2] - [0.0, math.tan(math.pi / 8), 0.0, 0.0]).max() < 1e-3)
    True
    """
    rows, here = [], 0
    while here < len(points) - 1:
        there, bulge = _farthest(points, here, least_m)
        rows.append((*points[here], bulge))
        here = there
    return np.array([*rows, (*points[-1], 0.0)])


def beside_arcs(rows: Floats, half_m: float) -> Floats:
    """Return the outline of a strip along straights and arcs as rows x, y, bulge of a closed line.

    Examples
    --------
    >>> beside_arcs(np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 0.0]]), 2.0)[:, :2].tolist()
    [[0.0, 2.0], [9.0, 2.0], [9.0, -2.0], [0.0, -2.0]]
    """
    left, right = [], []
    for (ax, ay, bulge), (bx, by, _) in pairwise(rows.tolist()):
        chord, half_turn = math.atan2(by - ay, bx - ax), 2.0 * math.atan(bulge)
        for x, y, heading, bend in ((ax, ay, chord - half_turn, bulge), (bx, by, chord + half_turn, 0.0)):
            across = half_m * np.array([-math.sin(heading), math.cos(heading)])
            left.append((x + across[0], y + across[1], bend))
            right.append((x - across[0], y - across[1], bend))
    # Backwards an arc leaves from its other end, and turns the other way.
    bends = [-bend for *_, bend in right]
    back = [(x, y, bend) for (x, y, _), bend in zip(right[::-1], [*bends[:-1][::-1], 0.0], strict=True)]
    return _distinct(np.array([*left, *back]))


def radius_m(row: Floats, after: Floats) -> float:
    """Return the radius of the arc from one row to the next, infinite for a straight.

    Examples
    --------
    >>> round(radius_m(np.array([0.0, 0.0, 1.0]), np.array([4.0, 0.0, 0.0])), 9)
    2.0
    """
    bulge = abs(float(row[2]))
    if bulge == 0.0:
        return math.inf
    return math.dist(row[:2], after[:2]) * (1.0 + bulge * bulge) / (4.0 * bulge)


def _farthest(points: Floats, here: int, least_m: float) -> tuple[int, float]:
    """Return the last point that one straight or arc leads to, and its bulge."""
    best, step = (here + 1, 0.0), 1
    low, high = here + 1, len(points) - 1
    while here + 2 * step <= len(points) - 1:
        bulge = _fitted(points[here : here + 2 * step + 1], least_m)
        if bulge is None:
            high = here + 2 * step - 1
            break
        step *= 2
        low, best = here + step, (here + step, bulge)
    while low < high:
        middle = (low + high + 1) // 2
        bulge = _fitted(points[here : middle + 1], least_m)
        if bulge is None:
            high = middle - 1
        else:
            low, best = middle, (middle, bulge)
    return best


def _fitted(points: Floats, least_m: float) -> float | None:
    """Return the bulge of the straight or arc from the first to the last point near all others, if there is one."""
    first, chord = points[0], points[-1] - points[0]
    length = float(np.hypot(*chord))
    if length == 0.0:
        return None
    along = chord / length
    u = (points[1:-1] - first) @ along
    v = (points[1:-1] - first) @ np.array([-along[1], along[0]])
    if (u < 0.0).any() or (u > length).any():
        return None
    if not len(v) or np.abs(v).max() <= OFF_M / 2.0:
        return 0.0
    # Middles of circles through both ends lie on the line half-way: the one nearest to the others.
    rise = float((v * (u * u - u * length + v * v)).sum() / (2.0 * (v @ v)))
    radius = math.hypot(length / 2.0, rise)
    if radius < least_m and length / 2.0 < least_m:
        wider = math.copysign(math.sqrt(least_m**2 - length**2 / 4.0), rise)
        if _off(u, v, length, wider) <= OFF_M:
            rise = wider
    # Across the chord lies the rest of the circle, as beyond its ends: no arc is half of one.
    side = math.copysign(1.0, rise)
    if _off(u, v, length, rise) > OFF_M or (side * v > OFF_M).any():
        return None
    # Between points too: round a sharp corner no arc is near.
    half_way = (points[1:] + points[:-1]) / 2.0 - first
    if _off(half_way @ along, half_way @ np.array([-along[1], along[0]]), length, rise) > 2.0 * OFF_M:
        return None
    return side * math.tan(math.atan2(length / 2.0, side * rise) / 2.0)


def _off(u: Floats, v: Floats, length: float, rise: float) -> float:
    away = np.hypot(u - length / 2.0, v - rise) - math.hypot(length / 2.0, rise)
    return float(np.abs(away).max())


def _distinct(rows: Floats) -> Floats:
    """Leave out rows in the place of the next."""
    kept = np.ones(len(rows), dtype=bool)
    kept[:-1] = np.hypot(*(rows[1:, :2] - rows[:-1, :2]).T) > 1e-6  # noqa: PLR2004
    return rows[kept]
