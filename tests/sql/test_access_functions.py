"""Functions that run with the right of the program, and what the server keeps of tables beside their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
import pytest

from gisplanner.domain.accounts import Viewer
from gisplanner.services.accounts import ROLES, Role
from gisplanner.store.database import Database
from tests.api.ogc.roles import ELSEWHERE, OTHERS, OWN, SCOPES, stock
from tests.conftest import fresh_database

TRIGGERS = {"count_change", "keep_history"}
ASKED = {
    "request_works_on", "estate_register_changes", "standing_on_works", "freed_by_relocation",
    "renewal_area_codes_given",
}  # fmt: skip
INSIDE = {"admin", "planner", "lead", "reviewer"}


@dataclass(frozen=True)
class Stocked:
    db: Database
    estates: dict[str, int]
    projects: dict[str, int]
    cases: dict[str, int]


@pytest.fixture(scope="module")
def stocked(template: tuple[str, str]) -> Iterator[Stocked]:
    """An estate of one's own, of others and of another district, each in a project, with a shed and a freed house."""
    with fresh_database(*template, actor="tester") as db:
        stock(db)
        with db.transaction() as connection, connection.cursor() as cursor:

            def made(statement: str, *values: object) -> int:
                cursor.execute(statement, values)
                return int(cursor.fetchone()[0])

            estates, projects, cases = {}, {}, {}
            for whose in (OWN, OTHERS, ELSEWHERE):
                estate = estates[whose] = made(
                    "UPDATE estate SET year_built = '1998' WHERE code = %s RETURNING id", f"estates-{whose}"
                )
                project = projects[whose] = made(
                    "INSERT INTO project (district_id, code, name, plan_year) "
                    "SELECT district_id, 'P-' || code, code, 2024 FROM estate WHERE id = %s RETURNING id",
                    estate,
                )
                cursor.execute("INSERT INTO project_estate VALUES (%s, %s, 'stated')", (project, estate))
                for letter, kind in (("S", "棚"), ("D", "占压建筑（待认定）")):
                    case = cases[whose] = made(
                        "INSERT INTO demolition (district_id, srid, code, estate_id, kind) "
                        "SELECT district_id, srid, %s || code, id, %s FROM estate WHERE id = %s RETURNING id",
                        f"{letter}-", kind, estate,
                    )  # fmt: skip
                    cursor.execute(
                        "INSERT INTO demolition_event (demolition_id, step, happened_on) "
                        "VALUES (%s, 1, '2024-01-05')",
                        (case,),
                    )
                task = made(
                    "INSERT INTO network_task (district_id, srid, kind, code, owner, estate_id, subject, cause) "
                    "SELECT district_id, srid, 'encroachment', 'T-' || code, '甲燃气', id, '占压', '占压' "
                    "FROM estate WHERE id = %s RETURNING id",
                    estate,
                )
                cursor.execute(
                    "INSERT INTO network_task_step (task_id, state, happened_on) "
                    "VALUES (%s, '管线已迁改', '2024-02-01')",
                    (task,),
                )
                cursor.execute("INSERT INTO demolition_encroachment VALUES (%s, %s, '规则')", (case, task))
            cursor.execute("ANALYZE")
        yield Stocked(db, estates, projects, cases)


def values(db: Database, role: Role, statement: str, *given: object) -> list[object]:
    seen = db.seen_by(Viewer("x", role, _scope(role)))
    with seen.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [row[0] for row in cursor.fetchall()]


def _scope(role: Role) -> dict[str, tuple[str, ...]]:
    limits: dict[str, tuple[str, ...]] = {}
    for one in SCOPES[role]:
        kind, _, name = one.partition("=")
        limits[kind] = (*limits.get(kind, ()), name)
    return limits


def works_on(role: Role, whose: str) -> bool:
    return whose != ELSEWHERE and (role in INSIDE or (role == "subdistrict" and whose == OWN))


def test_each_function_with_the_right_of_the_program_is_known_here_and_keeps_to_its_schema(stocked: Stocked):
    with stocked.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, array_to_string(proconfig, ' ') FROM pg_proc "
            "WHERE pronamespace = 'gisplanner'::regnamespace AND prosecdef"
        )
        found = dict(tuple(row) for row in cursor.fetchall())
    assert set(found) == TRIGGERS | ASKED, "new functions: say here what each role is told"
    pinned = ("search_path=gisplanner, public", "search_path=gisplanner,public")
    assert [name for name, settings in found.items() if not (settings or "").startswith(pinned)] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whose", [OWN, OTHERS, ELSEWHERE])
def test_they_tell_a_role_of_what_it_works_on_and_of_nothing_else(stocked: Stocked, role: Role, whose: str):
    works = works_on(role, whose)
    estate, project, case = stocked.estates[whose], stocked.projects[whose], stocked.cases[whose]
    assert values(stocked.db, role, "SELECT request_works_on(%s)", estate) == [works]
    changes = values(stocked.db, role, "SELECT changed_by FROM estate_register_changes(%s)", estate)
    assert bool(changes) == works
    standing = "SELECT code FROM standing_on_works(%s, current_date, 4, 5, 5)"
    freed = "SELECT freed_by_relocation(%s, '占压建筑（待认定）', 1)"
    assert values(stocked.db, role, freed, case) == [works]
    assert values(stocked.db, role, standing, project) == ([f"S-estates-{whose}"] if works else [])
    codes = values(stocked.db, role, "SELECT renewal_area_codes_given(%s)", "b" if whose == ELSEWHERE else "a")
    assert bool(codes) == (whose != ELSEWHERE)


@pytest.mark.parametrize("role", ROLES)
def test_the_server_tells_no_values_of_rows_beside_them(stocked: Stocked, role: Role):
    counted = "SELECT count(*) FROM pg_stats WHERE schemaname = 'gisplanner' AND tablename = 'pipe_segment'"
    assert values(stocked.db, role, counted) == [0]
    for statement in ("SELECT last_value FROM pipe_segment_id_seq", "SELECT nextval('pipe_segment_id_seq')"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            values(stocked.db, role, statement)
    others = "SELECT query FROM pg_stat_activity WHERE usename <> current_user AND query NOT LIKE '<insufficient%%'"
    assert [one for one in values(stocked.db, role, others) if one] == []
