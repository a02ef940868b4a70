"""Fire lanes (消防车道): what stands beside the plan itself, each with its answer or 资料不足."""

from __future__ import annotations

from dataclasses import dataclass

from gisplanner.domain.fire import FireAnswer, FireId
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Buildings served by the hose rule: every wall corner, or every entrance, within the hose's route."""

    hose_m: float
    basis: Text
    today: tuple[FireId, ...]
    after: tuple[FireId, ...]


@dataclass(frozen=True, slots=True)
class FireGate:
    """A barrier that opens: hours (开放时段), who keeps the key, clear height; and who is served by day and night."""

    layer: str
    id: FireId
    kind: str | None
    hours: str | None
    key_holder: str | None
    height_m: float | None
    answer: FireAnswer
    reason: Text


@dataclass(frozen=True, slots=True)
class FireHours:
    """Buildings served today by day (12:00) and by night (00:00), nothing removed."""

    day: tuple[FireId, ...]
    night: tuple[FireId, ...]


@dataclass(frozen=True, slots=True)
class UnitList:
    """Removals of one responsible unit (责任单位), or of several texts that contradict each other: 需人工认定."""

    units: str
    answer: str
    removals: tuple[FireId, ...]
    cost: float
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LaneDriven:
    """A lane driven by one vehicle from the gate to its end: swept area clear or not; slope and clear height.

    Attributes
    ----------
    forward
        Whether it gets there without reversing.
    reversals
        Changes of direction on the way found; ``None`` where none was found.
    stuck_at
        Where it gets no further, metres in the planning CRS.
    """

    lane: int
    vehicle: str
    answer: str
    reason: Text
    forward: bool
    reversals: int | None
    stuck_at: tuple[float, float] | None
    slope_percent: float | None
    clear_height_m: float | None


@dataclass(frozen=True, slots=True)
class BudgetStep:
    """The most that a budget serves, and what it costs."""

    budget: float
    cost: float
    served: int
    households: float | None
    removals: tuple[FireId, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class HydrantReach:
    """Buildings with a corner beyond the radius of every hydrant: straight, and along a hose's way (stricter).

    Attributes
    ----------
    near_walls
        Hydrants nearer to a wall than ``nearer_wall_than_m`` (宜).
    off_kerb
        Hydrants further beside the edge of every lane than ``kerb_m``.
    by_route, by_route_bound, by_route_proven
        Places to add so that the hose's way reaches every wall point; how many of the places looked at are needed at
        least, and whether that many are told; ``by_route_uncovered`` points no place reaches.
    farthest_lane_m, spacing_m
        How far a lane point is from its nearest hydrant, and half the spacing allowed is as far as it may.
    """

    radius_m: float
    beyond_straight: tuple[FireId, ...]
    beyond_by_route: tuple[FireId, ...]
    nearer_wall_than_m: float
    near_walls: int
    kerb_m: float
    off_kerb: int
    by_route: tuple[tuple[float, float], ...] = ()
    by_route_bound: int = 0
    by_route_proven: bool = True
    by_route_uncovered: int = 0
    farthest_lane_m: float | None = None
    spacing_m: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A thing under or beside a lane that somebody has to look at: tanks, manholes, ducts, high voltage, parking."""

    layer: str
    id: FireId
    kind: str | None
    lane: int
    overlap_m2: float
    reason: Text


@dataclass(frozen=True, slots=True)
class OperatingArea:
    """Climbing ground (登高操作场地) of a building: 符合, 需人工认定, or 资料不足 where its height is not known.

    Attributes
    ----------
    outline
        The ground found, well-known text in the planning CRS.
    """

    building: FireId
    height_m: float | None
    answer: str
    reason: Text
    outline: str | None = None
