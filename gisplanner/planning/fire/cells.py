"""Lines by square cell: what lies near a point is found without looking at the rest. Compiled."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.outlines import Floats, Ints

_HALF_DIAGONAL: Final = 0.70711
_NOISE_M: Final = 1e-6


class Cells(NamedTuple):
    """A lookup of lines; what ``start`` and ``members`` list for a cell lies within its reach, and a little more.

    Attributes
    ----------
    ends
        Rows ``x1, y1, x2, y2``.
    low
        Corner of the first cell.
    start, members
        Rows of lines of cell ``row * columns + column``: ``members[start[cell]:start[cell + 1]]``.
    """

    ends: Floats
    low: Floats
    cell_m: float
    columns: int
    rows: int
    start: Ints
    members: Ints


def make_cells(ends: Floats, cell_m: float, *, reach_m: float = 0.0, margin_m: float = 0.0) -> Cells:
    """Return a lookup of lines (n, 4) within ``reach_m`` of any point of a cell.

    Parameters
    ----------
    margin_m
        How far beyond the lines there are cells.

    Examples
    --------
    >>> cells = make_cells(np.array([[0.0, 0.0, 10.0, 0.0]]), 2.0, reach_m=1.0, margin_m=9.0)
    >>> [len(near(cells, 5.0, y)) for y in (0.5, 7.0, 99.0)]
    [1, 0, 0]
    """
    ends = np.ascontiguousarray(ends, dtype=np.float64).reshape(-1, 4)
    points = ends.reshape(-1, 2)
    low = (points.min(axis=0) if len(points) else np.zeros(2)) - margin_m
    high = (points.max(axis=0) if len(points) else np.ones(2)) + margin_m
    columns, rows = (int(count) + 1 for count in (high - low) / cell_m)
    start, members = _fill(ends, reach_m, low, cell_m, columns, rows)
    return Cells(ends, low, cell_m, columns, rows, start, members)


def near(cells: Cells, x: float, y: float) -> Ints:
    """Return the rows of the lines listed for a place."""
    here = cell_at(cells, x, y)
    return cells.members[cells.start[here] : cells.start[here + 1]] if here >= 0 else cells.members[:0]


@njit(cache=True)
def cell_at(cells: Cells, x: float, y: float) -> int:
    """Return the number of the cell of a place, -1 beyond all."""
    column, row = int((x - cells.low[0]) / cells.cell_m), int((y - cells.low[1]) / cells.cell_m)
    if x < cells.low[0] or y < cells.low[1] or column >= cells.columns or row >= cells.rows:
        return -1
    return row * cells.columns + column


@njit(cache=True)
def away_from(x: float, y: float, ends: Floats, line: int) -> float:
    """Return the distance of a place from a line."""
    ax, ay, bx, by = ends[line]
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0.0 else ((x - ax) * dx + (y - ay) * dy) / length2
    t = min(max(t, 0.0), 1.0)
    return float(np.hypot(x - ax - t * dx, y - ay - t * dy))


@njit(cache=True, nogil=True)
def _fill(  # noqa: PLR0917 - compiled functions take no keywords
    ends: Floats, reach: float, low: Floats, cell: float, columns: int, rows: int
) -> tuple[Ints, Ints]:
    """Return the lines of each cell as start and members: those near enough to its middle."""
    start = np.zeros(columns * rows + 1, dtype=np.int64)
    limit = reach + cell * _HALF_DIAGONAL + _NOISE_M
    members = np.empty(0, dtype=np.int64)
    fill = start[:-1].copy()
    for turn in range(2):
        if turn == 1:
            for k in range(columns * rows):
                start[k + 1] += start[k]
            members = np.empty(start[-1], dtype=np.int64)
            fill = start[:-1].copy()
        for line in range(ends.shape[0]):
            c0 = int((min(ends[line, 0], ends[line, 2]) - reach - low[0]) / cell - _NOISE_M)
            c1 = int((max(ends[line, 0], ends[line, 2]) + reach - low[0]) / cell + _NOISE_M)
            r0 = int((min(ends[line, 1], ends[line, 3]) - reach - low[1]) / cell - _NOISE_M)
            r1 = int((max(ends[line, 1], ends[line, 3]) + reach - low[1]) / cell + _NOISE_M)
            for row in range(max(r0, 0), min(r1, rows - 1) + 1):
                for column in range(max(c0, 0), min(c1, columns - 1) + 1):
                    x, y = low[0] + (column + 0.5) * cell, low[1] + (row + 0.5) * cell
                    if away_from(x, y, ends, line) <= limit:
                        here = row * columns + column
                        if turn == 0:
                            start[here + 1] += 1
                        else:
                            members[fill[here]] = line
                            fill[here] += 1
    return start, members
