"""Bodies of requests are small, files that are handed in apart: what is larger is refused before it is kept."""

from __future__ import annotations

import re
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gisplanner.api.errors import answer_error
from gisplanner.errors import TooLargeError
from gisplanner.text import Text

MAX_BODY_BYTES: Final = 8 << 20
FORMS: Final = re.compile(r"/districts/[^/]+/entry/")
"""Paths of pages whose forms come with files."""
MAX_FORM_BYTES: Final = 24 << 20
"""A form with files: the file that is too large is told by the page of the form, with what was typed."""


class SmallBodies:
    """ASGI middleware: refuses bodies above :data:`MAX_BODY_BYTES`, announced or not, except at ``apart``.

    At :data:`FORMS`, :data:`MAX_FORM_BYTES` are taken.
    """

    def __init__(self, app: ASGIApp, *, apart: str) -> None:
        self.app = app
        self.apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http" or scope["path"] == self.apart:
            await self.app(scope, receive, send)
            return
        most = MAX_FORM_BYTES if FORMS.match(scope["path"]) else MAX_BODY_BYTES
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > most:
            await answer_error(Request(scope), _too_large(most), 413)(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _too_large(most)
            return message

        await self.app(scope, receive_counted, send)


def _too_large(most: int) -> TooLargeError:
    limit = f"{most >> 20} MB"
    todo = "没有存入；请退回上一页，压缩文件或分次提交" if most == MAX_FORM_BYTES else "文件请用报送"
    return TooLargeError(Text(f"请求正文过大，至多 {limit}；{todo}。", en=f"The body is too large: at most {limit}."))
