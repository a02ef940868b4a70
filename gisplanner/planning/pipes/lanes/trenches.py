"""Trenches (管沟): lanes that lie close share one excavation; how long, wide and deep it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Flags
from gisplanner.planning.pipes.lanes.design import MAINS, SERVICES
from gisplanner.planning.pipes.lanes.layout import Street
from gisplanner.planning.pipes.lanes.plan import LanePlan

SHARED_GAP_M: Final = 1.0
"""Lines whose walls are no farther apart lie in one excavation (本工具参数)."""
WORKING_M: Final = 0.3
"""Room beside the outermost lines (本工具参数)."""
BED_M: Final = 0.1


@dataclass(frozen=True, slots=True)
class Trench:
    """A stretch of excavation.

    Attributes
    ----------
    street
        Position of the street, -1 for service lines.
    edges
        Corridor edges it runs along, or the one of the service line.
    """

    street: int
    networks: tuple[str, ...]
    edges: tuple[int, ...]
    length_m: float
    width_m: float
    depth_m: float

    @property
    def volume_m3(self) -> float:
        """Return the ground that is dug out."""
        return self.length_m * self.width_m * self.depth_m


def trenches_of(plan: LanePlan, corridors: Corridors, used: Mapping[str, Flags]) -> list[Trench]:
    """Return the excavations of a plan: streets by groups of lanes, then service lines."""
    deepest: dict[tuple[int, str], float] = {}
    for k, one in enumerate(plan.lines):
        if not one.overhead:
            bottom = float(plan.depths.deepest_m[k]) + one.design.height_m + BED_M
            key = (one.street, one.network)
            deepest[key] = max(deepest.get(key, 0.0), bottom)
    found: list[Trench] = []
    for number, street in enumerate(plan.layout.streets):
        found += _of_street(number, street, corridors, used, deepest)
    return found + _services(plan)


def _of_street(
    number: int,
    street: Street,
    corridors: Corridors,
    used: Mapping[str, Flags],
    deepest: Mapping[tuple[int, str], float],
) -> list[Trench]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for edge in street.stroke.edges:
        if not corridors.blocked[edge]:
            lanes = sorted((street.offset_m[name], name) for name in street.offset_m if used[name][edge])
            for group in _groups(lanes):
                groups.setdefault(group, []).append(edge)
    return [
        Trench(
            number,
            group,
            tuple(edges),
            float(corridors.length_mm[edges].sum()) / 1000.0,
            _width(street, group),
            max(deepest.get((number, name), 0.0) for name in group),
        )
        for group, edges in groups.items()
    ]


def _outer_m(name: str) -> float:
    return MAINS[name.split(":", maxsplit=1)[0]].width_m


def _groups(lanes: list[tuple[float, str]]) -> list[tuple[str, ...]]:
    groups: list[list[tuple[float, str]]] = []
    for offset, name in lanes:
        if groups:
            before, other = groups[-1][-1]
            if offset - before - (_outer_m(name) + _outer_m(other)) / 2.0 <= SHARED_GAP_M:
                groups[-1].append((offset, name))
                continue
        groups.append([(offset, name)])
    return [tuple(name for _, name in group) for group in groups]


def _width(street: Street, group: tuple[str, ...]) -> float:
    left = max(street.offset_m[name] + _outer_m(name) / 2.0 for name in group)
    right = min(street.offset_m[name] - _outer_m(name) / 2.0 for name in group)
    return left - right + 2.0 * WORKING_M


def _services(plan: LanePlan) -> list[Trench]:
    found: dict[tuple[str, int], Trench] = {}
    for k, one in enumerate(plan.lines):
        if one.part == "service" and not one.overhead:
            width = SERVICES[one.utility].width_m + 2.0 * WORKING_M
            bottom = float(plan.depths.deepest_m[k]) + one.design.height_m + BED_M
            found[one.network, one.stub] = Trench(
                -1, (one.network,), (one.stub,), float(one.line.length), width, bottom
            )
    return list(found.values())
