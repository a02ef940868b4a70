"""Log in and out of the page: a session cookie that scripts cannot read and other sites cannot use."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from gisplanner.api.context import OpenDatabase
from gisplanner.api.errors import HTTP_STATUS
from gisplanner.api.forgery import require_form_token
from gisplanner.api.pages import page_for
from gisplanner.api.viewer import COOKIE, CurrentViewer, is_local_administrator
from gisplanner.errors import PermissionDeniedError, TooManyRequestsError
from gisplanner.services.sessions import SESSION_HOURS, log_in, log_out
from gisplanner.text import Text

router = APIRouter()

_TITLE = "登录"
_SEE_OTHER = 303


@router.get("/login")
def form(viewer: CurrentViewer, request: Request) -> Response:
    """Return the form."""
    return page_for(request, viewer, "start/login.html", title=_TITLE, refusal=None, account="")


@router.post("/login")
def begin(
    db: OpenDatabase,
    viewer: CurrentViewer,
    request: Request,
    account: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Begin a session, or show the form again with the reason."""
    address = request.client.host if request.client is not None else "?"
    try:
        session = log_in(db, account.strip(), password, address=address)
    except (PermissionDeniedError, TooManyRequestsError) as error:
        status = HTTP_STATUS[type(error)]
        page = page_for(
            request, viewer, "start/login.html", status=status, title=_TITLE, refusal=error.message, account=account
        )
        if isinstance(error, TooManyRequestsError):
            page.headers["Retry-After"] = str(error.retry_after_s)
        return page
    return _with_session(request, session.token, SESSION_HOURS * 3600)


@router.get("/enter")
def enter(request: Request, token: Annotated[str, Query(max_length=200)]) -> Response:
    """Begin the session of the person at this machine, with the token the program printed when it started.

    Raises
    ------
    PermissionDeniedError
        It is not that token.
    """
    if not is_local_administrator(request, token):
        raise PermissionDeniedError(Text("令牌无效。", en="The token is wrong."))
    return _with_session(request, token, None)


@router.post("/logout")
def end(db: OpenDatabase, request: Request, form_token: Annotated[str, Form(max_length=200)] = "") -> Response:
    """End the session."""
    require_form_token(request, form_token)
    token = request.cookies.get(COOKIE)
    if token is not None:
        log_out(db, token)
    answer = RedirectResponse("/", _SEE_OTHER)
    answer.delete_cookie(COOKIE, path="/", secure=_secure(request), httponly=True, samesite="lax")
    return answer


def _with_session(request: Request, token: str, max_age_s: int | None) -> Response:
    answer = RedirectResponse("/", _SEE_OTHER, headers={"Cache-Control": "no-store"})
    # Lax, not strict: a link to a page in a message of a colleague opens as who one is; what changes anything is
    # checked on its own.
    answer.set_cookie(
        COOKIE, token, max_age=max_age_s, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )
    return answer


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
