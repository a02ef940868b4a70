"""Migrations: once, whole, by one program at a time, and never over a database they do not know."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2 import errors, sql

from gisplanner.errors import DatabaseUnavailableError, InternalError
from gisplanner.resources import resource_dir
from gisplanner.store import migrations
from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.migrations import installed_checksums, migrate, sql_checksums


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Database]:
    """A database with PostGIS and nothing else."""
    import psycopg2

    with closing(psycopg2.connect(cluster.dsn_for("postgres"))) as upkeep:
        upkeep.autocommit = True
        with upkeep.cursor() as cursor:
            name = sql.Identifier(f"unmigrated_{uuid.uuid4().hex[:12]}")
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER gisplanner STRATEGY file_copy").format(name))
            try:
                with closing(psycopg2.connect(cluster.dsn_for(name.string))) as inside, inside.cursor() as postgis:
                    postgis.execute("CREATE EXTENSION postgis")
                    inside.commit()
                with closing(Database(cluster.dsn_for(name.string, role="gisplanner"), actor="tester")) as database:
                    yield database
            finally:
                cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def sql_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ``sql/`` that stands for another version of the program."""
    copy = tmp_path / "sql"
    shutil.copytree(resource_dir("sql"), copy)
    monkeypatch.setattr(migrations, "resource_dir", lambda _kind: copy)
    return copy


def _rows(database: Database, statement: str) -> list[tuple]:
    with database.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


def _exists(database: Database, name: str) -> bool:
    return _rows(database, f"SELECT to_regclass('gisplanner.{name}') IS NOT NULL") == [(True,)]


def test_an_empty_database_gets_everything_once(empty: Database):
    assert migrate(empty) is True
    assert installed_checksums(empty) == sql_checksums()
    assert migrate(empty) is False
    logged = _rows(empty, "SELECT migration_id, username, operation FROM _yoyo_log")
    shipped = sorted(path.stem for path in (resource_dir("sql") / "migrations").glob("*.sql"))
    assert sorted(logged) == [(name, "tester", "mark") for name in shipped]


def test_an_up_to_date_database_costs_a_command_almost_nothing(db: Database):
    migrate(db)
    took = []
    for _ in range(5):
        before = time.perf_counter()
        assert migrate(db) is False
        took.append(time.perf_counter() - before)
    assert min(took) < 0.1


def test_many_programs_open_an_empty_database_at_once(empty: Database):
    done: list[bool | Exception] = []

    def open_it() -> None:
        with closing(Database(empty.dsn)) as database:
            try:
                done.append(migrate(database))
            except Exception as error:  # noqa: BLE001 - whatever it is, the assertion shows it
                done.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, done)) == ["False", "False", "False", "True"]


def test_a_migration_is_applied_as_a_whole_or_not_at_all(empty: Database, sql_folder: Path):
    migrate(empty)
    added = sql_folder / "migrations" / "0002.more.sql"
    added.write_text("CREATE TABLE more (id int);\nCREATE TABLE district (id int);\n", encoding="utf-8")
    with pytest.raises(InternalError, match=r"0002\.more\.sql"):
        migrate(empty)
    assert not _exists(empty, "more")

    added.write_text("-- 增补\nCREATE TABLE more (id int);\n", encoding="utf-8")
    assert migrate(empty) is True
    assert _exists(empty, "more")
    assert migrate(empty) is False


def test_a_crash_between_statements_and_mark_leaves_neither(
    empty: Database, sql_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_arguments, **_keywords):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations._Backend, "mark_one", killed)
        with pytest.raises(KeyboardInterrupt):
            migrate(empty)
    assert not _exists(empty, "district")
    assert migrate(empty) is True


def test_a_lock_row_left_by_a_killed_program_stops_nobody(empty: Database):
    migrate(empty)
    with empty.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 4711)")
    with empty.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM yoyo_lock")
        assert cursor.fetchone()[0] == 1
    assert migrate(empty, reapply=True) is True
    with empty.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM yoyo_lock")
        assert cursor.fetchone()[0] == 0, "whoever comes next would wait for it"


def test_functions_and_views_follow_the_program(empty: Database, sql_folder: Path):
    migrate(empty)
    view = sql_folder / "views" / "zz_test.sql"
    view.parent.mkdir(exist_ok=True)
    for columns in ("1 AS a, 2 AS b", "'x'::text AS b"):  # a view that loses a column cannot be replaced in place
        view.write_text(f"CREATE VIEW zz_test AS SELECT {columns};", encoding="utf-8")
        assert migrate(empty) is True
    assert _rows(empty, "SELECT * FROM zz_test") == [("x",)]

    view.write_text("CREATE VIEW zz_test AS SELECT broken;", encoding="utf-8")
    with pytest.raises(InternalError, match=r"views/zz_test\.sql"):
        migrate(empty)
    assert _rows(empty, "SELECT * FROM zz_test") == [("x",)]

    view.unlink()
    assert migrate(empty) is True
    assert not _exists(empty, "zz_test")


