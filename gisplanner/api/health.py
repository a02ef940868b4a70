"""``/healthz``: whether the database can be reached; ``/readyz``: whether the server can do its work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from gisplanner import __version__
from gisplanner.api.context import OpenDatabase
from gisplanner.services.overview import database_answers, readiness

router = APIRouter()

_NOT_READY = 503


@router.get("/healthz")
def healthz(db: OpenDatabase, response: Response) -> dict[str, Any]:
    """Return 200 while the database answers; else 503 with the error document."""
    response.headers["Cache-Control"] = "no-store"
    return {"status": "ok", "version": __version__, "districts": database_answers(db)}


@router.get("/readyz")
def readyz(db: OpenDatabase, response: Response) -> dict[str, Any]:
    """Return 200 while requests can be served: the database answers and its schema is that of this program."""
    response.headers["Cache-Control"] = "no-store"
    found = readiness(db)
    if not found.ready:
        response.status_code = _NOT_READY
    return {
        "status": "ready" if found.ready else "not ready",
        "version": __version__,
        "schema_up_to_date": found.schema_up_to_date,
        "oldest_waiting_job_s": found.oldest_waiting_job_s,
    }
