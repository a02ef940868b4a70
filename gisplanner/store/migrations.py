"""Bring a database to the schema of this version: forward-only SQL migrations by yoyo, then functions and views."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import psycopg2
from psycopg2.extensions import parse_dsn
from yoyo import get_backend, read_migrations

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.resources import resource_dir
from gisplanner.store.database import SCHEMA, Connection, Database
from gisplanner.text import Text

_ADVISORY_LOCK: Final = 7041990  # two programs may open an empty home at once


def migrate(database: Database) -> None:
    """Apply what is missing; a database that is up to date is left as it is.

    Raises
    ------
    DatabaseUnavailableError
        The server has no PostGIS, or this account may not install it.
    """
    with database.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        _install_postgis(connection)
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.commit()
        # yoyo works on a connection of its own and takes its own lock table.
        backend = get_backend(_yoyo_uri(database.dsn))
        try:
            pending = read_migrations(str(resource_dir("sql") / "migrations"))
            with backend.lock():
                backend.apply_migrations(backend.to_apply(pending))
        finally:
            backend.connection.close()
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        for file in replaceable_files():
            cursor.execute(file.read_text(encoding="utf-8"))


def replaceable_files() -> list[Path]:
    """Return the files of functions and views in the order they are re-applied after migrations."""
    sql = resource_dir("sql")
    return [*sorted((sql / "functions").glob("*.sql")), *sorted((sql / "views").glob("*.sql"))]


def _install_postgis(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
        if cursor.fetchone() is not None:
            return
        try:
            cursor.execute("CREATE EXTENSION postgis WITH SCHEMA public")
        except psycopg2.Error as error:
            connection.rollback()
            raise DatabaseUnavailableError(
                Text(
                    "数据库里没有 PostGIS 扩展，且当前账户不能安装：请管理员执行 CREATE EXTENSION postgis。",
                    en="The database has no PostGIS extension and this account may not install it: "
                    "ask the administrator to run CREATE EXTENSION postgis.",
                )
            ) from error


def _yoyo_uri(dsn: str) -> str:
    parts = {key: str(value) for key, value in parse_dsn(dsn).items()}
    database = parts.pop("dbname", "")
    options = f"{parts.pop('options', '')} -c search_path={SCHEMA},public".strip()
    return f"postgresql:///{database}?" + urlencode({**parts, "options": options})
