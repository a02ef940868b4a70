"""The web application, made for one database."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from gisplanner import __version__
from gisplanner.api import districts, downloads, entry, health, login, maps, observation, pages, proposals, uploads
from gisplanner.api.bodies import SmallBodies
from gisplanner.api.errors import register_error_handlers
from gisplanner.api.forgery import SameOriginOnly
from gisplanner.api.observation import Figures, Observed
from gisplanner.api.ogc import collections, editing, items, jobs, landing, processes, tiles
from gisplanner.api.security import SecurityHeaders
from gisplanner.api.straight import Straight
from gisplanner.resources import resource_dir
from gisplanner.services.accounts import PUBLIC, Viewer
from gisplanner.services.database import Database
from gisplanner.services.ogc.tiles import TileCache

_OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"]
"""A page of another site that has its name point here (DNS rebinding) is refused by the name."""

_PAGES = (
    observation.router,
    pages.router,
    districts.router,
    login.router,
    uploads.router,
    maps.router,
    proposals.router,
    entry.router,
    downloads.router,
)
_ASKED_MOST = (*items.ROUTES, *tiles.ROUTES)
_WORTH_IT_BYTES = 1024
_LEVEL = 5
_OGC = (landing.router, collections.router, tiles.router, processes.router, jobs.router)


class Application(FastAPI):
    """The web application: every request comes in by ``entrance``, which passes most on to the routes of FastAPI."""

    entrance: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in."""
        scope["app"] = self
        await self.entrance(scope, receive, send)

    async def long_way(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by all layers and routes."""
        await super().__call__(scope, receive, send)


def create_app(
    db: Database,
    *,
    tianditu_key: str | None = None,
    local_administrator: tuple[str, Viewer] | None = None,
    visitor: Viewer = PUBLIC,
    uploads_dir: Path | None = None,
    upload_limit_mb: int = 200,
) -> Application:
    """Return the application; the caller keeps ``db`` open while it serves and closes it afterwards.

    Every endpoint is a plain function and runs in a thread of its own, so a slow one holds up no other.
    ``tianditu_key`` gives maps the online base map of 天地图; without it nothing is asked of any other server.
    ``local_administrator`` is a token that stands for the person at this machine, and whom it stands for;
    ``visitor`` is whoever comes with no token and no session. A visitor who is more than the public is served on
    this machine's own address only.
    ``uploads_dir`` is where files that are handed in lie until a worker has read them; without it none are taken.
    """
    app = Application(
        title="gisplanner",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(SameOriginOnly),
            Middleware(SmallBodies, apart=uploads.UPLOAD_PATH),
            Middleware(GZipMiddleware, minimum_size=_WORTH_IT_BYTES, compresslevel=_LEVEL),
        ],
    )
    figures = Figures()
    straight = Straight(app.long_way, _ASKED_MOST, minimum_size=_WORTH_IT_BYTES, compresslevel=_LEVEL)
    named = straight if visitor == PUBLIC else TrustedHostMiddleware(straight, allowed_hosts=_OWN_NAMES)
    app.entrance = Observed(SecurityHeaders(named), figures)
    app.state.database = db
    app.state.tianditu_key = tianditu_key
    app.state.tiles = TileCache()
    app.state.local_administrator = local_administrator
    app.state.visitor = visitor
    app.state.figures = figures
    app.state.uploads = uploads_dir
    app.state.upload_limit_bytes = upload_limit_mb << 20
    register_error_handlers(app)
    for router in (health.router, *_PAGES, *_OGC):
        app.include_router(router)
    app.router.routes[:0] = [*_ASKED_MOST, *editing.ROUTES]
    app.mount("/vendor", StaticFiles(directory=resource_dir("web") / "vendor"), name="vendor")
    app.mount("/static", StaticFiles(directory=resource_dir("web") / "static"), name="static")
    return app
