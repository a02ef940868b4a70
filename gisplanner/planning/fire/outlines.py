"""Outlines as corner lists on the millimetre grid: repeated and straight corners left out, which decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GRID_NOISE_MM: Final = 2e-6
"""A coordinate this near a whole millimetre stands on it: what doubles of seven digits before the point lose."""
STRAIGHT_M: Final = 1e-7
"""A corner this near the line of its neighbours is straight, where coordinates do not stand on the grid."""


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A chain of corners in metres from the local origin.

    Attributes
    ----------
    points
        Corners (n, 2); of a closed chain the first is not repeated.
    closed
        Whether the last corner is joined to the first.
    """

    points: Floats
    closed: bool

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """Return the first and second ends of all edges."""
        after = np.roll(self.points, -1, axis=0)
        return (self.points, after) if self.closed else (self.points[:-1], after[:-1])

    @property
    def lengths_m(self) -> Floats:
        """Return the length of each edge."""
        first, second = self.ends
        return np.asarray(np.hypot(*(second - first).T))


def on_grid(points: Floats) -> tuple[Ints, Bools]:
    """Return coordinates in whole millimetres and which points stand on them.

    Examples
    --------
    >>> on_grid(np.array([[1.25, 4.0], [0.0005, 1.0]]))[1].tolist()
    [True, False]
    """
    millimetres = points * 1000.0
    whole = np.round(millimetres)
    return whole.astype(np.int64), np.asarray((np.abs(millimetres - whole) <= GRID_NOISE_MM).all(axis=1))


def rings_of(shapes: Sequence[Geometry], origin: Floats) -> tuple[list[Ring], Ints]:
    """Return the rings of polygons and the chains of lines, in metres from ``origin``, and whose each of them is."""
    if not len(shapes):
        return [], np.zeros(0, dtype=np.int64)
    parts, whose = shapely.get_parts(list(shapes), return_index=True)
    areas = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - polygons
    rings, of_part = shapely.get_rings(parts[areas], return_index=True)
    lines = np.concatenate([rings, parts[~areas]])
    owner = np.concatenate([whose[areas][of_part], whose[~areas]])
    order = np.argsort(owner, kind="stable")
    points, line = shapely.get_coordinates(lines[order], return_index=True)
    chains = tidy(points - origin, line)
    kept = [number for number, ring in enumerate(chains) if len(ring.points) > 1]
    return [chains[number] for number in kept], owner[order][kept].astype(np.int64)


def tidy(points: Floats, line: Ints) -> list[Ring]:
    """Return chains without repeated and straight corners; one whose ends meet is closed.

    Parameters
    ----------
    line
        Number of the chain of each point, 0, 1, … in order.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 0.0]])
    >>> [(ring.points.tolist(), ring.closed) for ring in tidy(square, np.zeros(5, dtype=int))]
    [([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]], True)]
    """
    first, last = _ends(line)
    closed = (last - first > 2) & (points[first] == points[last]).all(axis=1)  # noqa: PLR2004
    kept = np.ones(len(points), dtype=bool)
    kept[:-1] = (points[1:] != points[:-1]).any(axis=1) | (line[1:] != line[:-1])
    closed &= np.add.reduceat(kept, first) > 1
    kept[last[closed]] = False
    points, line = points[kept], line[kept]
    first, last = _ends(line)
    before, after = np.arange(len(points)) - 1, np.arange(len(points)) + 1
    before[first], after[last] = last, first
    corner = ~_straight(points, points[before], points[after])
    corner[np.concatenate([first[~closed], last[~closed]])] = True
    left = np.add.reduceat(corner, first)
    corner |= np.repeat((left < 3) & closed, last - first + 1)  # noqa: PLR2004
    cuts = np.cumsum(np.add.reduceat(corner, first))[:-1]
    return [Ring(*one) for one in zip(np.split(points[corner], cuts), closed.tolist(), strict=True)]


def _ends(line: Ints) -> tuple[Ints, Ints]:
    """Return the rows of the first and last point of each chain."""
    new = np.flatnonzero(np.diff(line)) + 1
    return np.concatenate([[0], new]), np.concatenate([new - 1, [len(line) - 1]])


def _straight(points: Floats, before: Floats, after: Floats) -> Bools:
    (whole, grid), (whole_before, grid_before), (whole_after, grid_after) = map(on_grid, (points, before, after))
    back, ahead = before - points, after - points
    span = np.hypot(*(ahead - back).T)
    cross = back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0]
    beyond = (back * ahead).sum(axis=1) < 0
    near = np.abs(cross) <= STRAIGHT_M * np.maximum(span, STRAIGHT_M)
    exact_back, exact_ahead = whole_before - whole, whole_after - whole
    exact = exact_back[:, 0] * exact_ahead[:, 1] == exact_back[:, 1] * exact_ahead[:, 0]
    return np.asarray(beyond & np.where(grid & grid_before & grid_after, exact, near))
