"""The collection ``{collection_id}`` of the address, as the viewer of the request may see it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from gisplanner.api.context import OpenDatabase
from gisplanner.api.viewer import current_viewer
from gisplanner.services.database import Database
from gisplanner.services.ogc.collections import Collection, collection


def named(db: Database, request: Request, collection_id: str) -> Collection:
    """Return the collection of an address.

    Called by the endpoints that are asked most, as an ordinary function: a dependency runs in a thread of its own.

    Raises
    ------
    NotFoundError, PermissionDeniedError, HTTPException
        There is none, it is not for the viewer, or the token is nobody's.
    """
    return collection(db, current_viewer(db, request), collection_id)


def _named(db: OpenDatabase, request: Request, collection_id: str) -> Collection:
    return named(db, request, collection_id)


NamedCollection = Annotated[Collection, Depends(_named)]
"""404 if there is none, 403 if it is not for the viewer."""
