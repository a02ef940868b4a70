"""What was recorded can be told again for any day, and of two records at once one is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisplanner.catalog.profiles import example_facts, example_progress, profile
from gisplanner.domain.district import District
from gisplanner.errors import InputError, RefusedError
from gisplanner.services.progress.events import advance, progress_state
from gisplanner.services.progress.example import record_example
from gisplanner.services.progress.gates import record
from gisplanner.store.database import Database
from tests.progress_steps import carry_to

P11 = "NK2024-P11"
STEPS = example_progress("nankang")
STAGE_NO = {stage.name: stage.no for stage in profile("nankang").stages}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(day=st.dates(date(2024, 5, 1), date(2025, 1, 31)))
def test_the_state_of_any_day_is_what_had_been_recorded_by_then(db: Database, nankang: District, day: date):
    if all(estate.stage_no is None for estate in progress_state(db, nankang).estates):
        record_example(db, nankang, "nankang")
    reached: dict[str, int] = {}
    for step in STEPS:
        if step.on <= day:
            reached[step.project_code] = max(reached.get(step.project_code, 0), STAGE_NO[step.stage])
    told = progress_state(db, nankang, as_of=day)
    assert {one.project_code: one.stage_no for one in told.estates if one.stage_no is not None} == reached
    for judged in told.deadlines:
        assert judged.due is not None
        assert judged.lag_days == ((judged.happened_on or day) - judged.due).days
        assert judged.behind == (judged.happened_on is None and day > judged.due)


def test_two_records_at_once_are_one(db: Database, nankang: District):
    carry_to(db, nankang, P11, 1, on=date(2024, 5, 20))

    def again(_turn: int) -> bool:
        try:
            advance(db, nankang, P11, "规划设计", on=date(2024, 6, 3), evidence="a.pdf")
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(again, range(4))) == 1


@pytest.mark.requirement("R8.13", "R1.24")
def test_every_stage_has_the_parents_stage_it_is_reported_as():
    parents = [stage.name for stage in profile("jiangxi").stages]
    mapped = [stage.parent for stage in profile("nankang").stages]
    assert set(mapped) == set(parents)
    assert [parents.index(str(one)) for one in mapped] == sorted(parents.index(str(one)) for one in mapped)


@pytest.mark.parametrize(
    ("kind", "name", "on", "column"),
    [
        ("signature", "区供暖公司", date(2024, 6, 1), "NAME"),
        ("gate", "开一次会", date(2024, 6, 1), "NAME"),
        ("gate", " ", date(2024, 6, 1), "NAME"),
        ("date", "公示开始", date.max - timedelta(1), "--on"),
    ],
)
def test_what_no_document_asks_for_is_not_recorded(
    db: Database, nankang: District, kind: str, name: str, on: date, column: str
):
    with pytest.raises(InputError) as caught:
        record(db, nankang, P11, kind, [name], on=on)  # type: ignore[arg-type]
    assert {fault.column for fault in caught.value.faults} == {column}
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM project_fact")
        assert cursor.fetchone()[0] == 0  # type: ignore[index]


def test_a_state_told_later_is_the_state_that_was_told_then(db: Database, nankang: District):
    """The history is recorded day by day; what was told on each evening comes back from the events at the end."""
    days: dict[date, list[Callable[[], object]]] = {}
    for fact in example_facts("nankang"):
        days.setdefault(fact.on, []).append(
            partial(record, db, nankang, fact.project_code, fact.kind, [fact.name], on=fact.on, done=fact.done)
        )
    for step in STEPS:
        days.setdefault(step.on, []).append(
            partial(advance, db, nankang, step.project_code, step.stage, on=step.on, evidence="x")
        )
    told = {}
    for day in sorted(days):
        for happens in days[day]:
            happens()
        told[day] = progress_state(db, nankang, as_of=day)
    assert len(told) > 20
    assert {day: progress_state(db, nankang, as_of=day) for day in told} == told
