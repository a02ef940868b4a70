"""Bodies of requests are small, files that are handed in apart: what is larger is refused before it is kept."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gisplanner.api.errors import answer_error
from gisplanner.errors import TooLargeError
from gisplanner.text import Text

MAX_BODY_BYTES: Final = 8 << 20


class SmallBodies:
    """ASGI middleware: refuses bodies above :data:`MAX_BODY_BYTES`, announced or not, except at ``apart``."""

    def __init__(self, app: ASGIApp, *, apart: str) -> None:
        self.app = app
        self.apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http" or scope["path"] == self.apart:
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > MAX_BODY_BYTES:
            await answer_error(Request(scope), _too_large(), 413)(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                raise _too_large()
            return message

        await self.app(scope, receive_counted, send)


def _too_large() -> TooLargeError:
    limit = f"{MAX_BODY_BYTES >> 20} MB"
    return TooLargeError(
        Text(f"请求正文过大，至多 {limit}；文件请用报送。", en=f"The body is too large: at most {limit}.")
    )
