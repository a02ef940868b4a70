"""The past of a map: on every day the rates are those of the plan as it stood then, whatever happened after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from gisplanner.catalog.profiles import profile
from gisplanner.domain.progress import EstateProgress, ProgressState, StageMoment, Weight
from gisplanner.maps.progress_history import MOST_DAYS, past_of
from gisplanner.rules.progress import rates

STAGES = profile("nankang").stages
FIRST = date(2024, 5, 1)
COUNTS_AS = {stage.no: stage.progress for stage in STAGES}

projects = st.sampled_from(["P1", "P2", "P3", "P4"])
moments = st.lists(st.tuples(projects, st.integers(1, 7), st.integers(0, 40)), max_size=24).map(
    lambda told: [
        StageMoment(code, no, FIRST + timedelta(day))
        for code, no, day in sorted(told, key=lambda one: (one[0], one[2]))
    ]
)
estates = st.lists(
    st.tuples(projects, st.one_of(st.none(), st.integers(0, 500)), st.integers(1, 9)), min_size=1, max_size=9
)


def plan(told) -> ProgressState:
    rows = tuple(
        EstateProgress(
            f"E{number}", None, None, None, code, code, households, buildings, Decimal("0.5"), None, None, None,
            illustrative=False, progress="not_started",
        )
        for number, (code, households, buildings) in enumerate(told)
    )  # fmt: skip
    return ProgressState(FIRST + timedelta(60), None, STAGES, rows)


def as_it_stood(state: ProgressState, told: list[StageMoment], day: date) -> list[EstateProgress]:
    stage: dict[str, int] = {}
    for one in told:
        if one.happened_on <= day:
            stage[one.project_code] = one.stage_no
    return [
        replace(
            one,
            stage_no=stage.get(one.project_code),
            progress=COUNTS_AS.get(stage.get(one.project_code), "not_started"),
        )
        for one in state.estates
    ]


@given(told=moments, stock=estates)
def test_each_day_has_the_rates_of_the_plan_as_it_stood(told: list[StageMoment], stock):
    state = plan(stock)
    past = past_of(state, told)
    assert past.days[-1] == state.as_of
    for day, by_weight in zip(past.days, past.rates, strict=True):
        then = as_it_stood(state, told, day)
        for weight, made in zip(get_args(Weight), by_weight, strict=True):
            assert made == rates(then, STAGES, weight)


def test_years_of_days_are_thinned_and_the_last_stays():
    told = [StageMoment("P1", 1 + number % 7, FIRST + timedelta(number)) for number in range(900)]
    state = replace(plan([("P1", 10, 1)]), as_of=FIRST + timedelta(899))
    past = past_of(state, told)
    assert len(past.days) == MOST_DAYS
    assert past.days[-1] == state.as_of
    assert past.rates[-1] == tuple(
        rates(as_it_stood(state, told, state.as_of), STAGES, one) for one in get_args(Weight)
    )
