"""What operators look at: an id for every request, one log line each, figures for Prometheus."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gisplanner.api.context import OpenDatabase
from gisplanner.api.viewer import CurrentViewer
from gisplanner.domain.jobs import JOB_STATUSES
from gisplanner.logs import request_id
from gisplanner.services.jobs.upkeep import job_counts
from gisplanner.text import Text

router = APIRouter()

REQUEST_ID: Final = "X-Request-ID"
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_OUR_FAULT: Final = 500

_log: Final = logging.getLogger("gisplanner.request")


class Figures:
    """Figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "gisplanner_requests", "Requests", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "gisplanner_request_seconds",
            "Time to answer",
            ["method", "route"],
            registry=self.registry,
            buckets=_BUCKETS_S,
        )
        self.jobs = Gauge("gisplanner_jobs", "Jobs by status", ["status"], registry=self.registry)
        self.database_up = Gauge("gisplanner_database_up", "Whether the database answers", registry=self.registry)
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def of(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Return the figures of requests of one kind: how many, how long; there are few kinds."""
        key = (method, route, status)
        if key not in self._of:
            self._of[key] = self.requests.labels(method, route, str(status)), self.seconds.labels(method, route)
        return self._of[key]


class Observed:
    """ASGI middleware: names the request, measures it, logs it."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self.figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        name = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(16)
        raw = (REQUEST_ID.lower().encode(), name.encode())
        token = request_id.set(name)
        begun, status = time.perf_counter(), _OUR_FAULT

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], raw]
            await send(message)

        try:
            await self.app(scope, receive, send_named)
        finally:
            self._note(scope, status, time.perf_counter() - begun)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        answered, taken = self.figures.of(method, route, status)
        answered.inc()
        taken.observe(seconds)
        if not _log.isEnabledFor(logging.INFO):
            return
        client = scope.get("client")
        _log.info(
            "%s %s %s",
            scope["method"],
            scope["path"],
            status,
            extra={
                "method": scope["method"],
                "path": scope["path"],
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "client": client[0] if client else None,
            },
        )


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@router.get("/metrics")
def metrics(db: OpenDatabase, viewer: CurrentViewer, request: Request) -> Response:
    """Return the figures for Prometheus: to this machine, and to administrators."""
    client = request.client.host if request.client is not None else None
    if viewer.role != "admin" and client not in _LOOPBACK:
        raise HTTPException(403, Text("只对本机和管理员开放。", en="For this machine and administrators only."))
    figures: Figures = request.app.state.figures
    try:
        counts = job_counts(db)
    except Exception:  # noqa: BLE001 - a database that is down is a figure, too
        figures.database_up.set(0)
    else:
        figures.database_up.set(1)
        for status in JOB_STATUSES:
            figures.jobs.labels(status).set(counts.get(status, 0))
    return Response(
        generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )
