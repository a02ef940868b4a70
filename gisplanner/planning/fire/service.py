"""When a building is served (消防车可达): every wall point along one long side lies within reach of the lane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely import Geometry

from gisplanner.planning.fire.outlines import Floats

REACH_M: Final = 10.0
"""Straight distance from the lane to the wall: no standard gives one for existing dwellings (本工具参数)."""
SAMPLE_M: Final = 2.0
"""Wall points are taken at most this far apart."""
SAME_SIDE_M: Final = 0.001
"""Sides of a rectangle that differ by no more are equally long, and all four are long sides."""


def long_sides(footprint: Geometry, origin: Floats) -> list[Floats]:
    """Return the wall points along each long side of the minimum rotated rectangle, both ends included.

    Examples
    --------
    >>> [side.tolist() for side in long_sides(shapely.box(0, 0, 4, 1), np.zeros(2))]
    [[[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]], [[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]]
    """
    corners = shapely.get_coordinates(shapely.oriented_envelope(footprint))[:4] - origin
    sides = [(corners[k], corners[(k + 1) % 4]) for k in range(4)]
    lengths = [float(np.hypot(*(b - a))) for a, b in sides]
    longest = max(lengths)
    chosen = [side for side, length in zip(sides, lengths, strict=True) if length >= longest - SAME_SIDE_M]
    ordered = [tuple(sorted((a.tolist(), b.tolist()))) for a, b in chosen]
    return [_sampled(np.array(a), np.array(b)) for a, b in sorted(ordered)]


def _sampled(a: Floats, b: Floats) -> Floats:
    steps = max(1, math.ceil(float(np.hypot(*(b - a))) / SAMPLE_M - 1e-9))
    return a + np.linspace(0.0, 1.0, steps + 1)[:, None] * (b - a)


def all_sides(footprints: Sequence[Geometry], origin: Floats) -> tuple[Floats, list[list[range]]]:
    """Return all wall points (n, 2), and for each building the rows of each of its long sides."""
    points: list[Floats] = []
    buildings = []
    count = 0
    for footprint in footprints:
        sides = []
        for side in long_sides(footprint, origin):
            points.append(side)
            sides.append(range(count, count + len(side)))
            count += len(side)
        buildings.append(sides)
    return (np.concatenate(points) if points else np.zeros((0, 2))), buildings
