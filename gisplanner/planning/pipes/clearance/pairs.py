"""Which lines come near each other, and how: side by side, crossing, or joined to one network."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.pipes.clearance.lines import Floats, Geometry, Ints, Lines, Mask

MEET_M: Final = 1e-5
"""Lines nearer than this meet, whatever rounding a change of reference system brings."""
LIE_M: Final = 0.001
"""Lines that lie on each other may be this far apart: results are compared to the millimetre."""
JOINT_M: Final = 0.01
"""An end this near to a line of its own network is joined to it."""
ALONGSIDE_M: Final = 1.0
"""Lines that lie on each other for more than this, or for half of the shorter one, do not merely cross."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of lines by position, ``a`` before ``b``, each once.

    Attributes
    ----------
    distance_m
        Between the centre lines.
    meets
        The centre lines touch or cross.
    alongside
        They lie on each other for a stretch.
    joined
        One ends on the other and both are of one network: nothing is to be kept apart there. Lines drawn twice
        are not joined.
    """

    a: Ints
    b: Ints
    distance_m: Floats
    meets: Mask
    alongside: Mask
    joined: Mask

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.a)

    def only(self, chosen: Mask) -> Pairs:
        """Return the pairs that are chosen."""
        return Pairs(
            self.a[chosen],
            self.b[chosen],
            self.distance_m[chosen],
            self.meets[chosen],
            self.alongside[chosen],
            self.joined[chosen],
        )


def near_pairs(lines: Lines, reach_m: Floats) -> Pairs:
    """Return every pair in which a line comes within the reach of either.

    Parameters
    ----------
    reach_m
        Greatest distance between centre lines that matters, for each line.
    """
    geometry = lines.geometry
    a, b = shapely.STRtree(geometry).query(geometry, predicate="dwithin", distance=reach_m)
    low, high = np.minimum(a, b), np.maximum(a, b)
    keys = np.unique((low * len(lines) + high)[low != high])
    a, b = keys // max(len(lines), 1), keys % max(len(lines), 1)
    distance = shapely.distance(geometry[a], geometry[b])
    meets = distance <= MEET_M
    alongside = np.zeros(len(a), dtype=bool)
    met = np.flatnonzero(meets)
    alongside[met] = _lie_on(geometry[a[met]], geometry[b[met]])
    return Pairs(a, b, distance, meets, alongside, _joined(lines, a, b, distance) & ~alongside)


def _joined(lines: Lines, a: Ints, b: Ints, distance: Floats) -> Mask:
    joined = np.zeros(len(a), dtype=bool)
    close = np.flatnonzero((distance <= JOINT_M) & (lines.network[a] == lines.network[b]))
    if close.size:
        ends = shapely.boundary(lines.geometry)
        one, other = a[close], b[close]
        gap = np.fmin(
            shapely.distance(ends[one], lines.geometry[other]), shapely.distance(ends[other], lines.geometry[one])
        )
        joined[close] = gap <= JOINT_M  # a closed ring has no ends: its distance is NaN and joins nothing
    return joined


def _lie_on(one: Geometry, other: Geometry) -> Mask:
    lie = np.zeros(len(one), dtype=bool)
    needed = np.minimum(ALONGSIDE_M, np.minimum(shapely.length(one), shapely.length(other)) / 2.0)
    straight = (shapely.get_num_coordinates(one) == 2) & (shapely.get_num_coordinates(other) == 2)  # noqa: PLR2004
    possible = np.flatnonzero(~straight | _nearly_parallel(one, other, needed))
    a, b = one[possible], other[possible]
    shared = np.maximum(
        shapely.length(shapely.intersection(a, shapely.buffer(b, LIE_M, quad_segs=4))),
        shapely.length(shapely.intersection(b, shapely.buffer(a, LIE_M, quad_segs=4))),
    )
    lie[possible] = shared > needed[possible]
    return lie


def _nearly_parallel(one: Geometry, other: Geometry, needed_m: Floats) -> Mask:
    """Return where the angle between straight lines is small enough to share ``needed_m`` within the tolerance."""
    a, b = (_direction(part) for part in (one, other))
    sine = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    return np.asarray(sine * needed_m < 3.0 * LIE_M, dtype=bool)


def _direction(lines: Geometry) -> Floats:
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(owner, np.arange(len(lines)))
    last = np.searchsorted(owner, np.arange(len(lines)), side="right") - 1
    way = coordinates[last] - coordinates[first]
    return np.asarray(way / np.maximum(np.hypot(way[:, 0], way[:, 1]), MEET_M)[:, None], dtype=np.float64)


def near_a_joint(lines: Lines, pairs: Pairs, asked: Ints, limit_m: Floats) -> Mask:
    """Return which of the ``asked`` pairs hang together through short pieces of their own network.

    A bend drawn in many short pieces brings pieces near each other that nobody has to keep apart.

    Parameters
    ----------
    asked
        Positions in ``pairs``.
    limit_m
        Longest way through the pieces between, metres, for each asked pair.
    """
    found = np.zeros(len(asked), dtype=bool)
    same = np.flatnonzero(lines.network[pairs.a[asked]] == lines.network[pairs.b[asked]])
    if not same.size:
        return found
    pieces = _Pieces(lines, pairs, float(limit_m[same].max()))
    for position in same.tolist():
        pair = asked[position]
        found[position] = pieces.reach(int(pairs.a[pair]), int(pairs.b[pair]), float(limit_m[position]))
    return found


class _Pieces:
    """Short lines joined to each other."""

    def __init__(self, lines: Lines, pairs: Pairs, longest_m: float) -> None:
        self._length = shapely.length(lines.geometry)
        self._neighbours: dict[int, list[int]] = defaultdict(list)
        for one, other in zip(pairs.a[pairs.joined].tolist(), pairs.b[pairs.joined].tolist(), strict=True):
            self._neighbours[one].append(other)
            self._neighbours[other].append(one)
        self._short = {line for line in self._neighbours if self._length[line] <= longest_m}

    def reach(self, start: int, goal: int, limit_m: float) -> bool:
        """Return whether both hang together over short pieces of no more than ``limit_m`` in all."""
        ways = [(0.0, start)]
        best = {start: 0.0}
        while ways:
            way, line = ways.pop()
            for after in self._neighbours.get(line, ()):
                if after == goal:
                    return True
                longer = way + float(self._length[after])
                if after in self._short and longer <= min(limit_m, best.get(after, math.inf) - MEET_M):
                    best[after] = longer
                    ways.append((longer, after))
        return False
