"""The short way answers as the long one does: the same status, the same headers, the same content."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from gisplanner.api.app import create_app
from gisplanner.api.observation import Observed
from gisplanner.api.security import SecurityHeaders
from gisplanner.store.database import Database
from tests.api.ogc.conftest import ESTATES, ITEMS, signed
from tests.api.ogc.test_crs_filter_tiles import tile_of
from tests.calling import Call, calling

TILES = "/ogc/collections/a.buildings/tiles/WebMercatorQuad"


@pytest.fixture(scope="module")
def long_way(app: tuple[FastAPI, str], stocked: Database) -> FastAPI:
    """The same application without the short way."""
    made = create_app(stocked, local_administrator=app[0].state.local_administrator)
    made.entrance = Observed(SecurityHeaders(made.long_way), made.state.figures)
    return made


def tile() -> str:
    x, y = tile_of(115.7638, 25.6583, 14)
    return f"{TILES}/14/{y}/{x}"


ASKED = {
    "page": (f"{ITEMS}?limit=5", {}),
    "packed": (ITEMS, {"Accept-Encoding": "gzip"}),
    "small and packed": (f"{ITEMS}?limit=1", {"Accept-Encoding": "gzip"}),
    "page for people": (f"{ITEMS}?f=html", {"Accept-Encoding": "gzip"}),
    "held": (ITEMS, {"If-None-Match": "*"}),
    "one": (f"{ITEMS}/B07", {}),
    "one with a slash": (f"{ESTATES}/2%2F%E4%B9%99", {}),
    "one for people": (f"{ITEMS}/B07?f=html", {}),
    "none such": (f"{ITEMS}/none", {}),
    "no collection": ("/ogc/collections/a.none/items", {}),
    "wrong value": (f"{ITEMS}?limit=x&foo=1", {}),
    "division by zero": (f"{ITEMS}?filter=floors%2F0=1", {}),
    "no form of it": (ITEMS, {"Accept": "application/gml+xml"}),
    "nobody's token": (ITEMS, {"Authorization": "Bearer gp_wrong"}),
    "no token": (ITEMS, {"Authorization": "Basic eDp5"}),
    "tile": (tile(), {}),
    "packed tile": (tile(), {"Accept-Encoding": "gzip"}),
    "empty tile": (f"{TILES}/14/0/0", {}),
    "no tile": (f"{TILES}/a/b/c", {}),
    "by name of the request": (ITEMS, {"X-Request-ID": "mine"}),
    "passed on": ("/ogc/collections/a.buildings", {}),
    "through a proxy": (f"{ITEMS}/B07", {"Host": "there.example:8443"}),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("url", "headers"), ASKED.values(), ids=ASKED)
def test_both_ways_answer_the_same(
    app: tuple[FastAPI, str], long_way: FastAPI, url: str, headers: dict[str, str], method: str
):
    def asked(on: FastAPI) -> tuple[int, dict[str, str], set[str], bytes]:
        call: Call = calling(on)
        call = call if "Authorization" in headers else signed(call, app[1])
        answer = call(url, method, headers={"Accept-Encoding": "identity", **headers})
        told = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "vary"}}
        varies = {one.strip() for one in answer.headers.get("vary", "").split(",")}
        return answer.status_code, told, varies, answer.content

    short, long = asked(app[0]), asked(long_way)
    assert short == long
    assert short[0] < 500
