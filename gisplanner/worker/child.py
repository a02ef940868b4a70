"""The process of one job: forked from one that has loaded the program already, then bound by its limits."""

from __future__ import annotations

import os
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from gisplanner.logs import log_as_json
from gisplanner.services.jobs.execution import run_job
from gisplanner.worker.limits import Limits, end_with_parent, set_limits


@dataclass(frozen=True, slots=True)
class Order:
    """Which job, on which database, with which files and limits; ``folder`` is for temporary files."""

    dsn: str
    job_id: UUID
    uploads: Path
    folder: Path
    worker: str
    limits: Limits
    log_json: bool


def run_order(order: Order) -> None:
    """Run the job that is ordered, within its limits."""
    os.setsid()  # Ctrl-C is for the worker, which decides what becomes of its jobs
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    end_with_parent(os.getppid(), signal.SIGKILL)
    set_limits(order.limits)
    tempfile.tempdir = str(order.folder)
    if order.log_json:
        log_as_json()
    run_job(order.dsn, order.job_id, uploads=order.uploads, worker=order.worker)
