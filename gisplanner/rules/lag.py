"""Lag (滞后天数): each project against each deadline, judged by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from gisplanner.domain.policy_works import Deadline
from gisplanner.domain.profile import Profile, StageSpec
from gisplanner.domain.progress import DeadlineState, DeadlineStatus, ProjectDays
from gisplanner.rules.deadlines import due, event_words
from gisplanner.rules.words import stands_in


def event_day(event: str, project: ProjectDays, stages: Sequence[StageSpec]) -> date | None:
    """Return the day of an event: the one recorded by its name, else that of the stage which means it."""
    words = event_words(event)
    told = next((day for name, day in project.dates.items() if stands_in(name, words)), None)
    if told is not None:
        return told
    meant = [stage.no for stage in stages if event in stage.events]
    days = [project.stages[no] for no in meant if no in project.stages]
    return min(days, default=None)


def lags(profile: Profile, projects: Iterable[ProjectDays], as_of: date) -> tuple[DeadlineState, ...]:
    """Return every project against every deadline of the document, in their order.

    Parameters
    ----------
    projects
        Days up to ``as_of``.
    as_of
        Day up to which the lag of what has not happened counts.
    """
    return tuple(_judged(profile, one, rule, as_of) for one in projects for rule in profile.deadlines)


def _judged(profile: Profile, project: ProjectDays, rule: Deadline, as_of: date) -> DeadlineState:
    last, happened = due(rule, project.plan_year), event_day(rule.event, project, profile.stages)
    lag = None if last is None else ((happened or as_of) - last).days
    return DeadlineState(
        project_code=project.code,
        project=project.name,
        key=rule.key,
        title=rule.title,
        event=rule.event,
        due=last,
        happened_on=happened,
        lag_days=lag,
        status=_status(lag, happened),
        soft=rule.strength != "hard",
        inherited=rule.inherited,
        quote=rule.quote,
        document=rule.document,
    )


def _status(lag: int | None, happened: date | None) -> DeadlineStatus:
    if lag is None:
        return "unknown"
    if happened is not None:
        return "late" if lag > 0 else "in_time"
    return "overdue" if lag > 0 else "open"
