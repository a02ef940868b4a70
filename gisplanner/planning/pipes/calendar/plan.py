"""The calendar as an integer programme over working days, solved by HiGHS."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from gisplanner.errors import Fault, InfeasibleError, InputError, InternalError
from gisplanner.planning.pipes.calendar.check import calendar_faults
from gisplanner.planning.pipes.calendar.days import working_days
from gisplanner.planning.pipes.calendar.greedy import greedy_calendar, least_days
from gisplanner.planning.pipes.calendar.pace import duration, laid_after, works
from gisplanner.planning.pipes.calendar.records import Calendar, CutOver, Outage, Pace, Section, Work
from gisplanner.text import Text

MOST_EXACT: Final = 150
"""Sections and cut-overs up to which the integer programme is solved where the quick calendar is not proven."""


@dataclass(slots=True, eq=False)
class _Model:
    """Columns: one for each section and opening day, each cut-over and day, and the last day of work.

    Attributes
    ----------
    opening, outage
        First column of each section and cut-over, and the day it stands for.
    rows
        Constraints: columns, their factors, least and most.
    """

    days: list[date]
    pace: Pace
    opening: dict[str, tuple[int, int]] = field(default_factory=dict)
    outage: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    columns: int = 1
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    def choice(self, first: int, last: int) -> tuple[int, int]:
        """Add columns for the days ``first`` … ``last``, one of which is chosen."""
        begin, count = self.columns, last - first + 1
        self.columns += count
        self.rows.append((list(range(begin, begin + count)), [1.0] * count, 1.0, 1.0))
        return begin, first


def plan_calendar(
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    *,
    start: date,
    deadline: date,
    pace: Pace | None = None,
    apart: Sequence[tuple[str, str]] = (),
    time_limit_s: float = 10.0,
) -> Calendar:
    """Return a calendar that ends as early as can be found.

    Each section is opened once: its lines are laid one after another, deep before shallow, then the surface closes
    it (先地下后地上). Cut-overs lie in the last ``pace.cut_over_window_days`` working days before the deadline
    (倒排割接), after the lines they need; no building loses two services on one day.

    Parameters
    ----------
    apart
        Pairs of sections that may not be open on one day.

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
    model = _Model(working_days(start, deadline), pace)
    _refuse_too_much(sections, cut_overs, model)
    quick = greedy_calendar(sections, cut_overs, model.days, pace, apart)
    calendar = quick
    small = len(sections) + len(cut_overs) <= MOST_EXACT
    if quick is None and not small:
        raise _nothing_fits(model, sections, cut_overs)
    if quick is None or (small and not quick.proven):
        _add_sections(model, sections)
        _add_cut_overs(model, sections, cut_overs)
        _keep_apart(model, sections, apart)
        calendar = _solved(model, sections, cut_overs, time_limit_s, quick)
    assert calendar is not None
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


def _refuse_too_much(sections: Sequence[Section], cut_overs: Sequence[CutOver], model: _Model) -> None:
    """Name sections and buildings that cannot be done before the deadline whatever the rest does."""
    days, window = len(model.days), min(model.pace.cut_over_window_days, len(model.days))
    faults = []
    for section in sections:
        needed = sum(count for _, count in works(section, model.pace))
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


def _add_sections(model: _Model, sections: Sequence[Section]) -> None:
    days = len(model.days)
    busy: dict[int, list[int]] = defaultdict(list)
    for section in sections:
        span = duration(section, model.pace)
        column, _ = model.opening[section.id] = model.choice(0, days - span)
        starts = list(range(days - span + 1))
        for begin in starts:
            for day in range(begin, begin + span):
                busy[day].append(column + begin)
        ends = [-float(begin + span) for begin in starts]
        model.rows.append(([0, *(column + begin for begin in starts)], [1.0, *ends], 0.0, math.inf))
    for columns in busy.values():
        model.rows.append((columns, [1.0] * len(columns), 0.0, float(model.pace.crews)))


