"""What gives way: whose line leaves which edge where two lines are in each other's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from gisplanner.domain.clearance import ClearanceConflict
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.joint.demand import Demand
from gisplanner.planning.pipes.joint.route import Route
from gisplanner.planning.pipes.lanes.design import FIRMNESS
from gisplanner.planning.pipes.lanes.leaving import LeastLoss
from gisplanner.planning.pipes.lanes.records import PlannedLine
from gisplanner.text import Text

_NEAR_M: Final = 3.0


@dataclass(frozen=True, slots=True)
class Blame:
    """A network that leaves corridor edges, and why.

    Attributes
    ----------
    street
        Street whose lanes may be put the other way round instead, -1 where none is.
    """

    network: str
    edges: tuple[int, ...]
    why: Text
    street: int = -1


def blamed(
    corridors: Corridors, lines: Sequence[PlannedLine], conflict: ClearanceConflict, leaver: LeastLoss
) -> Blame:
    """Return what gives way in a conflict: service lines before mains, then the network that loses least."""
    sides = (conflict.a, conflict.b) if conflict.kind in {"horizontal", "vertical"} else (conflict.a,)
    parties = [name for name in sides if isinstance(name, int)]
    edges = {k: _edges_of(corridors, lines[k], conflict) for k in parties}
    chosen = min(
        parties,
        key=lambda k: (
            lines[k].building < 0,
            leaver.loss(lines[k].network, edges[k]) if lines[k].building < 0 and len(parties) > 1 else 0.0,
            -FIRMNESS.index(lines[k].utility),
            -k,
        ),
    )
    one = lines[chosen]
    leaver.leave(one.network, edges[chosen])
    street = max((lines[k].street for k in parties), default=-1)
    return Blame(one.network, edges[chosen], _why(lines, conflict, [k for k in parties if k != chosen]), street)


def _why(lines: Sequence[PlannedLine], conflict: ClearanceConflict, others: Sequence[int]) -> Text:
    other = lines[others[0]].network if others else None
    against = other or {"building": "建筑", "tree": "树木", "cover": "地面"}.get(conflict.kind, "现状管线")
    said = f"{conflict.measured_m:.2f} m < {conflict.required_m:g} m（{conflict.rule.shown}）"
    return Text(
        f"排不下：与{against}净距 {said}",
        en=f"no room: {conflict.measured_m:.2f} m of {conflict.required_m:g} m to {other or 'what is there'} "
        f"({conflict.rule.shown})",
    )


def _edges_of(corridors: Corridors, one: PlannedLine, conflict: ClearanceConflict) -> tuple[int, ...]:
    if one.stub >= 0:
        return (one.stub,)
    at = shapely.Point(conflict.at) if conflict.at is not None else one.line.interpolate(0.5, normalized=True)
    return _edges_near(corridors, one, at)


def _edges_near(corridors: Corridors, one: PlannedLine, at: object) -> tuple[int, ...]:
    candidates = np.array(one.edges or np.flatnonzero(corridors.building < 0), dtype=np.int64)
    apart = shapely.distance(corridors.geometry[candidates], at)
    near = candidates[apart <= max(_NEAR_M, float(apart.min()) + 1e-6)]
    return tuple(near.tolist())


def shed(corridors: Corridors, demand: Demand, route: Route, edges: Sequence[int], why: Text) -> Route:
    """Return the route without ``edges`` and without what hangs on them; buildings behind are named."""
    kept = np.setdiff1d(route.edges, np.array(edges, dtype=np.int64))
    sources = [corridors.buildings + row for row in demand.sources if row not in corridors.no_source]
    if not sources or not kept.size:
        return _given_up(route, kept[:0], route.served, why)
    ends = corridors.edges[kept].copy()
    ends[np.isin(ends, sources)] = sources[0]
    size = corridors.nodes
    graph = coo_matrix((np.ones(len(kept)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    reached = np.zeros(size, dtype=np.bool_)
    reached[breadth_first_order(graph.tocsr(), sources[0], directed=False, return_predecessors=False)] = True
    kept, ends = kept[reached[ends[:, 0]]], ends[reached[ends[:, 0]]]
    lost = tuple(row for row in route.served if row not in set(ends[:, 0].tolist()))
    while True:
        degree = np.bincount(ends.ravel(), minlength=size)
        street = corridors.edges[kept, 0] >= corridors.buildings + corridors.sources
        loose = street & ((degree[ends[:, 0]] == 1) | (degree[ends[:, 1]] == 1))
        if not loose.any():
            break
        kept, ends = kept[~loose], ends[~loose]
    return _given_up(route, kept, lost, why)


def _given_up(route: Route, kept: np.ndarray, lost: Sequence[int], why: Text) -> Route:
    return replace(
        route,
        edges=kept,
        served=tuple(row for row in route.served if row not in set(lost)),
        unserved=route.unserved | dict.fromkeys(lost, why),
    )
