"""Send a job (提交作业): checked, counted against what its account may have at once, put into the queue."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gisplanner.domain.accounts import Role, Viewer
from gisplanner.domain.jobs import Job, ResponseForm
from gisplanner.errors import TooManyRequestsError
from gisplanner.services.jobs.catalogue import process_for
from gisplanner.services.jobs.records import get_job
from gisplanner.store.database import Database
from gisplanner.store.job_queue import enqueue
from gisplanner.store.queries import queries
from gisplanner.text import Text

OPEN_JOBS: Final[Mapping[Role, int]] = MappingProxyType(
    {"admin": 20, "planner": 10, "lead": 5, "reviewer": 5, "operator": 3, "subdistrict": 3, "public": 0}
)
"""How many jobs an account may have waiting or running at once, by its role."""

JOBS_AN_HOUR: Final[Mapping[Role, int]] = MappingProxyType(
    {"admin": 500, "planner": 200, "lead": 100, "reviewer": 100, "operator": 60, "subdistrict": 60, "public": 0}
)


def submit_job(
    db: Database, viewer: Viewer, process: str, inputs: Mapping[str, Any], *, response: ResponseForm = "raw"
) -> Job:
    """Send a job; a worker runs it with what ``viewer`` may do now.

    Raises
    ------
    NotFoundError
        There is no such process.
    PermissionDeniedError
        The account may not run it.
    UsageError
        Inputs are missing, unknown or wrong; all of them.
    TooManyRequestsError
        The account has as many jobs as its role allows.
    """
    checked = process_for(viewer, process).check(inputs)
    job_id = uuid.uuid4()
    with db.transaction() as connection:
        queries().job_open_lock(connection, account=viewer.name)
        now = queries().job_open_count(connection, account=viewer.name)
        if now.open >= OPEN_JOBS[viewer.role] or now.of_last_hour >= JOBS_AN_HOUR[viewer.role]:
            raise TooManyRequestsError(
                Text(
                    f"账户 {viewer.name} 的作业过多（同时至多 {OPEN_JOBS[viewer.role]} 个，"
                    f"每小时至多 {JOBS_AN_HOUR[viewer.role]} 个），请等已有作业结束。",
                    en=f"The account {viewer.name} has too many jobs: at most {OPEN_JOBS[viewer.role]} at once and "
                    f"{JOBS_AN_HOUR[viewer.role]} an hour. Wait for those there are.",
                )
            )
        queries().job_insert(
            connection,
            id=str(job_id),
            process=process,
            account=viewer.name,
            role=viewer.role,
            scope=json.dumps({kind: list(names) for kind, names in viewer.scope.items()}, ensure_ascii=False),
            inputs=json.dumps(checked, ensure_ascii=False),
            response=response,
        )
    # A crash here loses nothing: workers put jobs that wait into the queue again.
    enqueue(db, job_id)
    return get_job(db, viewer, job_id)
