"""Private clusters: an empty folder, a stopped one with a row, a copy of it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from gisplanner.store.cluster import Cluster


@pytest.fixture
def folder(server_folder: Path) -> Iterator[Path]:
    """An empty folder."""
    made = Path(tempfile.mkdtemp(dir=server_folder))
    yield made
    for child in made.rglob("postmaster.pid"):
        Cluster(child.parent.parent, base=made).stop()
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def stopped(server_folder: Path) -> Iterator[Path]:
    """A data folder with one row in it, stopped; tests copy it, which is quicker than making one."""
    made = Path(tempfile.mkdtemp(dir=server_folder))
    one = Cluster(made / "home", base=made)
    one.ensure_running()
    with closing(psycopg2.connect(one.dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (value text)")
        cursor.execute("INSERT INTO kept VALUES ('南康')")
    one.stop()
    yield one.home
    shutil.rmtree(made)


@pytest.fixture
def cluster_of_one(stopped: Path, folder: Path) -> Cluster:
    """A stopped cluster with one row, of this test alone."""
    home = folder / "home"
    subprocess.run(["cp", "-a", stopped, home], check=True)
    return Cluster(home, base=folder)
