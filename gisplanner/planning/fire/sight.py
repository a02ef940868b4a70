"""Straight ways that keep clear of areas (视线): walked cell by cell, nothing far away is looked at. Compiled."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numba import njit

from gisplanner.planning.fire.cells import Cells, make_cells
from gisplanner.planning.fire.outlines import Bools, Floats, Ints

CELL_M: Final = 4.0


class Sight:
    """Areas that block straight ways.

    Examples
    --------
    >>> sight = Sight(np.array([shapely.box(0, 0, 2, 2)]))
    >>> places = np.array([[-1.0, 1.0], [3.0, 1.0], [3.0, 9.0], [1.0, 1.0]])
    >>> sight.free(places, np.array([[0, 1], [1, 2], [2, 3]])).tolist()
    [False, True, False]
    """

    def __init__(self, areas: np.ndarray) -> None:
        self._areas = shapely.STRtree(areas)
        rings = shapely.get_parts(shapely.boundary(areas))
        points, ring = shapely.get_coordinates(rings, return_index=True)
        follows = ring[1:] == ring[:-1]
        self._edges = make_cells(np.concatenate([points[:-1][follows], points[1:][follows]], axis=1), CELL_M)

    def free(self, places: Floats, pairs: Ints) -> Bools:
        """Return which of the ways between pairs of places (n, 2) meet no area."""
        inside = np.zeros(len(places), dtype=bool)
        inside[self._areas.query(shapely.points(places), predicate="intersects")[0]] = True
        free: Bools = np.logical_not(inside[pairs].any(axis=1))
        ways = np.concatenate([places[pairs[free, 0]], places[pairs[free, 1]]], axis=1)
        free[free] = ~_crossing(ways, self._edges)
        return np.asarray(free)


@njit(cache=True, nogil=True)
def _crossing(ways: Floats, edges: Cells) -> Bools:
    """Return which ways x1, y1, x2, y2 cross or touch an edge."""
    marks = np.zeros(ways.shape[0], dtype=np.bool_)
    for k in range(ways.shape[0]):
        ax, ay, bx, by = (ways[k] - np.array((edges.low[0], edges.low[1], edges.low[0], edges.low[1]))) / edges.cell_m
        column, row = int(np.floor(ax)), int(np.floor(ay))
        dx, dy = bx - ax, by - ay
        step_x, step_y = (1 if dx > 0.0 else -1), (1 if dy > 0.0 else -1)
        next_x = np.inf if dx == 0.0 else (column + (dx > 0.0) - ax) / dx
        next_y = np.inf if dy == 0.0 else (row + (dy > 0.0) - ay) / dy
        for _ in range(abs(int(np.floor(bx)) - column) + abs(int(np.floor(by)) - row) + 1):
            if 0 <= column < edges.columns and 0 <= row < edges.rows:
                here = row * edges.columns + column
                for i in range(edges.start[here], edges.start[here + 1]):
                    if _meet(ways[k], edges.ends[edges.members[i]]):
                        marks[k] = True
                        break
            if marks[k]:
                break
            if next_x < next_y:
                column, next_x = column + step_x, next_x + abs(1.0 / dx)
            else:
                row, next_y = row + step_y, next_y + (abs(1.0 / dy) if dy != 0.0 else np.inf)
    return marks


@njit(cache=True)
def _meet(a: Floats, b: Floats) -> bool:
    """Return whether two straight lines have a point in common."""
    if max(a[0], a[2]) < min(b[0], b[2]) or max(b[0], b[2]) < min(a[0], a[2]):
        return False
    if max(a[1], a[3]) < min(b[1], b[3]) or max(b[1], b[3]) < min(a[1], a[3]):
        return False
    return _side(a, b[0], b[1]) * _side(a, b[2], b[3]) <= 0.0 and _side(b, a[0], a[1]) * _side(b, a[2], a[3]) <= 0.0


@njit(cache=True)
def _side(line: Floats, x: float, y: float) -> float:
    return float((line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0]))
