"""The process of one job: forked from one that has loaded the program already, then bound by its limits."""

from __future__ import annotations

import os
import signal
import tempfile

from gisplanner.logs import log_as_json
from gisplanner.services.jobs.execution import run_job
from gisplanner.worker.limits import end_with_parent, set_limits
from gisplanner.worker.order import Order


def run_within_limits(order: Order) -> None:
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
