"""The database layer on a real PostGIS."""

from __future__ import annotations

from gisplanner.store.database import Database
from gisplanner.store.migrations import migrate
from gisplanner.store.queries import queries


def test_migrating_twice_changes_nothing(db: Database):
    migrate(db)
    with db.transaction() as connection:
        assert list(queries().district_list(connection)) == []
