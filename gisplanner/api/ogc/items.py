"""``/ogc/collections/{id}/items``: features, their text taken from the database as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request, Response
from starlette.routing import Route

from gisplanner.api.context import database_of
from gisplanner.api.ogc.media import GEOJSON, HTML, JSON, address, link, strict, wanted
from gisplanner.api.ogc.named import named
from gisplanner.api.ogc.pages import answer
from gisplanner.api.ogc.streams import feature_pieces, held, in_pieces, tag_of
from gisplanner.services.export import NOT_REVIEWED
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference, reference
from gisplanner.services.ogc.items import Page, query_of, read_item, read_page
from gisplanner.services.ogc.query import ItemsQuery

ITEMS_PATH: Final = "/ogc/collections/{collection_id}/items"

ITEM_FORMATS: Final = {"json": GEOJSON, "html": HTML}
_NAMES: Final = {GEOJSON: "json", HTML: "html"}


def items(request: Request) -> Response:
    """Return a page of features."""
    db = database_of(request)
    found = named(db, request)
    given = strict(request, ("*",))
    query = query_of(found, given)
    media_type = wanted(request, ITEM_FORMATS)
    tag = tag_of(found, str(request.url), media_type)
    headers = _headers(query.crs)
    known = held(request, tag, headers)
    if known is not None:
        return known
    page = read_page(db, found, query)
    head = json.dumps(_head(request, found, query, given, page), ensure_ascii=False, separators=(",", ":")).encode()
    pieces = (head[:-1] + b',"features":[\n', *feature_pieces(page.features), b"\n]}")
    if media_type == HTML:
        return answer(request, json.loads(b"".join(pieces)), HTML, title=found.title)
    return in_pieces(request, pieces, GEOJSON, {**headers, "ETag": tag})


def item(request: Request) -> Response:
    """Return one feature."""
    db = database_of(request)
    found = named(db, request)
    feature_id = request.path_params["feature_id"]
    given = strict(request, ("crs",))
    crs = reference(found.district, given.get("crs"), "crs")
    media_type = wanted(request, ITEM_FORMATS)
    made = read_item(db, found, feature_id, crs)
    tag = item_tag(made.state, f"{crs.srid}{_NAMES[media_type]}")
    headers = _headers(crs)
    known = held(request, tag, headers)
    if known is not None:
        return known
    path = f"/ogc/collections/{found.id}"
    links = [
        link(address(request, f"{path}/items/{feature_id}", f=_NAMES[one]), _rel(one, media_type), one)
        for one in ITEM_FORMATS.values()
    ]
    links.append(link(address(request, path), "collection", JSON, found.title))
    text = b'%s,"links":%s}' % (made.feature[:-1], json.dumps(links, ensure_ascii=False).encode())
    if media_type == HTML:
        return answer(request, json.loads(text), HTML, title=f"{found.title} {feature_id}", tag=tag)
    return in_pieces(request, [text], GEOJSON, {**headers, "ETag": tag})


def item_tag(state: str, form: str) -> str:
    """Return the strong ETag of a feature: its state, which If-Match compares, and the form it is given in."""
    return f'"{state}.{form}"'


def _head(
    request: Request, found: Collection, query: ItemsQuery, given: Mapping[str, str], page: Page
) -> dict[str, Any]:
    path = f"/ogc/collections/{found.id}"
    here = {name: value for name, value in given.items() if name != "f"}
    media_type = wanted(request, ITEM_FORMATS)
    links = [
        link(address(request, f"{path}/items", **here, f=_NAMES[one]), _rel(one, media_type), one)
        for one in ITEM_FORMATS.values()
    ]
    links.append(link(address(request, path), "collection", JSON, found.title))
    form = {"f": given["f"]} if "f" in given else {}
    if page.more:
        following = {**here, **form, "offset": query.offset + query.limit}
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


def _rel(one: str, media_type: str) -> str:
    return "self" if one == media_type else "alternate"


def _headers(crs: Reference) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}


ROUTES: Final = (Route(ITEMS_PATH, items), Route(f"{ITEMS_PATH}/{{feature_id:path}}", item))
"""What is asked most: plain routes, looked at before all others, one thread each."""
