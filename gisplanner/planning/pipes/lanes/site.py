"""The ground as lanes see it: room, places, lines that stay, sides that are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.lanes.fit import Distances
from gisplanner.planning.pipes.lanes.room import Room


@dataclass(frozen=True, slots=True)
class Fixed:
    """A line that is there and stays, beside a street edge: its axis, left of the centre line, and its room."""

    name: str
    offset_m: float
    apart_m: Mapping[str, float]
    """Distance of the axes by planned utility."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """The ground as lanes see it.

    Attributes
    ----------
    place
        Place of each corridor edge: a city road or a courtyard.
    fixed
        Existing lines along corridor edges.
    sides
        Where a planner wants a network to lie: 1 left, -1 right of a corridor edge as it is drawn.
    turned
        Corridor edges on which the order of the standard starts on the left side of the street, not the right.
    red_line
        Corridor edges on one side of a wide road: 1 where its red line is on their left, -1 on their right. There the
        order of the standard starts at the red line.
    """

    corridors: Corridors
    room: Room
    place: tuple[Place, ...]
    distances: Distances
    fixed: Mapping[int, tuple[Fixed, ...]] = field(default_factory=dict)
    sides: Mapping[tuple[str, int], int] = field(default_factory=dict)
    turned: frozenset[int] = frozenset()
    red_line: Mapping[int, int] = field(default_factory=dict)
