"""The weekly bulletin (调度通报): what a bureau prints about the works every week."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gisplanner.domain.indicators import IndicatorTable
from gisplanner.domain.progress import DeadlineState, ProgressState


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project: where it stands, what it needs for the next stage, who is responsible, and its deadlines."""

    code: str
    name: str
    estates: int
    households: int | None
    stage: str | None
    since: str | None
    next_stage: str | None
    open_gates: tuple[str, ...]
    deadlines: tuple[DeadlineState, ...]
    units: tuple[str, ...] = ()
    """Responsible units of the present stage (责任单位), in the words of the document."""
    demolished: tuple[int, int] | None = None
    """Cases pulled down (拆除) and all cases; ``None`` when none is recorded."""
    funds: tuple[Decimal, Decimal] | None = None
    """Money in place and planned, in yuan; ``None`` when no plan is recorded."""

    @property
    def worst_lag(self) -> DeadlineState | None:
        """Return the deadline it is most behind on today."""
        return max((one for one in self.deadlines if one.behind), key=lambda one: one.lag_days or 0, default=None)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A bulletin as of the day of its state."""

    title: str
    state: ProgressState
    baseline: str
    projects: tuple[ProjectLine, ...]
    documents: tuple[str, ...]
    tables: tuple[IndicatorTable, ...] = ()
    """Indicators of the district, its sub-districts and its areas, in this order."""
    briefing: str | None = None
    """The passage that demands the bulletin, with its document."""

    @property
    def illustrative(self) -> bool:
        """Return whether anything told is an example."""
        return self.state.illustrative or any(one.illustrative for one in self.tables)
