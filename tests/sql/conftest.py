"""Connections: of readers, and one that writes into a district of its own, all of which is taken back."""

from __future__ import annotations

import pytest

from gisplanner.store.database import Database
from tests.sql.rows import insert_district


@pytest.fixture
def reading(db_of_readers: Database):
    with db_of_readers.transaction() as connection:
        yield connection


@pytest.fixture
def connection(db_of_readers: Database):
    with db_of_readers.transaction() as connection:
        insert_district(connection)
        yield connection
        connection.rollback()
