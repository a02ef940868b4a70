"""What a request may see is decided by the database: each role, by direct SQL under the role of a request."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from gisplanner.domain.accounts import PUBLIC, ROLES, Viewer
from gisplanner.services.accounts import add_account, revoke_tokens
from gisplanner.store.database import Database
from tests.asking import viewer_of
from tests.conftest import fresh_database

SECRET = ("account", "access_token", "account_event", "history", "installed_sql")
NETWORK_ROLES = {"admin", "planner", "lead"}


def stock(db: Database) -> None:
    with db.transaction() as connection, connection.cursor() as cursor:
        for district in ("a", "b"):
            cursor.execute(
                "INSERT INTO district (id, name, srid, west_deg, south_deg, east_deg, north_deg) "
                "VALUES (%s, %s, 4547, 114, 25, 115, 26)",
                (district, district),
            )
            cursor.execute("INSERT INTO estate (district_id, srid, code) VALUES (%s, 4547, 'E')", (district,))
            cursor.execute(
                "INSERT INTO connection_point (district_id, srid, code, utility, geom) "
                "VALUES (%s, 4547, 'C', 'gas', 'SRID=4547;POINT(576811 2839390)')",
                (district,),
            )
            cursor.execute(
                "INSERT INTO plan_baseline (district_id, version, document_number, document_title) "
                "VALUES (%s, 1, '1号', '计划')",
                (district,),
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


def seen(db: Database, viewer: Viewer, table: str) -> int:
    with db.seen_by(viewer).transaction() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_rows_and_no_secret(stocked: Database, role: str):
    viewer = Viewer("x", role)
    assert seen(stocked, viewer, "estate") == 2
    assert seen(stocked, viewer, "connection_point") == (2 if role in NETWORK_ROLES else 0)
    assert seen(stocked, viewer, "plan_baseline") == (0 if role in {"public", "operator"} else 2)
    for table in SECRET:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            seen(stocked, viewer, table)


@pytest.mark.parametrize("role", ROLES)
def test_a_district_that_is_not_in_the_scope_is_not_there(stocked: Database, role: str):
    viewer = Viewer("x", role, {"district": ("a",)})
    assert seen(stocked, viewer, "district") == 1
    assert seen(stocked, viewer, "estate WHERE district_id = 'b'") == 0
    assert seen(stocked, viewer, "connection_point WHERE district_id = 'b'") == 0


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE district SET name = 'x'",
        "DELETE FROM stage_event",
        "INSERT INTO history (table_name) VALUES ('estate')",
        "UPDATE job SET status = 'dismissed'",
        "CREATE TABLE gisplanner.mine (a int)",
        "SET ROLE postgres",
    ],
)
def test_no_role_writes_what_is_not_opened(stocked: Database, role: str, statement: str):
    with (
        pytest.raises(psycopg2.Error),
        stocked.seen_by(Viewer("x", role)).transaction() as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_right_of_a_request_ends_with_it(stocked: Database):
    """The same pooled connection serves the program again with its own right."""
    seen(stocked, PUBLIC, "estate")
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('gisplanner.actor')")
        user, actor = cursor.fetchone()
        assert user != "gisplanner_request"
        assert actor == "tester"


def test_a_table_nobody_opened_is_closed(stocked_alone: Database):
    with stocked_alone.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE gisplanner.later (a int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        seen(stocked_alone, Viewer("x", "admin"), "later")


def test_boxes_use_the_index_under_row_level_security(stocked: Database):
    with stocked.seen_by(PUBLIC).transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT proleakproof FROM pg_proc WHERE proname = 'geometry_overlaps' AND pronargs = 2")
        if not cursor.fetchone()[0]:
            pytest.skip("an outside server whose administrator has not declared && leakproof")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM building WHERE geom && ST_MakeEnvelope(0, 0, 1, 1, 4547)")
        assert "Index Cond: (geom &&" in "\n".join(row[0] for row in cursor.fetchall())


def test_a_token_works_until_it_is_revoked_or_runs_out_and_is_not_stored(db: Database):
    made = add_account(db, "区深燃公司", "operator", scope=["owner=区深燃公司", "district=a"])
    assert viewer_of(db, made.token) == Viewer(
        "区深燃公司", "operator", {"owner": ("区深燃公司",), "district": ("a",)}
    )
    assert viewer_of(db, made.token + "x") is None
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM access_token AS t")
        assert made.token not in cursor.fetchone()[0]
        cursor.execute("SELECT array_agg(event ORDER BY id), string_agg(detail::text, ' ') FROM account_event")
        events, details = cursor.fetchone()
        assert events == ["added", "token_issued"]
        assert made.token not in details
        cursor.execute(
            "UPDATE access_token SET created_at = now() - interval '2 days', expires_at = now() - interval '1 s'"
        )
    assert viewer_of(db, made.token) is None
    second = add_account(db, "街道", "subdistrict")
    assert viewer_of(db, second.token) is not None
    assert revoke_tokens(db, "街道") == 1
    assert viewer_of(db, second.token) is None
