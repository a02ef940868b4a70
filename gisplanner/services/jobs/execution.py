"""Run one job in a process of its own: begun once, written once, ended once, whoever is killed in between."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from psycopg2.errors import InsufficientPrivilege

from gisplanner.errors import GisPlannerError, InternalError, PermissionDeniedError, RefusedError
from gisplanner.services.jobs.catalogue import process_for
from gisplanner.services.jobs.processes import Work
from gisplanner.services.jobs.records import job_of
from gisplanner.services.jobs.upkeep import out_of_bounds
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_log: Final = logging.getLogger(__name__)


class FencedDatabase(Database):
    """A database in which only the attempt that counts can write.

    Every transaction that changed anything marks its job in the same breath: where the job was dismissed, or another
    attempt has taken over, nothing is committed.
    """

    def __init__(self, dsn: str, *, actor: str, job_id: UUID, attempt: int) -> None:
        super().__init__(dsn, actor=actor)
        self._job = {"id": str(job_id), "attempt": attempt}

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection; what was changed is committed together with the mark of the job.

        Raises
        ------
        RefusedError
            The job is this attempt's no more; everything is rolled back.
        """
        with super().transaction() as connection:
            yield connection
            if queries().transaction_writes(connection) and not queries().job_written(connection, **self._job):
                raise RefusedError(Text("作业已取消，未写入。", en="The job was dismissed; nothing was written."))


def run_job(dsn: str, job_id: UUID, *, uploads: Path, worker: str) -> bool:
    """Run a job that waits and keep its end; tell whether there was one to run.

    The process holds a lock on the job as long as it lives, so that nobody mistakes a slow job for a dead one.
    """
    program = Database(dsn, actor=worker)
    life = program.connect()
    life.autocommit = True
    try:
        if not queries().job_alive_lock(life, id=str(job_id)):
            return False
        with program.transaction() as connection:
            begun = queries().job_begin(connection, id=str(job_id), worker=worker)
            row = queries().job_get(connection, id=str(job_id))
        if begun is None:
            return False
        _log.info("job begun", extra={"job": str(job_id), "attempt": begun.attempt, "job_process": row.process})
        _end(program, job_id, begun.attempt, *_outcome(program, row, begun.attempt, uploads))
        return True
    finally:
        life.close()
        program.close()


def _outcome(program: Database, row: Any, attempt: int, uploads: Path) -> tuple[dict[str, Any] | None, Any]:
    job = job_of(row)
    fenced = FencedDatabase(program.dsn, actor=job.viewer.name, job_id=job.id, attempt=attempt)

    def tell(percent: int, message: str) -> None:
        with program.transaction() as connection:
            queries().job_progress(
                connection, id=str(job.id), attempt=attempt, progress=percent, message=str(message)
            )

    try:
        process = process_for(job.viewer, job.process)
        work = Work(fenced.seen_by(job.viewer), program, job.viewer, uploads, tell)
        result = dict(process.run(work, process.inputs.model_validate(dict(job.inputs))))
        return json.loads(json.dumps(result, ensure_ascii=False, default=str)), None
    except Exception as error:  # noqa: BLE001 - whatever happens to a job is told to who sent it
        return None, failure(error)
    finally:
        fenced.close()


def failure(error: Exception) -> dict[str, Any]:
    """Return the error document of what went wrong in a job."""
    if isinstance(error, GisPlannerError):
        return error.as_dict()
    if isinstance(error, MemoryError):
        return out_of_bounds().as_dict()
    if isinstance(error, InsufficientPrivilege):
        return PermissionDeniedError(
            Text(
                "文件里有不属于本账户范围的内容，未写入任何内容。",
                en="The file holds what is not this account's to change; nothing was written.",
            )
        ).as_dict()
    _log.error("job failed", exc_info=error)
    return InternalError(Text("程序内部错误，已记入日志。", en="Internal error; it is in the log.")).as_dict()


def _end(program: Database, job_id: UUID, attempt: int, result: dict[str, Any] | None, error: Any) -> None:
    with program.transaction() as connection:
        if error is None:
            queries().job_succeed(
                connection, id=str(job_id), attempt=attempt, result=json.dumps(result, ensure_ascii=False)
            )
        else:
            queries().job_fail(
                connection, id=str(job_id), attempt=attempt, error=json.dumps(error, ensure_ascii=False)
            )
