"""No other site sends anything in the name of who is logged in here (CSRF).

Browsers say where a request comes from (``Sec-Fetch-Site``, ``Origin``); what would change anything and rides on a
cookie has to come from our own pages. Forms carry a token of their session besides. A bearer token is never sent by
a browser on its own, so requests with one need neither.
"""

from __future__ import annotations

from secrets import compare_digest
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from gisplanner.api.errors import answer_error
from gisplanner.api.viewer import COOKIE
from gisplanner.errors import PermissionDeniedError
from gisplanner.services.sessions import form_token
from gisplanner.text import Text

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OWN_SITES: Final = frozenset({"same-origin", "none"})


class SameOriginOnly:
    """ASGI middleware: refuses what another site sends on the strength of a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in _SAFE and _forged(HTTPConnection(scope)):
            answer = answer_error(Request(scope), _refusal(), 403)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _forged(request: HTTPConnection) -> bool:
    if "authorization" in request.headers:
        return False
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        return site not in _OWN_SITES
    if origin is not None:
        return urlsplit(origin).netloc != request.headers.get("host")
    return COOKIE in request.cookies


def require_form_token(request: Request, given: str) -> None:
    """Refuse a form that is not of the session it rides on; without a session there is nothing to ride on.

    Raises
    ------
    PermissionDeniedError
        The token is missing or of another session.
    """
    token = request.cookies.get(COOKIE)
    if token is not None and not compare_digest(form_token(token).encode(), given.encode()):
        raise _refusal()


def form_token_of(request: Request) -> str:
    """Return the token that forms of this request's session carry."""
    token = request.cookies.get(COOKIE)
    return "" if token is None else form_token(token)


def _refusal() -> PermissionDeniedError:
    return PermissionDeniedError(
        Text(
            "请求不是从本站页面发出的，未作任何改动；请刷新页面后重试。",
            en="The request does not come from a page of this site; nothing was changed. Reload the page and retry.",
        )
    )
