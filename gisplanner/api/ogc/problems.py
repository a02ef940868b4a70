"""Problem documents of the standard's own kinds (RFC 7807)."""

from __future__ import annotations

import json

from fastapi import Request, Response

from gisplanner.api.errors import answer_error
from gisplanner.errors import GisPlannerError


def problem(request: Request, status: int, kind: str, error: GisPlannerError) -> Response:
    """Return ``error`` as a problem document of the type ``kind``."""
    made = answer_error(request, error, status)
    document = {**json.loads(bytes(made.body)), "type": kind}
    return Response(json.dumps(document, ensure_ascii=False), status, media_type="application/problem+json")
