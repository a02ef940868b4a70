"""What a worker orders of a child."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from gisplanner.worker.limits import Limits


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
    """Run the job that is ordered; the worker itself does not load what jobs need."""
    from gisplanner.worker.child import run_within_limits  # noqa: PLC0415 - in the child, which has it already

    run_within_limits(order)
