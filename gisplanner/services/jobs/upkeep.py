"""What dead workers left behind is picked up: no job is lost, none is done twice."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from gisplanner.errors import GisPlannerError, InternalError, TooLargeError
from gisplanner.store.database import Database
from gisplanner.store.job_queue import enqueue
from gisplanner.store.queries import queries
from gisplanner.text import Text

MAX_ATTEMPTS: Final = 3
"""A job whose worker was killed this often is given up."""
KEPT_DAYS: Final = 90
_WAITING_S: Final = 10.0


def settle_orphans(db: Database, *, only: UUID | None = None, error: GisPlannerError | None = None) -> list[UUID]:
    """Decide on jobs whose process is gone and return those that are to be begun again.

    One that has written is over: its data stand. One that has not is begun again, unless ``error`` says why its
    process ended, or it was begun too often.

    Parameters
    ----------
    only
        Look at this job alone.
    """
    again = []
    with db.transaction() as connection:
        for row in list(queries().job_orphans(connection)):
            found = {"id": str(row.id), "attempt": row.attempt}
            if only is not None and str(only) != str(row.id):
                continue
            if row.written:
                note = {"note": "数据已写入；工作进程在写报告时中断，报告见导入记录。"}
                queries().job_succeed(connection, result=json.dumps(note, ensure_ascii=False), **found)
            elif error is not None or row.attempt >= MAX_ATTEMPTS:
                reason = error or InternalError(
                    Text("工作进程多次中断，作业已放弃，未写入任何内容。", en="Workers kept dying on it; given up.")
                )
                queries().job_fail(connection, error=json.dumps(reason.as_dict(), ensure_ascii=False), **found)
            else:
                queries().job_give_back(connection, **found)
                again.append(UUID(str(row.id)))
    return again


def requeue(db: Database, again: list[UUID]) -> None:
    """Put jobs that are to be begun again, and those that have waited for long, into the queue."""
    with db.transaction() as connection:
        waiting = [UUID(str(row.id)) for row in queries().job_waiting(connection, seconds=_WAITING_S)]
    for job_id in dict.fromkeys([*again, *waiting]):
        enqueue(db, job_id)


def forget_jobs(db: Database) -> int:
    """Remove jobs that ended long ago and return how many."""
    with db.transaction() as connection:
        return int(queries().jobs_forget(connection, days=KEPT_DAYS))


def job_counts(db: Database) -> dict[str, int]:
    """Return how many jobs there are of each status."""
    with db.transaction() as connection:
        return {row.status: row.jobs for row in queries().job_counts(connection)}


def out_of_bounds() -> TooLargeError:
    """Return the refusal of what takes more memory or time than a job may."""
    return TooLargeError(
        Text(
            "作业超出内存或时间限制，已中止，未写入任何内容；请缩小或拆分输入。",
            en="The job took more memory or time than it may and was stopped; nothing was written. Split the input.",
        )
    )
