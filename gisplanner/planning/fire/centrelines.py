"""Middle lines of the room a fire engine has: ridges between what stands, never across a plug."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import QhullError, Voronoi, cKDTree

from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.plugs import Plugs
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.scene import HARD

STEP_M: Final = 2.0
"""Walls are taken as points this far apart; corners and the ends of all connectors are among them."""
GATE_JOINS: Final = 80
"""Nodes near a gate to which it may be joined."""
ROOM_M: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What stands after removals: edges, connectors up to ``reach.WIDE_M``, and those too narrow to pass.

    Attributes
    ----------
    edges, narrow, gaps
        Edges; edges and connectors too narrow for the lane; all connectors with their lengths ``gap_m``.
    points
        Places on edges for the diagram of middle lines.
    solid
        Buildings and obstacles as areas.
    assumed_gates
        Gates of no stated width.
    """

    edges: shapely.STRtree
    narrow: shapely.STRtree
    gaps: shapely.STRtree
    gap_m: Floats
    points: Floats
    solid: shapely.STRtree
    assumed_gates: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """A network of middle lines.

    Attributes
    ----------
    node
        Places (n, 2), metres from the local origin.
    room_m
        Distance to what stands.
    edge
        Pairs of nodes (m, 2).
    length_m
        Length of each edge.
    from_gate_m, before
        Shortest way from a gate along edges, and the node before; -1 at a gate or where no way leads.
    """

    node: Floats
    room_m: Floats
    edge: Ints
    length_m: Floats
    from_gate_m: Floats
    before: Ints


def what_stands(reach: Reach, removed: Bools) -> Standing:
    """Return what stands once the marked obstacles are gone."""
    gone = np.append(removed, np.False_)
    scene = reach.scene
    edges = ~gone[scene.edges.owner]
    lines = shapely.linestrings(np.stack([scene.edges.first[edges], scene.edges.second[edges]], axis=1))
    narrow = _lines(reach.plugs, gone)
    wide = reach.gaps
    kept = ~gone[wide.owner_a] & ~gone[wide.owner_b]
    told = kept & ~_assumed(reach, wide)
    points = [shapely.get_coordinates(shapely.segmentize(lines, STEP_M)), wide.corner[kept], wide.foot[kept]]
    return Standing(
        edges=shapely.STRtree(lines),
        narrow=shapely.STRtree(np.concatenate([lines, narrow])),
        gaps=shapely.STRtree(_lines(wide, gone, told)),
        gap_m=wide.gap_m[told],
        points=np.unique(np.round(np.concatenate(points), 6), axis=0),
        solid=shapely.STRtree(_solid(reach, removed)),
        assumed_gates=np.array(
            [gate.middle for gate in scene.gates if np.isnan(reach.ground.entrance_widths_m[gate.number])]
        ).reshape(-1, 2),
    )


def _solid(reach: Reach, removed: Bools) -> list[shapely.Geometry]:
    """Return buildings and obstacles that stand, metres from the local origin."""
    left = [shape for shape, gone in zip(reach.ground.soft, removed.tolist(), strict=True) if not gone]
    return [
        shapely.transform(shape, lambda points: points - reach.scene.origin) for shape in (*reach.ground.hard, *left)
    ]


def _assumed(reach: Reach, plugs: Plugs) -> Bools:
    """Return which connectors only span a gate whose width nobody stated: no measurement, so no narrowest place."""
    unstated = np.isnan(reach.ground.entrance_widths_m)
    ends = [gate.opening[[0, -1]] for gate in reach.scene.gates if unstated[gate.number]]
    if not ends or not len(plugs.gap_m):
        return np.zeros(len(plugs.gap_m), dtype=bool)
    places = np.concatenate(ends)
    marks = np.ones(len(plugs.gap_m), dtype=bool)
    for points in (plugs.corner, plugs.foot):
        marks &= cKDTree(places).query(points, distance_upper_bound=1e-6)[0] <= 1e-6  # noqa: PLR2004
    return marks


def _lines(plugs: Plugs, gone: Bools, kept: Bools | None = None) -> np.ndarray:
    kept = ~gone[plugs.owner_a] & ~gone[plugs.owner_b] if kept is None else kept
    return np.asarray(shapely.linestrings(np.stack([plugs.corner[kept], plugs.foot[kept]], axis=1)))


