"""Paths of OGC API Processes in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from gisplanner.domain.jobs import JOB_STATUSES
from gisplanner.services.jobs.catalogue import PROCESSES
from gisplanner.services.jobs.records import MAX_LISTED

_OBJECT: Final = {"content": {"application/json": {"schema": {"type": "object"}}}}
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
_FAILURES: Final = {
    status: {"description": text, "content": _PROBLEM}
    for status, text in {
        "400": "请求有误",
        "401": "令牌无效",
        "403": "当前账户不可用",
        "404": "没有",
        "406": "没有这种格式",
        "409": "已写入，不能取消",
        "410": "作业已取消",
        "422": "作业失败",
        "429": "作业过多",
        "503": "数据库不可用",
    }.items()
}
_ID: Final = {"type": "string", "maxLength": 80}

_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
_LIMIT: Final = {"type": "integer", "minimum": 1}

_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["inputs"],
                "additionalProperties": False,
                "properties": {
                    "inputs": {"type": "object"},
                    "outputs": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"result": {"type": "object"}},
                    },
                    "response": {"type": "string", "enum": ["raw", "document"]},
                },
            }
        }
    },
}


def process_paths() -> dict[str, Any]:
    """Return the paths, with every answer an operation may give."""
    named = {"name": "processID", "in": "path", "required": True, "schema": {**_ID, "enum": list(PROCESSES)}}
    job = {"name": "jobID", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    listing = [
        _several("type", {"type": "string", "enum": ["process"]}),
        _several("processID", _ID),
        _several("status", {"type": "string", "enum": list(JOB_STATUSES)}),
        {"name": "datetime", "in": "query", "schema": {"type": "string"}},
        {"name": "minDuration", "in": "query", "schema": _NUMBER},
        {"name": "maxDuration", "in": "query", "schema": _NUMBER},
        {"name": "limit", "in": "query", "schema": {**_LIMIT, "maximum": MAX_LISTED, "default": 50}},
        {"name": "offset", "in": "query", "schema": _NUMBER},
    ]
    paging = [
        {"name": "limit", "in": "query", "schema": {**_LIMIT, "maximum": 1000, "default": 1000}},
        {"name": "offset", "in": "query", "schema": _NUMBER},
    ]

    def operation(name: str, summary: str, parameters: list[Any], **more: Any) -> dict[str, Any]:
        answers = {"200": {"description": summary, **_OBJECT}, **more.pop("answers", {}), **_FAILURES}
        return {"operationId": name, "summary": summary, "parameters": parameters, "responses": answers, **more}

    accepted = {
        "201": {
            "description": "作业已接受",
            "headers": {"Location": {"schema": {"type": "string"}}},
            **_OBJECT,
        }
    }
    events = {"text/event-stream": {"schema": {"type": "string"}}}
    progress = operation("getJobProgress", "作业进度（SSE）", [job])
    progress["responses"]["200"] = {"description": "作业进度（SSE）", "content": events}
    return {
        "/processes": {"get": operation("getProcesses", "过程", paging)},
        "/processes/{processID}": {"get": operation("getProcess", "过程的说明", [named])},
        "/processes/{processID}/execution": {
            "post": operation("execute", "执行过程", [named], requestBody=_BODY, answers=accepted)
        },
        "/jobs": {"get": operation("getJobs", "作业", listing)},
        "/jobs/{jobID}": {
            "get": operation("getJob", "作业状态", [job]),
            "delete": operation("dismissJob", "取消作业", [job]),
        },
        "/jobs/{jobID}/results": {"get": operation("getJobResults", "作业结果", [job])},
        "/jobs/{jobID}/progress": {"get": progress},
    }


def _several(name: str, items: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "array", "items": items}, "style": "form"}
