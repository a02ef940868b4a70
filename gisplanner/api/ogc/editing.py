"""Create, replace, change and remove features (OGC API Features Part 4), with optimistic locking by If-Match."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from gisplanner.api.context import database_of
from gisplanner.api.ogc.items import ITEMS_PATH, item_tag
from gisplanner.api.ogc.media import GEOJSON, JSON, MERGE_PATCH, address, strict
from gisplanner.api.ogc.named import named
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import reference
from gisplanner.services.ogc.editing import (
    Edited,
    change_feature,
    create_feature,
    methods_for,
    remove_feature,
    require_editor,
)
from gisplanner.services.ogc.feature_input import FeatureInput, read_feature
from gisplanner.services.ogc.stored_feature import Sent
from gisplanner.text import Text

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
_FEATURE: Final = (GEOJSON, JSON)
_PATCH: Final = (MERGE_PATCH, GEOJSON, JSON)


async def write(request: Request) -> Response:
    """Take the body in, then work in a thread of its own."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(
                413, Text("要素太大。", en=f"A feature has {MAX_BODY_BYTES // 1024 // 1024} MB at the most.")
            )
    return await run_in_threadpool(_written, request, await named(request), body)


async def options(request: Request) -> Response:
    """Tell which methods the account may use here."""
    found = await named(request)
    strict(request)
    return Response(status_code=204, headers={"Allow": ", ".join(_allowed(request, found))})


def _allowed(request: Request, found: Collection) -> list[str]:
    fitting = {"POST"} if "feature_id" not in request.path_params else {"PUT", "PATCH", "DELETE"}
    return ["GET", "HEAD", "OPTIONS", *(one for one in methods_for(found) if one in fitting)]


def _written(request: Request, found: Collection, body: bytes) -> Response:
    db = database_of(request)
    strict(request)
    require_editor(found)
    sent = Sent(request.method, body, _held_states(request))
    feature_id = request.path_params.get("feature_id")
    if request.method == "POST":
        made = create_feature(db, found, _given(request, found, body), sent)
        place = address(request, f"/ogc/collections/{found.id}/items/{quote(made.feature_id, safe='')}")
        return Response(status_code=201, headers={**_tags(made), "Location": place})
    assert feature_id is not None
    if request.method == "DELETE":
        remove_feature(db, found, feature_id, sent)
        return Response(status_code=204)
    made = change_feature(db, found, feature_id, _given(request, found, body), sent, whole=request.method == "PUT")
    return Response(status_code=204, headers=_tags(made))


def _given(request: Request, found: Collection, body: bytes) -> FeatureInput:
    media_type = request.headers.get("content-type", GEOJSON).partition(";")[0].strip().lower()
    partial = request.method == "PATCH"
    accepted = _PATCH if partial else _FEATURE
    if media_type not in accepted:
        told = "、".join(accepted)
        raise HTTPException(415, Text(f"内容应为 {told}。", en=f"Send {', '.join(accepted)}."))
    uri = request.headers.get("content-crs")
    crs = reference(found.district, None if uri is None else uri.strip().strip("<>"), "Content-Crs")
    return read_feature(found, body, crs, partial=partial)


def _held_states(request: Request) -> frozenset[str] | None:
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    tags = (one.strip() for one in header.split(","))
    return frozenset(one.strip('"').partition(".")[0] for one in tags if one.startswith('"'))


def _tags(made: Edited) -> dict[str, str]:
    return {} if made.state is None else {"ETag": item_tag(made.state, "4326json")}


ROUTES: Final = (
    Route(ITEMS_PATH, write, methods=["POST"]),
    Route(f"{ITEMS_PATH}/{{feature_id:path}}", write, methods=["PUT", "PATCH", "DELETE"]),
    Route(ITEMS_PATH, options, methods=["OPTIONS"]),
    Route(f"{ITEMS_PATH}/{{feature_id:path}}", options, methods=["OPTIONS"]),
)