def make_ridges(reach: Reach, standing: Standing) -> Ridges:
    """Return the middle lines inside the domain that no edge and no plug crosses, and the ways from the gates."""
    try:
        diagram = Voronoi(standing.points)
        node, pairs = diagram.vertices, np.array(diagram.ridge_vertices)
    except (QhullError, ValueError):  # fewer than three places, or all on one line: nothing lies between
        node, pairs = np.zeros((0, 2)), np.zeros((0, 2), dtype=np.int64)
    pairs = pairs[(pairs >= 0).all(axis=1)]
    domain = shapely.buffer(reach.scene.domain, 1e-6, join_style="mitre")
    shapely.prepare(domain)
    inside = shapely.contains_xy(domain, node) if len(node) else np.zeros(0, dtype=bool)
    pairs = pairs[inside[pairs].all(axis=1)]
    node, pairs = _used(node, pairs)
    node, pairs = _with_gates(reach, node, pairs)
    lines = shapely.linestrings(node[pairs])
    crossed, _ = standing.narrow.query(lines, predicate="intersects")
    free = np.ones(len(pairs), dtype=bool)
    free[crossed] = False
    node, pairs, gates = _from_gates(node, pairs[free], len(_gate_points(reach)))
    length = np.hypot(*(node[pairs[:, 0]] - node[pairs[:, 1]]).T)
    room = _room(standing, node)
    way, before = _from(gates, pairs, length, room, len(node))
    return Ridges(node, room, pairs, length, way, before)


def _from_gates(node: Floats, pairs: Ints, many: int) -> tuple[Floats, Ints, Ints]:
    """Leave out what no gate, of which there are ``many`` at the end, leads to; return the gates too."""
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(node), len(node)))
    group = connected_components(graph, directed=False)[1]
    kept = np.isin(group, group[len(node) - many :])
    number = np.cumsum(kept) - 1
    pairs = number[pairs[kept[pairs[:, 0]]]]
    return node[kept], pairs, np.arange(kept.sum() - many, kept.sum())


def _used(node: Floats, pairs: Ints) -> tuple[Floats, Ints]:
    """Leave out nodes that no edge has."""
    kept, number = np.unique(pairs, return_inverse=True)
    return node[kept], number.reshape(-1, 2)


def _with_gates(reach: Reach, node: Floats, pairs: Ints) -> tuple[Floats, Ints]:
    """Join each gate to the nodes near it; what lies between is checked like any other edge."""
    gates = _gate_points(reach)
    if not len(gates) or not len(node):
        return np.concatenate([node, gates]), pairs
    many = min(GATE_JOINS, len(node))
    _, near = cKDTree(node).query(gates, k=many)
    who = np.repeat(np.arange(len(gates)), many)
    joins = np.stack([who + len(node), near.reshape(-1)], axis=1)
    return np.concatenate([node, gates]), np.concatenate([pairs, joins])


def _gate_points(reach: Reach) -> Floats:
    usable = [gate.middle for gate in reach.scene.gates if round(gate.width_m * 1e3) >= round(reach.width_m * 1e3)]
    return np.array(usable).reshape(-1, 2)


def _room(standing: Standing, node: Floats) -> Floats:
    if not len(node):
        return np.zeros(0)
    (who, _), away = standing.edges.query_nearest(shapely.points(node), return_distance=True, all_matches=False)
    room = np.zeros(len(node))
    room[who] = away
    return room


def _from(gates: Ints, pairs: Ints, length: Floats, room: Floats, nodes: int) -> tuple[Floats, Ints]:
    """Return the shortest way from a gate to each node; narrow stretches count more."""
    if not gates.size or not len(pairs):
        way = np.full(nodes, np.inf)
        way[gates] = 0.0
        return way, np.full(nodes, HARD)
    tight = 4.0 / np.maximum(np.minimum(room[pairs[:, 0]], room[pairs[:, 1]]), 1.0)
    weight = np.maximum(length, 1e-9) * (1.0 + tight)
    graph = csr_array((weight, (pairs[:, 0], pairs[:, 1])), shape=(nodes, nodes))
    way, before, _ = dijkstra(graph, directed=False, indices=gates, return_predecessors=True, min_only=True)
    return way, np.where(before < 0, HARD, before)
