"""What the public and companies are not shown of a feature is not there for them, whatever the statement."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from gisplanner.catalog.layers import layers
from gisplanner.domain.accounts import PUBLIC, Viewer
from gisplanner.store.database import Database
from tests.api.ogc.roles import OWNER, stock, table_of
from tests.conftest import fresh_database

OUTSIDE = [PUBLIC, Viewer("x", "operator", {"owner": (OWNER,)})]
HIDDEN = [
    (table_of(spec), column.name)
    for spec in layers().values()
    if spec.public and spec.table is not None
    for column in spec.columns
    if not column.public
]
TABLES = sorted({table for table, _ in HIDDEN})


@pytest.fixture(scope="module")
def stocked(template: tuple[str, str]) -> Iterator[Database]:
    with fresh_database(*template, actor="tester") as db:
        stock(db)
        with db.transaction() as connection, connection.cursor() as cursor:
            for table, column in HIDDEN:
                cursor.execute(
                    "SELECT data_type FROM information_schema.columns "
                    "WHERE table_schema = 'gisplanner' AND table_name = %s AND column_name = %s",
                    (table, column),
                )
                value = "'某人'" if cursor.fetchone()[0] == "text" else "987004"
                cursor.execute(f"UPDATE {table} SET {column} = {value}")
        yield db


def column_of(db: Database, table: str, column: str) -> set[object]:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("viewer", OUTSIDE, ids=lambda viewer: viewer.role)
@pytest.mark.parametrize(("table", "column"), HIDDEN)
def test_a_column_that_is_not_public_is_empty_by_direct_sql(
    stocked: Database, viewer: Viewer, table: str, column: str
):
    assert column_of(stocked.seen_by(viewer), table, column) == {None}
    assert column_of(stocked.seen_by(viewer), f"gisplanner.{table}", column) == set(), "the table has no row for them"
    assert None not in column_of(stocked.seen_by(Viewer("x", "reviewer")), table, column)
    assert None not in column_of(stocked.seen_by(viewer, all_fields=True), table, column)


@pytest.mark.parametrize("viewer", OUTSIDE, ids=lambda viewer: viewer.role)
@pytest.mark.parametrize("table", TABLES)
def test_a_condition_or_a_failing_function_tells_nothing_of_them(stocked: Database, viewer: Viewer, table: str):
    hidden = [column for one, column in HIDDEN if one == table]
    for column in hidden:
        seen = stocked.seen_by(viewer)
        assert column_of(seen, f"{table} WHERE {column} IS NOT NULL", "code") == set()
        # A function that fails on what it is given would tell of rows and columns that are left out.
        assert column_of(seen, f"{table} WHERE length({column}::text) / 0 = 1", "code") == set()


@pytest.mark.parametrize("viewer", OUTSIDE, ids=lambda viewer: viewer.role)
@pytest.mark.parametrize("table", TABLES)
def test_the_views_cannot_be_written(stocked: Database, viewer: Viewer, table: str):
    with (
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
        stocked.seen_by(viewer).transaction() as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
