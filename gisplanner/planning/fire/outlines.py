"""Outlines as corner lists on the millimetre grid: repeated and straight corners left out, which decide nothing."""

from __future__ import annotations

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


def rings_of(shape: Geometry, origin: Floats) -> list[Ring]:
    """Return the rings of a polygon, or the chains of a line, in metres from ``origin``."""
    parts = shapely.get_parts(shape)
    boundary = parts if shapely.get_dimensions(shape) == 1 else shapely.get_parts(shapely.get_rings(parts))
    chains = []
    for part in boundary:
        points = shapely.get_coordinates(part) - origin
        closed = len(points) > 3 and bool((points[0] == points[-1]).all())  # noqa: PLR2004
        ring = tidy(points[:-1] if closed else points, closed=closed)
        if len(ring.points) > 1:
            chains.append(ring)
    return chains


def tidy(points: Floats, *, closed: bool) -> Ring:
    """Return the chain without repeated and straight corners.

    Examples
    --------
    >>> tidy(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [2.0, 2.0]]), closed=True).points.tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]
    """
    step = np.roll(points, -1, axis=0) - points
    moved = (step != 0.0).any(axis=1)
    if not closed:
        moved[-1] = True
    points = points[moved]
    if len(points) < 3:  # noqa: PLR2004
        return Ring(points, closed)
    keep = ~_straight(points)
    if not closed:
        keep[[0, -1]] = True
    return Ring(points[keep] if keep.sum() > 2 or not closed else points, closed)  # noqa: PLR2004


def _straight(points: Floats) -> Bools:
    whole, grid = on_grid(points)
    back, ahead = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
    span = np.hypot(*(ahead - back).T)
    cross = back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0]
    beyond = (back * ahead).sum(axis=1) < 0
    near = np.abs(cross) <= STRAIGHT_M * np.maximum(span, STRAIGHT_M)
    exact_back, exact_ahead = np.roll(whole, 1, axis=0) - whole, np.roll(whole, -1, axis=0) - whole
    exact = exact_back[:, 0] * exact_ahead[:, 1] == exact_back[:, 1] * exact_ahead[:, 0]
    known = grid & np.roll(grid, 1) & np.roll(grid, -1)
    return np.asarray(beyond & np.where(known, exact, near))
