"""``/ogc/collections``: what there is, and what may be asked of it."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from gisplanner.api.context import OpenDatabase
from gisplanner.api.ogc.landing import FORMATS
from gisplanner.api.ogc.media import GEOJSON, HTML, JSON, SCHEMA, address, link, self_links, strict, wanted
from gisplanner.api.ogc.named import NamedCollection
from gisplanner.api.ogc.pages import answer
from gisplanner.api.viewer import CurrentViewer
from gisplanner.services.ogc.collections import Collection, collections
from gisplanner.services.ogc.crs import CRS84, references, storage
from gisplanner.services.ogc.items import queryables

router = APIRouter(prefix="/ogc/collections")

_QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_TILES: Final = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"


@router.get("")
def list_all(db: OpenDatabase, viewer: CurrentViewer, request: Request) -> Response:
    """Return all collections of the viewer."""
    strict(request)
    media_type = wanted(request, FORMATS)
    found = collections(db, viewer)
    every = sorted({one.uri for each in found for one in references(each.district)} | {CRS84})
    document = {
        "links": self_links(request, "/ogc/collections", media_type, FORMATS),
        "crs": every,
        "collections": [_described(request, one) for one in found],
    }
    return answer(request, document, media_type, title="数据集")


@router.get("/{collection_id}")
def one(request: Request, found: NamedCollection) -> Response:
    """Return one collection."""
    strict(request)
    media_type = wanted(request, FORMATS)
    document = _described(request, found)
    document["links"] += self_links(request, f"/ogc/collections/{found.id}", media_type, FORMATS)
    return answer(request, document, media_type, title=found.title)


@router.get("/{collection_id}/queryables")
def queryable(request: Request, found: NamedCollection) -> Response:
    """Return the properties that a filter may name, as a JSON Schema."""
    strict(request)
    media_type = wanted(request, {"json": SCHEMA, "html": HTML})
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(request, f"/ogc/collections/{found.id}/queryables"),
        "type": "object",
        "title": found.title,
        "additionalProperties": False,
        "properties": queryables(found),
    }
    return answer(request, document, media_type, title=f"{found.title} 可查询的属性")


def _described(request: Request, found: Collection) -> dict[str, Any]:
    path = f"/ogc/collections/{found.id}"
    return {
        "id": found.id,
        "title": found.title,
        "description": found.spec.description,
        "itemType": "feature",
        # The bounds of the district: nothing outside is stored, and no table has to be read to tell.
        "extent": {"spatial": {"bbox": [list(found.district.bounds_lonlat)], "crs": CRS84}},
        "crs": [one.uri for one in references(found.district)],
        "storageCrs": storage(found.district).uri,
        "links": [
            link(address(request, f"{path}/items"), "items", GEOJSON, found.title),
            link(address(request, f"{path}/items", f="html"), "items", HTML, found.title),
            link(address(request, f"{path}/queryables"), _QUERYABLES, SCHEMA, "可查询的属性"),
            link(address(request, f"{path}/tiles"), _TILES, JSON, "矢量瓦片"),
        ],
    }
