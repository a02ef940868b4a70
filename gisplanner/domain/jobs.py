"""Jobs (作业): what was asked, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

from gisplanner.domain.accounts import Viewer

JobStatus = Literal["accepted", "running", "successful", "failed", "dismissed"]
JOB_STATUSES: Final[tuple[JobStatus, ...]] = get_args(JobStatus)
ResponseForm = Literal["raw", "document"]
RESPONSES: Final[tuple[ResponseForm, ...]] = get_args(ResponseForm)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are looked for; whatever is empty leaves nothing out.

    Attributes
    ----------
    processes, statuses
        One of these.
    since, until
        Created at this time at the earliest, at the latest.
    min_duration_s, max_duration_s
        Seconds from begin to end, or to now for one that runs.
    """

    processes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_duration_s: int | None = None
    max_duration_s: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    Attributes
    ----------
    viewer
        On whose behalf it runs, with the role and scope of the moment it was sent.
    attempt
        How often a worker has begun it: again only after a worker was killed.
    progress
        Percent.
    message
        What it is doing.
    written
        Whether it has changed the data; then it is never begun again.
    error
        The error document, for a job that failed.
    response
        Whether the result was asked for as it is, or in a document of all outputs.
    """

    id: UUID
    process: str
    viewer: Viewer
    inputs: Mapping[str, Any]
    status: JobStatus
    attempt: int
    progress: int
    message: str | None
    written: bool
    error: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    response: ResponseForm = "raw"

    @property
    def is_over(self) -> bool:
        """Return whether nothing will change any more."""
        return self.status not in {"accepted", "running"}
