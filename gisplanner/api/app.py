"""The web application, made for one database."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from gisplanner import __version__
from gisplanner.api import downloads, health, maps, pages
from gisplanner.api.errors import register_error_handlers
from gisplanner.api.ogc import collections, items, landing, tiles
from gisplanner.api.security import SecurityHeaders
from gisplanner.resources import resource_dir
from gisplanner.services.accounts import Viewer
from gisplanner.services.database import Database
from gisplanner.services.ogc.tiles import TileCache

_OGC = (landing.router, collections.router, tiles.router)


def create_app(
    db: Database, *, tianditu_key: str | None = None, local_administrator: tuple[str, Viewer] | None = None
) -> FastAPI:
    """Return the application; the caller keeps ``db`` open while it serves and closes it afterwards.

    Every endpoint is a plain function and runs in a thread of its own, so a slow one holds up no other.
    ``tianditu_key`` gives maps the online base map of 天地图; without it nothing is asked of any other server.
    ``local_administrator`` is a token that stands for the person at this machine, and whom it stands for.
    """
    app = FastAPI(
        title="gisplanner",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)],
    )
    app.state.database = db
    app.state.tianditu_key = tianditu_key
    app.state.tiles = TileCache()
    app.state.local_administrator = local_administrator
    register_error_handlers(app)
    for router in (health.router, pages.router, maps.router, downloads.router, *_OGC):
        app.include_router(router)
    app.router.routes[:0] = [*items.ROUTES, *tiles.ROUTES]
    app.mount("/static", StaticFiles(directory=resource_dir("web") / "static"), name="static")
    return app
