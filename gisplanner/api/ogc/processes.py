"""``/ogc/processes``: what can be run, and running it (OGC API Processes, Part 1)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Header, Query, Request, Response
from starlette.responses import JSONResponse

from gisplanner.api.context import OpenDatabase
from gisplanner.api.ogc.execute_request import execute_request
from gisplanner.api.ogc.jobs import job_document, result_answer
from gisplanner.api.ogc.media import HTML, JSON, address, link, self_links, strict, wanted
from gisplanner.api.ogc.pages import answer
from gisplanner.api.ogc.problems import problem
from gisplanner.api.ogc.process_schema import openapi_schema
from gisplanner.api.viewer import CurrentViewer
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.jobs import Job
from gisplanner.errors import Fault, NotFoundError, RefusedError
from gisplanner.services.jobs.catalogue import PROCESSES, process_for
from gisplanner.services.jobs.processes import Process
from gisplanner.services.jobs.records import job_result, wait_for_job
from gisplanner.services.jobs.submit import submit_job
from gisplanner.text import Language, Text, in_language

router = APIRouter(prefix="/ogc/processes")

SYNC_WAIT_S: Final = 25.0
"""How long an answer is waited for; what takes longer goes on as a job."""
_FORMATS: Final = {"json": JSON, "html": HTML}
MAX_LISTED: Final = 1000


@router.get("")
def processes(
    viewer: CurrentViewer,
    request: Request,
    *,
    limit: Annotated[int, Query(ge=1)] = MAX_LISTED,
    offset: Annotated[int, Query(ge=0, le=1 << 31)] = 0,
) -> Response:
    """Return the processes the viewer may run."""
    strict(request, ("limit", "offset"))
    media_type = wanted(request, _FORMATS)
    found = [one for one in PROCESSES.values() if viewer.role in one.roles]
    page = found[offset : offset + limit]
    links = self_links(request, "/ogc/processes", media_type, _FORMATS)
    if offset + limit < len(found):
        following = address(request, "/ogc/processes", limit=limit, offset=offset + limit)
        links.append(link(following, "next", media_type))
    document = {"processes": [_summary(request, one) for one in page], "links": links}
    return answer(request, document, media_type, title="过程")


@router.get("/{process_id}")
def process(request: Request, process_id: str) -> Response:
    """Return the description of a process, the JSON schema of each input."""
    strict(request)
    found = PROCESSES.get(process_id)
    if found is None:
        return _no_process(request, process_id)
    media_type = wanted(request, _FORMATS)
    schema = found.inputs.model_json_schema()
    required = set(schema.get("required", ()))
    document = {
        **_summary(request, found),
        "inputs": {
            name: {
                "title": name,
                "description": described.get("description", name),
                "minOccurs": int(name in required),
                "schema": openapi_schema(
                    {key: value for key, value in described.items() if key not in {"description", "title"}},
                    schema.get("$defs", {}),
                ),
            }
            for name, described in schema["properties"].items()
        },
        "outputs": {
            "result": {
                "title": "result",
                "description": "结果文档；features 为 GeoJSON (the document of the command; features is GeoJSON)",
                "schema": {"type": "object"},
            }
        },
    }
    return answer(request, document, media_type, title=str(found.title))


@router.post("/{process_id}/execution")
def execute(
    db: OpenDatabase,
    viewer: CurrentViewer,
    request: Request,
    process_id: str,
    body: Annotated[dict[str, Any], Body()],
    *,
    prefer: Annotated[str, Header()] = "",
) -> Response:
    """Run a process: the answer at once where it comes soon, else, or with ``Prefer: respond-async``, a job."""
    strict(request)
    if process_id not in PROCESSES:
        return _no_process(request, process_id)
    process_for(viewer, process_id)
    asked = execute_request(body)
    job = submit_job(db, viewer, process_id, asked.inputs, response=asked.response)
    asynchronous = "respond-async" in re.split(r"[,;\s]+", prefer.lower())
    if not asynchronous:
        job = wait_for_job(db, viewer, job.id, seconds=SYNC_WAIT_S)
    if asynchronous or not job.is_over:
        where = address(request, f"/ogc/jobs/{job.id}")
        applied = {"Preference-Applied": "respond-async"} if asynchronous else {}
        return JSONResponse(job_document(request, job), 201, {"Location": where, **applied})
    return _result(request, db, viewer, job)


def _result(request: Request, db: OpenDatabase, viewer: Viewer, job: Job) -> Response:
    try:
        return result_answer(job_result(db, viewer, job.id), job.response)
    except RefusedError as error:
        return problem(request, 422, "about:blank", error)


def _summary(request: Request, found: Process) -> dict[str, Any]:
    language: Language = "en" if request.query_params.get("lang") == "en" else "zh"
    path = f"/ogc/processes/{found.id}"
    return {
        "id": found.id,
        "title": in_language(found.title, language),
        "description": in_language(found.description, language),
        "version": found.version,
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [
            link(address(request, path), "self", JSON, str(found.title)),
            link(
                address(request, f"{path}/execution"), "http://www.opengis.net/def/rel/ogc/1.0/execute", JSON, "执行"
            ),
        ],
    }


def _no_process(request: Request, process_id: str) -> Response:
    error = NotFoundError(
        Text(f"没有过程 {process_id}。", en=f"There is no process {process_id}."),
        [Fault(column="processID", value=process_id, allowed="、".join(PROCESSES))],
    )
    return problem(
        request, 404, "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process", error
    )
