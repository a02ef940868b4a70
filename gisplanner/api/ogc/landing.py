"""``/ogc``: where everything is, and which parts of the standards hold."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from gisplanner.api.context import OpenDatabase
from gisplanner.api.ogc.media import HTML, JSON, OPENAPI, address, link, self_links, strict, wanted
from gisplanner.api.ogc.openapi import openapi_document
from gisplanner.api.ogc.pages import answer
from gisplanner.api.ogc.processes_openapi import process_paths
from gisplanner.api.viewer import CurrentViewer
from gisplanner.services.ogc.collections import collections

router = APIRouter(prefix="/ogc")

FORMATS: Final = {"json": JSON, "html": HTML}

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf/"
_TILES: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_PROCESSES: Final = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
CONFORMANCE: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    f"{_FEATURES}1/1.0/conf/core",
    f"{_FEATURES}1/1.0/conf/oas30",
    f"{_FEATURES}1/1.0/conf/html",
    f"{_FEATURES}1/1.0/conf/geojson",
    f"{_FEATURES}2/1.0/conf/crs",
    f"{_FEATURES}3/1.0/conf/queryables",
    f"{_FEATURES}3/1.0/conf/queryables-query-parameters",
    f"{_FEATURES}3/1.0/conf/filter",
    f"{_FEATURES}3/1.0/conf/features-filter",
    f"{_FEATURES}4/1.0/conf/create-replace-delete",
    f"{_FEATURES}4/1.0/conf/update",
    f"{_FEATURES}4/1.0/conf/optimistic-locking-etags",
    f"{_FEATURES}4/1.0/conf/features",
    f"{_CQL2}cql2-text",
    f"{_CQL2}cql2-json",
    f"{_CQL2}basic-cql2",
    f"{_CQL2}advanced-comparison-operators",
    f"{_CQL2}case-insensitive-comparison",
    f"{_CQL2}basic-spatial-functions",
    f"{_CQL2}spatial-functions",
    f"{_TILES}core",
    f"{_TILES}tileset",
    f"{_TILES}tilesets-list",
    f"{_TILES}mvt",
    f"{_PROCESSES}core",
    f"{_PROCESSES}ogc-process-description",
    f"{_PROCESSES}json",
    f"{_PROCESSES}html",
    f"{_PROCESSES}oas30",
    f"{_PROCESSES}job-list",
    f"{_PROCESSES}dismiss",
)


@router.get("")
@router.get("/", include_in_schema=False)
def landing(request: Request) -> Response:
    """Return the landing page."""
    strict(request)
    media_type = wanted(request, FORMATS)
    document: dict[str, Any] = {
        "title": "gisplanner",
        "description": "老旧小区改造空间规划：各区县图层",
        "links": [
            *self_links(request, "/ogc", media_type, FORMATS),
            link(address(request, "/ogc/api"), "service-desc", OPENAPI, "OpenAPI 3.0"),
            link(address(request, "/ogc/api", f="html"), "service-doc", HTML, "接口说明"),
            link(address(request, "/ogc/conformance"), "conformance", JSON, "符合的标准"),
            link(
                address(request, "/ogc/conformance"),
                "http://www.opengis.net/def/rel/ogc/1.0/conformance",
                JSON,
                "符合的标准",
            ),
            link(address(request, "/ogc/collections"), "data", JSON, "数据集"),
            link(
                address(request, "/ogc/processes"), "http://www.opengis.net/def/rel/ogc/1.0/processes", JSON, "过程"
            ),
            link(address(request, "/ogc/jobs"), "http://www.opengis.net/def/rel/ogc/1.0/job-list", JSON, "作业"),
        ],
    }
    return answer(request, document, media_type, title="OGC API")


@router.get("/conformance")
def conformance(request: Request) -> Response:
    """Return the conformance classes."""
    strict(request)
    return answer(request, {"conformsTo": list(CONFORMANCE)}, wanted(request, FORMATS), title="符合的标准")


@router.get("/api")
def api(db: OpenDatabase, viewer: CurrentViewer, request: Request) -> Response:
    """Return the OpenAPI document of what the viewer may ask for."""
    strict(request)
    media_type = wanted(request, {"json": OPENAPI, "html": HTML})
    document = openapi_document(address(request, "/ogc"), collections(db, viewer))
    document["paths"] |= process_paths()
    return answer(request, document, media_type, title="接口说明")
