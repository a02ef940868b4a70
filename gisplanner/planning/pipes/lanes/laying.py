"""Routes become lines: mains in their lanes, then service lines, those that flow by gravity first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Flags
from gisplanner.planning.pipes.corridors.roads import Floats, Geometry
from gisplanner.planning.pipes.joint.demand import Demand
from gisplanner.planning.pipes.joint.route import Route
from gisplanner.planning.pipes.lanes.design import FIRMNESS, MAINS, SERVICES
from gisplanner.planning.pipes.lanes.drawing import LaneMap, draw_mains, lane_map
from gisplanner.planning.pipes.lanes.entries import Laid, Ledger, Surroundings, Wanted, place_entry
from gisplanner.planning.pipes.lanes.layout import Street
from gisplanner.planning.pipes.lanes.lines import point_on
from gisplanner.planning.pipes.lanes.records import PlannedLine
from gisplanner.planning.pipes.lanes.site import Site

IN_STREET_M: Final = 3.0
"""A place no farther from the centre line lies in the street itself: its line begins in the lane."""
_AT_ONCE_M: Final = 0.05
"""A place no farther from free ground needs no service line: as it is written, such a line would have no length."""
_FREE_GROUND: Final = -1
Stub = tuple[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Geometry of buildings, then of sources: node k of the corridors is place k."""

    geometry: Geometry
    wall: Sequence[int]
    """Row of each place among the walls of the surroundings, -1 for points."""
    connection: Mapping[tuple[str, int], Floats]
    """Where a planner wants a network to enter a building."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Lines in their places.

    Attributes
    ----------
    outlets
        Where each network is fed or flows to.
    unplaced
        Service lines (network, corridor edge) for which there is no clear place.
    """

    lines: tuple[PlannedLine, ...]
    outlets: dict[int, Floats]
    unplaced: tuple[Stub, ...]


def network_of(demand: Demand) -> str:
    """Return what shares a lane: telecoms lie in one duct route (四网合一) unless they are to lie apart."""
    return "telecom" if demand.utility == "telecom" and not demand.own_duct else demand.name


def used_by_network(corridors: Corridors, demands: Sequence[Demand], routes: Sequence[Route]) -> dict[str, Flags]:
    """Return the edges of each network, service lines among them."""
    used: dict[str, Flags] = {}
    for demand, route in zip(demands, routes, strict=True):
        mask = used.setdefault(network_of(demand), np.zeros(len(corridors.edges), dtype=np.bool_))
        mask[route.edges] = True
    return used


@dataclass(slots=True, eq=False)
class _Work:
    site: Site
    lanes: LaneMap
    places: Places
    around: Surroundings
    demands: Sequence[Demand]
    used: dict[str, Flags]
    utility: dict[str, str]
    service: Flags
    foot: dict[Stub, Any]
    unplaced: list[Stub]
    by_node: dict[int, list[int]]

    def street_at(self, network: str, node: int) -> int:
        """Return the street with the network's lane at a node, ``_FREE_GROUND`` where there is none."""
        found = [
            street
            for street in self.by_node.get(node, ())
            if network in self.lanes.streets[street].offset_m
            and any(self.used[network][e] for e in self._edges_at(street, node))
        ]
        inner = [one for one in found if node in self.lanes.streets[one].stroke.nodes[1:-1]]
        return (inner or found or [_FREE_GROUND])[0]

    def _edges_at(self, street: int, node: int) -> list[int]:
        stroke = self.lanes.streets[street].stroke
        near = [k for k, one in enumerate(stroke.nodes) if one == node]
        return [stroke.edges[i] for k in near for i in (k - 1, k) if 0 <= i < len(stroke.edges)]


def draw(
    site: Site,
    streets: Sequence[Street],
    demands: Sequence[Demand],
    routes: Sequence[Route],
    *,
    places: Places,
    around: Surroundings,
) -> Drawn:
    """Return all lines in their places."""
    corridors = site.corridors
    by_node: dict[int, list[int]] = defaultdict(list)
    for number, street in enumerate(streets):
        for node in street.stroke.nodes:
            by_node[node].append(number)
    fixed = corridors.buildings + corridors.sources
    work = _Work(
        site,
        lane_map(corridors, streets),
        places,
        around,
        demands,
        used_by_network(corridors, demands, routes),
        {network_of(demand): demand.utility for demand in demands},
        corridors.edges[:, 0] < fixed,
        {},
        [],
        dict(by_node),
    )
    ledger = _mains(work)
    _services(work, ledger)
    lines: list[PlannedLine] = []
    outlets: dict[int, Floats] = {}
    for k, (demand, route) in enumerate(zip(demands, routes, strict=True)):
        mask = np.zeros(len(corridors.edges), dtype=np.bool_)
        mask[route.edges] = True
        lines += _lines(work, k, demand, mask, outlets)
    return Drawn(tuple(lines), outlets, tuple(work.unplaced))


