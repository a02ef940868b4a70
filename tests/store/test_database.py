"""The database layer on a real PostGIS."""

from __future__ import annotations

import pytest

from gisplanner.errors import InputError
from gisplanner.store.database import Database
from gisplanner.store.migrations import migrate
from gisplanner.store.queries import queries


def test_migrating_twice_changes_nothing(db: Database):
    migrate(db)
    with db.transaction() as connection:
        assert list(queries().district_list(connection)) == []


@pytest.mark.parametrize(
    ("statement", "value"),
    [("SELECT %s::text", "a\x00b"), ("SELECT %s::text", "\ud800"), ("SELECT %s::jsonb", '"\\u0000"')],
    ids=["nul", "half a letter", "nul in JSON"],
)
def test_a_text_no_database_keeps_is_a_fault_of_who_sent_it(db: Database, statement: str, value: str):
    with pytest.raises(InputError), db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(statement, (value,))
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone()[0] == 1


def test_a_value_that_is_wrong_otherwise_is_no_such_fault(db: Database):
    with pytest.raises(ValueError, match="甲"), db.transaction():
        int("甲")
