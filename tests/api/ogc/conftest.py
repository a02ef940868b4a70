"""A district of 25 buildings and two estates, and callers of its OGC API in each role."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import geopandas as gpd
import httpx
import pytest
import shapely
import uvicorn
from fastapi import FastAPI

from gisplanner.api.app import create_app
from gisplanner.catalog.layers import layers
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.accounts import Role, add_account, local_administrator
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features
from tests.calling import Call, calling
from tests.conftest import fresh_database

X0, Y0 = 576_811.0, 2_839_390.0
ITEMS = "/ogc/collections/a.buildings/items"
ESTATES = "/ogc/collections/a.estates/items"


def seen_by_admin() -> list[str]:
    """Names of the layers an administrator sees, in the order of the catalogue."""
    return [name for name, spec in layers().items() if spec.seen_by(Viewer("admin", "admin"))]


def stock(db: Database) -> District:
    made = create_district(db, "a", crs="EPSG:4547", name="甲<区>", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    estates = gpd.GeoDataFrame(
        {
            "code": ["1", "2/乙"],
            "seq": [1, 2],
            "name": ['一"建\\公司', "<script>alert(1)</script>"],
            "households": [118, 20],
            "floor_area_10k_m2": [Decimal("1.50"), Decimal("NaN")],
            "needs": [["排水", '引"号'], None],
            "geom": [shapely.box(X0, Y0, X0 + 100, Y0 + 80), None],
        },
        geometry="geom",
        crs=4547,
    )
    squares = [
        shapely.box(X0 + 50 * i, Y0 + 40 * j, X0 + 50 * i + 20, Y0 + 40 * j + 10) for i in range(5) for j in range(5)
    ]
    buildings = gpd.GeoDataFrame(
        {
            "code": [f"B{number:02}" for number in range(25)],
            "name": [f"{number}栋" for number in range(25)],
            "floors": [number % 7 + 1 for number in range(25)],
            "households": list(range(25)),
            "height_m": [float("inf") if number == 0 else 3.1 * number for number in range(25)],
            "geom": squares,
        },
        geometry="geom",
        crs=4547,
    )
    points = gpd.GeoDataFrame(
        {"code": ["C1"], "utility": ["gas"], "geom": [shapely.Point(X0, Y0)]}, geometry="geom", crs=4547
    )
    with db.transaction() as connection:
        for table, frame in (("estate", estates), ("building", buildings), ("connection_point", points)):
            copy_features(connection, table, made, frame, [name for name in frame.columns if name != "geom"])
    return made


@pytest.fixture(scope="module")
def stocked(template: tuple[str, str]) -> Iterator[Database]:
    """One database for all tests of a module, which only read it."""
    with fresh_database(*template, actor="tester") as database:
        stock(database)
        yield database


@pytest.fixture(scope="module")
def app(stocked: Database) -> tuple[FastAPI, str]:
    token, viewer = local_administrator()
    return create_app(stocked, local_administrator=(token, viewer)), token


def signed(call: Call, token: str) -> Call:
    def send(url: str, method: str = "GET", **options) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return call(url, method, headers=headers, **options)

    return send


@pytest.fixture(scope="module")
def admin(app: tuple[FastAPI, str]) -> Call:
    return signed(calling(app[0]), app[1])


@pytest.fixture(scope="module")
def public(app: tuple[FastAPI, str]) -> Call:
    return calling(app[0])


@pytest.fixture(scope="module")
def as_role(app: tuple[FastAPI, str], stocked: Database) -> Callable[..., Call]:
    def caller(role: Role, *scope: str) -> Call:
        made = add_account(stocked, f"{role}-{time.monotonic_ns()}", role, scope=scope)
        return signed(calling(app[0]), made.token)

    return caller


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` on a port of its own for clients that are programs of their own."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
