"""Lines in their places: what a plan with lanes consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.design import Design

Part = Literal["main", "service"]


@dataclass(frozen=True, slots=True, eq=False)
class PlannedLine:
    """A planned line.

    Attributes
    ----------
    demand
        Position of the network among the demands.
    network
        What has a lane of its own: a demand, or ``telecom`` for all its owners.
    street
        Position of the street, -1 for service lines.
    stub
        Corridor edge of a service line, -1 for mains.
    building
        Row of the building a service line enters, -1 for others.
    joints
        (k, 2) where other lines of the network meet it.
    edges
        Street edges a main stands for.
    """

    demand: int
    network: str
    utility: str
    part: Part
    line: Any
    street: int
    stub: int
    building: int
    overhead: bool
    design: Design
    place: Place
    joints: Floats
    edges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Manhole:
    """A manhole (检查井) of a drain: its place, what leaves it, how deep it is."""

    demand: int
    x: float
    y: float
    station_m: float
    """Metres to the outlet along the pipe."""
    ground_m: float
    invert_m: float
    towards: int
    """Next manhole downstream among those of the network, -1 at the outlet."""
    line: int
    """Line that leaves it; the one that arrives at the outlet."""

    @property
    def depth_m(self) -> float:
        """Return the depth of the invert."""
        return self.ground_m - self.invert_m


@dataclass(frozen=True, slots=True, eq=False)
class Depths:
    """Levels of all lines.

    Attributes
    ----------
    cover_m
        Least cover of each line, NaN overhead.
    deepest_m
        Greatest cover of each line.
    manholes
        Of all drains, by demand.
    """

    cover_m: Floats
    deepest_m: Floats
    manholes: dict[int, tuple[Manhole, ...]]
