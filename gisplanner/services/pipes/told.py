"""What a planner says, as routes and lanes read it: edges forbidden and forced, connections, sides, tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely
from pyproj import Transformer

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.catalog.layers import utilities
from gisplanner.errors import Fault, InputError
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint import Demand, Limits
from gisplanner.planning.pipes.lanes.laying import network_of
from gisplanner.planning.pipes.lanes.layout import Street
from gisplanner.rules.reductions import BUILDING, Reduction, mandatory_rows
from gisplanner.services.pipes.hand import Hand, Wish
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.streets import Streets
from gisplanner.text import Text

_WAYS: Final = {"north": (0.0, 1.0), "south": (0.0, -1.0), "east": (1.0, 0.0), "west": (-1.0, 0.0)}
_ALONG: Final = 0.35
"""A street that runs this nearly towards a side has none."""
_DEGREES: Final = (180.0, 90.0)

LyingSides = Mapping[tuple[str, int], int]
"""Side of a corridor edge as it is drawn, by network: 1 left, -1 right."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Wishes as routes and lanes read them."""

    limits: Mapping[int, Limits] = field(default_factory=dict)
    connection: Mapping[tuple[str, int], Floats] = field(default_factory=dict)
    sides: LyingSides = field(default_factory=dict)
    reductions: tuple[Reduction, ...] = ()


