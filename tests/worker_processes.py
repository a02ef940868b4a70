"""Workers and servers as processes of their own, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psutil

from gisplanner.domain.jobs import Job
from gisplanner.services.accounts import Viewer
from gisplanner.services.jobs.records import get_job
from gisplanner.store.database import Database

PATIENCE_S = 180.0
ADMIN = Viewer("local", "admin")


@contextmanager
def worker(db: Database, home: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the database of a test, ended with everything it started."""
    environment = {**os.environ, "GISPLANNER_DATABASE_URL": db.dsn, "GISPLANNER_HOME": str(home), **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "gisplanner", "worker"], env=environment, stderr=subprocess.DEVNULL
    )
    family = psutil.Process(process.pid)
    try:
        yield process
    finally:
        if process.poll() is None:
            below = family.children(recursive=True)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE_S)
            finally:
                for one in below:
                    if one.is_running():
                        one.kill()


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def until_status(db: Database, job_id: UUID, *statuses: str) -> Job:
    until(lambda: get_job(db, ADMIN, job_id).status in statuses, f"no {statuses}: {get_job(db, ADMIN, job_id)}")
    return get_job(db, ADMIN, job_id)


def until_held_up(db: Database) -> None:
    """Wait until somebody stands before a table that is locked."""

    def waits() -> bool:
        with db.transaction() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
            return bool(cursor.fetchone()[0])

    until(waits, "the job never reached the table")
