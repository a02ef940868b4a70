"""The route of one network: a Steiner tree from its sources to the buildings that streets connect with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gisplanner.errors import InternalError
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Flags, Ints
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint.demand import NO_LIMITS, Demand, Limits
from gisplanner.planning.pipes.steiner import steiner_tree
from gisplanner.text import Text

OVERHEAD_FACTOR: Final = 3.0
"""A metre overhead counts as this many metres underground: lines go underground where they can (本工具参数)."""
CROSSING_FACTOR: Final = 3.0
"""A metre across a wide road counts as this many metres along it: it is jacked, not dug (顶管, 本工具参数)."""
_ONE_SERVICE_MM: Final = (200_000.0, 10_000_000.0)
"""Added to each service line while searching, so that no route leads through a building; the second if need be."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """The route of one network.

    Attributes
    ----------
    edges
        Edges of the corridors, ascending.
    cost_mm, lower_bound_mm
        Weighted length and what no route undercuts; equal to metres where nothing is overhead, across or shared.
    served, unserved
        Buildings it reaches; the others and why.
    """

    edges: Ints
    cost_mm: float
    lower_bound_mm: float
    served: tuple[int, ...]
    unserved: dict[int, Text]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What of the corridors a network may use, which buildings it can reach there, what it has to pass."""

    usable: Ints
    source: int
    served: Ints
    unserved: dict[int, Text]
    forced: Ints


def field_of(corridors: Corridors, demand: Demand, limits: Limits = NO_LIMITS) -> Field:
    """Return what ``demand`` may use; buildings that cannot be reached are named with the reason."""
    unserved = {row: corridors.no_access[row] for row in demand.buildings if row in corridors.no_access}
    sources = [row for row in demand.sources if row not in corridors.no_source]
    wanted = np.array([row for row in demand.buildings if row not in unserved], dtype=np.int64)
    if not sources:
        told = "；".join(sorted({str(corridors.no_source[row]) for row in demand.sources}))
        english = "; ".join(sorted({corridors.no_source[row].en for row in demand.sources}))
        reason = Text(f"没有可用的接入点：{told}", en=f"no usable source: {english}")
        unserved |= dict.fromkeys(wanted.tolist(), reason)
        nothing = np.zeros(0, np.int64)
        return Field(nothing, -1, nothing, unserved, nothing)
    usable = np.setdiff1d(
        _usable(corridors, demand, wanted, sources), np.fromiter(limits.forbidden, np.int64, len(limits.forbidden))
    )
    merged = _merged(corridors, sources)
    ends, building = merged[corridors.edges[usable]], corridors.building[usable]
    street = building < 0
    size = corridors.nodes
    links = (np.ones(int(street.sum()), dtype=np.int8), (ends[street, 0], ends[street, 1]))
    _, part = connected_components(coo_matrix(links, shape=(size, size)), directed=False)
    source = int(merged[corridors.buildings + sources[0]])
    # A building joins no streets: only its service lines on the source's side count.
    keep = part[ends[:, 1]] == part[source]
    served = np.intersect1d(wanted, building[keep])
    cut_off = Text("与接入点之间没有连通的可敷设道路", en="no street where it may be laid leads to the source")
    unserved |= dict.fromkeys(np.setdiff1d(wanted, served).tolist(), cut_off)
    reached = usable[keep]
    must = np.intersect1d(reached, np.fromiter(limits.forced, np.int64, len(limits.forced)))
    return Field(reached, source, served, unserved, must[corridors.building[must] < 0])


def _usable(corridors: Corridors, demand: Demand, wanted: Ints, sources: list[int]) -> Ints:
    """Return streets, the service lines of the wanted buildings and those of the sources."""
    node = corridors.edges[:, 0]
    feeds = (node >= corridors.buildings) & (node < corridors.buildings + corridors.sources)
    allowed = (corridors.building < 0) | np.isin(corridors.building, wanted)
    allowed &= ~feeds | np.isin(node - corridors.buildings, sources)
    if not demand.may_hang:
        allowed &= ~corridors.blocked
    return np.flatnonzero(allowed)


