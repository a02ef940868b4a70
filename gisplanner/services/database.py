"""Open the database: the external one if a URL is set, else the private cluster, started on demand."""

from __future__ import annotations

from pathlib import Path

from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.migrations import migrate

__all__ = ["Database", "open_database"]


def open_database(home: Path, *, url: str | None = None, actor: str = "local") -> Database:
    """Return a database at the schema of this version.

    Raises
    ------
    DatabaseUnavailableError
        No server can be reached or made, and why.
    """
    if url is None:
        cluster = Cluster(home)
        cluster.ensure_running()
        url = cluster.dsn
    database = Database(url, actor=actor)
    migrate(database)
    return database
