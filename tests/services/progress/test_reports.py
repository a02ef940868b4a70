"""Stages are recorded once and forward only; the state of any day can be told again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, RefusedError
from gisplanner.services.districts import create_district
from gisplanner.services.progress.events import advance, progress_rates, progress_state
from gisplanner.store.database import Database
from tests.progress_steps import carry_to, open_gates_of

P11 = "芙蓉新城老旧小区改造工程"


def test_only_the_largest_estate_completed(db: Database, nankang: District):
    carry_to(db, nankang, P11, 7, on=date(2024, 12, 20))
    state = progress_state(db, nankang, as_of=date(2024, 12, 31))
    assert state.baseline is not None
    assert (state.baseline.version, state.baseline.document_number) == (1, "〔2024〕20号")
    told = {
        weight: progress_rates(state, weight).completed_percent
        for weight in ("estates", "households", "buildings", "floor_area")
    }
    assert told == {
        "estates": Decimal("3.6"),
        "households": Decimal("33.2"),
        "buildings": Decimal("56.8"),
        "floor_area": Decimal("45.8"),
    }


def test_the_day_before_shows_the_state_before(db: Database, nankang: District):
    carry_to(db, nankang, "NK2024-P11", 5, on=date(2024, 8, 1))
    for need in ("checklist.pipeline_plans", "acceptance"):
        open_gates_of(db, nankang, P11, need, date(2024, 11, 1))
    advance(db, nankang, "NK2024-P11", "6", on=date(2024, 11, 1), evidence="验收意见.pdf")
    by_day = {
        day: {estate.stage_no for estate in progress_state(db, nankang, as_of=day).estates if estate.project == P11}
        for day in (date(2024, 7, 27), date(2024, 7, 31), date(2024, 8, 1), date(2024, 10, 31), date(2024, 11, 1))
    }
    assert list(by_day.values()) == [{None}, {4}, {5}, {5}, {6}]


@pytest.mark.parametrize(("stage", "on"), [("5", date(2024, 9, 1)), ("4", date(2024, 9, 1)), ("6", date(2024, 7, 1))])
def test_a_stage_is_not_recorded_twice_nor_backwards(db: Database, nankang: District, stage: str, on: date):
    carry_to(db, nankang, P11, 5, on=date(2024, 8, 1))
    for need in ("checklist.pipeline_plans", "acceptance"):
        open_gates_of(db, nankang, P11, need, on)
    with pytest.raises(RefusedError, match="已于 2024-08-01 进入第 5 阶段"):
        advance(db, nankang, P11, stage, on=on, evidence="a.pdf")
    assert progress_rates(progress_state(db, nankang), "estates").started == 1


def test_unknown_projects_and_stages_are_named(db: Database, nankang: District):
    with pytest.raises(NotFoundError, match="不存在的工程"):
        advance(db, nankang, "不存在的工程", "5", on=date(2024, 8, 1), evidence="a.pdf")
    with pytest.raises(NotFoundError) as caught:
        advance(db, nankang, P11, "封顶", on=date(2024, 8, 1))
    assert "5 项目建设" in str(caught.value.faults[0].allowed)


def test_a_district_without_a_plan_has_no_baseline_and_no_rate(db: Database):
    state = progress_state(db, create_district(db, "a", crs="EPSG:4547"))
    assert (state.baseline, state.estates) == (None, ())
    assert progress_rates(state, "estates").started_percent is None


def test_examples_are_told_apart(db: Database, nankang: District):
    carry_to(db, nankang, P11, 5, on=date(2024, 8, 1), illustrative=True)
    assert progress_state(db, nankang).illustrative
    assert not progress_state(db, nankang, as_of=date(2024, 7, 1)).illustrative