@dataclass(slots=True, eq=False)
class _Reading:
    ground: Ground
    corridors: Corridors
    streets: Streets
    before: LyingSides
    forbidden: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    forced: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    connection: dict[tuple[str, int], Floats] = field(default_factory=dict)
    sides: dict[tuple[str, int], int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def told_to_routes(
    hand: Hand, ground: Ground, corridors: Corridors, streets: Streets, before: LyingSides | None = None
) -> Told:
    """Return the wishes, and the connections the data names, as limits of the demands.

    Parameters
    ----------
    before
        Sides on which networks lie in the plan that ``other`` sides differ from.

    Raises
    ------
    InputError
        A network, street or building is not there, or a clause leaves no room; all of them.
    """
    reading = _Reading(ground, corridors, streets, before or {})
    for utility, building, at in ground.connections:
        demands = [k for k, one in enumerate(ground.demands) if one.utility == utility]
        _connect(reading, demands, building, at, Fault(layer="connections", column="building", value=building))
    for number, wish in enumerate(hand.wishes):
        _read(reading, number, wish)
    reductions = tuple(one.reduction() for one in hand.exceptions)
    faults = [*reading.faults, *_refused(reductions)]
    if faults:
        raise InputError(Text("人工干预的内容对不上。", en="What the planner says fits nothing here."), faults)
    networks = {*reading.forbidden, *reading.forced}
    limits = {
        k: Limits(frozenset(reading.forbidden.get(k, ())), frozenset(reading.forced.get(k, ()))) for k in networks
    }
    return Told(limits, reading.connection, reading.sides, reductions)


def meant(wish: Wish, demands: Sequence[Demand]) -> list[int]:
    """Return the positions of the demands a wish speaks of."""
    return [k for k, one in enumerate(demands) if wish.network in {"*", one.name, one.utility, network_of(one)}]


def with_own_ducts(demands: tuple[Demand, ...], hand: Hand) -> tuple[Demand, ...]:
    """Return the demands, those that are to lie by themselves marked."""
    apart = {
        k
        for wish in hand.wishes
        if wish.what == "apart"
        for k in meant(wish, demands)
        if demands[k].utility == "telecom"
    }
    return tuple(replace(one, own_duct=k in apart) for k, one in enumerate(demands))


def sides_of(streets: Sequence[Street]) -> dict[tuple[str, int], int]:
    """Return on which side of each corridor edge, as it is drawn, each network lies."""
    return {
        (name, edge): 1 if (offset >= 0.0) != against else -1
        for street in streets
        for name, offset in street.offset_m.items()
        for edge, against in zip(street.stroke.edges, street.stroke.reverse, strict=True)
    }


def _read(reading: _Reading, number: int, wish: Wish) -> None:
    demands = meant(wish, reading.ground.demands)
    if not demands:
        known = "、".join(one.name for one in reading.ground.demands)
        reading.faults.append(Fault(row=number, column="network", value=wish.network, allowed=known))
    if wish.what == "move" and wish.at is not None and wish.building is not None:
        at = _metres(reading.ground, wish.at)
        _connect(reading, demands, wish.building, at, Fault(row=number, column="building", value=wish.building))
        return
    edges = _edges(reading, number, wish)
    if wish.what == "side":
        _choose_side(reading, wish, demands, edges)
        return
    for k in demands:
        if wish.what == "forbid":
            reading.forbidden[k] |= edges
        elif wish.what in {"force", "lock"}:
            reading.forced[k] |= edges
        if wish.what == "lock":
            reading.forbidden[k] |= set(np.flatnonzero(reading.streets.road >= 0).tolist()) - edges


def _edges(reading: _Reading, number: int, wish: Wish) -> set[int]:
    streets = reading.streets
    found: set[int] = set() if wish.streets else set(np.flatnonzero(streets.road >= 0).tolist())
    for name in wish.streets:
        edges = streets.called(name)
        if edges is None:
            known = "、".join(dict.fromkeys(streets.name[:20]))
            reading.faults.append(Fault(row=number, column="streets", value=name, allowed=known))
        found |= edges or set()
    return found


def _choose_side(reading: _Reading, wish: Wish, demands: Sequence[int], edges: set[int]) -> None:
    networks = {network_of(reading.ground.demands[k]) for k in demands}
    if wish.side == "other":
        reading.sides |= {
            (name, edge): -side for (name, edge), side in reading.before.items() if name in networks and edge in edges
        }
        return
    way = np.array(_WAYS[str(wish.side)])
    for edge in edges:
        first, last = shapely.get_coordinates(reading.corridors.geometry[edge])[[0, -1]]
        left = np.array([-(last - first)[1], (last - first)[0]])
        towards = float(left @ way) / max(float(np.hypot(*left)), 1e-9)
        if abs(towards) >= _ALONG:
            reading.sides |= dict.fromkeys(((name, edge) for name in networks), 1 if towards > 0 else -1)


def _connect(reading: _Reading, demands: Sequence[int], building: str, at: Floats, unknown: Fault) -> None:
    """Keep the service line nearest to the point, and forbid the building's others to the networks."""
    names = {str(name): row for row, name in enumerate(reading.ground.buildings.index)}
    row = names.get(str(building))
    if row is None:
        reading.faults.append(unknown)
        return
    own = np.flatnonzero(reading.corridors.building == row)
    if not own.size:  # told among the buildings without a side that can be reached
        return
    apart = [float(np.hypot(*(np.array(line.coords[0]) - at))) for line in reading.corridors.geometry[own]]
    chosen = int(own[int(np.argmin(apart))])
    for k in demands:
        reading.forbidden[k] |= set(own.tolist()) - {chosen}
        reading.connection[network_of(reading.ground.demands[k]), row] = at


def _metres(ground: Ground, at: tuple[float, float]) -> Floats:
    if abs(at[0]) <= _DEGREES[0] and abs(at[1]) <= _DEGREES[1]:
        return np.array(Transformer.from_crs("EPSG:4326", ground.crs, always_xy=True).transform(*at))
    return np.array(at)


def _refused(reductions: Sequence[Reduction]) -> list[Fault]:
    known, standards = {*utilities(), BUILDING}, clearance_standards()
    faults = []
    for number, one in enumerate(reductions):
        faults += [
            Fault(row=number, column=column, value=value, allowed="、".join(sorted(known)))
            for column, value in (("a", one.a), ("b", one.b))
            if value not in known
        ]
        faults += [
            Fault(
                row=number,
                column="to_m",
                value=f"{one.a}–{one.b} {one.to_m:g} m",
                allowed=f"≥ {row.min_m:g} m",
                hint=Text(f"{row.shown} 是强制性条文", en=f"{row.shown} is mandatory"),
            )
            for row in mandatory_rows(standards, one)
        ]
    return faults
