"""The collection ``{collection_id}`` of the address, as who asks may see it, and what is wanted of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from gisplanner.api.context import database_of
from gisplanner.api.viewer import asker_of, visitor_instead
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.looking import Looked, Wanted, look


async def looked(request: Request, wanted: Wanted) -> Looked:
    """Return the collection of the address of a request, and the rows of what is wanted of it.

    Raises
    ------
    NotFoundError, PermissionDeniedError, HTTPException
        There is none, it is not for the viewer, or the token is nobody's.
    """
    db, asker, collection_id = database_of(request), asker_of(request), request.path_params["collection_id"]
    found = await look(db, asker, collection_id, wanted)
    if found is None:
        found = await look(db, visitor_instead(request, asker), collection_id, wanted)
    assert found is not None
    return found


async def named(request: Request) -> Collection:
    """Return the collection of the address of a request; see :func:`looked`."""
    found, _ = await looked(request, lambda _: ())
    return found


NamedCollection = Annotated[Collection, Depends(named)]
"""404 if there is none, 403 if it is not for the viewer."""
