"""Two things a gap apart on the only way in, and the truth about the gap from whole millimetres alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely import Point, Polygon

from tests.planning.fire.estates import Estate, estate

Corner = tuple[int, int]
KINDS = ("slot", "corners", "corner and wall", "concave")
SIDE_MM = 30_000


@dataclass
class GapScene:
    """A scene in whole millimetres: the sides of the gap and everything around."""

    left: list[Corner]
    right: list[Corner]
    site: list[Corner]
    building: list[Corner]
    gate: Corner
    concave: bool

    def open_(self, width_mm: int) -> bool:
        """Truth: no corner of one side is nearer than the width to an edge of the other, in integers."""
        return not any(
            _nearer(p, a, b, width_mm**2)
            for one, other in ((self.left, self.right), (self.right, self.left))
            for p in one
            for a, b in pairwise(other)
        )

    def short_mm(self, width_mm: int) -> float:
        """By how much the gap falls short of a width."""
        least = min(
            _away(p, a, b)
            for one, other in ((self.left, self.right), (self.right, self.left))
            for p in one
            for a, b in pairwise(other)
        )
        return width_mm - least

    def estate(self, *, soft: bool = False) -> Estate:
        def shape(corners):
            return Polygon([(x / 1000.0, y / 1000.0) for x, y in corners])

        things = [shape(self.left + self.right[::-1])] if self.concave else [shape(self.left), shape(self.right)]
        gate = Point(self.gate[0] / 1000.0, self.gate[1] / 1000.0)
        return estate(shape(self.site), [shape(self.building)], things, [gate], removable=soft)

    def moved(self, turn) -> GapScene:
        return GapScene(
            [turn(p) for p in self.left], [turn(p) for p in self.right], [turn(p) for p in self.site],
            [turn(p) for p in self.building], turn(self.gate), self.concave,
        )  # fmt: skip

    def noded(self, rng: np.random.Generator) -> GapScene:
        """Put corners on straight edges, at whole millimetres of them where there are any."""
        return GapScene(
            _noded(self.left, rng), _noded(self.right, rng), self.site, self.building, self.gate, self.concave
        )


def gap_scene(kind: str, gap_mm: int, rng: np.random.Generator) -> GapScene:
    """A wall across a site of 30 × 40 m with a gap; the building behind it is served only through the gap."""
    x = int(rng.integers(9_000, 17_000))
    y = 14_000
    half = SIDE_MM // 2
    if kind == "corners":
        slant = int(rng.integers(500, 3_900))
        across = round(math.sqrt(max(gap_mm**2 - slant**2, 0)))
        left = [(-1000, y), (x, y), (-1000, y - 2_000)]
        right = [(SIDE_MM + 1000, y + slant), (x + across, y + slant), (SIDE_MM + 1000, y + slant + 2_000)]
    elif kind == "corner and wall":
        lean = int(rng.integers(-3_000, 3_000))
        left = [(-1000, y), (x, y), (-1000, y - 2_000)]
        foot = (x + round(gap_mm * math.hypot(lean, 4_000) / 4_000), y)
        right = [
            (SIDE_MM + 1000, y + 4_000), (foot[0] + lean, y + 4_000), (foot[0] - lean, y - 4_000),
            (SIDE_MM + 1000, y - 4_000),
        ]  # fmt: skip
    else:
        deep = int(rng.integers(200, 6_000))
        left = [(-1000, y), (x, y), (x, y + deep), (-1000, y + deep)]
        right = [(SIDE_MM + 1000, y), (x + gap_mm, y), (x + gap_mm, y + deep), (SIDE_MM + 1000, y + deep)]
    site = [(0, 0), (SIDE_MM, 0), (SIDE_MM, 40_000), (0, 40_000)]
    building = [(4_000, 31_000), (SIDE_MM - 4_000, 31_000), (SIDE_MM - 4_000, 38_000), (4_000, 38_000)]
    scene = GapScene(left, right, site, building, (half, 0), kind == "concave")
    if kind == "concave":  # one thing that reaches around the far side of the site
        around = [(-1000, 42_000), (SIDE_MM + 1000, 42_000)]
        scene.left = [(-3000, y), *left[1:3], (-1000, y + deep), around[0]]
        scene.right = [(SIDE_MM + 3000, y), *right[1:3], (SIDE_MM + 1000, y + deep), around[1]]
        scene.left = [(-3000, 44_000), *scene.left]
        scene.right = [(SIDE_MM + 3000, 44_000), *scene.right]
    return scene


def rounded_turn(angle: float):
    """Turn by any angle and round to whole millimetres: the gap changes a little, and the truth with it."""

    def turn(p: Corner) -> Corner:
        c, s = math.cos(angle), math.sin(angle)
        return round(c * p[0] - s * p[1]), round(s * p[0] + c * p[1])

    return turn


def _noded(corners: list[Corner], rng: np.random.Generator) -> list[Corner]:
    made = []
    for a, b in pairwise(corners):
        made.append(a)
        steps = math.gcd(b[0] - a[0], b[1] - a[1])
        at = sorted(set(rng.integers(1, steps, 4).tolist())) if steps > 1 else []
        made += [(a[0] + (b[0] - a[0]) // steps * t, a[1] + (b[1] - a[1]) // steps * t) for t in at]
    return [*made, corners[-1]]


def _nearer(p: Corner, a: Corner, b: Corner, square: int) -> bool:
    dx, dy = b[0] - a[0], b[1] - a[1]
    dot, length2 = (p[0] - a[0]) * dx + (p[1] - a[1]) * dy, dx * dx + dy * dy
    if dot <= 0:
        return (p[0] - a[0]) ** 2 + (p[1] - a[1]) ** 2 < square
    if dot >= length2:
        return (p[0] - b[0]) ** 2 + (p[1] - b[1]) ** 2 < square
    return (dx * (p[1] - a[1]) - dy * (p[0] - a[0])) ** 2 < square * length2


def _away(p: Corner, a: Corner, b: Corner) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = min(max(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    return math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)
