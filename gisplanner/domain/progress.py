"""Progress of the works (进度): what happened to a project, where each estate stands, and the rates told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from gisplanner.domain.profile import Progress, StageSpec

Weight = Literal["estates", "households", "buildings", "floor_area"]
"""What an estate counts in a rate: 小区数, 户数, 栋数 or 面积. No percentage without its weight's name."""


@dataclass(frozen=True, slots=True)
class StageEvent:
    """A project reached a stage on a day. ``illustrative`` events are examples (示例进度), not facts."""

    project_code: str
    project: str
    stage_no: int
    stage_name: str
    happened_on: date
    evidence: str | None
    illustrative: bool


@dataclass(frozen=True, slots=True)
class StageMoment:
    """A project reached a stage: all that a time slider needs of an event."""

    project_code: str
    stage_no: int
    happened_on: date


FactKind = Literal["date", "gate", "signature", "defect"]
"""What may be recorded of a project besides stages: a day, a precondition, a signature, a defect (验收问题)."""


@dataclass(frozen=True, slots=True)
class ProjectFact:
    """The last word about one thing: a day (公示开始), a tick (前置事项), a signature, a defect open or closed."""

    kind: FactKind
    name: str
    done: bool
    happened_on: date
    evidence: str | None
    illustrative: bool


@dataclass(frozen=True, slots=True)
class BaselineRef:
    """The issued plan that percentages refer to."""

    version: int
    document_number: str
    document_title: str


@dataclass(frozen=True, slots=True)
class EstateProgress:
    """An estate of the plan and the stage its project has reached; ``stage_no`` is ``None`` without any record."""

    estate_code: str
    name: str | None
    subdistrict: str | None
    community: str | None
    project_code: str | None
    project: str | None
    households: int | None
    buildings: int | None
    floor_area_10k_m2: Decimal | None
    stage_no: int | None
    stage_name: str | None
    since: date | None
    illustrative: bool
    progress: Progress


DeadlineStatus = Literal["in_time", "late", "overdue", "open", "unknown"]
"""Reached in time, reached late, not reached and overdue (滞后), not due yet, or no date to judge by."""


@dataclass(frozen=True, slots=True)
class ProjectDays:
    """The days of one project: of its stages by number, and of what is recorded by name (开工, 完工 …)."""

    code: str
    name: str
    plan_year: int | None
    stages: dict[int, date]
    dates: dict[str, date]


@dataclass(frozen=True, slots=True)
class DeadlineState:
    """One project against one deadline (期限); several may apply, each is judged by itself.

    ``lag_days`` (滞后天数) is negative when early; for a project that has not got there it counts up to the day
    of the report. ``inherited`` deadlines apply by inference only (推定); ``soft`` ones say 力争 or 原则上.
    """

    project_code: str
    project: str
    key: str
    title: str
    event: str
    due: date | None
    happened_on: date | None
    lag_days: int | None
    status: DeadlineStatus
    soft: bool
    inherited: bool
    quote: str
    document: str

    @property
    def behind(self) -> bool:
        """Return whether the project is behind on it today (滞后): overdue and not reached."""
        return self.status == "overdue"


@dataclass(frozen=True, slots=True)
class ProgressState:
    """Where all estates of a plan stand on a day."""

    as_of: date
    baseline: BaselineRef | None
    stages: tuple[StageSpec, ...]
    estates: tuple[EstateProgress, ...]
    deadlines: tuple[DeadlineState, ...] = ()

    @property
    def behind(self) -> frozenset[str]:
        """Return the codes of the projects that are behind a deadline (滞后)."""
        return frozenset(one.project_code for one in self.deadlines if one.behind)

    @property
    def illustrative(self) -> bool:
        """Return whether any stage shown is an example (示例进度)."""
        return any(estate.illustrative for estate in self.estates)


@dataclass(frozen=True, slots=True)
class StageShare:
    """How much of the plan stands in one stage; ``no`` 0 is «no record»."""

    no: int
    name: str
    estates: int
    amount: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Rates:
    """开工率 and 完工率 by one weight.

    ``total`` and ``amount`` are in the unit of the weight (小区, 户, 栋, 万㎡); percentages have one decimal,
    rounded half up, and are ``None`` when nothing is known. ``unknown`` estates have no figure for this weight
    and are in no percentage.
    """

    weight: Weight
    total: Decimal
    started: Decimal
    completed: Decimal
    started_percent: Decimal | None
    completed_percent: Decimal | None
    unknown: int
    stages: tuple[StageShare, ...]