def _mains(work: _Work) -> Ledger:
    """Return the ledger with the mains of all networks, service lines thought to stand where the routes have them."""
    ledger = Ledger()
    for one in work.around.kept:
        ledger.add(one)
    for network, mask in work.used.items():
        feet: dict[int, list[Floats]] = defaultdict(list)
        for edge in np.flatnonzero(mask & work.service).tolist():
            node = int(work.site.corridors.edges[edge, 1])
            street = work.street_at(network, node)
            if street != _FREE_GROUND:
                feet[node].append(point_on(work.lanes.lane(street, network), _end(work, edge)))
        design = MAINS[work.utility[network]]
        for piece in draw_mains(work.lanes, network, mask & ~work.service, feet):
            if not piece.overhead:
                ledger.add(Laid(piece.line, network, design, _place(work, piece.street)))
    return ledger


def _place(work: _Work, street: int) -> Any:
    return work.lanes.streets[street].place if street >= 0 else "courtyard"


def _end(work: _Work, edge: int) -> Floats:
    return np.asarray(shapely.get_coordinates(work.site.corridors.geometry[edge])[-1])


def _services(work: _Work, ledger: Ledger) -> None:
    """Place the service lines of all networks, the firmest first."""
    for network in sorted(work.used, key=lambda name: (FIRMNESS.index(work.utility[name]), name)):
        utility = work.utility[network]
        for edge in np.flatnonzero(work.used[network] & work.service).tolist():
            placed = _service(work, network, edge, ledger)
            if placed is None:
                work.unplaced.append((network, edge))
                continue
            work.foot[network, edge] = placed
            if placed.geom_type == "LineString" and not work.site.corridors.blocked[edge]:
                ledger.add(Laid(placed, network, SERVICES[utility], "courtyard"))


def _service(work: _Work, network: str, edge: int, ledger: Ledger) -> Any | None:
    """Return the service line of a corridor edge, a point where the place lies in the street."""
    corridors = work.site.corridors
    owner, node = corridors.edges[edge].tolist()
    street = work.street_at(network, node)
    stub = corridors.geometry[edge]
    if street == _FREE_GROUND:
        return stub if stub.length > _AT_ONCE_M else shapely.Point(_end(work, edge))
    lane = work.lanes.lane(street, network)
    near = work.places.connection.get((network, owner), _end(work, edge))
    place = work.places.geometry[owner]
    if place.geom_type == "Point" and stub.length <= IN_STREET_M:
        return shapely.Point(point_on(lane, near))
    wanted = Wanted(
        network,
        SERVICES[work.utility[network]],
        "courtyard",
        place,
        lane,
        _place(work, street),
        near,
        work.places.wall[owner],
        bool(corridors.blocked[edge]),
    )
    return place_entry(wanted, ledger, work.around, work.site.distances)


def _lines(work: _Work, k: int, demand: Demand, mask: Flags, outlets: dict[int, Floats]) -> list[PlannedLine]:
    corridors = work.site.corridors
    network = network_of(demand)
    feet: dict[int, list[Floats]] = defaultdict(list)
    made = []
    for edge in np.flatnonzero(mask & work.service).tolist():
        entry = work.foot.get((network, edge))
        if entry is None:
            continue
        owner, node = corridors.edges[edge].tolist()
        corners = shapely.get_coordinates(entry)
        feet[node].append(corners[-1])
        if owner >= corridors.buildings:
            outlets[k] = corners[0]
        if entry.geom_type == "LineString" and entry.length > 0:
            building = owner if owner < corridors.buildings else -1
            over = bool(corridors.blocked[edge])
            design = SERVICES[demand.utility] if building >= 0 else MAINS[demand.utility]
            made.append(
                PlannedLine(
                    k,
                    network,
                    demand.utility,
                    "service",
                    entry,
                    -1,
                    edge,
                    building,
                    over,
                    design,
                    "courtyard",
                    corners[[0, -1]],
                    (),
                )
            )
    mains = [
        PlannedLine(
            k,
            network,
            demand.utility,
            "main",
            one.line,
            one.street,
            -1,
            -1,
            one.overhead,
            MAINS[demand.utility],
            _place(work, one.street),
            one.joints,
            one.edges,
        )
        for one in draw_mains(work.lanes, network, mask & ~work.service, feet)
    ]
    return [*mains, *made]
