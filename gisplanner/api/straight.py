"""The short way to what is asked most: features and tiles pass by the layers that only other requests need.

A request that only reads changes nothing another site could have it change, and sends no body worth a limit; errors,
compression, headers and figures are as on the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

_BELOW: Final = "/ogc/collections/"
_READS: Final = frozenset({"GET", "HEAD"})


class Straight:
    """ASGI middleware: answers what one of ``routes`` answers by itself, and passes on everything else."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route], *, minimum_size: int, compresslevel: int) -> None:
        self.app = app
        self.routes = tuple(routes)
        self.packed = GZipMiddleware(_answer, minimum_size, compresslevel)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "http" and scope["method"] in _READS and scope["path"].startswith(_BELOW):
            for route in self.routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found, route=route)
                    packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
                    await (self.packed if packed else _answer)(scope, receive, send)
                    return
        await self.app(scope, receive, send)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive, send)
    unforeseen: Exception | None = None
    try:
        answer = await scope["endpoint"](request)
    except Exception as error:  # noqa: BLE001 - each kind of error has its answer, as on the long way
        handlers: dict[Any, Any] = scope["app"].exception_handlers
        kind = next(one for one in type(error).__mro__ if one in handlers)
        answer = await handlers[kind](request, error)
        unforeseen = error if kind is Exception else None
    await answer(scope, receive, send)
    if unforeseen is not None:
        raise unforeseen
