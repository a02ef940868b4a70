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
        Weighted length and what no route undercuts; equal to metres where nothing is overhead or shared.
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


def find_route(
    corridors: Corridors,
    demand: Demand,
    field: Field,
    *,
    factor: Floats | None = None,
    time_limit_s: float,
    seed: int,
) -> Route:
    """Return the least-cost route; ``factor`` scales the length of each edge (m,)."""
    if not field.served.size:
        return Route(np.zeros(0, dtype=np.int64), 0.0, 0.0, (), field.unserved)
    sources = [row for row in demand.sources if row not in corridors.no_source]
    scaled = weights_of(corridors) * (1.0 if factor is None else factor)
    weight = np.maximum(np.round(scaled), 1.0)[field.usable]
    ends = _merged(corridors, sources)[corridors.edges[field.usable]]
    service = corridors.building[field.usable] >= 0
    forced = np.isin(field.usable, field.forced)
    weight[forced] = 1.0
    for toll in _ONE_SERVICE_MM:
        found = steiner_tree(
            ends,
            weight + np.where(service, toll, 0.0),
            np.unique(np.concatenate([field.served, [field.source], ends[forced].ravel()])),
            time_limit_s=time_limit_s,
            seed=seed,
        )
        if int(service[found.edge_index].sum()) == field.served.size:
            break
    else:
        raise InternalError(Text("求得的路由穿过了建筑。", en="The route leads through a building."))
    extra = field.served.size * toll
    edges = field.usable[found.edge_index]
    back = float((weights_of(corridors)[np.intersect1d(edges, field.forced)] - 1.0).sum())
    return Route(
        edges=edges,
        cost_mm=found.weight - extra + back,
        lower_bound_mm=max(found.lower_bound - extra, 0.0),
        served=tuple(field.served.tolist()),
        unserved=field.unserved,
    )


def weights_of(corridors: Corridors) -> Floats:
    """Return the weighted length of each edge: overhead metres count more."""
    weight: Floats = corridors.length_mm.astype(np.float64) * np.where(corridors.blocked, OVERHEAD_FACTOR, 1.0)
    return weight


def dug(corridors: Corridors, edges: Ints) -> Flags:
    """Return which corridor edges are dug when ``edges`` carry lines."""
    mask = np.zeros(len(corridors.edges), dtype=np.bool_)
    mask[edges] = True
    return mask & ~corridors.blocked
