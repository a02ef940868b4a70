"""Clearances (净距) of lines: what is known of a line, what a pair requires, what a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gisplanner.domain.clearance_tables import ClearanceRule, CoverRule, YieldStep

LineId = int | str
ConflictKind = Literal["horizontal", "vertical", "building", "tree", "pole", "kerb", "cover"]
"""Two lines side by side, two that cross, a line and a building, a tree, a pole or a kerb, a line and the ground."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is known of a line that decides its class; ``None`` is unknown, never a default.

    ``pressure`` may also be ``medium``: the stricter of the two medium classes counts.
    """

    utility: str
    pressure: str | None = None
    diameter_mm: float | None = None
    material: str | None = None
    voltage_kv: float | None = None
    laying: str | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the deciding rule asks of a pair, an interval where the class of a line is not known.

    Attributes
    ----------
    lower_m, upper_m
        Least and greatest requirement among the classes that are possible.
    lower_rule, upper_rule
        The rows that give them.
    open_ended
        Whether in some possible case no row, or a greater one unknown here, applies.
    preferred_m
        Upper end of a range in the standard: advised, not required.
    advice
        Rows of other standards that ask for more than the deciding one.
    """

    lower_m: float
    upper_m: float
    lower_rule: ClearanceRule | CoverRule
    upper_rule: ClearanceRule | CoverRule
    open_ended: bool = False
    preferred_m: float | None = None
    advice: tuple[ClearanceRule | CoverRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ClearanceConflict:
    """A pair that keeps less than its rule asks (净距冲突).

    Attributes
    ----------
    a, b
        Ids of the lines, ``a`` before ``b``; of a building, a tree, a pole or a kerb its id, of cover ``None``.
    measured_m
        Clear distance: between centre lines less both outer radii; in height lower cover less upper cover less
        the upper line's height; for cover the depth of the top.
    required_m
        What the deciding rule asks: its lower end where the verdict is 确定, its upper end where it is 可能.
    length_m
        Metres of the stretches that are too close, of the longer of the two; 0 where lines cross.
    at
        Where the distance is least, metres in the planning CRS; ``None`` for cover.
    yields
        The line that should give way (避让), ``None`` where no rule tells the two apart.
    """

    a: LineId
    b: LineId | None
    kind: ConflictKind
    verdict: Literal["确定", "可能"]
    measured_m: float
    required_m: float
    rule: ClearanceRule | CoverRule
    length_m: float
    at: tuple[float, float] | None
    yields: LineId | None
    yield_step: YieldStep | None
    advice: tuple[ClearanceRule | CoverRule, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownClearance:
    """A pair nobody can judge (资料不足): ``missing`` names empty columns, or ``rule`` where no row covers it."""

    a: LineId
    b: LineId | None
    kind: ConflictKind
    missing: tuple[str, ...]
    measured_m: float | None
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class AdvisedClearance:
    """A pair that keeps the lower end of a range in the standard, not the upper one: allowed, not advised."""

    a: LineId
    b: LineId
    kind: Literal["horizontal"]
    measured_m: float
    preferred_m: float
    rule: ClearanceRule


@dataclass(frozen=True, slots=True)
class ClearanceReport:
    """What a check of all lines found; records in the order of their ids.

    Attributes
    ----------
    checked_pairs
        Pairs of lines, and of a line and a building, a tree, a pole or a kerb, that were near enough to be compared.
    without_depth
        Lines whose cover nobody stated.
    overhead, abandoned
        Lines left out: no buried clearance applies to them.
    """

    conflicts: tuple[ClearanceConflict, ...]
    unknown: tuple[UnknownClearance, ...]
    advice: tuple[AdvisedClearance, ...]
    checked_pairs: int
    without_depth: int
    overhead: int
    abandoned: int