def _merged(corridors: Corridors, sources: list[int]) -> Ints:
    """Return node numbers in which all sources of a network are one."""
    merged = np.arange(corridors.nodes)
    merged[corridors.buildings + np.array(sources)] = corridors.buildings + sources[0]
    return merged


@dataclass(frozen=True, slots=True, eq=False)
class Puzzle:
    """The tree that a route is: ends, terminals, and which of the usable edges are service lines or forced."""

    field: Field
    ends: Ints
    terminals: Ints
    service: Flags
    forced: Flags

    def solve(self, weight: Floats, *, quick: bool = False, time_limit_s: float = 10.0, seed: int = 0) -> Solved:
        """Return the route of least ``weight`` (m,), forced edges counted as nothing."""
        if not self.terminals.size:
            return Solved(self.terminals, 0.0, 0.0)
        own = np.where(self.forced, 0.0, weight[self.field.usable])
        for toll in _ONE_SERVICE_MM:
            found = steiner_tree(
                self.ends,
                own + np.where(self.service, toll, 0.0),
                self.terminals,
                time_limit_s=time_limit_s,
                seed=seed,
                quick=quick,
            )
            if int(self.service[found.edge_index].sum()) == self.field.served.size:
                break
        else:
            raise InternalError(Text("求得的路由穿过了建筑。", en="The route leads through a building."))
        extra = self.field.served.size * toll
        edges = self.field.usable[found.edge_index]
        return Solved(edges, found.weight - extra, max(found.lower_bound - extra, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Edges of a route, what they weigh, and what no route undercuts."""

    edges: Ints
    weight: float
    lower_bound: float


def puzzle_of(corridors: Corridors, demand: Demand, field: Field) -> Puzzle:
    """Return the tree to be sought for ``demand``."""
    if not field.served.size:
        nothing = np.zeros(0, dtype=np.int64)
        return Puzzle(field, nothing, nothing, nothing > 0, nothing > 0)
    sources = [row for row in demand.sources if row not in corridors.no_source]
    ends = _merged(corridors, sources)[corridors.edges[field.usable]]
    forced = np.isin(field.usable, field.forced)
    terminals = np.unique(np.concatenate([field.served, [field.source], ends[forced].ravel()]))
    return Puzzle(field, ends, terminals, corridors.building[field.usable] >= 0, forced)


def find_route(corridors: Corridors, demand: Demand, field: Field, *, time_limit_s: float, seed: int) -> Route:
    """Return the route of least weighted length."""
    solved = puzzle_of(corridors, demand, field).solve(weights_of(corridors), time_limit_s=time_limit_s, seed=seed)
    return route_of(corridors, field, solved.edges, solved.lower_bound)


def route_of(corridors: Corridors, field: Field, edges: Ints, lower_bound_mm: float = 0.0) -> Route:
    """Return the route along ``edges``."""
    cost = float(weights_of(corridors)[edges].sum())
    return Route(edges, cost, min(lower_bound_mm, cost), tuple(field.served.tolist()), field.unserved)


def weights_of(corridors: Corridors) -> Floats:
    """Return the weighted length of each edge: metres overhead and across wide roads count more."""
    length = np.maximum(corridors.length_mm.astype(np.float64), 1.0)
    weight: Floats = length * np.where(corridors.blocked, OVERHEAD_FACTOR, 1.0)
    weight[corridors.crossing & ~corridors.blocked] *= CROSSING_FACTOR
    return weight


def dug(corridors: Corridors, edges: Ints) -> Flags:
    """Return which corridor edges are dug when ``edges`` carry lines."""
    mask = np.zeros(len(corridors.edges), dtype=np.bool_)
    mask[edges] = True
    return mask & ~corridors.blocked
