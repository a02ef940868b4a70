"""Which HTTP status each error of the product has, and the error document or page they all come as."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gisplanner import errors
from gisplanner.api.templates import render
from gisplanner.text import Language, Text, in_language

HTTP_STATUS: Final[Mapping[type[errors.GisPlannerError], int]] = MappingProxyType(
    {
        errors.GisPlannerError: 500,
        errors.InputError: 400,
        errors.FileFormatError: 422,
        errors.CrsError: 422,
        errors.GeometryError: 422,
        errors.RegisterError: 422,
        errors.NotFoundError: 404,
        errors.TooLargeError: 413,
        errors.UsageError: 400,
        errors.InfeasibleError: 422,
        errors.DatabaseUnavailableError: 503,
        errors.RefusedError: 409,
        errors.PermissionDeniedError: 403,
        errors.ChangedMeanwhileError: 412,
        errors.TooManyRequestsError: 429,
        errors.InternalError: 500,
        errors.CatalogueError: 500,
    }
)

_STATUS_WORDS: Final = {
    404: Text("没有这个地址。", en="There is nothing at this address."),
    405: Text("这个地址不支持该方法。", en="This address does not take that method."),
}
_STATUS_KINDS: Final[Mapping[int, type[errors.GisPlannerError]]] = {
    401: errors.PermissionDeniedError,
    404: errors.NotFoundError,
}
_STANDARD: Final = "/ogc"
"""Below it errors are problem documents (RFC 7807), which hold ours."""

_TO_LOG_IN: Final = frozenset({401, 403})

_log: Final = logging.getLogger(__name__)

_Handler = Callable[[Request, Exception], Awaitable[Response]]


def register_error_handlers(app: FastAPI) -> None:
    """Make every error leave ``app`` as the error document with its status; nothing leaves as a traceback."""
    for kind, status in HTTP_STATUS.items():
        app.add_exception_handler(kind, _handler(status))
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _our_fault)


def _handler(status: int) -> _Handler:
    async def answer(request: Request, error: Exception) -> Response:
        made = answer_error(request, cast("errors.GisPlannerError", error), status)
        if isinstance(error, errors.TooManyRequestsError):
            made.headers["Retry-After"] = str(error.retry_after_s)
        return made

    return answer


async def _bad_request(request: Request, error: Exception) -> Response:
    faults = [
        errors.Fault(
            column=".".join(str(part) for part in one["loc"]), value=str(one.get("input")), hint=str(one["msg"])
        )
        for one in cast("RequestValidationError", error).errors()
    ]
    message = Text("请求中的参数有误。", en="Parameters of the request are wrong.")
    return answer_error(request, errors.UsageError(message, faults), 400)


async def _http_error(request: Request, error: Exception) -> Response:
    raised = cast("HTTPException", error)
    detail = raised.detail if isinstance(raised.detail, Text) else str(raised.detail)
    message = _STATUS_WORDS.get(raised.status_code, detail)
    kind = _STATUS_KINDS.get(raised.status_code, errors.UsageError)
    made = answer_error(request, kind(message, [errors.Fault(value=request.url.path)]), raised.status_code)
    made.headers.update(raised.headers or {})
    return made


async def _our_fault(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    message = Text("程序内部错误，已记入日志。", en="Internal error; it is in the log.")
    return answer_error(request, errors.InternalError(message), 500)


class _Document(JSONResponse):
    """A refusal quotes what was sent, and that may hold half a letter, which no text is written with."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def answer_error(request: Request, error: errors.GisPlannerError, status: int) -> Response:
    """Return the error document, below ``/ogc`` as a problem document; a page where a browser opens a page."""
    standard = request.url.path.startswith(_STANDARD)
    if not standard and "text/html" in request.headers.get("accept", ""):
        return _page(error, status)
    language: Language = "en" if request.query_params.get("lang") == "en" else "zh"
    document: dict[str, Any] = error.as_dict(language)
    headers = {"Content-Language": in_language(Text("zh", en="en"), language)}
    if not standard:
        return _Document(document, status, headers)
    told = document["error"]
    faults = "；".join(_fault_text(item) for item in told["items"])
    problem = {
        "type": "about:blank",
        "title": told["message"],
        "status": status,
        "detail": faults or told["message"],
        **document,
    }
    return _Document(problem, status, headers, media_type="application/problem+json")


def _page(error: errors.GisPlannerError, status: int) -> Response:
    page = render("start/error.html", title="没有完成", refusal=error, log_in=status in _TO_LOG_IN)
    headers = {"Cache-Control": "no-store", "Content-Language": "zh"}
    return Response(page.encode(errors="replace"), status, headers, "text/html")


def _fault_text(item: Mapping[str, Any]) -> str:
    return " ".join(str(item[key]) for key in ("column", "value", "allowed", "hint") if item[key] is not None)
