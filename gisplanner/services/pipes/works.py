"""The works of a plan on one calendar (一次开挖、先地下后地上): sections, cut-overs, ways kept, notices."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd

from gisplanner.errors import InfeasibleError
from gisplanner.planning.pipes.calendar import (
    Calendar,
    CutOver,
    Pace,
    Section,
    Shut,
    Ways,
    calendar_faults,
    plan_calendar,
    shut_in,
    working_days,
)
from gisplanner.services.networks.gas_watch import refuse_unwatched
from gisplanner.services.pipes.digs import digs_of
from gisplanner.services.pipes.kept_access import USES, Replacement, Use, replacements, ways_of
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.sections import cut_overs_of, sections_of

MOST_CREWS: Final = 12
_TRIES: Final = 200
_WINDOW_USED: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Works:
    """Works of a plan.

    Attributes
    ----------
    sections
        Stretches of street, each opened once.
    edges
        Section of each corridor edge that is opened.
    calendar
        Works and outages; held to the pace, which says how many crews it takes.
    replaced
        What stands in for the way of a building that a section cuts off while it is open.
    shut
        By use, days on which sections open together shut somebody in; none in a plan that holds.
    faults
        What the separate checker finds; none in a plan that holds.
    """

    sections: tuple[Section, ...]
    edges: Mapping[int, str]
    cut_overs: tuple[CutOver, ...]
    pace: Pace
    start: date
    deadline: date
    calendar: Calendar
    replaced: tuple[Replacement, ...]
    shut: dict[Use, tuple[Shut, ...]]
    faults: tuple[str, ...]


def plan_works(
    result: PipesPlan, start: date, deadline: date, pace: Pace | None = None, *, time_limit_s: float = 2.0
) -> Works:
    """Return the works of a plan on a calendar, with as many crews as the deadline takes.

    Raises
    ------
    InfeasibleError
        It does not fit before the deadline, whatever the crews.
    InputError
        The deadline is before the start, or in a year without known holidays.
    RefusedError
        A section lies beside a gas line on a day nobody watches: no such day enters a calendar.
    """
    made, section = _works(result, start, deadline, pace, time_limit_s=time_limit_s)
    if result.ground.watch is not None:
        refuse_unwatched(result.ground.watch, digs_of(result, section, made.calendar))
    return made


def wanted_digs(result: PipesPlan, start: date, deadline: date, *, time_limit_s: float = 2.0) -> gpd.GeoDataFrame:
    """Return what the works of a plan would dig and when: what the gas company is asked to agree to and to watch.

    Raises
    ------
    InfeasibleError, InputError
        As :func:`plan_works`.
    """
    made, section = _works(result, start, deadline, None, time_limit_s=time_limit_s)
    return digs_of(result, section, made.calendar)


def _works(
    result: PipesPlan, start: date, deadline: date, pace: Pace | None, *, time_limit_s: float
) -> tuple[Works, dict[int, str]]:
    """Return the works, whoever watches, and the section of each street edge."""
    sections, street = sections_of(result)
    cut_overs = cut_overs_of(result, street)
    ways = {use: ways_of(result, street, use) for use in USES}
    chosen = pace or _pace(cut_overs, start, deadline)
    while True:
        try:
            calendar = _scheduled(
                sections, cut_overs, ways, span=(start, deadline), pace=chosen, time_limit_s=time_limit_s
            )
            break
        except InfeasibleError:
            if pace is not None or chosen.crews >= MOST_CREWS:
                raise
            chosen = replace(chosen, crews=chosen.crews + 1)
    made = Works(
        tuple(sections),
        street,
        tuple(cut_overs),
        chosen,
        start,
        deadline,
        calendar,
        tuple(replacements(result, ways, calendar, [section.id for section in sections])),
        {use: tuple(shut_in(calendar, ways[use])) for use in USES},
        tuple(calendar_faults(calendar, sections, cut_overs, chosen, deadline)),
    )
    return made, street


def _pace(cut_overs: Sequence[CutOver], start: date, deadline: date) -> Pace:
    """Return the pace at which all cut-overs fit their window; how many a day stands in the result."""
    plain = Pace()
    days = max(min(len(working_days(start, deadline)), plain.cut_over_window_days), 1) if start <= deadline else 1
    needed = math.ceil(len(cut_overs) / (days * _WINDOW_USED))
    return replace(plain, cut_overs_a_day=max(plain.cut_overs_a_day, needed))


def _scheduled(
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    ways: dict[Use, Ways],
    *,
    span: tuple[date, date],
    pace: Pace,
    time_limit_s: float,
) -> Calendar:
    """Return a calendar in which no sections open together shut anybody in; pairs that do are kept apart.

    First at once, until nobody is shut in, then with a better order as long as that stays so.
    """
    apart: set[tuple[str, str]] = set()
    until = time.perf_counter() + time_limit_s

    def separated(seconds: float) -> Calendar:
        for _ in range(_TRIES):
            limit = min(seconds, max(until - time.perf_counter(), 0.0))
            calendar = plan_calendar(
                sections,
                cut_overs,
                start=span[0],
                deadline=span[1],
                pace=pace,
                apart=sorted(apart),
                time_limit_s=limit,
            )
            fresh = {_worst_pair(own, one) for own in ways.values() for one in shut_in(calendar, own)} - apart
            if not fresh:
                break
            apart.update(fresh)
        return calendar

    try:
        quick = separated(0.0)
    except InfeasibleError:
        return separated(time_limit_s)
    if quick.proven:
        return quick
    try:
        better = separated(time_limit_s)
    except InfeasibleError:
        return quick
    return better if better.working_days < quick.working_days else quick


def _worst_pair(ways: Ways, shut: Shut) -> tuple[str, str]:
    """Return two of the sections without which the others shut nobody in."""
    needed = list(shut.sections)
    for name in shut.sections:
        rest = [other for other in needed if other != name]
        if ways.cut_off(rest) & set(shut.buildings):
            needed = rest
    return needed[0], needed[-1]
