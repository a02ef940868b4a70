"""Every query we ship is understood by the database, and none stands in Python."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from gisplanner.catalog.layers import layers, select_sql
from gisplanner.store.database import Database
from gisplanner.store.queries import queries

PACKAGE = Path(__file__).parents[2] / "gisplanner"

PLANNABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE")


def _named_queries() -> list[str]:
    return sorted(name for name in queries().available_queries if not name.endswith("_cursor"))


@pytest.mark.parametrize("name", _named_queries())
def test_every_named_query_is_understood_by_the_database(db_of_readers: Database, name: str):
    query = getattr(queries(), name)
    body = re.sub(r"^\s*--.*$", "", query.sql, flags=re.MULTILINE).strip()
    parameters = dict.fromkeys(re.findall(r"%\((\w+)\)s", query.sql))
    with db_of_readers.transaction() as connection, connection.cursor() as cursor:
        if body.split(None, 1)[0].upper() in PLANNABLE:
            cursor.execute(f"EXPLAIN {body}", parameters)
            assert cursor.fetchall()
        else:
            cursor.execute(body, parameters)  # a statement without a plan
        connection.rollback()


@pytest.mark.parametrize("name", sorted(layers()))
def test_every_layer_is_understood_by_the_database(db_of_readers: Database, name: str):
    statement = text(f"EXPLAIN {select_sql(name)}")
    with db_of_readers.engine.connect() as connection:
        parameters = dict.fromkeys(statement.compile().params)
        assert connection.execute(statement, parameters).fetchall()


SQL_TEXT = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|VIEW|SCHEMA"
    r"|FUNCTION|DATABASE|ROLE|TRIGGER))\b",
    re.DOTALL,
)


def test_python_holds_no_sql():
    found = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_TEXT.search(node.value)
    ]
    assert found == []
