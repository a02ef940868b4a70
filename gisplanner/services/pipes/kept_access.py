"""Ways kept while streets are open (施工期通行): on foot to every entrance, for a fire engine to every building.

Beside a trench people pass where ``WALK_M`` of the street is left, engines where ``ENGINE_M`` is. Where neither way
round nor room beside is left, a named measure replaces the way while that section is open.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import shapely

from gisplanner.planning.pipes.calendar import Calendar, Ways, always_replaced
from gisplanner.planning.pipes.corridors.graph import Flags
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.quantities import trenches
from gisplanner.text import Text

WALK_M: Final = 1.2
"""Least width of a way on foot beside a trench (本工具参数)."""
ENGINE_M: Final = 4.0
"""Least clear width of a fire lane (GB 55037-2022 3.4.5, 未核对原文)."""
HOSE_M: Final = 80.0
"""Farthest that a hose is laid from an engine that stands on a street still open (本工具参数)."""
_HARDLY_MM: Final = 10_000
_ON_FOOT: Final = frozenset({"footway", "path", "steps", "pedestrian", "corridor"})

Use = Literal["walk", "fire"]
USES: Final[tuple[Use, ...]] = ("walk", "fire")
USE_NAMES: Final = {
    "walk": Text("行人出入", en="way on foot"),
    "fire": Text("消防车通行", en="fire access"),
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands in for the way of a building while a section is open (替代通道).

    Attributes
    ----------
    first, last
        Days on which the section is open.
    """

    section: str
    building: str
    use: Use
    measure: Text
    first: date
    last: date


def ways_of(result: PipesPlan, section: dict[int, str], use: Use) -> Ways:
    """Return the streets by which buildings are reached, and which section closes each.

    The town begins at city roads; where the data has none, where streets end.
    """
    corridors, streets = result.corridors, result.streets
    chosen = np.flatnonzero((streets.road >= 0) & _usable(result, use))
    ends = corridors.edges[chosen]
    city = np.array([streets.place[edge] == "municipal_road" for edge in chosen.tolist()], dtype=bool)
    degree = np.bincount(ends.ravel(), minlength=corridors.nodes)
    outside = set(ends[city].ravel().tolist()) or set(np.flatnonzero(degree == 1).tolist())
    if not outside:
        feeds = (corridors.edges[:, 0] >= corridors.buildings) & (streets.road < 0)
        outside = set(corridors.edges[feeds, 1].tolist())
    beside = _beside_trench_m(result) >= (WALK_M if use == "walk" else ENGINE_M)
    return Ways(
        ends,
        tuple("" if beside[edge] else section.get(edge, "") for edge in chosen.tolist()),
        tuple(sorted(outside)),
        _doors(result),
    )


def _doors(result: PipesPlan) -> dict[str, tuple[int, ...]]:
    """Return the streets each building opens to: the nearest, and those hardly farther."""
    corridors = result.corridors
    doors: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for edge in np.flatnonzero(corridors.building >= 0).tolist():
        name = str(result.ground.buildings.index[int(corridors.building[edge])])
        doors[name].append((int(corridors.length_mm[edge]), int(corridors.edges[edge, 1])))
    return {
        name: tuple(node for length_mm, node in ones if length_mm <= min(ones)[0] + _HARDLY_MM)
        for name, ones in doors.items()
    }


def _usable(result: PipesPlan, use: Use) -> Flags:
    """Return which edges people or engines can use at all."""
    count = len(result.corridors.edges)
    if use == "walk":
        return np.ones(count, dtype=np.bool_)
    roads = result.ground.roads
    kinds = roads["highway"].isin(_ON_FOOT).to_numpy() if "highway" in roads.columns else np.zeros(len(roads), bool)
    room = result.lanes.room
    wide: Flags = room.left + room.right >= ENGINE_M
    row = result.streets.road
    wide[row >= 0] &= ~kinds[row[row >= 0]]
    return wide


def _beside_trench_m(result: PipesPlan) -> Floats:
    """Return the width left beside the trenches of each edge."""
    left = result.lanes.room.left + result.lanes.room.right
    for trench in trenches(result):
        if trench.street >= 0:
            left[list(trench.edges)] -= trench.width_m
    return left


def replacements(
    result: PipesPlan, ways: dict[Use, Ways], calendar: Calendar, sections: list[str]
) -> list[Replacement]:
    """Return a named measure for every building and section that leaves it no way while open."""
    found = []
    for use in USES:
        for section, buildings in always_replaced(ways[use], sections).items():
            own = [work for work in calendar.works if work.section == section]
            first, last = min(work.first for work in own), max(work.last for work in own)
            for building in sorted(buildings):
                measure = _PLATES if use == "walk" else _engine_stands(result, ways[use], section, building)
                found.append(Replacement(section, building, use, measure, first, last))
    return found


_PLATES: Final = Text("跨沟钢板便道，加护栏、夜间警示灯", en="steel plates with rails and lamps across the trench")


def _engine_stands(result: PipesPlan, ways: Ways, section: str, building: str) -> Text:
    """Return where an engine stands instead: on the nearest street still reached, else on plates over the trench."""
    row = [str(name) for name in result.ground.buildings.index].index(building)
    wall = result.ground.buildings.geometry.iloc[row]
    chosen = np.flatnonzero((result.streets.road >= 0) & _usable(result, "fire"))
    open_ = chosen[ways.reached((section,))]
    apart = shapely.distance(result.corridors.geometry[open_], wall)
    if apart.size and float(apart.min()) <= HOSE_M:
        street = result.streets.name_of(int(open_[int(apart.argmin())]))
        metres = float(apart.min())
        return Text(
            f"消防车停「{street}」，出水带约 {metres:.0f} m，报消防救援站备案",
            en=f"engine stands on {street}, about {metres:.0f} m of hose, told to the fire station",
        )
    return Text(
        "沟上铺 30 t 级钢板，随时可撤围挡，报消防救援站备案",
        en="30 t plates over the trench, told to the fire station",
    )
