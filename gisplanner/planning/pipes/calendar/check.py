"""An independent look at a calendar: every rule again, from the dates alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from gisplanner.planning.pipes.calendar.days import working_days
from gisplanner.planning.pipes.calendar.records import SURFACE, Calendar, CutOver, Pace, Section, Work


def calendar_faults(
    calendar: Calendar, sections: Sequence[Section], cut_overs: Sequence[CutOver], pace: Pace, deadline: date
) -> list[str]:
    """Return every broken rule in words for a developer; empty for a calendar that holds."""
    by_section: dict[str, list[Work]] = defaultdict(list)
    for work in calendar.works:
        by_section[work.section].append(work)
    faults = [fault for section in sections for fault in _section_faults(section, by_section[section.id], pace)]
    busy = Counter(day for work in calendar.works for day in working_days(work.first, work.last))
    faults += [f"{count} works on {day}" for day, count in busy.items() if count > pace.crews]
    laid = {(work.section, work.kind): work.last for work in calendar.works}
    asked = Counter((one.building, one.network) for one in cut_overs)
    if asked != Counter((one.building, one.network) for one in calendar.outages):
        faults.append("outages differ from the cut-overs")
    after = {(one.building, one.network): one for one in cut_overs}
    for outage in calendar.outages:
        if working_days(outage.day, outage.day) == [] or outage.day > deadline:
            faults.append(f"{outage} is no working day before the deadline")
        faults += [
            f"{outage} before {section} is laid"
            for section, line in _needed(after.get((outage.building, outage.network)))
            if outage.day <= laid.get((section, line), date.max)
        ]
        window = working_days(outage.day, deadline)
        if len(window) > pace.cut_over_window_days:
            faults.append(f"{outage} before the window")
    both = Counter((one.building, one.day) for one in calendar.outages)
    faults += [f"{building} loses {count} services on {day}" for (building, day), count in both.items() if count > 1]
    crowd = Counter(one.day for one in calendar.outages)
    faults += [f"{count} cut-overs on {day}" for day, count in crowd.items() if count > pace.cut_overs_a_day]
    faults += [f"{work} after the deadline" for work in calendar.works if work.last > deadline]
    return faults


def _needed(cut: CutOver | None) -> list[tuple[str, str]]:
    return [] if cut is None else [(section, cut.needs) for section in cut.after]


def _section_faults(section: Section, works: list[Work], pace: Pace) -> list[str]:
    order = sorted(works, key=lambda work: work.first)
    depth = dict(section.lines)
    faults = []
    if Counter(work.kind for work in works) != Counter([*depth, SURFACE]):
        faults.append(f"{section.id}: works {[work.kind for work in works]}")
    if order and order[-1].kind != SURFACE:
        faults.append(f"{section.id}: something is dug after the surface")
    for work, later in pairwise(order):
        if later.first <= work.last or working_days(work.last + timedelta(days=1), later.first)[:1] != [later.first]:
            faults.append(f"{section.id}: {work.kind} and {later.kind} do not follow each other: opened twice")
        if later.kind != SURFACE and depth.get(work.kind, -1.0) < depth[later.kind]:
            faults.append(f"{section.id}: shallow {work.kind} before deep {later.kind}")
    for work in works:
        speed = pace.surface_m_a_day if work.kind == SURFACE else pace.lay_m_a_day
        if len(working_days(work.first, work.last)) * speed < section.length_m:
            faults.append(f"{section.id}: too little time for {work.kind}")
    return faults
