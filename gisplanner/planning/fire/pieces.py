"""Which face a point lies in, for many points at once: the first line met to the right tells. Compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.fire.outlines import Floats, Ints

CELLS_PER_PIECE: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Lines that meet at their ends only, by square cell, and the face left of each.

    Attributes
    ----------
    ends
        Rows ``x1, y1, x2, y2`` with ``y1 <= y2``.
    left
        Face on the side of smaller x.
    """

    ends: Floats
    left: Ints
    low: Floats
    cell_m: float
    columns: int
    rows: int
    start: Ints
    members: Ints

    def left_of_next(self, points: Floats) -> Ints:
        """Return the face left of the first line to the right of each point, 0 where there is none.

        Examples
        --------
        >>> square = np.array([[0, 0, 4, 0], [4, 0, 4, 4], [4, 4, 0, 4], [0, 4, 0, 0]], dtype=float)
        >>> lines = make_pieces(square, np.full(4, 7), np.zeros(4, dtype=int))
        >>> lines.left_of_next(np.array([[1.0, 1.0], [-1.0, 1.0], [5.0, 1.0]])).tolist()
        [7, 0, 0]
        """
        return np.asarray(
            _left_of_next(
                np.ascontiguousarray(points), self.ends, self.left, self.low, self.cell_m, self.columns, self.rows,
                self.start, self.members,
            )
        )  # fmt: skip


def make_pieces(ends: Floats, left: Ints, right: Ints) -> Pieces:
    """Return the lookup of lines (n, 4) with the faces left and right of them, seen from their first end."""
    down = ends[:, 1] > ends[:, 3]
    ends = np.where(down[:, None], ends[:, [2, 3, 0, 1]], ends)
    left = np.where(down, right, left)
    low = np.minimum(ends[:, :2], ends[:, 2:]).min(axis=0, initial=np.inf) if len(ends) else np.zeros(2)
    high = np.maximum(ends[:, :2], ends[:, 2:]).max(axis=0, initial=-np.inf) if len(ends) else np.ones(2)
    cell = max(float(np.sqrt(np.prod(high - low) / (CELLS_PER_PIECE * max(len(ends), 1)))), 0.1)
    columns, rows = (int(count) + 1 for count in (high - low) / cell)
    start, members = _fill(ends, low, cell, columns, rows)
    return Pieces(ends, left, low, cell, columns, rows, start, members)


@njit(cache=True)
def _fill(ends: Floats, low: Floats, cell: float, columns: int, rows: int) -> tuple[Ints, Ints]:
    """Return the lines of each cell as start and members; level lines are never crossed and left out."""
    start = np.zeros(columns * rows + 1, dtype=np.int64)
    members = np.empty(0, dtype=np.int64)
    fill = start[:-1].copy()
    for turn in range(2):
        if turn == 1:
            for k in range(columns * rows):
                start[k + 1] += start[k]
            members = np.empty(start[-1], dtype=np.int64)
            fill = start[:-1].copy()
        for k in range(ends.shape[0]):
            x1, y1, x2, y2 = ends[k]
            if y1 == y2:
                continue
            for row in range(int((y1 - low[1]) / cell), int((y2 - low[1]) / cell) + 1):
                bottom = max(y1, low[1] + row * cell)
                top = min(y2, low[1] + (row + 1) * cell)
                a = x1 + (bottom - y1) / (y2 - y1) * (x2 - x1)
                b = x1 + (top - y1) / (y2 - y1) * (x2 - x1)
                c0 = max(int((min(a, b) - low[0]) / cell - 1e-6), 0)
                c1 = min(int((max(a, b) - low[0]) / cell + 1e-6), columns - 1)
                for column in range(c0, c1 + 1):
                    here = row * columns + column
                    if turn == 0:
                        start[here + 1] += 1
                    else:
                        members[fill[here]] = k
                        fill[here] += 1
    return start, members


@njit(cache=True)
def _left_of_next(  # noqa: PLR0917 - compiled functions take no keywords
    points: Floats,
    ends: Floats,
    left: Ints,
    low: Floats,
    cell: float,
    columns: int,
    rows: int,
    start: Ints,
    members: Ints,
) -> Ints:
    face = np.zeros(points.shape[0], dtype=np.int64)
    for k in range(points.shape[0]):
        x, y = points[k]
        row = int((y - low[1]) / cell)
        if y < low[1] or row >= rows:
            continue
        best, slope = np.inf, 0.0
        for column in range(max(int((x - low[0]) / cell), 0), columns):
            here = row * columns + column
            for i in range(start[here], start[here + 1]):
                x1, y1, x2, y2 = ends[members[i]]
                if y1 <= y < y2:
                    lean = (x2 - x1) / (y2 - y1)
                    at = x1 + (y - y1) * lean
                    # Lines that begin in one place, level with the point, are met in the order of their leaning.
                    if at >= x and (at < best - 1e-9 or (at < best + 1e-9 and lean < slope)):
                        best, slope, face[k] = at, lean, left[members[i]]
            if best < low[0] + (column + 1) * cell:
                break
    return face
