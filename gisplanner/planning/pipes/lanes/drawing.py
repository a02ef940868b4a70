"""From lanes to lines: every network is drawn as runs along its lanes, joined where streets meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Flags
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.layout import Street
from gisplanner.planning.pipes.lanes.lines import along, lane_line, meeting_point, point_on

_CHANGE_M: Final = 4.0
"""Half of the stretch on which a lane changes its offset."""
_FAR: Final = 4.0
_LEAST_M: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A drawn main of a network.

    Attributes
    ----------
    street
        Position among the streets; -1 for what joins two of them.
    joints
        (k, 2) where other pieces of the network meet it.
    edges
        Street edges it stands for.
    """

    line: Any
    street: int
    overhead: bool
    joints: Floats
    edges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LaneMap:
    """Lane lines of all networks, and where each corridor edge and node lies."""

    corridors: Corridors
    streets: Sequence[Street]
    at_edge: Mapping[int, tuple[int, int]]
    """Street and position in it, by edge."""
    lines: dict[tuple[int, str], Any] = field(default_factory=dict)

    def lane(self, street: int, network: str) -> Any:
        """Return the lane line of a network in a street."""
        key = (street, network)
        if key not in self.lines:
            one = self.streets[street]
            self.lines[key] = lane_line(one.stroke.line, one.offset_m[network])
        return self.lines[key]

    def node_point(self, street: int, node: int) -> Floats:
        """Return the place of a node of a street."""
        stroke = self.streets[street].stroke
        k = stroke.nodes.index(node)
        edge = stroke.edges[min(k, len(stroke.edges) - 1)]
        line = self.corridors.geometry[edge]
        first = int(self.corridors.edges[edge][0]) == node
        return np.asarray(shapely.get_coordinates(line)[0 if first else -1])


def lane_map(corridors: Corridors, streets: Sequence[Street]) -> LaneMap:
    """Return the map of lanes."""
    at_edge = {
        edge: (number, k) for number, street in enumerate(streets) for k, edge in enumerate(street.stroke.edges)
    }
    return LaneMap(corridors, streets, at_edge)


@dataclass(slots=True, eq=False)
class _Run:
    street: int
    first: int
    last: int
    overhead: bool
    lane: Any
    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    points: list[Floats] = field(default_factory=list)
    cuts: list[Floats] = field(default_factory=list)

    def inner(self, node: int) -> bool:
        return node in self.nodes[1:-1]


def draw_mains(lanes: LaneMap, network: str, used: Flags, feet: Mapping[int, Sequence[Floats]]) -> list[Piece]:
    """Return the mains of a network.

    Parameters
    ----------
    used
        Street edges of the network.
    feet
        Where service lines meet the lane, by the node of the street they stand at.
    """
    runs = _runs(lanes, network, used)
    at_node: dict[int, list[_Run]] = defaultdict(list)
    for run in runs:
        for node in run.nodes:
            at_node[node].append(run)
    links: list[Any] = []
    for node, here in at_node.items():
        _join(lanes, node, here, links)
        if node in feet:
            for foot in feet[node]:
                _nearest(here, foot).points.append(foot)
        elif len(here) == 1 and not here[0].inner(node):
            here[0].points.append(point_on(here[0].lane, lanes.node_point(here[0].street, node)))
    pieces = [piece for run in runs for piece in _pieces(run)]
    pieces += [Piece(link, -1, overhead=False, joints=shapely.get_coordinates(link)[[0, -1]]) for link in links]
    return pieces


def _nearest(runs: Sequence[_Run], point: Floats) -> _Run:
    return min(runs, key=lambda run: float(run.lane.distance(shapely.Point(point))))


def _runs(lanes: LaneMap, network: str, used: Flags) -> list[_Run]:
    """Return the stretches of lane that a network uses, each in one street and laid in one way."""
    blocked = lanes.corridors.blocked
    by_street: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(used).tolist():
        street, k = lanes.at_edge[edge]
        by_street[street].append(k)
    runs = []
    for street, positions in sorted(by_street.items()):
        stroke = lanes.streets[street].stroke
        ordered = sorted(positions)
        begin = 0
        for i in range(1, len(ordered) + 1):
            last = ordered[i - 1]
            over = bool(blocked[stroke.edges[last]])
            if i < len(ordered) and ordered[i] == last + 1 and bool(blocked[stroke.edges[last + 1]]) == over:
                continue
            first = ordered[begin]
            nodes, edges = stroke.nodes[first : last + 2], stroke.edges[first : last + 1]
            runs.append(_Run(street, first, last, over, lanes.lane(street, network), nodes, edges))
            begin = i
    return runs


def _join(lanes: LaneMap, node: int, here: list[_Run], links: list[Any]) -> None:
    """Join the runs of a network that meet at a node."""
    base = max(here, key=lambda run: (run.inner(node), len(run.edges)))
    place = lanes.node_point(base.street, node)
    for run in here:
        if run is base:
            continue
        if run.street == base.street:
            point = point_on(base.lane, place)
            base.points.append(point)
            run.points.append(point)
        elif lanes.streets[run.street].parent == lanes.streets[base.street].parent and not run.inner(node):
            _change_lane(lanes, node, base, run, links)
        else:
            _meet(place, base, run, links, cross=run.inner(node))


def _meet(place: Floats, base: _Run, run: _Run, links: list[Any], *, cross: bool) -> None:
    offsets = [float(np.hypot(*(point_on(one.lane, place) - place))) for one in (base, run)]
    point = meeting_point(base.lane, run.lane, place, _FAR * max(*offsets, 1.0) + 2.0)
    if point is not None:
        base.points.append(point)
        run.points.append(point)
        if cross:
            run.cuts.append(point)
        return
    here, there = point_on(base.lane, place), point_on(run.lane, place)
    base.points.append(here)
    run.points.append(there)
    if float(np.hypot(*(here - there))) > _LEAST_M:
        links.append(shapely.LineString([here, there]))


def _change_lane(lanes: LaneMap, node: int, base: _Run, run: _Run, links: list[Any]) -> None:
    """Draw the stretch aslant between two pieces of one street whose lanes differ."""
    ends = []
    for one in (base, run):
        at_end = one.nodes[-1] == node
        edge = one.edges[-1 if at_end else 0]
        line = lanes.corridors.geometry[edge]
        back = min(_CHANGE_M, float(line.length) / 2.0)
        first = int(lanes.corridors.edges[edge][0]) == node
        point = point_on(
            one.lane, shapely.get_coordinates(line.interpolate(back if first else line.length - back))[0]
        )
        one.points.append(point)
        ends.append(point)
    if float(np.hypot(*(ends[0] - ends[1]))) > _LEAST_M:
        links.append(shapely.LineString(ends))


def _pieces(run: _Run) -> list[Piece]:
    """Return the drawn stretch of a run, cut where it crosses its own network."""
    if not run.points:
        return []
    points = np.array(run.points)
    at = shapely.line_locate_point(run.lane, shapely.points(points))
    bounds = sorted(
        {float(at.min()), float(at.max()), *(float(run.lane.project(shapely.Point(c))) for c in run.cuts)}
    )
    made = []
    for begin, end in pairwise(bounds):
        chosen = points[(at >= begin - _LEAST_M) & (at <= end + _LEAST_M)]
        line = along(run.lane, list(chosen)) if len(chosen) > 1 else None
        if line is not None:
            made.append(Piece(line, run.street, run.overhead, chosen, run.edges))
    return made
