"""Whose request it is: that of a bearer token, or of the session a browser's cookie holds; else the visitor's."""

from __future__ import annotations

from secrets import compare_digest
from typing import Annotated, Final, cast

from fastapi import Depends, HTTPException, Request

from gisplanner.api.context import OpenDatabase
from gisplanner.services.accounts import Viewer, viewer_of
from gisplanner.services.database import Database
from gisplanner.services.sessions import viewer_of_session
from gisplanner.text import Text

COOKIE: Final = "gisplanner_session"
_SCHEME: Final = "bearer"


def viewer_of_token(db: Database, request: Request, token: str) -> Viewer | None:
    """Return whom a bearer token stands for: the administrator of this process, an account, or nobody."""
    local: tuple[str, Viewer] | None = request.app.state.local_administrator
    if local is not None and compare_digest(local[0].encode(), token.encode()):
        return local[1]
    return viewer_of(db, token)


def current_viewer(db: OpenDatabase, request: Request) -> Viewer:
    """Return the viewer of a request.

    Raises
    ------
    HTTPException
        401: a token was given that is nobody's, has run out or was revoked.
    """
    header = request.headers.get("authorization")
    if header is None:
        visitor = cast("Viewer", request.app.state.visitor)
        token = request.cookies.get(COOKIE)
        if token is None:
            return visitor
        local: tuple[str, Viewer] | None = request.app.state.local_administrator
        if local is not None and compare_digest(local[0].encode(), token.encode()):
            return local[1]
        return viewer_of_session(db, token) or visitor
    scheme, _, token = header.partition(" ")
    viewer = viewer_of_token(db, request, token.strip()) if scheme.lower() == _SCHEME else None
    if viewer is None:
        raise HTTPException(
            401,
            Text("令牌无效、已过期或已吊销。", en="The token is wrong, has run out or was revoked."),
            {"WWW-Authenticate": "Bearer"},
        )
    return viewer


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


def _seen_by_viewer(db: OpenDatabase, viewer: CurrentViewer) -> Database:
    return db.seen_by(viewer)


SeenDatabase = Annotated[Database, Depends(_seen_by_viewer)]
"""The database as the viewer of the request may see it: row-level security decides in every statement."""
