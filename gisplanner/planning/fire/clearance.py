"""Which removable obstacles keep a disc from standing at a point, for many points at once. Compiled."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from gisplanner.planning.fire.cells import Cells, away_from, cell_at, make_cells, near
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.scene import Edges

STAND_NOISE_M: Final = 1e-6
"""A disc may overlap an edge by this much: noise of doubles, where touching is allowed."""
MOST_BLOCKERS: Final = 64
MOST_CELLS: Final = 1500
"""Along one side."""

Keys = npt.NDArray[np.uint64]


class Grid(NamedTuple):
    """Edges by square cell: those within ``reach_m`` of any point of the cell; and whose each is."""

    cells: Cells
    owner: Ints
    reach_m: float


def make_grid(edges: Edges, reach_m: float) -> Grid:
    """Return a lookup of edges within ``reach_m`` of a point."""
    ends = np.concatenate([edges.first, edges.second], axis=1)
    span = float(np.ptp(ends.reshape(-1, 2), axis=0).max(initial=0.0)) + 4.0 * reach_m
    cells = make_cells(ends, max(reach_m, span / MOST_CELLS), reach_m=reach_m, margin_m=2.0 * reach_m)
    return Grid(cells, edges.owner, reach_m)


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
    dead, key = _keys(points, grid.cells, grid.owner, grid.reach_m - STAND_NOISE_M, keys)
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
    x, y = float(point[0]), float(point[1])
    limit = grid.reach_m - STAND_NOISE_M
    met = (edge for edge in near(grid.cells, x, y) if away_from(x, y, grid.cells.ends, edge) < limit)
    return tuple(sorted({int(grid.owner[edge]) for edge in met}))


@njit(cache=True, nogil=True)
def _keys(points: Floats, cells: Cells, owner: Ints, limit: float, keys: Keys) -> tuple[Bools, Keys]:
    """Return which points a hard edge blocks, and a key of the set of owners that block each of the others."""
    dead = np.zeros(points.shape[0], dtype=np.bool_)
    key = np.zeros(points.shape[0], dtype=np.uint64)
    met = np.empty(MOST_BLOCKERS, dtype=np.int64)
    for k in range(points.shape[0]):
        x, y = points[k]
        here = cell_at(cells, x, y)
        if here < 0:
            continue
        many = 0
        for i in range(cells.start[here], cells.start[here + 1]):
            edge = cells.members[i]
            who = owner[edge]
            if many and met[many - 1] == who:
                continue
            if away_from(x, y, cells.ends, edge) < limit:
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
