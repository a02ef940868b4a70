"""What a request may write is decided by the database: each role, its own rows and those of others, by direct SQL."""

from __future__ import annotations

import psycopg2
import pytest

from gisplanner.domain.accounts import ROLES, Viewer
from gisplanner.store.database import Database

OFFICES = {"admin", "planner"}
SQUARE = "SRID=4547;POLYGON((0 0,9 0,9 9,0 9,0 0))"
SCOPES = {
    "subdistrict": {"subdistrict": ("东山街道",)},
    "operator": {"owner": ("区深燃公司",)},
}


@pytest.fixture
def stocked(db: Database) -> Database:
    """Two sub-districts with an estate and a building each, and the lines of two companies."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO district (id, name, srid, west_deg, south_deg, east_deg, north_deg) "
            "VALUES ('a', '甲区', 4547, 114, 25, 115, 26)"
        )
        for name in ("东山街道", "蓉江街道"):
            cursor.execute("INSERT INTO subdistrict (district_id, name) VALUES ('a', %s) RETURNING id", (name,))
            street = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO estate (district_id, srid, code, subdistrict_id, households) "
                "VALUES ('a', 4547, %s, %s, 10) RETURNING id",
                (name, street),
            )
            cursor.execute(
                "INSERT INTO building (district_id, srid, code, estate_id, geom) VALUES ('a', 4547, %s, %s, %s)",
                (name, cursor.fetchone()[0], SQUARE),
            )
        for owner in ("区深燃公司", "区电信分公司"):
            cursor.execute(
                "INSERT INTO network_upload (district_id, owner, version, file_name, file_sha256, rows_read, "
                "rows_accepted) VALUES ('a', %s, 1, 'x.gpkg', repeat('0', 64), 1, 1) RETURNING id",
                (owner,),
            )
            cursor.execute(
                "INSERT INTO pipe_segment (district_id, srid, code, owner, utility, geom, upload_id) "
                "VALUES ('a', 4547, 'L', %s, 'gas', 'SRID=4547;LINESTRING(0 0,9 9)', %s)",
                (owner, cursor.fetchone()[0]),
            )
    return db


def viewer(role: str) -> Viewer:
    return Viewer("x", role, SCOPES.get(role, {}))


def touched(db: Database, role: str, statement: str) -> set[str]:
    """Return the rows a statement returned under a role; none where the database refuses it."""
    try:
        with db.seen_by(viewer(role)).transaction() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return {row[0] for row in cursor.fetchall()}
    except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.FeatureNotSupported):
        # What an account may not see it has as an empty column of a view, which cannot be written.
        return set()


@pytest.mark.parametrize("role", ROLES)
def test_a_sub_district_sees_and_changes_its_own_estates_only(stocked: Database, role: str):
    both, own = {"东山街道", "蓉江街道"}, {"东山街道"}
    seen = touched(stocked, role, "SELECT code FROM estate")
    assert seen == (own if role == "subdistrict" else both)
    changed = touched(stocked, role, "UPDATE estate SET households = 11 RETURNING code")
    assert changed == (both if role in OFFICES else own if role == "subdistrict" else set())
    razed = touched(stocked, role, "DELETE FROM building RETURNING code")
    assert razed == (both if role in OFFICES else own if role == "subdistrict" else set())
    gone = touched(stocked, role, "DELETE FROM estate RETURNING code")
    assert gone == (both if role in OFFICES else set())


@pytest.mark.parametrize("role", ROLES)
def test_a_company_sees_and_changes_its_own_lines_only(stocked: Database, role: str):
    both, own = {"区深燃公司", "区电信分公司"}, {"区深燃公司"}
    seen = touched(stocked, role, "SELECT owner FROM pipe_segment")
    assert seen == (both if role in {*OFFICES, "lead"} else own if role == "operator" else set())
    changed = touched(stocked, role, "UPDATE pipe_segment SET material = 'PE' RETURNING owner")
    assert changed == (both if role in OFFICES else own if role == "operator" else set())


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("subdistrict", "UPDATE estate SET subdistrict_id = (SELECT max(id) FROM subdistrict)"),
        ("subdistrict", "UPDATE building SET estate_id = NULL"),
        ("operator", "UPDATE pipe_segment SET owner = '区电信分公司'"),
    ],
)
def test_nothing_is_pushed_over_the_fence(stocked: Database, role: str, statement: str):
    with (
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
        stocked.seen_by(viewer(role)).transaction() as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["admin", "subdistrict"])
def test_who_changed_what_from_what_stands_in_the_history(stocked: Database, role: str):
    with stocked.seen_by(viewer(role)).transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET households = 11 WHERE code = '东山街道'")
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT changed_by, before ->> 'households' AS was, changed_at <= now() AS dated FROM history")
        assert cursor.fetchone() == ("x", "10", True)


def test_jobs_are_seen_by_whoever_sent_them(stocked: Database):
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO job (id, process, account, role, inputs) "
            "SELECT gen_random_uuid(), 'bundle', name, 'planner', '{}' FROM unnest(ARRAY['x', 'y']) AS name"
        )
    assert touched(stocked, "planner", "SELECT account FROM job") == {"x"}
    assert touched(stocked, "admin", "SELECT account FROM job") == {"x", "y"}
    assert touched(stocked, "public", "SELECT account FROM job") == set()
