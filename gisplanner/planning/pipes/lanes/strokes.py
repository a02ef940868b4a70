"""Streets as long lines (街道线): edges that go on straight at a node are one stroke, so a lane keeps its offset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import Floats

STRAIGHT_ON_DEG: Final = 40.0
"""At a crossing two streets go on into each other when they bend by no more (本工具参数)."""
BEND_DEG: Final = 100.0
"""Where only two edges meet, the street goes round the corner."""
_AHEAD_M: Final = 2.0
_TWO: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A stretch of street.

    Attributes
    ----------
    line
        From the first node to the last.
    edges, nodes
        Corridor edges in order and the nodes between, one more than edges.
    reverse
        Whether each edge is drawn against the stroke.
    """

    line: Any
    edges: tuple[int, ...]
    nodes: tuple[int, ...]
    reverse: tuple[bool, ...]

    def part(self, first: int, last: int) -> Stroke:
        """Return the stroke of edges ``first`` … ``last - 1``."""
        chosen = slice(first, last)
        return Stroke(_PENDING, self.edges[chosen], self.nodes[first : last + 1], self.reverse[chosen])


_PENDING: Final = shapely.LineString()


def strokes_of(corridors: Corridors, used: Ints, strips: Container[int] = ()) -> list[Stroke]:
    """Return the strokes of the street edges ``used``, longest first.

    Parameters
    ----------
    strips
        Edges on one side of a wide road: they go on into each other only.
    """
    ends, ways = _ways(corridors, used)
    partner = _partners(ends, ways, strips)
    left = set(used.tolist())
    found = []
    for edge in sorted(left, key=lambda e: (-int(corridors.length_mm[e]), e)):
        if edge in left:
            chain = _chain(corridors, partner, edge, left)
            left -= {one for one, _ in chain}
            found.append(_stroke(corridors, chain))
    return sorted(found, key=lambda one: (-one.line.length, one.edges))


def with_line(corridors: Corridors, stroke: Stroke) -> Stroke:
    """Return the stroke with its line drawn."""
    return _stroke(corridors, list(zip(stroke.edges, stroke.reverse, strict=True)))


def _ways(corridors: Corridors, used: Ints) -> tuple[dict[int, list[int]], dict[tuple[int, int], Floats]]:
    """Return the edges at each node, and the direction in which each edge leaves it."""
    ends: dict[int, list[int]] = defaultdict(list)
    ways: dict[tuple[int, int], Floats] = {}
    for edge in used.tolist():
        line = corridors.geometry[edge]
        reach = min(_AHEAD_M, line.length / _TWO)
        for node, at in zip(corridors.edges[edge].tolist(), (0.0, line.length), strict=True):
            ends[node].append(edge)
            here = np.array(line.interpolate(at).coords[0])
            there = np.array(line.interpolate(reach if at == 0.0 else at - reach).coords[0])
            ways[node, edge] = (there - here) / max(float(np.hypot(*(there - here))), 1e-9)
    return ends, ways


def _partners(
    ends: dict[int, list[int]], ways: dict[tuple[int, int], Floats], strips: Container[int]
) -> dict[tuple[int, int], int]:
    """Return for a node and an edge the edge that goes on."""
    partner: dict[tuple[int, int], int] = {}
    for node, edges in ends.items():
        limit = BEND_DEG if len(edges) == _TWO else STRAIGHT_ON_DEG
        pairs = []
        for k, one in enumerate(edges):
            for other in edges[k + 1 :]:
                if (one in strips) != (other in strips):
                    continue
                cosine = float(np.clip(np.dot(ways[node, one], -ways[node, other]), -1.0, 1.0))
                pairs.append((round(float(np.degrees(np.arccos(cosine))), 6), one, other))
        for bend, one, other in sorted(pairs):
            if bend <= limit and one != other and not {(node, one), (node, other)} & partner.keys():
                partner[node, one], partner[node, other] = other, one
    return partner


def _chain(
    corridors: Corridors, partner: dict[tuple[int, int], int], seed: int, left: set[int]
) -> list[tuple[int, bool]]:
    first, last = corridors.edges[seed].tolist()
    chain = [(seed, False)]
    met = {first, last}
    for begin, forward in ((last, True), (first, False)):
        node, edge = begin, seed
        while (after := partner.get((node, edge))) is not None and after in left:
            start, end = corridors.edges[after].tolist()
            far = end if start == node else start
            if far in met:  # a stroke never comes back to where it was: a place is on it once
                break
            met.add(far)
            against = (start != node) if forward else (end != node)
            chain = [*chain, (after, against)] if forward else [(after, against), *chain]
            node, edge = far, after
    return chain


def _stroke(corridors: Corridors, chain: list[tuple[int, bool]]) -> Stroke:
    points: list[Floats] = []
    nodes: list[int] = []
    for edge, against in chain:
        own = shapely.get_coordinates(corridors.geometry[edge])
        start, end = corridors.edges[edge].tolist()
        own, (start, end) = (own[::-1], (end, start)) if against else (own, (start, end))
        points.append(own if not points else own[1:])
        nodes = nodes or [start]
        nodes.append(end)
    line = shapely.LineString(np.concatenate(points))
    return Stroke(line, tuple(edge for edge, _ in chain), tuple(nodes), tuple(against for _, against in chain))
