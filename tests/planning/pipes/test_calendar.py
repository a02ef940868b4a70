"""Calendars: optimal where it can be told by hand, no rule broken by a separate look, clashes named."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gisplanner.errors import InfeasibleError, InputError
from gisplanner.planning.pipes.calendar import CutOver, Pace, Section, calendar_faults, plan_calendar
from gisplanner.planning.pipes.calendar.pace import duration

START, DEADLINE = date(2024, 9, 2), date(2024, 12, 31)
PACE = Pace()


def street(dice: np.random.Generator, sections: int) -> tuple[list[Section], list[CutOver]]:
    depth = {"sewage": 2.0, "water": 1.2, "gas": 0.9, "power": 0.8, "telecom": 0.7}
    made = []
    for k in range(sections):
        chosen = [name for name in depth if dice.random() < 0.6] or ["water"]
        made.append(Section(f"s{k}", float(dice.integers(20, 70)), tuple((name, depth[name]) for name in chosen)))
    cuts = [
        CutOver(f"{section.id}-{k}", name, (section.id,))
        for section in made
        for k in range(2)
        for name, _ in section.lines
    ]
    return made, cuts


@pytest.mark.requirement("R3.25", "R3.26")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_rule_is_broken(seed: int) -> None:
    sections, cuts = street(np.random.default_rng(seed), 8)
    pace = replace(PACE, crews=3)
    found = plan_calendar(sections, cuts, start=START, deadline=DEADLINE, pace=pace, time_limit_s=3)
    assert calendar_faults(found, sections, cuts, pace, DEADLINE) == []
    assert found.working_days_at_least <= found.working_days


def test_the_checker_sees_what_is_wrong() -> None:
    sections, cuts = street(np.random.default_rng(4), 4)
    good = plan_calendar(sections, cuts, start=START, deadline=DEADLINE, time_limit_s=3)
    first = good.works[0]
    assert calendar_faults(replace(good, works=good.works[1:]), sections, cuts, PACE, DEADLINE)
    late = replace(good, works=(replace(first, last=date(2025, 1, 2)), *good.works[1:]))
    assert any("deadline" in fault for fault in calendar_faults(late, sections, cuts, PACE, DEADLINE))
    twice = replace(good, outages=tuple(replace(one, day=good.outages[0].day) for one in good.outages))
    assert any("loses" in fault for fault in calendar_faults(twice, sections, cuts, PACE, DEADLINE))
    turned = {work.kind: work for work in good.works if work.section == first.section}
    swapped = [
        replace(work, first=turned["surface"].first, last=turned["surface"].last)
        if work is first
        else replace(work, first=first.first, last=first.last)
        if work is turned["surface"]
        else work
        for work in good.works
    ]
    assert any(
        "surface" in fault
        for fault in calendar_faults(replace(good, works=tuple(swapped)), sections, cuts, PACE, DEADLINE)
    )


def test_two_crews_halve_the_time_and_holidays_do_not_count() -> None:
    sections = [Section(name, 30.0, (("water", 1.0),)) for name in "abcd"]
    found = plan_calendar(sections, [], start=date(2024, 9, 30), deadline=date(2024, 10, 31))
    assert (found.working_days, found.proven) == (4, True)
    assert max(work.last for work in found.works) == date(2024, 10, 10)  # 1–7 October is holiday


def test_cut_overs_are_counted_back_from_the_deadline() -> None:
    sections = [Section("a", 30.0, (("water", 1.2), ("gas", 0.9)))]
    cuts = [CutOver("1", "water", ("a",)), CutOver("1", "gas", ("a",))]
    pace = replace(PACE, cut_over_window_days=2)
    found = plan_calendar(sections, cuts, start=START, deadline=date(2024, 9, 29), pace=pace)
    # 29 September 2024 is a Sunday that is worked, the day before a Saturday that is not
    assert sorted(one.day for one in found.outages) == [date(2024, 9, 27), date(2024, 9, 29)]


def test_what_does_not_fit_is_named() -> None:
    sections = [Section("a", 300.0, (("water", 1.2), ("gas", 0.9))), Section("b", 30.0, (("water", 1.2),))]
    with pytest.raises(InfeasibleError) as caught:
        plan_calendar(sections, [], start=START, deadline=date(2024, 9, 13))
    assert [fault.value for fault in caught.value.faults] == ["a"]
    cuts = [CutOver("1", name, ("c",)) for name in ("water", "gas", "power")]
    section = Section("c", 10.0, (("water", 1.2), ("gas", 0.9), ("power", 0.8)))
    with pytest.raises(InfeasibleError) as caught:
        plan_calendar([section], cuts, start=START, deadline=DEADLINE, pace=replace(PACE, cut_over_window_days=2))
    assert [fault.value for fault in caught.value.faults] == ["1"]
    many = [Section(f"s{k}", 30.0, (("water", 1.2),)) for k in range(9)]
    with pytest.raises(InfeasibleError) as caught:
        plan_calendar(many, [], start=START, deadline=date(2024, 9, 6))
    assert "18" in str(caught.value.faults[0].hint)


def test_contradictions_are_named_together() -> None:
    sections = [Section("a", 0.0, (("water", 1.2),)), Section("a", 3.0, (("water", 1.2),))]
    with pytest.raises(InputError) as caught:
        plan_calendar(sections, [CutOver("1", "gas", ("a",))], start=START, deadline=date(2024, 9, 1))
    assert [fault.column for fault in caught.value.faults] == ["after", "length_m", "sections", "deadline"]


def test_an_unknown_year() -> None:
    with pytest.raises(InputError):
        plan_calendar([], [], start=date(2090, 1, 1), deadline=date(2090, 2, 1))


def shortest(sections: list[Section], pace: Pace, apart: set[tuple[str, str]], days: int) -> int:
    """Every opening day of every section, tried."""
    spans = [duration(one, pace) for one in sections]
    best = days
    for begins in itertools.product(range(days), repeat=len(sections)):
        end = max(begin + span for begin, span in zip(begins, spans, strict=True))
        open_ = [set(range(begin, begin + span)) for begin, span in zip(begins, spans, strict=True)]
        if end >= best or any(sum(day in one for one in open_) > pace.crews for day in range(end)):
            continue
        names = [one.id for one in sections]
        if all(not open_[names.index(a)] & open_[names.index(b)] for a, b in apart):
            best = end
    return best


@pytest.mark.parametrize("seed", range(6))
def test_nothing_ends_earlier_and_the_bound_holds(seed: int) -> None:
    dice = np.random.default_rng(seed)
    sections = [Section(name, float(dice.integers(20, 100)), (("water", 1.2),)) for name in "abcd"]
    apart = {("a", "b")} if seed % 2 else set()
    found = plan_calendar(sections, [], start=START, deadline=DEADLINE, apart=sorted(apart))
    least = shortest(sections, PACE, apart, days=14)
    assert found.working_days_at_least <= least == found.working_days


def test_an_uneven_load_is_proven_by_handing_out_the_work() -> None:
    sections = [Section(name, 30.0, (("water", 1.2),)) for name in "abc"]
    found = plan_calendar(sections, [], start=START, deadline=DEADLINE)
    assert (found.working_days, found.proven) == (4, True)  # 6 days of work, but no two crews share a section


def test_cut_overs_find_their_days_where_day_by_day_would_fail() -> None:
    """One building has two services that are ready early, another's only one is ready last."""
    sections = [Section("a", 30.0, (("water", 1.2),)), Section("b", 120.0, (("gas", 0.9), ("power", 0.8)))]
    cuts = [CutOver("1", "water", ("a",)), CutOver("2", "gas", ("b",)), CutOver("2", "power", ("b",))]
    pace = replace(PACE, cut_overs_a_day=1, cut_over_window_days=10)
    found = plan_calendar(sections, cuts, start=START, deadline=date(2024, 9, 14), pace=pace)
    assert calendar_faults(found, sections, cuts, pace, date(2024, 9, 14)) == []


def test_a_hundred_sections_take_no_time() -> None:
    sections, cuts = street(np.random.default_rng(9), 100)
    pace = replace(PACE, crews=9, cut_overs_a_day=60)
    found = plan_calendar(sections, cuts, start=START, deadline=DEADLINE, pace=pace)
    assert calendar_faults(found, sections, cuts, pace, DEADLINE) == []
    assert found.working_days <= found.working_days_at_least + 1
