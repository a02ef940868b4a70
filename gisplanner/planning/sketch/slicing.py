"""How much ground a set of blocks needs, and how to cut it up: a slicing tree with shape curves.

Blocks are joined two by two, smallest first, and each join keeps every useful way to lay the two beside or
above one another (shape curves after L. Stockmeyer, Information and Control 57, 1983, 91–101,
doi:10.1016/S0019-9958(83)80038-2). The cuts become streets.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gisplanner.planning.sketch.cluster import Cluster

HALF_STREET_M: Final = 14.0
"""From an estate to the centre line of the smallest street; projects stay twice this apart, less the bend."""
COMMUNITY_PAD_M: Final = 3.0
SUBDISTRICT_PAD_M: Final = 6.0
MAX_SHAPES: Final = 16
Barrier = Literal["river", "railway"]
STRIP_M: Final[dict[Barrier, float]] = {"river": 84.0, "railway": 44.0}


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to lay out a node: its least size, and for a cut how, with which ways of the parts."""

    width_m: float
    height_m: float
    upright: bool = False
    first: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A project."""

    cluster: Cluster
    shapes: tuple[Shape, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Padded:
    """A community or subdistrict: room on every side for a wider street."""

    inside: Node
    pad_m: float
    shapes: tuple[Shape, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Two parts with a street between them (``level`` 0 subdistricts, 1 communities, 2 projects), or a barrier."""

    first: Node
    second: Node
    level: int
    barrier: Barrier | None
    shapes: tuple[Shape, ...]
    key: str


Node: TypeAlias = Leaf | Padded | Cut


def leaf(cluster: Cluster) -> Leaf:
    """Return the node of a project."""
    room = 2.0 * HALF_STREET_M
    return Leaf(cluster, (Shape(cluster.width_m + room, cluster.height_m + room),), cluster.key)


def padded(inside: Node, pad_m: float) -> Padded:
    """Return ``inside`` with room for a wider street around it."""
    shapes = tuple(
        Shape(shape.width_m + 2 * pad_m, shape.height_m + 2 * pad_m, first=index)
        for index, shape in enumerate(inside.shapes)
    )
    return Padded(inside, pad_m, shapes, inside.key)


def join_all(nodes: Sequence[Node], level: int, barriers: Sequence[Barrier] = ()) -> Node:
    """Join nodes two by two, smallest first; the last joins are barriers, if any are given (outermost first)."""
    heap = [(_least_area(node), node.key, node) for node in nodes]
    heapq.heapify(heap)
    while len(heap) > 1:
        (_, _, small), (_, _, large) = heapq.heappop(heap), heapq.heappop(heap)
        left = len(heap)
        made = _join(large, small, level, barriers[left] if left < len(barriers) else None)
        heapq.heappush(heap, (_least_area(made), made.key, made))
    return heap[0][2]


def best_shape(node: Node) -> int:
    """Return the index of the shape that wastes least ground and is nearest to a square."""
    cost = [shape.width_m * shape.height_m * (1 + _slender(shape) ** 2) for shape in node.shapes]
    return cost.index(min(cost))


def _slender(shape: Shape) -> float:
    return abs(math.log(shape.width_m / shape.height_m))


def _least_area(node: Node) -> float:
    return min(shape.width_m * shape.height_m for shape in node.shapes)


def _join(first: Node, second: Node, level: int, barrier: Barrier | None) -> Cut:
    if second.key < first.key:
        first, second = second, first
    strip = 0.0 if barrier is None else STRIP_M[barrier]
    ways = []
    for i, a in enumerate(first.shapes):
        for j, b in enumerate(second.shapes):
            ways.append(
                Shape(a.width_m + strip + b.width_m, max(a.height_m, b.height_m), upright=True, first=i, second=j)
            )
            ways.append(Shape(max(a.width_m, b.width_m), a.height_m + strip + b.height_m, first=i, second=j))
    return Cut(first, second, level, barrier, _useful(ways), first.key)


def _useful(ways: Sequence[Shape]) -> tuple[Shape, ...]:
    """Keep the shapes that no other beats in both width and height; of many, the least wasteful."""
    kept: list[Shape] = []
    for shape in sorted(ways, key=lambda s: (s.width_m, s.height_m, s.upright, s.first, s.second)):
        if not kept or shape.height_m < kept[-1].height_m - 1e-9:
            kept.append(shape)
    if len(kept) > MAX_SHAPES:
        kept = sorted(kept, key=lambda s: (s.width_m * s.height_m * (1 + 0.5 * _slender(s) ** 2), s.width_m))
        kept = sorted(kept[:MAX_SHAPES], key=lambda s: s.width_m)
    return tuple(kept)
