"""Whose request it is: that of a bearer token, or of the session a browser's cookie holds; else the visitor's."""

from __future__ import annotations

from secrets import compare_digest
from typing import Annotated, Final, cast

from fastapi import Depends, HTTPException, Request

from gisplanner.api.context import OpenDatabase
from gisplanner.services.accounts import Asker, Viewer, hash_of, viewer_of_asker
from gisplanner.services.database import Database
from gisplanner.text import Text

COOKIE: Final = "gisplanner_session"
_SCHEME: Final = "bearer"


def is_local_administrator(request: Request, token: str) -> bool:
    """Return whether a token stands for the person at this machine."""
    local: tuple[str, Viewer] | None = request.app.state.local_administrator
    return local is not None and compare_digest(local[0].encode(), token.encode())


def asker_of(request: Request) -> Asker:
    """Return who sends a request, as far as it says.

    Raises
    ------
    HTTPException
        401: what is given is no token.
    """
    header = request.headers.get("authorization")
    if header is None:
        token = request.cookies.get(COOKIE)
        if token is None:
            return Asker(cast("Viewer", request.app.state.visitor))
        return _of(request, token, session=True)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != _SCHEME:
        raise no_account()
    return _of(request, token.strip(), session=False)


def _of(request: Request, token: str, *, session: bool) -> Asker:
    if is_local_administrator(request, token):
        return Asker(cast("tuple[str, Viewer]", request.app.state.local_administrator)[1])
    return Asker(session=hash_of(token)) if session else Asker(token=hash_of(token))


def visitor_instead(request: Request, asker: Asker) -> Asker:
    """Return who it is whose token is nobody's: the visitor where a browser kept an old session.

    Raises
    ------
    HTTPException
        401: a bearer token was given that is nobody's, has run out or was revoked.
    """
    if not asker.session:
        raise no_account()
    return Asker(cast("Viewer", request.app.state.visitor))


async def current_viewer(db: OpenDatabase, request: Request) -> Viewer:
    """Return the viewer of a request.

    Raises
    ------
    HTTPException
        401: a token was given that is nobody's, has run out or was revoked.
    """
    asker = asker_of(request)
    viewer = await viewer_of_asker(db, asker)
    if viewer is None:
        viewer = visitor_instead(request, asker).viewer
    assert viewer is not None
    return viewer


def no_account() -> HTTPException:
    """Return the answer to a token that is nobody's."""
    return HTTPException(
        401,
        Text("令牌无效、已过期或已吊销。", en="The token is wrong, has run out or was revoked."),
        {"WWW-Authenticate": "Bearer"},
    )


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


async def _seen_by_viewer(db: OpenDatabase, viewer: CurrentViewer) -> Database:
    return db.seen_by(viewer)


SeenDatabase = Annotated[Database, Depends(_seen_by_viewer)]
"""The database as the viewer of the request may see it: row-level security decides in every statement."""
