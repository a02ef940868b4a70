"""Which face a point lies in, for many points at once: the first line met to the right tells. Compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.fire.cells import Cells, make_cells
from gisplanner.planning.fire.outlines import Floats, Ints

CELLS_PER_PIECE: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Lines that meet at their ends only, by square cell, and the face left of each.

    Attributes
    ----------
    cells
        Lines, the lower end first.
    left
        Face on the side of smaller x.
    """

    cells: Cells
    left: Ints

    def left_of_next(self, points: Floats) -> Ints:
        """Return the face left of the first line to the right of each point, 0 where there is none.

        Examples
        --------
        >>> square = np.array([[0, 0, 4, 0], [4, 0, 4, 4], [4, 4, 0, 4], [0, 4, 0, 0]], dtype=float)
        >>> lines = make_pieces(square, np.full(4, 7), np.zeros(4, dtype=int))
        >>> lines.left_of_next(np.array([[1.0, 1.0], [-1.0, 1.0], [5.0, 1.0]])).tolist()
        [7, 0, 0]
        """
        return np.asarray(_left_of_next(np.ascontiguousarray(points), self.cells, self.left))


def make_pieces(ends: Floats, left: Ints, right: Ints) -> Pieces:
    """Return the lookup of lines (n, 4) with the faces left and right of them, seen from their first end."""
    down = ends[:, 1] > ends[:, 3]
    ends = np.where(down[:, None], ends[:, [2, 3, 0, 1]], ends)
    left = np.where(down, right, left)
    span = np.ptp(ends.reshape(-1, 2), axis=0) if len(ends) else np.ones(2)
    cell = max(float(np.sqrt(np.prod(span) / (CELLS_PER_PIECE * max(len(ends), 1)))), 0.1)
    return Pieces(make_cells(ends, cell), left)


@njit(cache=True, nogil=True)
def _left_of_next(points: Floats, cells: Cells, left: Ints) -> Ints:
    low, cell = cells.low, cells.cell_m
    face = np.zeros(points.shape[0], dtype=np.int64)
    for k in range(points.shape[0]):
        x, y = points[k]
        row = int((y - low[1]) / cell)
        if y < low[1] or row >= cells.rows:
            continue
        best, slope = np.inf, 0.0
        for column in range(max(int((x - low[0]) / cell), 0), cells.columns):
            here = row * cells.columns + column
            for i in range(cells.start[here], cells.start[here + 1]):
                x1, y1, x2, y2 = cells.ends[cells.members[i]]
                if y1 <= y < y2:
                    lean = (x2 - x1) / (y2 - y1)
                    at = x1 + (y - y1) * lean
                    # Lines that begin in one place, level with the point, are met in the order of their leaning.
                    if at >= x and (at < best - 1e-9 or (at < best + 1e-9 and lean < slope)):
                        best, slope, face[k] = at, lean, left[cells.members[i]]
            if best < low[0] + (column + 1) * cell:
                break
    return face
