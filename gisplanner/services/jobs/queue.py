"""What workers need of the queue."""

from __future__ import annotations

from gisplanner.store.job_queue import QUEUE_SCHEMA, TASK, prepare_queue, queue_app

__all__ = ["QUEUE_SCHEMA", "TASK", "prepare_queue", "queue_app"]
