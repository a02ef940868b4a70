"""A checker that compares every pair in a plain loop, with figures written down by hand; it shares no code."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Pipe:
    name: int
    start: Point
    end: Point
    kind: str  # one of FIGURES' classes
    diameter_m: float
    depth_m: float | None


# Net distances on a city road, metres, written down from GB 50289-2016 table 4.1.9 as the tables here give it.
PLAN = {
    ("water_small", "sewage"): 1.0,
    ("water_large", "sewage"): 1.5,
    ("water_small", "gas_low"): 0.5,
    ("water_large", "gas_low"): 0.5,
    ("water_small", "gas_medium_a"): 0.5,
    ("water_large", "gas_medium_a"): 0.5,
    ("sewage", "gas_low"): 1.0,
    ("sewage", "gas_medium_a"): 1.2,
    ("water_small", "power"): 0.5,
    ("water_large", "power"): 0.5,
    ("sewage", "power"): 0.5,
    ("gas_low", "power"): 0.5,
    ("gas_medium_a", "power"): 0.5,
    ("water_small", "telecom"): 1.0,
    ("water_large", "telecom"): 1.0,
    ("sewage", "telecom"): 1.0,
    ("gas_low", "telecom"): 1.0,
    ("gas_medium_a", "telecom"): 1.0,
    ("power", "telecom"): 0.5,
    ("telecom", "telecom"): 0.5,
    ("power", "power"): 0.25,
    ("gas_low", "gas_low"): 0.4,
    ("gas_low", "gas_medium_a"): 0.4,
    ("gas_medium_a", "gas_medium_a"): 0.4,
}
# Net distances in height at crossings, table 4.1.14.
HEIGHT = {
    ("water_small", "sewage"): 0.4,
    ("water_large", "sewage"): 0.4,
    ("water_small", "water_small"): 0.15,
    ("water_small", "water_large"): 0.15,
    ("water_large", "water_large"): 0.15,
    ("sewage", "sewage"): 0.15,
    ("water_small", "gas_low"): 0.15,
    ("water_large", "gas_low"): 0.15,
    ("water_small", "gas_medium_a"): 0.15,
    ("water_large", "gas_medium_a"): 0.15,
    ("sewage", "gas_low"): 0.15,
    ("sewage", "gas_medium_a"): 0.15,
    ("gas_low", "gas_low"): 0.15,
    ("gas_low", "gas_medium_a"): 0.15,
    ("gas_medium_a", "gas_medium_a"): 0.15,
    ("water_small", "power"): 0.5,
    ("water_large", "power"): 0.5,
    ("sewage", "power"): 0.5,
    ("gas_low", "power"): 0.5,
    ("gas_medium_a", "power"): 0.5,
    ("telecom", "power"): 0.5,
    ("power", "power"): 0.5,
    ("water_small", "telecom"): 0.15,
    ("water_large", "telecom"): 0.15,
    ("sewage", "telecom"): 0.15,
    ("gas_low", "telecom"): 0.15,
    ("gas_medium_a", "telecom"): 0.15,
    ("telecom", "telecom"): 0.25,
}


# Net distances from poles that carry telephone lines, same table.
POLE = {"water": 0.5, "sewage": 0.5, "gas": 1.0, "power": 1.0, "telecom": 0.5}


def by_poles(pipes: list[Pipe], poles: dict[str, Point]) -> dict[tuple[int, str], float]:
    """Every pipe too near to a pole, with its clear distance; a cable that ends at the pole goes up it."""
    found = {}
    for pipe, (name, place) in itertools.product(pipes, poles.items()):
        utility = pipe.kind.split("_")[0]
        ends = min(math.dist(place, pipe.start), math.dist(place, pipe.end))
        clear = _to_segment(place, pipe) - pipe.diameter_m / 2
        if clear < POLE[utility] - 0.001 and not (utility in {"power", "telecom"} and ends <= 0.3):
            found[pipe.name, name] = clear
    return found


def figure(table: dict[tuple[str, str], float], a: str, b: str) -> float | None:
    return table.get((a, b), table.get((b, a)))


def conflicts(pipes: list[Pipe]) -> dict[tuple[int, int, str], float]:
    """Every pair that is too close, with its clear distance."""
    found = {}
    for one, other in itertools.combinations(sorted(pipes, key=lambda pipe: pipe.name), 2):
        if joined(one, other):
            continue
        if crosses(one, other) and not lies_on(one, other):
            required = figure(HEIGHT, one.kind, other.kind)
            clear = height(one, other)
            kind = "vertical"
        else:
            required = figure(PLAN, one.kind, other.kind)
            clear = (0.0 if crosses(one, other) else apart(one, other)) - one.diameter_m / 2 - other.diameter_m / 2
            kind = "horizontal"
        if required is not None and clear is not None and clear < required - 0.001:
            found[one.name, other.name, kind] = clear
    return found


def height(one: Pipe, other: Pipe) -> float | None:
    if one.depth_m is None or other.depth_m is None:
        return None
    # Of two tops at one depth the larger pipe counts as the upper one: it reaches deeper into the other.
    upper, lower = sorted((one, other), key=lambda pipe: (pipe.depth_m or 0.0, -pipe.diameter_m))
    return (lower.depth_m or 0.0) - (upper.depth_m or 0.0) - upper.diameter_m


def joined(one: Pipe, other: Pipe) -> bool:
    """Pipes of one network join where an end of one lies within a centimetre of the other."""
    return one.kind.split("_")[0] == other.kind.split("_")[0] and apart(one, other) <= 0.01


def crosses(one: Pipe, other: Pipe) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return (
        side(one.start, one.end, other.start) * side(one.start, one.end, other.end) < 0
        and side(other.start, other.end, one.start) * side(other.start, other.end, one.end) < 0
    )


def lies_on(one: Pipe, other: Pipe) -> bool:
    """Lines within a millimetre of each other for more than a metre, or half of the shorter one, lie on each other.

    They run side by side at no distance, and do not merely cross, although one may pass to the other side by a hair.
    """
    needed = min(1.0, _length(one) / 2, _length(other) / 2)
    return max(_shared(one, other), _shared(other, one)) > needed


def _length(pipe: Pipe) -> float:
    return math.hypot(pipe.end[0] - pipe.start[0], pipe.end[1] - pipe.start[1])


def _shared(one: Pipe, other: Pipe) -> float:
    """Length of ``one`` within a millimetre of the straight line through ``other``, between the ends of ``other``."""
    long = _length(other)
    ux, uy = (other.end[0] - other.start[0]) / long, (other.end[1] - other.start[1]) / long

    def seen(point: Point) -> tuple[float, float]:
        x, y = point[0] - other.start[0], point[1] - other.start[1]
        return x * ux + y * uy, y * ux - x * uy

    (along_a, off_a), (along_b, off_b) = seen(one.start), seen(one.end)
    low, high = 0.0, 1.0
    for first, last, least, most in ((along_a, along_b, 0.0, long), (off_a, off_b, -0.001, 0.001)):
        if first == last:
            if not least <= first <= most:
                return 0.0
            continue
        ways = sorted(((least - first) / (last - first), (most - first) / (last - first)))
        low, high = max(low, ways[0]), min(high, ways[1])
    return max(high - low, 0.0) * _length(one)


def apart(one: Pipe, other: Pipe) -> float:
    return min(
        _to_segment(one.start, other),
        _to_segment(one.end, other),
        _to_segment(other.start, one),
        _to_segment(other.end, one),
    )


def _to_segment(point: Point, pipe: Pipe) -> float:
    (x1, y1), (x2, y2) = pipe.start, pipe.end
    dx, dy = x2 - x1, y2 - y1
    along = ((point[0] - x1) * dx + (point[1] - y1) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - x1 - along * dx, point[1] - y1 - along * dy)
