"""The collection ``{collection_id}`` of the address, as the viewer of the request may see it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from gisplanner.api.context import OpenDatabase
from gisplanner.api.viewer import current_viewer
from gisplanner.services.database import Database
from gisplanner.services.ogc.collections import Collection, collection


def named(db: Database, request: Request) -> Collection:
    """Return the collection of the address of a request.

    Raises
    ------
    NotFoundError, PermissionDeniedError, HTTPException
        There is none, it is not for the viewer, or the token is nobody's.
    """
    return collection(db, current_viewer(db, request), request.path_params["collection_id"])


def _named(db: OpenDatabase, request: Request) -> Collection:
    return named(db, request)


NamedCollection = Annotated[Collection, Depends(_named)]
"""404 if there is none, 403 if it is not for the viewer."""
