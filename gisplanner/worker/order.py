"""What a worker orders of a child; the program itself is loaded once, where children come from, and not here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
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
    """Run the job that is ordered; called in a child, where the program is loaded already."""
    import_module("gisplanner.worker.child").run_within_limits(order)
