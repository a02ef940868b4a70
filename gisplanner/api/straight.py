"""The short way to what is asked most: features and tiles pass by the layers that only other requests need.

A request that only reads changes nothing another site could have it change, and sends no body worth a limit; errors,
compression, headers and figures are as on the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

_BELOW: Final = "/ogc/collections/"
_READS: Final = frozenset({"GET", "HEAD"})


class Straight:
    """ASGI middleware: answers what one of ``routes`` answers by itself, and passes on everything else."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route], *, minimum_size: int, compresslevel: int) -> None:
        self.app = app
        self.routes = tuple(routes)
        self.minimum_size, self.compresslevel = minimum_size, compresslevel
        self._plain: ASGIApp | None = None
        self._packed: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or scope["method"] not in _READS or not scope["path"].startswith(_BELOW):
            await self.app(scope, receive, send)
            return
        for route in self.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found, route=route)
                await self._way(scope)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _way(self, scope: Scope) -> ASGIApp:
        if self._plain is None or self._packed is None:
            handlers: dict[Any, Any] = scope["app"].exception_handlers
            known = {kind: handler for kind, handler in handlers.items() if kind not in {500, Exception}}
            self._plain = ExceptionMiddleware(_handle, handlers=known)
            self._packed = GZipMiddleware(self._plain, self.minimum_size, self.compresslevel)
        return self._packed if "gzip" in Headers(scope=scope).get("accept-encoding", "") else self._plain


async def _handle(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["route"].handle(scope, receive, send)
