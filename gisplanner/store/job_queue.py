"""The queue of jobs: procrastinate's tables in a schema of their own, which can be thrown away and made again.

What a job is and what became of it stands in our table ``job``; the queue only hands jobs to workers, one to one, and
wakes them. A backup does not hold the queue; a worker puts what is waiting back into it.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final
from uuid import UUID

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager
from psycopg2.extensions import make_dsn

from gisplanner.store.database import Database
from gisplanner.store.dsn import parse
from gisplanner.store.failures import server_failures
from gisplanner.store.queries import queries

QUEUE_SCHEMA: Final = "gisplanner_queue"
TASK: Final = "run_job"
_MAX_CONNECTIONS: Final = 4


def prepare_queue(db: Database) -> None:
    """Make the queue's tables where there are none, or those of another version of its library.

    Raises
    ------
    DatabaseUnavailableError
        The server could not serve.
    """
    wanted = version("procrastinate")
    with db.transaction() as connection:
        if queries().queue_version(connection) == wanted:
            return
    with db.transaction() as connection:
        queries().queue_lock(connection)
        if queries().queue_version(connection) == wanted:
            return
        queries().queue_reset(connection)
        queries().queue_create(connection)
        queries().queue_note_version(connection, version=wanted)
        queries().queue_path(connection)
        with connection.cursor() as cursor:
            cursor.execute(SchemaManager.get_schema())


def queue_app(dsn: str) -> procrastinate.App:
    """Return the queue of a database, not yet opened."""
    given = parse(dsn)
    options = f"{given.get('options', '')} -c search_path={QUEUE_SCHEMA}".strip()
    conninfo = make_dsn("", **{**given, "options": options, "application_name": "gisplanner queue"})
    return procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=_MAX_CONNECTIONS)
    )


def enqueue(db: Database, job_id: UUID) -> None:
    """Put a job into the queue; one that stands there already stays as it is.

    Raises
    ------
    DatabaseUnavailableError
        The server could not serve.
    """
    prepare_queue(db)
    with server_failures(), queue_app(db.dsn).open() as app:
        try:
            app.configure_task(TASK, queueing_lock=str(job_id), queue=QUEUE_SCHEMA).defer(job_id=str(job_id))
        except AlreadyEnqueued:
            return
