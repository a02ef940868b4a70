"""Levels of a drain (排水纵断面): from the farthest building down to the outlet, no flatter than water runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.records import Manhole, PlannedLine

SLOPES: Final = ((200.0, 0.005), (300.0, 0.003), (400.0, 0.002))
"""Least slope up to a diameter in mm (GB 50014-2021 表 5.2.10 附近, 未核对原文; DN300: 0.003)."""

STEEPEST: Final = 0.1
"""A drain that would be steeper is laid at its least slope and falls down in the manhole (跌水, 本工具参数)."""

Node = tuple[int, int]
_MM: Final = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Levels of one drain; ``cover_m`` and ``deepest_m`` by line."""

    cover_m: Floats
    deepest_m: Floats
    manholes: tuple[Manhole, ...]

    def manholes_of(self, numbers: Sequence[int]) -> Iterator[Manhole]:
        """Yield the manholes with the numbers the lines have among all lines."""
        for one in self.manholes:
            yield replace(one, line=numbers[one.line])


def least_slope(diameter_mm: float) -> float:
    """Return the least slope of a drain.

    Examples
    --------
    >>> least_slope(200), least_slope(300), least_slope(800)
    (0.005, 0.003, 0.002)
    """
    return next((slope for most, slope in SLOPES if diameter_mm <= most), SLOPES[-1][1])


def drop_into(lines: Sequence[PlannedLine], above: Manhole, below: Manhole) -> float:
    """Return how far water falls down in manhole ``below`` where the pipe from ``above`` arrives (跌水), metres."""
    length, fall = above.station_m - below.station_m, above.invert_m - below.invert_m
    if fall <= STEEPEST * length:
        return 0.0
    return fall - least_slope(lines[above.line].design.facts.diameter_mm or 0.0) * length


def drain_levels(
    lines: Sequence[PlannedLine], least_cover_m: Floats, outlet: Floats, ground: Callable[[Floats], Floats]
) -> Levels:
    """Return the shallowest levels at which a drain runs by itself.

    Parameters
    ----------
    lines
        Of one network, joined at common corners.
    least_cover_m
        Cover that each line needs for its surface and its crossings.
    outlet
        Where the water goes.
    """
    spans, points = _spans(lines)
    nodes = sorted(points)
    height = dict(zip(nodes, ground(np.array([points[n] for n in nodes])).tolist(), strict=True)) if nodes else {}
    order, parent, away = _trees(spans, sorted(nodes, key=lambda n: (float(np.hypot(*(points[n] - outlet))), n)))
    size = [one.design.height_m for one in lines]
    invert = dict.fromkeys(order, np.inf)
    for node, near in spans.items():
        for _, _, row in near:
            invert[node] = min(invert[node], height[node] - least_cover_m[row] - size[row])
    for node in reversed(order):
        if node in parent:
            down, length, row = parent[node]
            slope = least_slope(lines[row].design.facts.diameter_mm or 0.0)
            invert[down] = min(invert[down], invert[node] - slope * length)
    cover, deepest = np.full(len(lines), np.inf), np.full(len(lines), -np.inf)
    for node, near in spans.items():
        for _, _, row in near:
            own = height[node] - invert[node] - size[row]
            cover[row], deepest[row] = min(cover[row], own), max(deepest[row], own)
    cover = np.where(np.isfinite(cover), cover, least_cover_m)
    deepest = np.where(np.isfinite(deepest), deepest, least_cover_m)
    return Levels(
        cover,
        deepest,
        tuple(
            _manholes(
                lines,
                order=order,
                parent=parent,
                away=away,
                points=points,
                height=height,
                invert=invert,
                spans=spans,
            )
        ),
    )


def _spans(lines: Sequence[PlannedLine]) -> tuple[dict[Node, list[tuple[Node, float, int]]], dict[Node, Floats]]:
    """Return the pipe between the joints of each line: neighbours of every node with length and line."""
    spans: dict[Node, list[tuple[Node, float, int]]] = defaultdict(list)
    points: dict[Node, Floats] = {}
    for row, one in enumerate(lines):
        own = shapely.get_coordinates(one.line)
        joints = np.concatenate([own[[0, -1]], one.joints.reshape(-1, 2)])
        at = shapely.line_locate_point(one.line, shapely.points(joints))
        stops: list[tuple[float, Node]] = []
        for k in np.argsort(at, kind="stable").tolist():
            node = (round(float(joints[k][0]) * _MM), round(float(joints[k][1]) * _MM))
            points.setdefault(node, joints[k])
            if not stops or stops[-1][1] != node:
                stops.append((float(at[k]), node))
        for (begin, a), (end, b) in pairwise(stops):
            spans[a].append((b, end - begin, row))
            spans[b].append((a, end - begin, row))
    return dict(spans), {node: points[node] for node in spans}


def _trees(
    spans: dict[Node, list[tuple[Node, float, int]]], nearest: list[Node]
) -> tuple[list[Node], dict[Node, tuple[Node, float, int]], dict[Node, float]]:
    """Return nodes from the outlet upward, the span each flows off by, and its way to the outlet."""
    parent: dict[Node, tuple[Node, float, int]] = {}
    away: dict[Node, float] = {}
    order: list[Node] = []
    for root in nearest:
        if root in away:
            continue
        away[root] = 0.0
        begin = len(order)
        order.append(root)
        while begin < len(order):
            node = order[begin]
            begin += 1
            for other, length, row in spans[node]:
                if other not in away:
                    away[other] = away[node] + length
                    parent[other] = (node, length, row)
                    order.append(other)
    return order, parent, away


def _manholes(
    lines: Sequence[PlannedLine],
    *,
    order: list[Node],
    parent: dict[Node, tuple[Node, float, int]],
    away: dict[Node, float],
    points: dict[Node, Floats],
    height: dict[Node, float],
    invert: dict[Node, float],
    spans: dict[Node, list[tuple[Node, float, int]]],
) -> Iterator[Manhole]:
    number = {node: k for k, node in enumerate(order)}
    for node in order:
        down = parent.get(node)
        x, y = points[node].tolist()
        yield Manhole(
            demand=lines[0].demand,
            x=round(x, 3),
            y=round(y, 3),
            station_m=round(away[node], 3),
            ground_m=round(height[node], 3),
            invert_m=round(invert[node], 3),
            towards=-1 if down is None else number[down[0]],
            line=spans[node][0][2] if down is None else down[2],
        )
