"""Records of the works may be added by the offices and, of its own streets, by a sub-district; by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from gisplanner.domain.accounts import ROLES, Viewer
from gisplanner.store.database import Database
from tests.conftest import fresh_database

OFFICES = {"admin", "planner"}
OWN, OTHER = "东山街道", "蓉江街道"


def stock(db: Database) -> None:
    """Two sub-districts, each with an estate, a project, a demolition, a complaint and a stage."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO district (id, name, srid, west_deg, south_deg, east_deg, north_deg) "
            "VALUES ('a', '甲区', 4547, 114, 25, 115, 26)"
        )
        for street in (OWN, OTHER):
            cursor.execute(
                "WITH street AS (INSERT INTO subdistrict (district_id, name) VALUES ('a', %(s)s) RETURNING id), "
                "home AS (INSERT INTO estate (district_id, srid, code, subdistrict_id) "
                "SELECT 'a', 4547, %(s)s, id FROM street RETURNING id), "
                "of AS (INSERT INTO project (district_id, code, name, plan_year) VALUES ('a', %(s)s, %(s)s, 2024) "
                "RETURNING id), "
                "member AS (INSERT INTO project_estate (project_id, estate_id, source) "
                "SELECT of.id, home.id, 'stated' FROM of, home), "
                "event AS (INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on) "
                "SELECT id, 1, '摸底', '2024-05-01' FROM of), "
                "case_ AS (INSERT INTO demolition (district_id, srid, code, estate_id, kind) "
                "SELECT 'a', 4547, %(s)s, id, '铁皮棚' FROM home) "
                "INSERT INTO complaint (district_id, srid, code, estate_id, channel, kind, happened_on) "
                "SELECT 'a', 4547, %(s)s, id, '12345', '噪声', '2024-05-01' FROM home",
                {"s": street},
            )


@pytest.fixture(scope="module")
def stocked(template: tuple[str, str]) -> Iterator[Database]:
    """A stocked database shared by the tests that leave it as it is."""
    with fresh_database(*template, actor="tester") as db:
        stock(db)
        yield db


@pytest.fixture
def stocked_alone(db: Database) -> Database:
    """A stocked database of one test, which may change it."""
    stock(db)
    return db


def viewer(role: str) -> Viewer:
    return Viewer("x", role, {"subdistrict": (OWN,)} if role == "subdistrict" else {})


def added(db: Database, account: Viewer, statement: str) -> int:
    """Return how many rows a statement adds for an account, none where the database refuses; they are taken back."""
    try:
        with db.seen_by(account).transaction() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            count: int = cursor.rowcount
            connection.rollback()
    except psycopg2.errors.InsufficientPrivilege:
        return 0
    return count


OF_ESTATE = {
    "library_entry": "(estate_id, state, plan_year, happened_on) SELECT id, '实施', 2024, '2024-05-01' FROM estate",
    "estate_figure": "(estate_id, kind, amount, happened_on) SELECT id, '同意户数', 3, '2024-05-01' FROM estate",
    "estate_output": "(estate_id, item, status, amount, happened_on) SELECT id, 'a', '完成', 1, now() FROM estate",
    "handover_entry": "(estate_id, kind, name, happened_on) SELECT id, '绿化', '绿地', '2024-05-01' FROM estate",
    "estate_photo": "(estate_id, phase, happened_on, jpeg, sha256) "
    "SELECT id, '改造前', '2024-05-01', 'x', repeat('0', 64) FROM estate",
    "demolition": "(district_id, srid, code, estate_id, kind) "
    "SELECT 'a', 4547, 'N' || code, id, '铁皮棚' FROM estate",
    "complaint": "(district_id, srid, code, estate_id, channel, kind, happened_on) "
    "SELECT 'a', 4547, 'N' || code, id, '12345', '噪声', '2024-05-01' FROM estate",
    "demolition_event": "(demolition_id, step, happened_on) SELECT id, 1, '2024-05-01' FROM demolition AS estate",
    "complaint_answer": "(complaint_id, happened_on, answer) SELECT id, '2024-05-02', '是' FROM complaint AS estate",
    "complaint_person": "(complaint_id, name) SELECT id, '张某' FROM complaint AS estate",
    "stage_event": "(project_id, stage_no, stage_name, happened_on) "
    "SELECT id, 2, '设计', '2024-06-01' FROM project AS estate",
    "project_fact": "(project_id, kind, name, happened_on) "
    "SELECT id, 'gate', 'x', '2024-06-01' FROM project AS estate",
    "stage_evidence": "(stage_event_id, file_name, media_type, content, sha256) SELECT event.id, 'a.pdf', "
    "'application/pdf', 'x', repeat('0', 64) FROM stage_event AS event "
    "JOIN project AS estate ON estate.id = event.project_id",
}
OF_OFFICE = {
    "project_fund": "(project_id, source, status, amount_cny, happened_on) "
    "SELECT id, '中央奖补', '计划', 1, '2024-05-01' FROM project AS estate",
    "filing_due": "(district_id, due_on, set_on, document) "
    "SELECT 'a', '2024-06-30', '2024-06-01', '1号' FROM project AS estate",
}


@pytest.mark.parametrize("table", [*OF_ESTATE, *OF_OFFICE])
@pytest.mark.parametrize("role", ROLES)
def test_who_may_add_what(stocked: Database, role: str, table: str):
    told = {**OF_ESTATE, **OF_OFFICE}[table]
    own, other = (
        added(stocked, viewer(role), f"INSERT INTO {table} {told} WHERE estate.code = '{street}'")
        for street in (OWN, OTHER)
    )
    if role in OFFICES:
        assert (own, other) == (1, 1)
    else:
        assert (own, other) == (int(role == "subdistrict" and table in OF_ESTATE), 0)


@pytest.mark.parametrize("role", ROLES)
def test_who_changed_an_estate_is_told_to_those_who_work_on_it(stocked_alone: Database, role: str):
    with stocked_alone.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET year_built = '1998' WHERE district_id = 'a'")
    with stocked_alone.seen_by(viewer(role)).transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(changed.changed_by) FROM estate, estate_register_changes(estate.id) AS changed")
        expected = {"public": 0, "operator": 0, "subdistrict": 1}
        assert cursor.fetchone()[0] == expected.get(role, 2)
