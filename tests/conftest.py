"""Fixtures: a real PostGIS cluster in a temporary folder, and a fresh database made from a template for each test.

Workers of a parallel run share one cluster. With ``GISPLANNER_TEST_DATABASE_URL`` (an account that may create
databases and extensions) the databases of the tests are made on that server instead.
"""

from __future__ import annotations

import compileall
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import hypothesis
import psycopg2
import pytest
from psycopg2 import errors, sql
from psycopg2.extensions import parse_dsn

from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.district import District
from gisplanner.services.register.register import import_register
from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.dsn import with_database
from gisplanner.store.migrations import migrate

_FOLDER = "GISPLANNER_TEST_FOLDER"
_SERVER = "GISPLANNER_TEST_DATABASE_URL"
_OWNER = "gisplanner"
_PATIENCE_S = 60.0
_ROOM_BYTES = 2_000_000_000
_PROGRAM = Path(__file__).parents[1] / "gisplanner"

hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
"""The same examples in every run: what was green stays so. ``HYPOTHESIS_PROFILE=default`` looks for others."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the shared cluster before any worker starts; workers inherit the environment."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="gisplanner-test-", dir=_memory_folder())
        Path(folder).chmod(0o755)  # servers run as other accounts
        os.environ[_FOLDER] = folder
        # Programs that tests start must not each compile the sources again, which they do where Python is told to
        # write no bytecode; what is up to date is left alone.
        compileall.compile_dir(_PROGRAM, quiet=1)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the shared cluster when all workers are done."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(_FOLDER))
        try:
            Cluster(folder / "home", base=folder).stop()
        finally:
            shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def no_outside_settings() -> None:
    """Tests never touch the user's own data, whatever the environment says."""
    for name in [name for name in os.environ if name.startswith("GISPLANNER_")]:
        if name not in (_SERVER, _FOLDER):
            del os.environ[name]


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Folder of real cities and policy texts that may stand beside the checkout."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of real data does not stand beside this checkout")
    return folder


@pytest.fixture(scope="session")
def server_folder() -> Path:
    """Folder that other accounts can enter, unlike pytest's own, for clusters that a test makes itself."""
    return Path(os.environ[_FOLDER])


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A private cluster in a folder of its own; its database is migrated and empty."""
    folder = Path(os.environ[_FOLDER])
    made = Cluster(folder / "home", base=folder)
    with _one_at_a_time(folder):
        first = not made.data.exists()
        made.ensure_running()
        if first:
            # What a test run writes need not outlive a power cut.
            with closing(_upkeep(made.dsn_for("postgres"))) as connection, connection.cursor() as cursor:
                cursor.execute("ALTER SYSTEM SET fsync = off")
                cursor.execute("SELECT pg_reload_conf()")
            with closing(Database(made.dsn)) as database:
                migrate(database)
            _load_postgis_once(made)
    return made


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The connection string for upkeep and the name of the migrated, empty database that tests copy."""
    server = os.environ.get(_SERVER)
    if server is None:
        cluster: Cluster = request.getfixturevalue("cluster")
        yield cluster.dsn_for("postgres"), parse_dsn(cluster.dsn)["dbname"]
        return
    name = f"gisplanner_template_{uuid.uuid4().hex[:12]}"
    with closing(_upkeep(server)) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with closing(Database(with_database(server, name))) as database:
                migrate(database)
            yield server, name
        finally:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def db(template: tuple[str, str]) -> Iterator[Database]:
    """A migrated, empty database, reached as the ordinary account the program uses."""
    with fresh_database(*template, actor="tester") as database:
        yield database


@pytest.fixture(scope="session")
def db_of_readers(template: tuple[str, str]) -> Iterator[Database]:
    """A migrated, empty database shared by all tests that leave it as it is."""
    with fresh_database(*template, actor="tester") as database:
        yield database


@contextmanager
def fresh_database(server: str, template: str, *, actor: str) -> Iterator[Database]:
    """Copy the template for as long as the block lasts."""
    name = f"gisplanner_test_{uuid.uuid4().hex[:12]}"
    private = _SERVER not in os.environ
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    if private:
        # As long as nothing waits for the disk, copying files is several times as fast as logging their content.
        statement += sql.SQL(" OWNER {} STRATEGY file_copy").format(sql.Identifier(_OWNER))
    with closing(_upkeep(server)) as connection, connection.cursor() as cursor:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                cursor.execute(statement)
                break
            except errors.ObjectInUse:  # another worker looks at the template just now
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        dsn = with_database(server, name)
        database = Database(dsn.replace("user=postgres", f"user={_OWNER}") if private else dsn, actor=actor)
        try:
            yield database
        finally:
            database.close()
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _load_postgis_once(cluster: Cluster) -> None:
    """Have the server load PostGIS when it starts; else each of the thousands of connections of a run does."""
    database = parse_dsn(cluster.dsn)["dbname"]
    with closing(_upkeep(cluster.dsn_for(database))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT probin FROM pg_proc WHERE proname = 'postgis_lib_version'")
        cursor.execute("ALTER SYSTEM SET shared_preload_libraries = %s", cursor.fetchone())
    cluster.stop()
    cluster.ensure_running()


def _memory_folder() -> Path | None:
    """Folder of a file system in memory with room for the databases of a run, where making one takes no disk."""
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and shutil.disk_usage(folder).free > _ROOM_BYTES
    return folder if roomy and os.access(folder, os.W_OK) else None


def _upkeep(dsn: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    return connection


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "workers.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture
def nankang(db: Database) -> District:
    """The built-in district with its published register; no outlines."""
    published = published_rows("nankang")
    assert published is not None
    return import_register(db, "nankang", published).district
