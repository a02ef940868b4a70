"""``/healthz``: whether the database can be reached."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from gisplanner import __version__
from gisplanner.api.context import OpenDatabase
from gisplanner.services.overview import database_answers

router = APIRouter()


@router.get("/healthz")
def healthz(db: OpenDatabase, response: Response) -> dict[str, Any]:
    """Return 200 while the database answers; else 503 with the error document."""
    response.headers["Cache-Control"] = "no-store"
    return {"status": "ok", "version": __version__, "districts": database_answers(db)}
