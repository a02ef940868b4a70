"""``/ogc/collections/{id}/items``: features, their text taken from the database as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from gisplanner.api.ogc.media import GEOJSON, HTML, JSON, address, compact, link, strict, wanted
from gisplanner.api.ogc.named import looked
from gisplanner.api.ogc.pages import answer
from gisplanner.api.ogc.streams import feature_pieces, held, holds, in_pieces, tag_of
from gisplanner.services.export import NOT_REVIEWED
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference, reference
from gisplanner.services.ogc.items import Page, item_of, item_statements, page_of, page_statements, query_of
from gisplanner.services.ogc.looking import Statement
from gisplanner.services.ogc.query import ItemsQuery

ITEMS_PATH: Final = "/ogc/collections/{collection_id}/items"

ITEM_FORMATS: Final = {"json": GEOJSON, "html": HTML}
_NAMES: Final = {GEOJSON: "json", HTML: "html"}


async def items(request: Request) -> Response:
    """Return a page of features."""
    given = strict(request, ("*",))
    media_type = wanted(request, ITEM_FORMATS)
    query: ItemsQuery | None = None

    def tag_in(found: Collection) -> str:
        return tag_of(found.mark, str(request.url), media_type)

    def asked(found: Collection) -> list[Statement]:
        nonlocal query
        query = query_of(found, given)
        return [] if holds(request, tag_in(found)) else page_statements(found, query)

    found, rows = await looked(request, asked)
    assert query is not None
    tag, headers = tag_in(found), _headers(query.crs)
    if not rows:
        return held(tag, headers)
    page = page_of(query, rows)
    head = compact(_head(request, found, query, given, page, media_type))
    pieces = (head[:-1] + b',"features":[\n', *feature_pieces(page.features), b"\n]}")
    if media_type == HTML:
        document = json.loads(b"".join(pieces))
        return await run_in_threadpool(answer, request, document, HTML, title=found.title, labels=_labels(found))
    return await in_pieces(request, pieces, GEOJSON, {**headers, "ETag": tag})


async def item(request: Request) -> Response:
    """Return one feature."""
    given = strict(request, ("crs",))
    media_type = wanted(request, ITEM_FORMATS)
    feature_id = request.path_params["feature_id"]
    crs: Reference | None = None

    def asked(found: Collection) -> list[Statement]:
        nonlocal crs
        crs = reference(found.district, given.get("crs"), "crs")
        return item_statements(found, feature_id, crs)

    found, rows = await looked(request, asked)
    assert crs is not None
    made = item_of(found, feature_id, rows)
    tag = item_tag(made.state, f"{crs.srid}{_NAMES[media_type]}")
    headers = _headers(crs)
    if holds(request, tag):
        return held(tag, headers)
    within = address(request, f"/ogc/collections/{found.id}")
    here = f"{within}/items/{quote(feature_id, safe='')}"
    links = [link(f"{here}?f={_NAMES[one]}", _rel(one, media_type), one) for one in ITEM_FORMATS.values()]
    links.append(link(within, "collection", JSON, found.title))
    text = b'%s,"links":%s}' % (made.feature[:-1], compact(links))
    if media_type == HTML:
        title = f"{found.title} {feature_id}"
        return answer(request, json.loads(text), HTML, title=title, tag=tag, labels=_labels(found))
    return await in_pieces(request, [text], GEOJSON, {**headers, "ETag": tag})


def item_tag(state: str, form: str) -> str:
    """Return the strong ETag of a feature: its state, which If-Match compares, and the form it is given in."""
    return f'"{state}.{form}"'


def _head(  # noqa: PLR0917 - the request, what was found, what is answered
    request: Request, found: Collection, query: ItemsQuery, given: Mapping[str, str], page: Page, media_type: str
) -> dict[str, Any]:
    path = f"/ogc/collections/{found.id}"
    here = {name: value for name, value in given.items() if name != "f"}
    asked = f"{address(request, f'{path}/items', **here)}{'&' if here else '?'}"
    links = [link(f"{asked}f={_NAMES[one]}", _rel(one, media_type), one) for one in ITEM_FORMATS.values()]
    links.append(link(address(request, path), "collection", JSON, found.title))
    form = {"f": given["f"]} if "f" in given else {}
    if page.following is not None:
        passed = {name: value for name, value in here.items() if name != "offset"}
        following = {**passed, **form, "after": page.following}
        links.append(link(address(request, f"{path}/items", **following), "next", media_type))
    if query.offset:
        earlier = {**here, **form, "offset": max(query.offset - query.limit, 0)}
        links.append(link(address(request, f"{path}/items", **earlier), "prev", media_type))
    head: dict[str, Any] = {"type": "FeatureCollection", "numberReturned": len(page.features)}
    if page.matched is not None:
        head["numberMatched"] = page.matched
    if not found.exact:
        head["notice"] = NOT_REVIEWED
    return {**head, "links": links}


def _labels(found: Collection) -> dict[str, str]:
    return {
        column.name: f"{column.label}（{column.unit}）" if column.unit and "（" not in column.label else column.label
        for column in found.spec.columns
    }


def _rel(one: str, media_type: str) -> str:
    return "self" if one == media_type else "alternate"


def _headers(crs: Reference) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}


ROUTES: Final = (Route(ITEMS_PATH, items), Route(f"{ITEMS_PATH}/{{feature_id:path}}", item))
"""What is asked most: plain routes, looked at before all others, no thread."""
