"""What endpoints are handed: the database of the application, and the district of the address."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from gisplanner.domain.district import District
from gisplanner.services.database import Database
from gisplanner.services.districts import get_district


def database_of(request: Request) -> Database:
    """Return the database of the application that serves a request."""
    return cast("Database", request.app.state.database)


async def _database(request: Request) -> Database:
    return database_of(request)


OpenDatabase = Annotated[Database, Depends(_database)]


def _district(district_id: str, db: OpenDatabase) -> District:
    return get_district(db, district_id)


NamedDistrict = Annotated[District, Depends(_district)]
"""The district ``{district_id}`` of the address; 404 if there is none."""