def _add_cut_overs(model: _Model, sections: Sequence[Section], cut_overs: Sequence[CutOver]) -> None:
    days = len(model.days)
    first = max(days - model.pace.cut_over_window_days, 0)
    known = {section.id: section for section in sections}
    by_building: dict[tuple[str, int], list[int]] = defaultdict(list)
    by_day: dict[int, list[int]] = defaultdict(list)
    for one in cut_overs:
        column, _ = model.outage[one.building, one.network] = model.choice(first, days - 1)
        window = [column + k for k in range(days - first)]
        for k, chosen in enumerate(window):
            by_building[one.building, k].append(chosen)
            by_day[k].append(chosen)
        for name in one.after:
            opened, _ = model.opening[name]
            laid = laid_after(known[name], one.needs, model.pace)
            starts = range(days - duration(known[name], model.pace) + 1)
            factors = [float(first + k) for k in range(len(window))] + [-float(begin) for begin in starts]
            model.rows.append(([*window, *(opened + begin for begin in starts)], factors, float(laid), math.inf))
    for services in by_building.values():
        model.rows.append((services, [1.0] * len(services), 0.0, 1.0))
    for crowd in by_day.values():
        model.rows.append((crowd, [1.0] * len(crowd), 0.0, float(model.pace.cut_overs_a_day)))


def _keep_apart(model: _Model, sections: Sequence[Section], apart: Sequence[tuple[str, str]]) -> None:
    """Add that two sections are not open on one day."""
    known = {section.id: section for section in sections}
    days = len(model.days)
    for pair in apart:
        columns: dict[int, list[int]] = defaultdict(list)
        for name in pair:
            opened, _ = model.opening[name]
            span = duration(known[name], model.pace)
            for begin in range(days - span + 1):
                for day in range(begin, begin + span):
                    columns[day].append(opened + begin)
        for busy in columns.values():
            model.rows.append((busy, [1.0] * len(busy), 0.0, 1.0))


def _solved(
    model: _Model,
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    time_limit_s: float,
    quick: Calendar | None,
) -> Calendar:
    size = [len(columns) for columns, *_ in model.rows]
    row = np.repeat(np.arange(len(size)), size)
    column = np.array([one for columns, *_ in model.rows for one in columns], dtype=np.int64)
    factor = np.array([one for _, factors, *_ in model.rows for one in factors])
    matrix = coo_matrix((factor, (row, column)), shape=(len(size), model.columns)).tocsr()
    limits = LinearConstraint(matrix, [one[2] for one in model.rows], [one[3] for one in model.rows])
    most = np.ones(model.columns)
    most[0] = len(model.days)
    found = milp(
        np.eye(1, model.columns).ravel(),
        integrality=np.ones(model.columns),
        bounds=Bounds(0.0, most),
        constraints=limits if size else (),
        options={"time_limit": time_limit_s},
    )
    if found.x is None and quick is not None:
        return quick
    if found.x is None:
        raise _nothing_fits(model, sections, cut_overs)
    return _read(model, sections, cut_overs, found)


def _nothing_fits(model: _Model, sections: Sequence[Section], cut_overs: Sequence[CutOver]) -> InfeasibleError:
    days = len(model.days)
    hints = [
        Fault(column="sections", value=f"{len(sections)}", hint=_work_hint(sections, model.pace, days)),
        Fault(column="cut_overs", value=f"{len(cut_overs)}", hint=_cut_hint(cut_overs, model.pace, days)),
    ]
    return InfeasibleError(
        Text("期限内排不下，或在时限内没有找到。", en="It does not fit, or nothing was found in time."), hints
    )


def _read(model: _Model, sections: Sequence[Section], cut_overs: Sequence[CutOver], found: Any) -> Calendar:
    """Return the calendar that the solution stands for."""
    chosen = np.flatnonzero(found.x > 0.5).tolist()  # noqa: PLR2004
    done = []
    for section in sections:
        column, _ = model.opening[section.id]
        begin = next(one for one in chosen if one >= column and one > 0) - column
        for kind, count in works(section, model.pace):
            done.append(Work(section.id, kind, model.days[begin], model.days[begin + count - 1]))
            begin += count
    outages = []
    for cut in cut_overs:
        column, first = model.outage[cut.building, cut.network]
        day = next(one for one in chosen if one >= column) - column + first
        outages.append(Outage(cut.building, cut.network, model.days[day]))
    bound = max(math.ceil(float(found.mip_dual_bound) - 1e-6), least_days(sections, model.pace))
    last = max((work.last for work in done), default=None)
    return Calendar(
        works=tuple(sorted(done, key=lambda work: (work.first, work.section, work.last))),
        outages=tuple(sorted(outages, key=lambda outage: (outage.day, outage.building, outage.network))),
        working_days=0 if last is None else model.days.index(last) + 1,
        working_days_at_least=bound,
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
