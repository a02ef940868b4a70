"""``/ogc/collections/{id}/tiles``: vector tiles of Web Mercator (WebMercatorQuad)."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.routing import Route

from gisplanner.api.context import database_of
from gisplanner.api.ogc.landing import FORMATS
from gisplanner.api.ogc.media import JSON, TILE, address, link, self_links, strict, wanted
from gisplanner.api.ogc.named import NamedCollection, looked
from gisplanner.api.ogc.pages import answer
from gisplanner.api.ogc.streams import held, holds, in_pieces, tag_of
from gisplanner.errors import Fault, NotFoundError
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.looking import Statement
from gisplanner.services.ogc.tiles import MAX_ZOOM, TileCache, kept_tile, tile_fields, tile_key, tile_statements
from gisplanner.text import Text

_PATH: Final = "/ogc/collections/{collection_id}/tiles"
router = APIRouter(prefix=_PATH)

MATRIX_SET: Final = "WebMercatorQuad"
_SCHEME: Final = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_MATRIX_SET_URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_WEB_MERCATOR: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"


@router.get("")
def tilesets(request: Request, found: NamedCollection) -> Response:
    """Return the tile sets of a collection: there is one."""
    strict(request)
    media_type = wanted(request, FORMATS)
    path = f"/ogc/collections/{found.id}/tiles"
    document = {
        "links": self_links(request, path, media_type, FORMATS),
        "tilesets": [_tileset(request, found)],
    }
    return answer(request, document, media_type, title=f"{found.title} 矢量瓦片")


@router.get(f"/{MATRIX_SET}")
def tileset(request: Request, found: NamedCollection) -> Response:
    """Return the tile set, or with ``f=tilejson`` its TileJSON 3.0."""
    strict(request)
    media_type = wanted(request, {"json": JSON, "tilejson": "application/vnd.mapbox.tile+json", "html": "text/html"})
    if media_type == "application/vnd.mapbox.tile+json":
        document = _tilejson(request, found)
    else:
        document = _tileset(request, found)
    return answer(request, document, media_type, title=f"{found.title} {MATRIX_SET}")


async def tile(request: Request) -> Response:
    """Return one tile; 204 where nothing lies."""
    strict(request)
    wanted(request, {"mvt": TILE})
    place = _place(*(request.path_params[name] for name in "zxy"))
    cache: TileCache = request.app.state.tiles
    db = database_of(request)

    kept: bytes | None = None

    def asked(found: Collection) -> list[Statement]:
        nonlocal kept
        kept = cache.get(tile_key(db, found, place))
        return [] if kept is not None or holds(request, tag_of(found.mark, place)) else tile_statements(found, place)

    found, rows = await looked(request, asked)
    tag = tag_of(found.mark, place)
    if holds(request, tag):
        return held(tag, {})
    content = kept_tile(cache, tile_key(db, found, place), rows) if kept is None else kept
    if not content:
        return Response(status_code=204, headers={"Cache-Control": "private, no-cache"})
    return await in_pieces(request, [content], TILE, {"ETag": tag})


def _place(z: str, x: str, y: str) -> tuple[int, int, int]:
    if not all(one.isascii() and one.isdigit() and len(one) <= 8 for one in (z, x, y)):  # noqa: PLR2004
        raise NotFoundError(
            Text("瓦片编号应为整数。", en="Tiles have whole numbers."), [Fault(column="z/y/x", value=f"{z}/{y}/{x}")]
        )
    return int(z), int(x), int(y)


def _template(request: Request, found: Collection) -> str:
    return address(request, f"/ogc/collections/{found.id}/tiles/{MATRIX_SET}")


def _tileset(request: Request, found: Collection) -> dict[str, Any]:
    base = _template(request, found)
    return {
        "title": found.title,
        "dataType": "vector",
        "crs": _WEB_MERCATOR,
        "tileMatrixSetURI": _MATRIX_SET_URI,
        "links": [
            link(base, "self", JSON),
            link(f"{base}?f=tilejson", "describedby", "application/vnd.mapbox.tile+json", "TileJSON"),
            link(_MATRIX_SET_URI, _SCHEME, JSON),
            link(f"{base}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", TILE, templated=True),
        ],
    }


def _tilejson(request: Request, found: Collection) -> dict[str, Any]:
    return {
        "tilejson": "3.0.0",
        "name": found.title,
        "tiles": [f"{_template(request, found)}/{{z}}/{{y}}/{{x}}"],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": list(found.district.bounds_lonlat),
        "vector_layers": [
            {"id": found.spec.name, "description": found.spec.description, "fields": tile_fields(found)}
        ],
    }


ROUTES: Final = (Route(f"{_PATH}/{MATRIX_SET}/{{z}}/{{y}}/{{x}}", tile),)
"""What is asked most: a plain route, looked at before all others, no thread."""
