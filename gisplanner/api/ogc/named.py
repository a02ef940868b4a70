"""The collection ``{collection_id}`` of the address, as the viewer of the request may see it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from gisplanner.api.context import OpenDatabase
from gisplanner.api.viewer import CurrentViewer
from gisplanner.services.ogc.collections import Collection, collection


def _named(db: OpenDatabase, viewer: CurrentViewer, collection_id: str) -> Collection:
    return collection(db, viewer, collection_id)


NamedCollection = Annotated[Collection, Depends(_named)]
"""404 if there is none, 403 if it is not for the viewer."""
