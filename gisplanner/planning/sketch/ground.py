"""The parts of a town on flat ground: cells, streets, strips; metres, lower left corner at the origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from gisplanner.planning.sketch.cluster import Cluster
from gisplanner.planning.sketch.records import Floats
from gisplanner.planning.sketch.slicing import Barrier

PRIMARY, SECONDARY, TERTIARY = 0, 1, 2
RUN_OUT_M: Final = (90.0, 50.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A cell between street centre lines."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width_m(self) -> float:
        """West to east."""
        return self.east - self.west

    @property
    def height_m(self) -> float:
        """South to north."""
        return self.north - self.south


@dataclass(frozen=True, slots=True)
class Pads:
    """Room that wider streets take on each side of a cell."""

    west: float = 0.0
    south: float = 0.0
    east: float = 0.0
    north: float = 0.0


@dataclass(frozen=True, slots=True)
class Street:
    """A straight piece of street on flat ground."""

    start: tuple[float, float]
    end: tuple[float, float]
    level: int
    name: str
    bridge: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """A river or railway: the box between the two streets beside it, and which way it runs."""

    kind: Barrier
    box: Box
    upright: bool


@dataclass(frozen=True, slots=True)
class PlacedCluster:
    """A project in its cell; ``west``/``south`` are where its lower left corner stands."""

    cluster: Cluster
    cell: Box
    west: float
    south: float


@dataclass
class Town:
    """The town on flat ground."""

    extent: Box
    streets: list[Street] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    projects: list[PlacedCluster] = field(default_factory=list)


def run_out(street: Street, extent: Box) -> Street:
    """Let the larger streets go on beyond the town instead of ending at its ring."""
    if street.level == TERTIARY:
        return street
    start, end = np.array(street.start), np.array(street.end)
    ahead = (end - start) / np.hypot(*(end - start))
    edges = np.array([[extent.west, extent.south], [extent.east, extent.north]])
    along = ahead != 0.0
    if (start[along] == edges[:, along]).any():
        start = start - ahead * RUN_OUT_M[street.level]
    if (end[along] == edges[:, along]).any():
        end = end + ahead * RUN_OUT_M[street.level]
    return replace(street, start=(float(start[0]), float(start[1])), end=(float(end[0]), float(end[1])))


def points_along(start: tuple[float, float], end: tuple[float, float], step_m: float) -> Floats:
    """Return points from start to end, at most ``step_m`` apart."""
    a, b = np.array(start), np.array(end)
    count = max(int(np.ceil(np.hypot(*(b - a)) / step_m)), 1)
    points: Floats = a + (b - a) * np.linspace(0.0, 1.0, count + 1)[:, None]
    return points
