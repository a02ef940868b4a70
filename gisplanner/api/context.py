"""What endpoints are handed: the database of the application."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from gisplanner.services.database import Database


def database_of(request: Request) -> Database:
    """Return the database of the application that serves a request."""
    return cast("Database", request.app.state.database)


async def _database(request: Request) -> Database:
    return database_of(request)


OpenDatabase = Annotated[Database, Depends(_database)]
