"""The database: open, start, stop, look at it, back it up and restore it.

An external PostGIS serves if a URL is set, else the private cluster in the data folder, started on demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gisplanner.errors import UsageError
from gisplanner.store.backup import check_backup, restore_backup, write_backup
from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.dsn import as_url
from gisplanner.store.installation import Installation, find_client_tools
from gisplanner.store.migrations import installed_checksums, migrate, sql_checksums
from gisplanner.store.queries import queries
from gisplanner.text import Text

__all__ = [
    "Database",
    "DatabaseState",
    "backup_database",
    "database_state",
    "database_url",
    "open_database",
    "restore_database",
    "start_database",
    "stop_database",
]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What can be said of the database without changing it.

    Attributes
    ----------
    kind
        ``private`` (our own cluster) or ``server`` (an external one).
    running
        Whether it answers. What follows is ``None`` if it does not.
    url
        Address for other programs, without the password.
    up_to_date
        Whether the schema is the one of this program.
    size_bytes
        Space the database takes.
    other_connections
        Sessions of other programs.
    """

    kind: Literal["private", "server"]
    running: bool
    home: Path | None = None
    url: str | None = None
    server_version: str | None = None
    postgis_version: str | None = None
    up_to_date: bool | None = None
    size_bytes: int | None = None
    other_connections: int | None = None


def open_database(home: Path, *, url: str | None = None, actor: str = "local", base: Path | None = None) -> Database:
    """Return a database at the schema of this version; the caller closes it.

    Parameters
    ----------
    home
        Data folder of the private cluster.
    url
        External PostGIS to use in its place.
    actor
        Account name that history, batches and events record.
    base
        A folder above ``home`` that is ours as well (see :class:`gisplanner.store.cluster.Cluster`).

    Raises
    ------
    DatabaseUnavailableError
        No server can be reached or made, and why.
    """
    if url is None:
        cluster = Cluster(home, base)
        cluster.ensure_running()
        url = cluster.dsn
    database = Database(url, actor=actor)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def start_database(home: Path, *, url: str | None = None) -> DatabaseState:
    """Start the database, bring its schema to this version and tell its state.

    Raises
    ------
    DatabaseUnavailableError
        It cannot be started or reached, and why.
    """
    open_database(home, url=url).close()
    return database_state(home, url=url)


def stop_database(home: Path, *, url: str | None = None) -> bool:
    """Stop the private cluster; tell whether it was running.

    Raises
    ------
    UsageError
        The database is an external server, which is its administrator's to stop.
    DatabaseUnavailableError
        It would not stop.
    """
    if url is not None:
        raise UsageError(
            Text(
                "已设置 GISPLANNER_DATABASE_URL：数据库在外部服务器上，由其管理员启停。",
                en="GISPLANNER_DATABASE_URL is set: the database stands on a server of its own, "
                "which its administrator starts and stops.",
            )
        )
    return Cluster(home).stop()


def database_state(home: Path, *, url: str | None = None) -> DatabaseState:
    """Tell the state of the database without starting or changing anything.

    Raises
    ------
    DatabaseUnavailableError
        The external server cannot be reached, or the private one runs but does not answer.
    """
    if url is None:
        cluster = Cluster(home)
        if cluster.server() is None:
            return DatabaseState("private", running=False, home=home)
        url, kind, folder = cluster.dsn, "private", home
    else:
        kind, folder = "server", None
    database = Database(url)
    try:
        up_to_date = installed_checksums(database) == sql_checksums()
        with database.transaction() as connection:
            facts = queries().server_facts(connection)
    finally:
        database.close()
    return DatabaseState(
        "private" if kind == "private" else "server",
        running=True,
        home=folder,
        url=as_url(url),
        server_version=facts.server_version,
        postgis_version=facts.postgis_version,
        up_to_date=up_to_date,
        size_bytes=facts.size_bytes,
        other_connections=facts.other_connections,
    )


def database_url(home: Path, *, url: str | None = None) -> str:
    """Start the database if need be and return the address for psql, GDAL or QGIS, without the password.

    Raises
    ------
    DatabaseUnavailableError
        It cannot be started or reached, and why.
    """
    database = open_database(home, url=url)
    try:
        return as_url(database.dsn)
    finally:
        database.close()


def backup_database(home: Path, file: Path, *, url: str | None = None) -> int:
    """Write everything to one file and return its size in bytes.

    Raises
    ------
    InputError
        The file cannot be written there.
    DatabaseUnavailableError
        The database cannot be reached or broke off.
    """
    database = open_database(home, url=url)
    try:
        return write_backup(database.dsn, file, _tools(home, url))
    finally:
        database.close()


def restore_database(
    home: Path, file: Path, *, url: str | None = None, replace: bool = False, actor: str = "local"
) -> None:
    """Put the content of a backup into an empty database, or in place of all there is.

    Raises
    ------
    UsageError
        The database holds data and ``replace`` is not set.
    NotFoundError, FileFormatError
        There is no such file, or it is no backup this version can read.
    DatabaseUnavailableError
        The database cannot be reached, is busy or broke off; it is as it was.
    """
    check_backup(file, _tools(home, url))
    database = open_database(home, url=url, actor=actor)
    try:
        with database.transaction() as connection:
            filled = queries().schema_is_filled(connection)
        if filled and not replace:
            raise UsageError(
                Text(
                    "数据库里已有数据，未作任何改动；确要用备份取代全部现有数据，请加 --replace"
                    "（建议先 db backup）。",
                    en="The database holds data; nothing was changed. To put the backup in place of everything, add "
                    "--replace (better make a db backup first).",
                )
            )
        restore_backup(database.dsn, file, _tools(home, url))
        migrate(database, reapply=True)
    finally:
        database.close()


def _tools(home: Path, url: str | None) -> Installation:
    return Cluster(home).installation() if url is None else find_client_tools()
