"""A calendar at once: the longest sections first, each as early as a crew is free; then cut-overs day by day."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from gisplanner.planning.pipes.calendar.pace import duration, laid_after, works
from gisplanner.planning.pipes.calendar.records import Calendar, CutOver, Outage, Pace, Section, Work


def least_days(sections: Sequence[Section], pace: Pace) -> int:
    """Return working days that no calendar undercuts: work over crews, and the longest section."""
    spans = [duration(section, pace) for section in sections]
    return max(math.ceil(sum(spans) / pace.crews), max(spans, default=0))


def greedy_calendar(
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    days: Sequence[date],
    pace: Pace,
    apart: Sequence[tuple[str, str]] = (),
) -> Calendar | None:
    """Return a calendar, ``None`` where this simple way finds none."""
    opened = _opened(sections, len(days), pace, apart)
    if opened is None:
        return None
    outages = _outages(sections, cut_overs, days, pace, opened)
    if outages is None:
        return None
    done = []
    for section in sections:
        begin = opened[section.id]
        for kind, count in works(section, pace):
            done.append(Work(section.id, kind, days[begin], days[begin + count - 1]))
            begin += count
    last = max((opened[section.id] + duration(section, pace) for section in sections), default=0)
    return Calendar(
        works=tuple(sorted(done, key=lambda work: (work.first, work.section, work.last))),
        outages=tuple(sorted(outages, key=lambda one: (one.day, one.building, one.network))),
        working_days=last,
        working_days_at_least=least_days(sections, pace),
    )


def _opened(
    sections: Sequence[Section], days: int, pace: Pace, apart: Sequence[tuple[str, str]]
) -> dict[str, int] | None:
    """Return the day each section is opened."""
    clash: dict[str, set[str]] = defaultdict(set)
    for one, other in apart:
        clash[one].add(other)
        clash[other].add(one)
    opened: dict[str, int] = {}
    span = {section.id: duration(section, pace) for section in sections}
    busy: Counter[int] = Counter()
    for section in sorted(sections, key=lambda one: (-span[one.id], one.id)):
        taken = {
            day
            for other in clash[section.id] & opened.keys()
            for day in range(opened[other], opened[other] + span[other])
        }
        begin = next(
            (
                day
                for day in range(days - span[section.id] + 1)
                if all(busy[d] < pace.crews and d not in taken for d in range(day, day + span[section.id]))
            ),
            None,
        )
        if begin is None:
            return None
        opened[section.id] = begin
        busy.update(range(begin, begin + span[section.id]))
    return opened


def _outages(
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    days: Sequence[date],
    pace: Pace,
    opened: dict[str, int],
) -> list[Outage] | None:
    """Return cut-overs from the first day of the window on: buildings with most left come first."""
    known = {section.id: section for section in sections}
    ready = {
        one: max([0, *(opened[name] + laid_after(known[name], one.needs, pace) for name in one.after)])
        for one in cut_overs
    }
    left = dict(ready)
    found: list[Outage] = []
    for day in range(max(len(days) - pace.cut_over_window_days, 0), len(days)):
        more = Counter(one.building for one in left)
        chosen: dict[str, CutOver] = {}
        for one in sorted(left, key=lambda one: (-more[one.building], one.building, one.network)):
            if len(chosen) < pace.cut_overs_a_day and one.building not in chosen and left[one] <= day:
                chosen[one.building] = one
        for building, one in chosen.items():
            found.append(Outage(building, one.network, days[day]))
            del left[one]
    return None if left else found
