"""``/ogc/collections/{id}/items``: features, their text taken from the database as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from gisplanner.api.answers import revalidated
from gisplanner.api.context import OpenDatabase
from gisplanner.api.ogc.media import GEOJSON, HTML, JSON, address, link, strict, wanted
from gisplanner.api.ogc.named import NamedCollection
from gisplanner.api.ogc.pages import answer
from gisplanner.services.export import NOT_REVIEWED
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference, reference
from gisplanner.services.ogc.items import Page, query_of, read_item, read_page
from gisplanner.services.ogc.query import ItemsQuery

router = APIRouter(prefix="/ogc/collections/{collection_id}/items")

ITEM_FORMATS: Final = {"json": GEOJSON, "html": HTML}


@router.get("")
def items(db: OpenDatabase, request: Request, found: NamedCollection) -> Response:
    """Return a page of features."""
    given = strict(request, ("*",))
    query = query_of(found, given)
    media_type = wanted(request, ITEM_FORMATS)
    page = read_page(db, found, query)
    text = _collection_text(request, found, query, given, page)
    if media_type == HTML:
        return answer(request, json.loads(text), HTML, title=found.title)
    return revalidated(request, text.encode(), GEOJSON, _headers(query.crs))


@router.get("/{feature_id:path}")
def item(db: OpenDatabase, request: Request, found: NamedCollection, feature_id: str) -> Response:
    """Return one feature."""
    given = strict(request, ("crs",))
    crs = reference(found.district, given.get("crs"), "crs")
    media_type = wanted(request, ITEM_FORMATS)
    path = f"/ogc/collections/{found.id}"
    links = [
        link(address(request, f"{path}/items/{feature_id}"), "self", GEOJSON),
        link(address(request, f"{path}/items/{feature_id}", f="html"), "alternate", HTML),
        link(address(request, path), "collection", JSON, found.title),
    ]
    text = f'{read_item(db, found, feature_id, crs)[:-1]},"links":{_json(links)}}}'
    if media_type == HTML:
        return answer(request, json.loads(text), HTML, title=f"{found.title} {feature_id}")
    return revalidated(request, text.encode(), GEOJSON, _headers(crs))


def _collection_text(
    request: Request,
    found: Collection,
    query: ItemsQuery,
    given: Mapping[str, str],
    page: Page,
) -> str:
    path = f"/ogc/collections/{found.id}"
    here = {name: value for name, value in given.items() if name != "f"}
    media_type = wanted(request, ITEM_FORMATS)
    formats = {GEOJSON: "json", HTML: "html"}
    links = [
        link(address(request, f"{path}/items", **here, f=name), "self" if one == media_type else "alternate", one)
        for one, name in formats.items()
    ]
    links.append(link(address(request, path), "collection", JSON, found.title))
    form = {"f": given["f"]} if "f" in given else {}
    if page.more:
        following = {**here, **form, "offset": query.offset + query.limit}
        links.append(link(address(request, f"{path}/items", **following), "next", media_type))
    if query.offset:
        earlier = {**here, **form, "offset": max(query.offset - query.limit, 0)}
        links.append(link(address(request, f"{path}/items", **earlier), "prev", media_type))
    head: dict[str, Any] = {"type": "FeatureCollection", "numberReturned": page.returned}
    if page.matched is not None:
        head["numberMatched"] = page.matched
    if not found.viewer.sees_private_fields:
        head["notice"] = NOT_REVIEWED
    head["links"] = links
    return f'{_json(head)[:-1]},"features":[\n{page.features}\n]}}'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _headers(crs: Reference) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>", "Vary": "Accept, Authorization, Cookie"}
