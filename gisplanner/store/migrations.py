"""Bring a database to the schema of this version: forward-only SQL migrations by yoyo, then functions and views."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg2
from yoyo.backends.core.postgresql import PostgresqlBackend
from yoyo.connections import parse_uri
from yoyo.migrations import default_migration_table

from gisplanner.errors import DatabaseUnavailableError, InternalError
from gisplanner.resources import resource_dir
from gisplanner.store.database import Connection, Database
from gisplanner.store.failures import server_failures
from gisplanner.store.migration_files import migration_files
from gisplanner.store.queries import queries
from gisplanner.text import Text

_MIGRATIONS: Final = "migrations"
_POSTGIS_SCHEMA: Final = "public"


def migrate(database: Database, *, reapply: bool = False) -> bool:
    """Apply what is missing and tell whether anything was; any number of programs may call it at once.

    A database whose installed files are those of this program is left as it is, after one look.
    Each migration is applied as a whole or not at all; so are all functions and views together.

    Parameters
    ----------
    reapply
        Put functions, views and comments in place again although they look up to date.

    Raises
    ------
    DatabaseUnavailableError
        The server has no PostGIS and this account may not install it; or the database was made by a newer or an
        edited version of the schema.
    InternalError
        A file of ``sql/`` does not run.
    """
    wanted = sql_checksums()
    if not reapply and installed_checksums(database) == wanted:
        return False
    connection = database.connect()
    connection.autocommit = True
    try:
        with server_failures():
            queries().schema_lock(connection)
            queries().lock_timeout(connection)
            installed = _installed(connection)
            if installed == wanted and not reapply:
                return False
            refuse_unknown(installed, wanted)
            _ensure_postgis(connection)
            _ensure_request_role(connection)
            queries().schema_create(connection)
            _apply_migrations(connection, database.actor)
            connection.autocommit = False
            _apply_replaceable(connection, wanted)
            connection.commit()
    finally:
        connection.close()
    return True


def sql_checksums() -> dict[str, str]:
    """Return the SHA-256 of every file of ``sql/`` that lives on in the database, by its path inside ``sql/``."""
    sql = resource_dir("sql")
    files = [*sorted((sql / _MIGRATIONS).glob("*.sql")), *replaceable_files()]
    return {file.relative_to(sql).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def installed_checksums(database: Database) -> dict[str, str]:
    """Return the SHA-256 of every file of ``sql/`` that stands in the database; empty for an empty database."""
    with database.transaction() as connection:
        return _installed(connection)


def replaceable_files() -> list[Path]:
    """Return the files of functions and views in the order they are re-applied after migrations."""
    sql = resource_dir("sql")
    return [*sorted((sql / "functions").glob("*.sql")), *sorted((sql / "views").glob("*.sql"))]


def refuse_unknown(installed: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Refuse a database with migrations this program does not have, or has otherwise.

    Raises
    ------
    DatabaseUnavailableError
        Which migrations they are.
    """
    migrations = [name for name in installed if name.startswith(f"{_MIGRATIONS}/")]
    newer = sorted(name for name in migrations if name not in wanted)
    if newer:
        names = ", ".join(newer)
        raise DatabaseUnavailableError(
            Text(
                f"数据库由更新版本的程序建立（本程序没有 {names}），请升级程序。",
                en=f"The database was made by a newer version of the program (this one lacks {names}): upgrade it.",
            )
        )
    edited = sorted(name for name in migrations if wanted[name] != installed[name])
    if edited:
        names = ", ".join(edited)
        raise DatabaseUnavailableError(
            Text(
                f"数据库的表结构来自另一份 {names}，与本程序不一致，未作任何改动；"
                "请换用建库时的版本，或另设 GISPLANNER_HOME 重新导入。",
                en=f"The tables of this database come from another edition of {names} and were left as they are: "
                "use the version that made them, or import again into another GISPLANNER_HOME.",
            )
        )


def _installed(connection: Connection) -> dict[str, str]:
    if not queries().schema_is_there(connection):
        return {}
    return {row[0]: row[1] for row in queries().installed_sql(connection)}


def _ensure_postgis(connection: Connection) -> None:
    where = queries().postgis_schema(connection)
    if where is None:
        try:
            queries().postgis_create(connection)
        except psycopg2.Error as error:
            raise DatabaseUnavailableError(
                Text(
                    "数据库里没有 PostGIS 扩展，且当前账户不能安装：请管理员执行 CREATE EXTENSION postgis。",
                    en="The database has no PostGIS extension and this account may not install it: "
                    "ask the administrator to run CREATE EXTENSION postgis.",
                )
            ) from error
    elif where != _POSTGIS_SCHEMA:
        raise DatabaseUnavailableError(
            Text(
                f"PostGIS 扩展装在模式 {where} 里，本程序要求它在 public 里，请换一个数据库。",
                en=f"PostGIS stands in the schema {where}; this program needs it in public: use another database.",
            )
        )


def _ensure_request_role(connection: Connection) -> None:
    if queries().request_role_usable(connection):
        return
    try:
        queries().request_role_create(connection)
    except psycopg2.Error as error:
        raise DatabaseUnavailableError(
            Text(
                "数据库服务器上没有本程序可用的角色 gisplanner_request，且当前账户不能建立："
                "请管理员建立这个不能登录的角色，并授予本程序的账户。",
                en="The server has no role gisplanner_request that this account may act as, and the account may not "
                "make one: ask the administrator for that role, without login, granted to this account.",
            )
        ) from error


def _apply_migrations(connection: Connection, actor: str) -> None:
    backend = _Backend(connection, actor)
    backend.create_lock_table()
    backend.break_lock()  # we hold the lock that counts; a row here was left behind by a killed program
    for migration in backend.to_apply(migration_files(resource_dir("sql") / _MIGRATIONS)):
        try:
            # One transaction around the statements and the mark: a crash in between leaves neither.
            with backend.transaction():
                migration.process_steps(backend, "apply")
                backend.mark_one(migration)
        except psycopg2.OperationalError:
            raise
        except psycopg2.Error as error:
            raise _broken(f"{_MIGRATIONS}/{migration.id}.sql", error) from error


def _apply_replaceable(connection: Connection, wanted: Mapping[str, str]) -> None:
    queries().views_drop(connection)
    with connection.cursor() as cursor:
        for file in replaceable_files():
            try:
                cursor.execute(file.read_text(encoding="utf-8"))
            except psycopg2.OperationalError:
                raise
            except psycopg2.Error as error:
                raise _broken(f"{file.parent.name}/{file.name}", error) from error
    queries().installed_sql_clear(connection)
    for name, sha256 in wanted.items():
        queries().installed_sql_add(connection, file=name, sha256=sha256)


def _broken(file: str, error: psycopg2.Error) -> InternalError:
    reason = str(error).strip().splitlines()[0]
    return InternalError(
        Text(
            f"sql/{file} 执行失败，已全部撤销：{reason}",
            en=f"sql/{file} does not run and was undone as a whole: {reason}",
        )
    )


class _Backend(PostgresqlBackend):  # type: ignore[misc]
    """Yoyo on a connection of ours, so that every kind of connection string works and one lock covers all."""

    def __init__(self, connection: Connection, actor: str) -> None:
        self._ours = connection
        self._actor = actor
        super().__init__(parse_uri("postgresql:///"), default_migration_table)

    def connect(self, _dburi: Any) -> Connection:
        return self._ours

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        # The original asks the name service for this machine, which hangs where there is none.
        return {
            "id": str(uuid.uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": self._actor,
            "hostname": os.uname().nodename,
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }
