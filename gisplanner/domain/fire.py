"""Fire lanes (消防车道): what a plan says of buildings, lanes and removals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gisplanner.text import Text

FireId = int | str
"""The value of a layer's ``id`` column, else the row number from 0; for a district the stored code."""

FireAnswer = Literal["符合", "不符合", "资料不足", "文件未规定"]


@dataclass(frozen=True, slots=True)
class FireRemoval:
    """An obstacle to remove (拆除): what it costs, who would lose access again without it, and whose it is.

    Attributes
    ----------
    width_before_mm, width_after_mm
        Free width of the lane past it today, 0 where it stands in the middle, and the lane's least width afterwards;
        ``None`` where no lane drawn passes.
    moved
        Whether it is moved aside (移位) rather than pulled down.
    """

    obstacle: FireId
    cost: float
    opens: tuple[FireId, ...]
    households: int | None
    kind: str | None = None
    owner: str | None = None
    width_before_mm: int | None = None
    width_after_mm: int | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Unreached:
    """A building no removal opens, and why."""

    building: FireId
    reason: Text


@dataclass(frozen=True, slots=True)
class TightBend:
    """A bend of a middle line tighter than it should be, metres in the planning CRS."""

    at: tuple[float, float]
    radius_m: float


@dataclass(frozen=True, slots=True)
class FireLane:
    """A lane to keep open.

    Attributes
    ----------
    pinch_mm, pinch_at
        Least free width and where, metres in the planning CRS.
    min_radius_m, legal_radius_m
        Tightest bend of the middle line, ``None`` where it is straight; and what it should be.
    tight_bends
        Places of bends tighter than that, with their radii.
    wall_m, near_wall_m
        Least distance from the edge of the lane to a wall of a building; how many metres of the lane lie nearer to
        one than they should (宜).
    dead_end_m, turnaround
        Length of the dead end; ``None`` where no turnaround is asked for, else its size, whether it fits, the middle
        of the square, and the side of the largest of those looked for that fits.
    within_survey_tolerance
        Whether the least width is so near the rule that only a survey decides (需实测).
    """

    id: int
    pinch_mm: int
    pinch_at: tuple[float, float]
    min_radius_m: float | None
    dead_end_m: float
    turnaround: dict[str, Any] | None
    within_survey_tolerance: bool
    length_m: float
    legal_radius_m: float | None = None
    tight_bends: tuple[TightBend, ...] = ()
    wall_m: float | None = None
    near_wall_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Extinguishers:
    """Extinguishers (灭火器) a building needs by the plan's own words, has, and lacks; ``None`` is unknown."""

    building: FireId
    required: int | None
    present: int | None
    short: int | None
    answer: FireAnswer


@dataclass(frozen=True, slots=True)
class Hydrant:
    """A hydrant (消火栓) that is there, or a place for one more, metres in the planning CRS."""

    at: tuple[float, float]
    existing: bool
