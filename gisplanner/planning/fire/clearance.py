"""Which removable obstacles keep a disc from standing at a point, for many points at once. Compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.scene import Edges

STAND_NOISE_M: Final = 1e-6
"""A disc may overlap an edge by this much: noise of doubles, where touching is allowed."""
MOST_BLOCKERS: Final = 64

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Edges by square cell: those within reach of any point of the cell."""

    edges: Floats
    owner: Ints
    reach_m: float
    low: Floats
    cell_m: float
    columns: int
    rows: int
    start: Ints
    members: Ints


def make_grid(edges: Edges, reach_m: float) -> Grid:
    """Return a lookup of edges within ``reach_m`` of a point."""
    ends = np.concatenate([edges.first, edges.second], axis=1)
    low = np.minimum(edges.first, edges.second).min(axis=0) - 2.0 * reach_m
    high = np.maximum(edges.first, edges.second).max(axis=0) + 2.0 * reach_m
    cell = max(reach_m, float((high - low).max()) / 1500.0)
    columns, rows = (int(count) for count in np.ceil((high - low) / cell) + 1)
    start, members = _fill(ends, reach_m, low, cell, columns, rows)
    return Grid(ends, edges.owner, reach_m, low, cell, columns, rows, start, members)


def standing(grid: Grid, points: Floats) -> tuple[Ints, list[tuple[int, ...]]]:
    """Return for each point a number of its set of blockers, -1 where something that stays blocks; and the sets.

    Examples
    --------
    >>> from gisplanner.planning.fire.scene import HARD
    >>> one = np.array([[0.0, 0.0]]), np.array([[9.0, 0.0]])
    >>> mm, yes, zero = np.zeros((1, 2), dtype=np.int64), np.array([True]), np.zeros(1)
    >>> def wall(owner):
    ...     return Edges(*one, mm, mm, yes, yes, yes, np.array([owner]), np.array([0]), zero, *2 * [np.array([0])])
    >>> near_and_far = np.array([[4.0, 1.0], [4.0, 3.0]])
    >>> standing(make_grid(wall(HARD), 2.0), near_and_far)[0].tolist()
    [-1, 0]
    >>> standing(make_grid(wall(5), 2.0), near_and_far)
    (array([1, 0]), [(), (5,)])
    """
    keys = np.random.default_rng(20240607).integers(1, 2**63, grid.owner.max(initial=0) + 1, dtype=np.uint64)
    dead, key = _keys(
        points, grid.edges, grid.owner, grid.reach_m - STAND_NOISE_M, grid.low, grid.cell_m, grid.columns, grid.rows,
        grid.start, grid.members, keys,
    )  # fmt: skip
    if dead.all():
        return np.full(len(points), -1, dtype=np.int64), [()]
    alive = np.flatnonzero(~dead)
    distinct, first, number = np.unique(key[alive], return_index=True, return_inverse=True)
    shift = int(distinct.size == 0 or distinct[0] != 0)
    sets: list[tuple[int, ...]] = [()] * shift
    sets += [_blockers(grid, points[alive[where]]) for where in first.tolist()]
    found = np.full(len(points), -1, dtype=np.int64)
    found[alive] = number + shift
    return found, sets


def _blockers(grid: Grid, point: Floats) -> tuple[int, ...]:
    column, row = ((point - grid.low) / grid.cell_m).astype(int)
    if not (0 <= column < grid.columns and 0 <= row < grid.rows):
        return ()
    cell = row * grid.columns + column
    near = grid.members[grid.start[cell] : grid.start[cell + 1]]
    return tuple(
        sorted(
            {
                int(grid.owner[edge])
                for edge in near
                if _distance(point[0], point[1], grid.edges, edge) < grid.reach_m - STAND_NOISE_M
            }
        )
    )


@njit(cache=True)
def _distance(x: float, y: float, edges: Floats, edge: int) -> float:
    ax, ay, bx, by = edges[edge]
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0.0 else ((x - ax) * dx + (y - ay) * dy) / length2
    t = min(max(t, 0.0), 1.0)
    return float(np.hypot(x - ax - t * dx, y - ay - t * dy))


@njit(cache=True)
def _fill(  # noqa: PLR0917 - compiled functions take no keywords
    ends: Floats, reach: float, low: Floats, cell: float, columns: int, rows: int
) -> tuple[Ints, Ints]:
    """Return the edges of each cell as start and members."""
    start = np.zeros(columns * rows + 1, dtype=np.int64)
    limit = reach + cell * 0.70711 + 1e-6
    members = np.empty(0, dtype=np.int64)
    for turn in range(2):
        if turn == 1:
            for k in range(columns * rows):
                start[k + 1] += start[k]
            members = np.empty(start[-1], dtype=np.int64)
            fill = start[:-1].copy()
        for edge in range(ends.shape[0]):
            c0 = int((min(ends[edge, 0], ends[edge, 2]) - reach - low[0]) / cell)
            c1 = int((max(ends[edge, 0], ends[edge, 2]) + reach - low[0]) / cell)
            r0 = int((min(ends[edge, 1], ends[edge, 3]) - reach - low[1]) / cell)
            r1 = int((max(ends[edge, 1], ends[edge, 3]) + reach - low[1]) / cell)
            for row in range(max(r0, 0), min(r1, rows - 1) + 1):
                for column in range(max(c0, 0), min(c1, columns - 1) + 1):
                    x, y = low[0] + (column + 0.5) * cell, low[1] + (row + 0.5) * cell
                    if _distance(x, y, ends, edge) <= limit:
                        here = row * columns + column
                        if turn == 0:
                            start[here + 1] += 1
                        else:
                            members[fill[here]] = edge
                            fill[here] += 1
    return start, members


@njit(cache=True)
def _keys(  # noqa: PLR0917 - compiled functions take no keywords
    points: Floats,
    edges: Floats,
    owner: Ints,
    limit: float,
    low: Floats,
    cell: float,
    columns: int,
    rows: int,
    start: Ints,
    members: Ints,
    keys: Keys,
) -> tuple[Bools, Keys]:
    """Return which points a hard edge blocks, and a key of the set of owners that block each of the others."""
    dead = np.zeros(points.shape[0], dtype=np.bool_)
    key = np.zeros(points.shape[0], dtype=np.uint64)
    met = np.empty(MOST_BLOCKERS, dtype=np.int64)
    for k in range(points.shape[0]):
        x, y = points[k]
        column, row = int((x - low[0]) / cell), int((y - low[1]) / cell)
        if x < low[0] or y < low[1] or column >= columns or row >= rows:
            continue
        many = 0
        here = row * columns + column
        for i in range(start[here], start[here + 1]):
            edge = members[i]
            who = owner[edge]
            if many and met[many - 1] == who:
                continue
            if _distance(x, y, edges, edge) < limit:
                if who < 0 or many == MOST_BLOCKERS:
                    dead[k] = True
                    break
                known = False
                for j in range(many):
                    if met[j] == who:
                        known = True
                        break
                if not known:
                    met[many] = who
                    many += 1
                    key[k] ^= keys[who]
    return dead, key
