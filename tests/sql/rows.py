"""Statements of tests, and rows for them."""

from __future__ import annotations

import psycopg2

from gisplanner.store.database import Connection
from gisplanner.store.queries import queries

SQUARE = "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))"
TABLES_WITH_HISTORY = {
    "estate": "INSERT INTO estate (district_id, srid, code, name, geom) "
    "VALUES ('d', 4547, 'X', '甲', %s) RETURNING id",
    "building": "INSERT INTO building (district_id, srid, code, name, geom) "
    "VALUES ('d', 4547, 'X', '甲', %s) RETURNING id",
    "renewal_area": "INSERT INTO renewal_area (district_id, srid, code, name, geom) "
    "VALUES ('d', 4547, 'X', '甲', %s) RETURNING id",
}


def one(connection: Connection, statement: str, *values: object):
    """Return the first value of a statement, of one without an answer how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def rows(connection: Connection, statement: str, *values: object) -> list[tuple]:
    """Return the rows of a statement."""
    with connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def insert_district(connection: Connection, district_id: str = "d", srid: int = 4547) -> None:
    """Store a district."""
    queries().district_insert(
        connection, district_id=district_id, name="区", profile=None, srid=srid,
        west_deg=114.0, south_deg=25.0, east_deg=115.0, north_deg=26.0,
    )  # fmt: skip


def insert_estate(connection: Connection, code: str = "E1", geom: str | None = f"SRID=4547;{SQUARE}") -> int:
    """Store an estate and return its id."""
    return one(
        connection,
        "INSERT INTO estate (district_id, srid, code, name, geom) VALUES ('d', 4547, %s, '甲', %s) RETURNING id",
        code,
        geom,
    )
