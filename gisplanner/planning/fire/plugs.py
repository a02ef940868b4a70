"""Where the way is too narrow: connectors between corners and edges less than the lane's width apart (卡口).

A disc of the lane's width never crosses such a connector, because every point of it is less than half the width
from one of its ends. Conversely, edges and connectors together separate two places whenever the disc cannot travel
between them: whatever separates them is a chain of edges whose neighbourhoods of half a width overlap, each pair
of neighbourhoods is convex and overlapping, so the chain can be drawn tight onto the edges and their connectors.
So the disc can travel between two places it can stand at if and only if they lie in one face of the plane cut by
edges and connectors. Only whether a connector is there has to be decided exactly, and that is done on whole
millimetres; where it is drawn matters little, for the disc stays away from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.scene import HARD, Scene

NOISE_M: Final = 2e-8
"""Where an edge does not stand on the millimetre grid, a gap this much below the width passes: noise of doubles.

Distances of whole millimetres that are less than a width are less by more, corner to corner: 1 mm² in its square.
"""
SHORTER_M: Final = 1e-6
"""Connectors are looked at without their very ends, which lie on edges."""
TOUCH_M: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Plugs:
    """Connectors shorter than the lane's width.

    Attributes
    ----------
    corner, foot
        Ends (n, 2) in metres: a corner, and the nearest point of an edge.
    owner_a, owner_b
        Owners of the corner and of the edge: the plug holds while both stand.
    gap_m
        Length.
    """

    corner: Floats
    foot: Floats
    owner_a: Ints
    owner_b: Ints
    gap_m: Floats


def make_plugs(scene: Scene, width_m: float, *, shortest: bool = True) -> Plugs:
    """Return the connectors that a lane of ``width_m`` cannot pass, useless ones left out.

    Parameters
    ----------
    shortest
        Only the shortest connector of each pair of edges: no disc fits between two connectors of one pair, so one
        of them separates as well as all.
    """
    edges, corners = scene.edges, scene.corners
    lines = shapely.linestrings(np.stack([edges.first, edges.second], axis=1))
    tree = shapely.STRtree(lines)
    v, e = tree.query(shapely.points(corners.point), predicate="dwithin", distance=width_m + NOISE_M)
    foot, inside = _feet(corners.point[v], edges.first[e], edges.second[e])
    gap = np.hypot(*(corners.point[v] - foot).T)
    useful = (gap > TOUCH_M) & ~_bends_back(scene, v, e, foot, width_m)
    v, e, foot, inside, gap = v[useful], e[useful], foot[useful], inside[useful], gap[useful]
    narrow = _narrower(scene, (v, e), inside, gap, width_m)
    if shortest:
        narrow &= _shortest(scene, (v, e), inside, np.where(narrow, gap, np.inf))
    v, e, foot, gap = v[narrow], e[narrow], foot[narrow], gap[narrow]
    seen = ~_behind_hard(corners.point[v], foot, lines[edges.owner == HARD])
    v, e = v[seen], e[seen]
    return Plugs(corners.point[v], foot[seen], corners.owner[v], edges.owner[e], gap[seen])


def _feet(point: Floats, first: Floats, second: Floats) -> tuple[Floats, Ints]:
    """Return the nearest points on edges, and where they are: -1 first end, 0 inside, 1 second end."""
    along = second - first
    length2 = (along**2).sum(axis=1)
    t = ((point - first) * along).sum(axis=1) / np.where(length2 > 0.0, length2, 1.0)
    where = np.where(t <= 0.0, -1, np.where(t >= 1.0, 1, 0))
    foot = first + np.clip(t, 0.0, 1.0)[:, None] * along
    return np.where((where == 1)[:, None], second, foot), where


def _bends_back(scene: Scene, v: Ints, e: Ints, foot: Floats, width_m: float) -> Bools:
    """Return which connectors join a chain to itself so soon that the disc has no room between.

    A loop around a disc of radius r, of a chain that keeps r from its middle and one connector shorter than
    2 r, needs a chain longer than pi r: the connector is seen from the middle under less than a straight angle.
    """
    edges, corners = scene.edges, scene.corners
    ring = corners.ring[v]
    at = edges.at_m[e] + np.hypot(*(foot - edges.first[e]).T)
    apart = np.abs(at - corners.at_m[v])
    apart = np.minimum(apart, scene.perimeter_m[ring] - apart)
    return np.asarray((ring == edges.ring[e]) & (apart <= math.pi * width_m / 2.0 * (1.0 - 1e-6)))


def _narrower(scene: Scene, pair: tuple[Ints, Ints], inside: Ints, gap: Floats, width_m: float) -> Bools:
    """Return which gaps are less than the width: on whole millimetres where coordinates stand on them."""
    corners, edges, (v, e) = scene.corners, scene.edges, pair
    given = np.where(
        inside == 0, edges.exact[e],
        edges.exact[e] & np.where(inside < 0, edges.first_is_given[e], edges.second_is_given[e]),
    )  # fmt: skip
    exact = given & corners.exact[v]
    narrow = gap < width_m - np.where(exact, 0.0, NOISE_M)
    close = np.flatnonzero(exact & (np.abs(gap - width_m) <= NOISE_M))
    square = round(width_m * 1000.0) ** 2
    for k in close.tolist():
        a, b, p = (
            tuple(int(value) for value in point)
            for point in (edges.line_first_mm[e[k]], edges.line_second_mm[e[k]], corners.point_mm[v[k]])
        )
        narrow[k] = exact_gap_below(p, a, b, square, inside=int(inside[k]))
    return np.asarray(narrow)


def _shortest(scene: Scene, pair: tuple[Ints, Ints], inside: Ints, gap: Floats) -> Bools:
    """Return the shortest connector of each pair of edges; one from corner to corner may serve several pairs."""
    edges, (v, e) = scene.edges, pair
    many, corners = len(edges.owner), len(scene.corners.point)
    before, after = np.full(corners, -1), np.full(corners, -1)
    before[edges.second_corner], after[edges.first_corner] = np.arange(many), np.arange(many)
    # The connector to the end of an edge is the one to the corner there.
    far = np.where(inside < 0, edges.first_corner[e], edges.second_corner[e])
    name = np.where(inside == 0, corners**2 + v * many + e, np.minimum(v, far) * corners + np.maximum(v, far))
    row = np.concatenate([np.flatnonzero(np.isfinite(gap) & (end[v] >= 0)) for end in (before, after)])
    mine = np.concatenate([end[v][np.isfinite(gap) & (end[v] >= 0)] for end in (before, after)])
    two = np.minimum(mine, e[row]) * many + np.maximum(mine, e[row])
    order = np.lexsort((name[row], gap[row], two))
    chosen = row[order[np.unique(two[order], return_index=True)[1]]]
    marks = np.zeros(len(v), dtype=bool)
    marks[chosen[np.unique(name[chosen], return_index=True)[1]]] = True
    return marks


Point = tuple[int, ...]


def exact_gap_below(p: Point, a: Point, b: Point, square: int, *, inside: int) -> bool:
    """Return whether the point lies nearer than the root of ``square`` to the edge a–b, in whole millimetres.

    Parameters
    ----------
    inside
        0 where the nearest point lies inside the edge, -1 where it is ``a``, 1 where it is ``b``.

    Examples
    --------
    >>> exact_gap_below((0, 4000), (-5, 0), (5, 0), 4000**2, inside=0)
    False
    >>> exact_gap_below((0, 3999), (-5, 0), (5, 0), 4000**2, inside=0)
    True
    """
    if inside:
        end = a if inside < 0 else b
        return (p[0] - end[0]) ** 2 + (p[1] - end[1]) ** 2 < square
    dx, dy = b[0] - a[0], b[1] - a[1]
    cross = dx * (p[1] - a[1]) - dy * (p[0] - a[0])
    return cross * cross < square * (dx * dx + dy * dy)


def _behind_hard(corner: Floats, foot: Floats, hard: np.ndarray) -> Bools:
    """Return which connectors cross an edge that always stands: shorter ones to that edge do their work."""
    hidden = np.zeros(len(corner), dtype=bool)
    if not len(hard) or not len(corner):
        return hidden
    step = (foot - corner) * np.minimum(0.1, SHORTER_M / np.maximum(np.hypot(*(foot - corner).T), TOUCH_M))[:, None]
    inner = shapely.linestrings(np.stack([corner + step, foot - step], axis=1))
    crossing, _ = shapely.STRtree(hard).query(inner, predicate="crosses")
    hidden[crossing] = True
    return hidden
