"""Whose a token or a session is, found out as the server does when a request comes with it."""

from __future__ import annotations

from gisplanner.services.accounts import Asker, Viewer, hash_of, viewer_of_asker
from gisplanner.store.database import Database
from tests.calling import awaited


def viewer_of(db: Database, token: str) -> Viewer | None:
    """Return whose token this is; ``None`` if it is nobody's, has run out or was revoked."""
    viewer: Viewer | None = awaited(viewer_of_asker(db, Asker(token=hash_of(token))))
    return viewer


def viewer_of_session(db: Database, token: str) -> Viewer | None:
    """Return whose session this is; ``None`` if it is nobody's, has run out or was ended."""
    viewer: Viewer | None = awaited(viewer_of_asker(db, Asker(session=hash_of(token))))
    return viewer
