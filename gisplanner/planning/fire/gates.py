"""Entrances as openings in the wall around a site (出入口): as wide as stated, else as wide as the lane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.fire.outlines import Floats, Ring

COINCIDENT_M: Final = 0.05
"""Another wall this near an entrance is the same wall drawn again and has the same opening."""


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """An opening.

    Attributes
    ----------
    number
        Row of the entrance.
    middle
        The entrance on the edge of the site, metres from the local origin.
    width_m
        Clear width.
    opening
        The stretch of the edge that is open, a chain of points (n, 2).
    """

    number: int
    middle: Floats
    width_m: float
    opening: Floats


def make_gates(rings: Sequence[Ring], entrances: Floats, widths_m: Floats, lane_m: float) -> tuple[Gate, ...]:
    """Return the opening of each entrance in the ring nearest to it."""
    lines = [_line(ring) for ring in rings]
    gates = []
    for number, (point, stated) in enumerate(zip(entrances, widths_m, strict=True)):
        width_m = lane_m if np.isnan(stated) else float(stated)
        place = shapely.Point(point)
        nearest = int(np.argmin(shapely.distance(lines, place)))
        line = lines[nearest]
        middle = line.project(place)
        reach = _reach(line, middle, width_m)
        opening = _stretch(line, middle - reach, middle + reach)
        gates.append(Gate(number, shapely.get_coordinates(line.interpolate(middle))[0], width_m, opening))
    return tuple(gates)


def walls_with_gates(rings: Sequence[Ring], gates: Sequence[Gate]) -> Iterator[tuple[Ring, Ring]]:
    """Yield each ring with what is left of it once the openings are cut out."""
    for ring in rings:
        line = _line(ring)
        cuts = []
        for gate in gates:
            middle = shapely.Point(gate.middle)
            if line.distance(middle) <= COINCIDENT_M:
                at = line.project(middle)
                reach = _reach(line, at, gate.width_m)
                cuts.append((at - reach, at + reach))
        if not cuts:
            yield ring, ring
            continue
        for start, end in _rest(cuts, line.length):
            yield ring, Ring(_stretch(line, start, end), closed=False)


def _line(ring: Ring) -> shapely.LineString:
    return shapely.LineString(np.vstack([ring.points, ring.points[:1]]) if ring.closed else ring.points)


def _reach(line: shapely.LineString, middle: float, width_m: float) -> float:
    """Return how far the opening runs along the wall to either side, so that its ends are ``width_m`` apart."""
    low, high = width_m / 2.0, min(float(line.length) / 2.0, 2.0 * width_m)
    if _chord(line, middle, low) >= width_m - 1e-6 or high <= low:
        return min(low, float(line.length) / 2.0)
    for _ in range(50):
        half = (low + high) / 2.0
        low, high = (half, high) if _chord(line, middle, half) < width_m else (low, half)
    return high


def _chord(line: shapely.LineString, middle: float, reach: float) -> float:
    ends = _along(line, np.array([middle - reach, middle + reach]))
    return float(np.hypot(*(ends[1] - ends[0])))


def _along(line: shapely.LineString, at: Floats) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(line, np.mod(at, line.length))))


def _stretch(line: shapely.LineString, start: float, end: float) -> Floats:
    """Return the points of a closed line from ``start`` to ``end``, corners between them included."""
    points = shapely.get_coordinates(line)[:-1]
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    turns = np.concatenate([at + turn * line.length for turn in (-1, 0, 1, 2)])
    inside = np.flatnonzero((turns > start + 1e-9) & (turns < end - 1e-9))
    ends = _along(line, np.array([start, end]))
    return np.vstack([ends[:1], points[inside % len(points)], ends[1:]])


def _rest(cuts: Sequence[tuple[float, float]], length: float) -> list[tuple[float, float]]:
    """Return the stretches of a closed line outside of all ``cuts``."""
    ordered = sorted((start % length, start % length + end - start) for start, end in cuts)
    first = ordered[0][0]
    rest, reached = [], first
    for start, end in ordered:
        if start > reached + 1e-9:
            rest.append((reached, start))
        reached = max(reached, end)
    if reached < first + length - 1e-9:
        rest.append((reached, first + length))
    return rest
