"""Jobs as they stand: how far one is, what it gave, the list of them; and dismissing one (作业列表)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.jobs import JOB_STATUSES, Job, JobFilter
from gisplanner.errors import Fault, NotFoundError, RefusedError, UsageError
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

MAX_LISTED: Final = 200
_POLL_S: Final = 0.1


def get_job(db: Database, viewer: Viewer, job_id: UUID) -> Job:
    """Return a job of ``viewer``; an administrator sees all.

    Raises
    ------
    NotFoundError
        There is none of that id, at least not for this account.
    """
    with db.seen_by(viewer).transaction() as connection:
        row = queries().job_get(connection, id=str(job_id))
    if row is None:
        raise _no_job(job_id)
    return job_of(row)


def list_jobs(
    db: Database, viewer: Viewer, wanted: JobFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[Job]:
    """Return the jobs of ``viewer``, the newest first; an administrator sees all.

    Raises
    ------
    UsageError
        There is no such status.
    """
    wanted = wanted or JobFilter()
    unknown = [one for one in wanted.statuses if one not in JOB_STATUSES]
    if unknown:
        raise UsageError(
            Text(f"没有作业状态 {'、'.join(unknown)}。", en=f"There is no status {', '.join(unknown)}."),
            [Fault(column="status", value=one, allowed=" ".join(JOB_STATUSES)) for one in unknown],
        )
    if viewer.role == "public":
        return []
    sought = {**asdict(wanted), "processes": list(wanted.processes), "statuses": list(wanted.statuses)}
    with db.seen_by(viewer).transaction() as connection:
        rows = queries().job_list(connection, **sought, most=limit, skipped=offset)
        return [job_of(row) for row in rows]


def job_result(db: Database, viewer: Viewer, job_id: UUID) -> Mapping[str, Any]:
    """Return what a successful job gave.

    Raises
    ------
    NotFoundError
        There is no such job.
    RefusedError
        It is not over, it failed or it was dismissed; the message says which.
    """
    with db.seen_by(viewer).transaction() as connection:
        row = queries().job_result(connection, id=str(job_id))
    if row is None:
        raise _no_job(job_id)
    if row.status != "successful":
        reason = (row.error or {}).get("error", {}).get("message")
        raise RefusedError(
            Text(f"作业没有结果：{reason or row.status}", en=f"The job has no result: {reason or row.status}"),
            [Fault(column="status", value=row.status)],
        )
    result: Mapping[str, Any] = row.result
    return result


def wait_for_job(db: Database, viewer: Viewer, job_id: UUID, *, seconds: float) -> Job:
    """Return a job when it is over, or as it stands after ``seconds``."""
    until = time.monotonic() + seconds
    job = get_job(db, viewer, job_id)
    while not job.is_over and time.monotonic() < until:
        time.sleep(_POLL_S)
        job = get_job(db, viewer, job_id)
    return job


def dismiss_job(db: Database, viewer: Viewer, job_id: UUID) -> Job:
    """Dismiss a job; what it has not written yet it will not write. One that is over stays as it is.

    Raises
    ------
    NotFoundError
        There is no such job.
    RefusedError
        It is just committing what it wrote.
    """
    get_job(db, viewer, job_id)
    with db.transaction() as connection:
        queries().job_dismiss(connection, id=str(job_id))
    job = get_job(db, viewer, job_id)
    if not job.is_over:
        raise RefusedError(
            Text("数据已经写入，不能再取消。", en="The data is written already; it cannot be dismissed any more.")
        )
    return job


def job_of(row: Any) -> Job:
    """Return the record of a row."""
    return Job(
        id=UUID(str(row.id)),
        process=row.process,
        viewer=Viewer(row.account, row.role, {kind: tuple(names) for kind, names in row.scope.items()}),
        inputs=row.inputs,
        status=row.status,
        attempt=row.attempt,
        progress=row.progress,
        message=row.message,
        written=row.written_at is not None,
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        response=row.response,
    )


def _no_job(job_id: UUID) -> NotFoundError:
    return NotFoundError(
        Text(f"没有作业 {job_id}。", en=f"There is no job {job_id}."), [Fault(column="jobID", value=str(job_id))]
    )
