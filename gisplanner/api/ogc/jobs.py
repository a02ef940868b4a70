"""``/ogc/jobs``: how far jobs are, what they gave, dismissing them (OGC API Processes, Part 1)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse, StreamingResponse

from gisplanner.api.context import OpenDatabase
from gisplanner.api.ogc.media import HTML, JSON, address, link, self_links, strict, wanted
from gisplanner.api.ogc.pages import answer
from gisplanner.api.ogc.problems import problem
from gisplanner.api.viewer import CurrentViewer
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.jobs import Job, JobFilter, ResponseForm
from gisplanner.errors import GisPlannerError, NotFoundError, RefusedError
from gisplanner.services.database import Database
from gisplanner.services.jobs.moments import interval
from gisplanner.services.jobs.records import MAX_LISTED, dismiss_job, get_job, job_result, list_jobs
from gisplanner.text import Text

router = APIRouter(prefix="/ogc/jobs")

_FORMATS: Final = {"json": JSON, "html": HTML}
_PROBLEMS: Final = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
_REPEATED: Final = ("type", "processID", "status")
_SINGLE: Final = ("datetime", "minDuration", "maxDuration", "limit", "offset")
MAX_NUMBER: Final = 2**31 - 1
_LOOK_S: Final = 0.5
_BREATH_S: Final = 15.0
_LONGEST_S: Final = 3600.0
_MAX_EVENTS_AT_ONCE: Final = 200
_listening: Final = anyio.CapacityLimiter(_MAX_EVENTS_AT_ONCE)


@router.get("")
def jobs(
    db: OpenDatabase,
    viewer: CurrentViewer,
    request: Request,
    *,
    kind: Annotated[list[str], Query(alias="type", max_length=20)] = [],  # noqa: B006 - never changed
    process: Annotated[list[str], Query(alias="processID", max_length=80)] = [],  # noqa: B006
    status: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006
    created: Annotated[str | None, Query(alias="datetime", max_length=80)] = None,
    min_duration: Annotated[int | None, Query(alias="minDuration", ge=0, le=MAX_NUMBER)] = None,
    max_duration: Annotated[int | None, Query(alias="maxDuration", ge=0, le=MAX_NUMBER)] = None,
    limit: Annotated[int, Query(ge=1)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_NUMBER)] = 0,
) -> Response:
    """Return the jobs of the viewer, the newest first."""
    strict(request, _SINGLE, repeated=_REPEATED)
    media_type = wanted(request, _FORMATS)
    since, until = interval(created) if created is not None else (None, None)
    sought = JobFilter(_each(process), _each(status), since, until, min_duration, max_duration)
    limit = min(limit, MAX_LISTED)
    # All jobs are of the type of this standard; those of any other type are none.
    others = bool(kind) and "process" not in _each(kind)
    found = [] if others else list_jobs(db, viewer, sought, limit=limit + 1, offset=offset)
    links = self_links(request, "/ogc/jobs", media_type, _FORMATS)
    if len(found) > limit:
        here = [(name, one) for name, one in request.query_params.multi_items() if name not in {"limit", "offset"}]
        query = urlencode([*here, ("limit", limit), ("offset", offset + limit)])
        links.append(link(f"{address(request, '/ogc/jobs')}?{query}", "next", media_type))
    document = {"jobs": [job_document(request, job) for job in found[:limit]], "links": links}
    return answer(request, document, media_type, title="作业")


@router.get("/{job_id}")
def job(db: OpenDatabase, viewer: CurrentViewer, request: Request, job_id: str) -> Response:
    """Return the status of a job."""
    strict(request)
    try:
        found = get_job(db, viewer, _id(job_id))
    except NotFoundError as error:
        return problem(request, 404, f"{_PROBLEMS}no-such-job", error)
    return answer(request, job_document(request, found), wanted(request, _FORMATS), title=f"作业 {job_id}")


@router.get("/{job_id}/results")
def results(db: OpenDatabase, viewer: CurrentViewer, request: Request, job_id: str) -> Response:
    """Return what a job gave; it survives a restart."""
    strict(request)
    try:
        found = get_job(db, viewer, _id(job_id))
        return result_answer(job_result(db, viewer, found.id), found.response)
    except NotFoundError as error:
        return problem(request, 404, f"{_PROBLEMS}no-such-job", error)
    except RefusedError as error:
        status = get_job(db, viewer, _id(job_id)).status
        if status == "failed":
            return problem(request, 422, "about:blank", error)
        if status == "dismissed":
            return problem(request, 410, "about:blank", error)
        return problem(request, 404, f"{_PROBLEMS}result-not-ready", error)


@router.delete("/{job_id}")
def dismiss(db: OpenDatabase, viewer: CurrentViewer, request: Request, job_id: str) -> Response:
    """Dismiss a job; what it has not written it will not write."""
    strict(request)
    try:
        return JSONResponse(job_document(request, dismiss_job(db, viewer, _id(job_id))))
    except NotFoundError as error:
        return problem(request, 404, f"{_PROBLEMS}no-such-job", error)


@router.get("/{job_id}/progress")
def progress(db: OpenDatabase, viewer: CurrentViewer, request: Request, job_id: str) -> Response:
    """Return the progress of a job as server-sent events, one for each change, until it is over."""
    strict(request)
    try:
        found = get_job(db, viewer, _id(job_id))
    except NotFoundError as error:
        return problem(request, 404, f"{_PROBLEMS}no-such-job", error)
    return StreamingResponse(
        _events(request, db, viewer, found),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(request: Request, db: Database, viewer: Viewer, found: Job) -> AsyncIterator[str]:
    async with _listening:
        until, quiet_s, told = anyio.current_time() + _LONGEST_S, 0.0, ""
        while True:
            event = json.dumps(job_document(request, found), ensure_ascii=False)
            if event != told:
                yield f"event: status\ndata: {event}\n\n"
                told, quiet_s = event, 0.0
            if found.is_over or anyio.current_time() > until:
                return
            await anyio.sleep(_LOOK_S)
            quiet_s += _LOOK_S
            if quiet_s >= _BREATH_S:
                yield ": \n\n"
                quiet_s = 0.0
            try:
                found = await run_sync(get_job, db, viewer, found.id)
            except GisPlannerError:
                return


def result_answer(result: Mapping[str, Any], response: ResponseForm) -> Response:
    """Return the one output of a process: as it is, or in a document as a qualified value."""
    if response == "raw":
        return JSONResponse(dict(result))
    return JSONResponse({"result": {"value": dict(result), "mediaType": JSON}})


def job_document(request: Request, found: Job) -> dict[str, Any]:
    """Return the status document of a job."""
    path = f"/ogc/jobs/{found.id}"
    message = found.message
    if found.error is not None:
        message = found.error["error"]["message"]
    links = [
        link(address(request, path), "self", JSON),
        link(address(request, f"{path}/progress"), "monitor", "text/event-stream", "进度"),
    ]
    if found.status == "successful":
        rel = "http://www.opengis.net/def/rel/ogc/1.0/results"
        links.append(link(address(request, f"{path}/results"), rel, JSON, "结果"))
    return {
        "jobID": str(found.id),
        "processID": found.process,
        "type": "process",
        "status": found.status,
        "progress": found.progress,
        **({} if message is None else {"message": message}),
        **({} if found.error is None else {"error": found.error["error"]}),
        "created": found.created_at.isoformat(),
        **({} if found.started_at is None else {"started": found.started_at.isoformat()}),
        **({} if found.finished_at is None else {"finished": found.finished_at.isoformat()}),
        "links": links,
    }


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError(Text("没有这个作业。", en="There is no such job.")) from error


def _each(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.strip() for text in given for one in text.split(",") if one.strip())
