"""Trenches, surfaces and cut-overs on days (施工日历): sections in a good order, and what no order undercuts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from gisplanner.errors import Fault, InfeasibleError, InputError, InternalError
from gisplanner.planning.pipes.calendar.check import calendar_faults
from gisplanner.planning.pipes.calendar.cuts import Cuts, cuts_of
from gisplanner.planning.pipes.calendar.days import working_days
from gisplanner.planning.pipes.calendar.least import least_days, proven_least_days
from gisplanner.planning.pipes.calendar.lists import Blocks, blocks_of
from gisplanner.planning.pipes.calendar.pace import works
from gisplanner.planning.pipes.calendar.records import Calendar, CutOver, Outage, Pace, Section, Work
from gisplanner.planning.pipes.calendar.search import best_begins
from gisplanner.text import Text


def plan_calendar(
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    *,
    start: date,
    deadline: date,
    pace: Pace | None = None,
    apart: Sequence[tuple[str, str]] = (),
    time_limit_s: float = 2.0,
) -> Calendar:
    """Return a calendar that ends as early as can be found.

    Each section is opened once: its lines are laid one after another, deep before shallow, then the surface closes
    it (先地下后地上). Cut-overs lie in the last ``pace.cut_over_window_days`` working days before the deadline
    (倒排割接), after the lines they need; no building loses two services on one day.

    Parameters
    ----------
    apart
        Pairs of sections that may not be open on one day.
    time_limit_s
        Seconds to look for a better order; 0 takes the first that fits.

    Raises
    ------
    InputError
        Sections or cut-overs that contradict each other, or a year whose holidays are not known.
    InfeasibleError
        It does not fit before the deadline; says what does not.

    Examples
    --------
    >>> found = plan_calendar(
    ...     [Section("东巷", 60.0, (("water", 1.2), ("sewage", 2.0)))], [CutOver("1 栋", "water", ("东巷",))],
    ...     start=date(2024, 9, 2), deadline=date(2024, 9, 30),
    ... )
    >>> [(work.kind, work.first.day, work.last.day) for work in found.works]
    [('sewage', 2, 3), ('water', 4, 5), ('surface', 6, 6)]
    >>> found.working_days, found.proven
    (5, True)
    """
    pace = pace or Pace()
    _refuse_contradictions(sections, cut_overs, start, deadline)
    days = working_days(start, deadline)
    _refuse_too_much(sections, cut_overs, pace, len(days))
    blocks = blocks_of(sections, pace, len(days), apart)
    cuts = cuts_of(sections, cut_overs, pace, len(days))
    if least_days(blocks) > len(days):
        raise _nothing_fits(pace, len(days), sections, cut_overs)
    begins = best_begins(blocks, cuts, time_limit_s=time_limit_s)
    if begins is None:
        raise _nothing_fits(pace, len(days), sections, cut_overs)
    calendar = _calendar(sections, blocks, cuts, begins, days=days, pace=pace)
    faults = calendar_faults(calendar, sections, cut_overs, pace, deadline)
    if faults:
        raise InternalError(Text(f"排出的日历不合规则：{faults[0]}", en=f"The calendar breaks a rule: {faults[0]}"))
    return calendar


def _refuse_contradictions(
    sections: Sequence[Section], cut_overs: Sequence[CutOver], start: date, deadline: date
) -> None:
    known = {(section.id, network) for section in sections for network, _ in section.lines}
    faults = [
        Fault(
            column="after", value=f"{one.building} {one.network} {section}", allowed=Text("已排的路段", en="planned")
        )
        for one in cut_overs
        for section in one.after
        if (section, one.needs) not in known
    ]
    faults += [
        Fault(column="length_m", value=f"{one.id} {one.length_m}", allowed="> 0")
        for one in sections
        if not (math.isfinite(one.length_m) and one.length_m > 0)
    ]
    for what, names in (
        ("sections", [one.id for one in sections]),
        ("cut_overs", [f"{one.building} {one.network}" for one in cut_overs]),
    ):
        faults += [
            Fault(column=what, value=name) for name in sorted({name for name in names if names.count(name) > 1})
        ]
    if deadline < start:
        faults.append(Fault(column="deadline", value=deadline.isoformat(), allowed=f"≥ {start.isoformat()}"))
    if faults:
        raise InputError(Text("施工日历的输入有矛盾。", en="The calendar's input contradicts itself."), faults)


def _refuse_too_much(sections: Sequence[Section], cut_overs: Sequence[CutOver], pace: Pace, days: int) -> None:
    """Name sections and buildings that cannot be done before the deadline whatever the rest does."""
    window = min(pace.cut_over_window_days, days)
    faults = []
    for section in sections:
        needed = sum(count for _, count in works(section, pace))
        if needed > days:
            hint = Text(f"需 {needed} 个工作日，只有 {days} 个", en=f"needs {needed} working days of {days}")
            faults.append(Fault(column="sections", value=section.id, hint=hint))
    services: dict[str, int] = defaultdict(int)
    for one in cut_overs:
        services[one.building] += 1
    for building, count in services.items():
        if count > window:
            hint = Text(f"{count} 项割接，窗口只有 {window} 天", en=f"{count} cut-overs in a window of {window} days")
            faults.append(Fault(column="cut_overs", value=building, hint=hint))
    if faults:
        raise InfeasibleError(Text("期限内排不下。", en="It does not fit before the deadline."), faults)


def _nothing_fits(
    pace: Pace, days: int, sections: Sequence[Section], cut_overs: Sequence[CutOver]
) -> InfeasibleError:
    hints = [
        Fault(column="sections", value=f"{len(sections)}", hint=_work_hint(sections, pace, days)),
        Fault(column="cut_overs", value=f"{len(cut_overs)}", hint=_cut_hint(cut_overs, pace, days)),
    ]
    return InfeasibleError(
        Text("期限内排不下，或在时限内没有找到。", en="It does not fit, or nothing was found in time."), hints
    )


def _calendar(
    sections: Sequence[Section], blocks: Blocks, cuts: Cuts, begins: Sequence[int], *, days: list[date], pace: Pace
) -> Calendar:
    done = []
    for section, opened in zip(sections, begins, strict=True):
        begin = opened
        for kind, count in works(section, pace):
            done.append(Work(section.id, kind, days[begin], days[begin + count - 1]))
            begin += count
    outages = [
        Outage(one.building, one.network, days[day])
        for one, day in zip(cuts.cut_overs, cuts.days(begins) or (), strict=True)
    ]
    last = max(blocks.ends(begins), default=0)
    return Calendar(
        works=tuple(sorted(done, key=lambda work: (work.first, work.section, work.last))),
        outages=tuple(sorted(outages, key=lambda one: (one.day, one.building, one.network))),
        working_days=last,
        working_days_at_least=proven_least_days(blocks, last),
    )


def _work_hint(sections: Sequence[Section], pace: Pace, days: int) -> Text:
    needed = sum(count for section in sections for _, count in works(section, pace))
    return Text(
        f"施工共 {needed} 队·日，{days} 个工作日 × {pace.crews} 队 = {days * pace.crews}",
        en=f"{needed} crew-days of work; {days} working days × {pace.crews} crews = {days * pace.crews}",
    )


def _cut_hint(cut_overs: Sequence[CutOver], pace: Pace, days: int) -> Text:
    window = min(pace.cut_over_window_days, days)
    return Text(
        f"割接 {len(cut_overs)} 次，窗口 {window} 天 × 每天 {pace.cut_overs_a_day} 次",
        en=f"{len(cut_overs)} cut-overs; a window of {window} days × {pace.cut_overs_a_day} a day",
    )