def test_a_database_of_a_newer_version_is_left_alone(empty: Database, sql_folder: Path):
    newer = sql_folder / "migrations" / "0002.newer.sql"
    newer.write_text("CREATE TABLE newer (id int);\n", encoding="utf-8")
    migrate(empty)
    before = installed_checksums(empty)
    newer.unlink()
    with pytest.raises(DatabaseUnavailableError) as error:
        migrate(empty)
    assert "newer version" in error.value.message.en
    assert installed_checksums(empty) == before


def test_a_migration_edited_after_the_fact_is_noticed(empty: Database, sql_folder: Path):
    migrate(empty)
    with (sql_folder / "migrations" / "0001.foundation.sql").open("a", encoding="utf-8") as file:
        file.write("-- edited\n")
    with pytest.raises(DatabaseUnavailableError) as error:
        migrate(empty)
    assert "another edition of migrations/0001.foundation.sql" in error.value.message.en


def test_a_server_without_postgis_says_who_can_help(empty: Database):
    with (
        closing(Database(empty.dsn.replace("user=gisplanner", "user=postgres"))) as upkeep,
        upkeep.transaction() as connection,
    ):
        connection.cursor().execute("DROP EXTENSION postgis")
    with pytest.raises(DatabaseUnavailableError, match="CREATE EXTENSION postgis"):
        migrate(empty)


def test_postgis_in_another_schema_is_refused(empty: Database):
    with (
        closing(Database(empty.dsn.replace("user=gisplanner", "user=postgres"))) as upkeep,
        upkeep.transaction() as connection,
    ):
        cursor = connection.cursor()
        cursor.execute("DROP EXTENSION postgis")
        cursor.execute("CREATE SCHEMA elsewhere")
        cursor.execute(sql.SQL("CREATE EXTENSION postgis SCHEMA {}").format(sql.Identifier("elsewhere")))
    with pytest.raises(DatabaseUnavailableError, match="elsewhere"):
        migrate(empty)


def test_a_full_disk_undoes_the_operation_in_one_sentence(db: Database):
    with pytest.raises(DatabaseUnavailableError) as error, db.transaction() as connection:
        connection.cursor().execute(
            "CREATE TABLE half (id int);"
            "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
    assert "disk of the database is full" in error.value.message.en
    assert not _exists(db, "half")


def test_a_server_that_goes_away_is_one_sentence_and_the_next_try_works(db: Database):
    with pytest.raises(DatabaseUnavailableError, match="中断"), db.transaction() as connection:
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert _rows(db, "SELECT 1") == [(1,)]


def test_a_busy_table_is_one_sentence(db: Database):
    with db.transaction() as holder:
        holder.cursor().execute("LOCK TABLE district")
        with pytest.raises(DatabaseUnavailableError) as error, db.transaction() as other:
            other.cursor().execute("SET LOCAL lock_timeout = '50ms'; SELECT * FROM district")
    assert "try again later" in error.value.message.en


def test_a_cancelled_query_is_not_taken_for_a_lost_server(db: Database):
    with pytest.raises(errors.QueryCanceled), db.transaction() as connection:
        connection.cursor().execute("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)")


@pytest.mark.parametrize(
    "dsn",
    [
        "nonsense",
        "",
        "postgresql://planner:pa@ss-secret@localhost/plans",
        "postgresql://planner:pa/ss-secret@localhost/plans",
        "postgresql//planner:ss-secret@localhost/plans",
        "postgresql://planner:ss-secret@localhost:port/plans",
    ],
)
def test_a_malformed_address_never_shows_the_password(dsn: str):
    with pytest.raises(DatabaseUnavailableError) as error:
        Database(dsn)
    assert "ss-secret" not in error.value.message
    assert "postgresql://user:password@host:5432/database" in error.value.message


def test_an_unreachable_server_never_shows_the_password():
    database = Database("postgresql://planner:ss-secret@127.0.0.1:9/plans")
    with pytest.raises(DatabaseUnavailableError) as error, database.transaction():
        pass
    assert "127.0.0.1" in error.value.message
    assert "ss-secret" not in error.value.message
    assert "\n" not in error.value.message
    database.close()


def test_the_schema_is_made_under_a_locale_that_is_not_utf_8(empty: Database):
    # ASCII is the narrowest of them: what can be read under it can be read under GBK.
    narrow = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    program = (
        "import locale, sys; assert locale.getpreferredencoding(False) != 'UTF-8';"
        "from gisplanner.store.database import Database; from gisplanner.store.migrations import migrate;"
        "made = Database(sys.argv[1]); assert migrate(made); made.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, empty.dsn],
        env={**os.environ, **narrow},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _rows(empty, "SELECT obj_description('gisplanner.estate'::regclass)")[0][0].startswith("老旧小区")
