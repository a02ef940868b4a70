"""The OpenAPI 3.0 document of the OGC API: every path, parameter and answer, without a reference to elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gisplanner import __version__
from gisplanner.api.ogc.editing_openapi import EDITING_SCHEMAS, editing_operations
from gisplanner.api.ogc.media import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, TILE
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.editing import methods_for
from gisplanner.services.ogc.query import DEFAULT_LIMIT, MAX_OFFSET
from gisplanner.services.ogc.tiles import MAX_ZOOM

_PROBLEM: Final = "application/problem+json"
_TILEJSON: Final = "application/vnd.mapbox.tile+json"
_LINKS: Final = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}


def openapi_document(base: str, found: Sequence[Collection]) -> dict[str, Any]:
    """Return the document for a viewer who sees ``found``."""
    columns = {column.name: column.label for one in found for column in one.columns}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "gisplanner",
            "version": __version__,
            "description": "OGC API – Features 第 1–4 部分与 Tiles",
            "license": {"name": "MIT"},
        },
        "servers": [{"url": base}],
        "security": [{}, {"bearer": []}],
        "paths": _paths([one.id for one in found if methods_for(one)]),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "parameters": {
                "collectionId": _path(
                    "collectionId",
                    {"type": "string", **({"enum": [one.id for one in found]} if found else {})},
                ),
                **{name: _query(name, *told) for name, told in _ITEM_PARAMETERS.items()},
            },
            "schemas": {**_SCHEMAS, **EDITING_SCHEMAS},
        },
        "x-queryables": columns,
    }


def _paths(editable: Sequence[str]) -> dict[str, Any]:
    on_items, on_item = editing_operations(editable)
    of_collection = [{"$ref": "#/components/parameters/collectionId"}]
    return {
        "/": _get("landing", "首页", {JSON: "landingPage", HTML: None}),
        "/conformance": _get("conformance", "符合的标准", {JSON: "conformance", HTML: None}),
        "/api": _get("api", "本文档", {OPENAPI: "object", HTML: None}),
        "/collections": _get("collections", "数据集", {JSON: "collections", HTML: None}),
        "/collections/{collectionId}": _get(
            "collection", "一个数据集", {JSON: "collection", HTML: None}, of_collection
        ),
        "/collections/{collectionId}/queryables": _get(
            "queryables", "可查询的属性", {SCHEMA: "object", HTML: None}, of_collection
        ),
        "/collections/{collectionId}/items": {
            **_get(
                "items",
                "要素",
                {GEOJSON: "featureCollection", HTML: None},
                [*of_collection, *({"$ref": f"#/components/parameters/{name}"} for name in _ITEM_PARAMETERS)],
            ),
            **on_items,
        },
        "/collections/{collectionId}/items/{featureId}": {
            **_get("item", "一个要素", {GEOJSON: "feature", HTML: None}, [*of_collection, *_OF_FEATURE]),
            **on_item,
        },
        "/collections/{collectionId}/tiles": _get(
            "tilesets", "矢量瓦片", {JSON: "object", HTML: None}, of_collection
        ),
        "/collections/{collectionId}/tiles/WebMercatorQuad": _get(
            "tileset", "瓦片集", {JSON: "object", _TILEJSON: "object", HTML: None}, of_collection
        ),
        "/collections/{collectionId}/tiles/WebMercatorQuad/{z}/{y}/{x}": _tile(of_collection),
    }


def _get(
    name: str, summary: str, content: Mapping[str, str | None], parameters: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    forms = ["json", *(["tilejson"] if _TILEJSON in content else []), "html"]
    form = _query("f", {"type": "string", "enum": forms}, "回答的格式")
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [*parameters, form],
            "responses": {
                "200": {
                    "description": summary,
                    "content": {
                        media_type: {"schema": {"type": "string"} if schema is None else _schema(schema)}
                        for media_type, schema in content.items()
                    },
                },
                **_failures(),
            },
        }
    }


def _tile(of_collection: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    numbers = [_path(name, {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}) for name in "z"]
    numbers += [_path(name, {"type": "integer", "minimum": 0}) for name in "yx"]
    return {
        "get": {
            "operationId": "tile",
            "summary": "一张瓦片",
            "parameters": [*of_collection, *numbers],
            "responses": {
                "200": {"description": "瓦片", "content": {TILE: {"schema": {"type": "string", "format": "binary"}}}},
                "204": {"description": "这里没有要素"},
                **_failures(),
            },
        }
    }


def _failures() -> dict[str, Any]:
    told = {
        "304": "没有变化",
        "400": "参数有误",
        "401": "令牌无效",
        "403": "当前账户不可见",
        "404": "没有",
        "406": "没有这种格式",
        "503": "数据库不可用",
    }
    problem = {"content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}
    return {status: {"description": text, **({} if status == "304" else problem)} for status, text in told.items()}


def _schema(name: str) -> dict[str, Any]:
    return {"type": "object"} if name == "object" else {"$ref": f"#/components/schemas/{name}"}


def _path(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": dict(schema)}


def _query(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    made = {"name": name, "in": "query", "required": False, "description": description, "schema": dict(schema)}
    if schema.get("type") == "array":
        made |= {"style": "form", "explode": False}
    return made


_OF_FEATURE: Final = (
    _path("featureId", {"type": "string", "minLength": 1}),
    {"$ref": "#/components/parameters/crs"},
)
_NUMBERS: Final = {
    "type": "array",
    "items": {"type": "number"},
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
}
_URI: Final = {"type": "string", "format": "uri"}
_ITEM_PARAMETERS: Final[Mapping[str, tuple[Mapping[str, Any], str]]] = {
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": 10_000, "default": DEFAULT_LIMIT},
        "至多几个，超出上限按上限",
    ),
    "offset": ({"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}, "跳过几个"),
    "after": ({"type": "string", "minLength": 1}, "从哪里接着给：照上一页的 next 链接，不与 offset 同用"),
    "bbox": (_NUMBERS, "西,南,东,北"),
    "bbox-crs": (_URI, "bbox 的坐标系"),
    "datetime": ({"type": "string"}, "要素没有时间属性，任何时间都符合"),
    "crs": (_URI, "回答的坐标系"),
    "filter": ({"type": "string"}, "CQL2 条件"),
    "filter-lang": ({"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}, "条件的写法"),
    "filter-crs": (_URI, "条件中图形的坐标系"),
    "sortby": (
        {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[+-]?.+"}},
        "排序，-name 为降序",
    ),
    "count": ({"type": "boolean", "default": False}, "是否数出全部符合的要素 numberMatched"),
}

_SCHEMAS: Final[dict[str, Any]] = {
    "link": {
        "type": "object",
        "required": ["href"],
        "properties": {
            "href": {"type": "string"},
            "rel": {"type": "string"},
            "type": {"type": "string"},
            "title": {"type": "string"},
        },
    },
    "landingPage": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": {"type": "string"}, "description": {"type": "string"}, "links": _LINKS},
    },
    "conformance": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}},
    },
    "collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        },
    },
    "collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "extent": {"type": "object"},
            "itemType": {"type": "string"},
            "crs": {"type": "array", "items": {"type": "string"}},
            "storageCrs": {"type": "string"},
            "links": _LINKS,
        },
    },
    "featureCollection": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
            "links": _LINKS,
            "numberReturned": {"type": "integer", "minimum": 0},
            "numberMatched": {"type": "integer", "minimum": 0},
        },
    },
    "feature": {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "nullable": True},
            "links": _LINKS,
        },
    },
    "problem": {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "error": {"type": "object"},
        },
    },
}
