"""Fixtures: a real PostGIS cluster in a temporary folder, and a fresh database made from a template for each test."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.migrations import migrate

TEMPLATE = "gisplanner"


@pytest.fixture(scope="session", autouse=True)
def no_outside_settings() -> None:
    """Tests never touch the user's own data, whatever the environment says."""
    for name in [name for name in os.environ if name.startswith("GISPLANNER_")]:
        if name != "GISPLANNER_TEST_DATABASE_URL":
            del os.environ[name]


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Folder of real cities and policy texts that may stand beside the checkout."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of real data does not stand beside this checkout")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private cluster in a folder of its own; its database is the migrated template."""
    with tempfile.TemporaryDirectory(prefix="gisplanner-test-") as folder:
        Path(folder).chmod(0o755)
        made = Cluster(Path(folder) / "home")
        made.ensure_running()
        database = Database(made.dsn)
        migrate(database)
        database.close()
        yield made
        made.stop()


@pytest.fixture
def db(cluster: Cluster) -> Iterator[Database]:
    """A migrated, empty database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = psycopg2.connect(cluster.dsn.replace(f"dbname={TEMPLATE}", "dbname=postgres"))
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        database = Database(cluster.dsn.replace(f"dbname={TEMPLATE}", f"dbname={name}"), actor="tester")
        yield database
        database.close()
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        admin.close()
