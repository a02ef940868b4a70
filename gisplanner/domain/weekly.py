"""The weekly bulletin (调度通报): what a bureau prints about the works every week."""

from __future__ import annotations

from dataclasses import dataclass

from gisplanner.domain.progress import DeadlineState, ProgressState


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project: where it stands, what it needs for the next stage, and its deadlines."""

    code: str
    name: str
    estates: int
    households: int | None
    stage: str | None
    since: str | None
    next_stage: str | None
    open_gates: tuple[str, ...]
    deadlines: tuple[DeadlineState, ...]


@dataclass(frozen=True, slots=True)
class Weekly:
    """A bulletin as of the day of its state."""

    title: str
    state: ProgressState
    baseline: str
    projects: tuple[ProjectLine, ...]
    documents: tuple[str, ...]
