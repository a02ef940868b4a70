"""Operations that change features (Part 4) in the OpenAPI document, for the collections an account may edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gisplanner.api.ogc.media import GEOJSON, MERGE_PATCH

_TEXTS: Final = {
    "400": "要素或参数有误",
    "401": "令牌无效",
    "403": "不归当前账户改动",
    "404": "没有",
    "409": "编号已有，或已有记录依赖它",
    "412": "已被别人改动",
    "413": "太大",
    "415": "不是 GeoJSON",
    "422": "图形或坐标不能用",
    "503": "数据库不可用",
}
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
_FAILURES: Final = {status: {"description": text, "content": _PROBLEM} for status, text in _TEXTS.items()}
_ETAG: Final = {"ETag": {"description": "要素的状态", "schema": {"type": "string"}}}
_CONTENT_CRS: Final = {
    "name": "Content-Crs",
    "in": "header",
    "description": "所送坐标的坐标系，<uri>；缺省 CRS84",
    "schema": {"type": "string"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "读到的 ETag：要素在此之后被别人改动则不写",
    "schema": {"type": "string"},
}
_NOTHING: Final = {"204": {"description": "已写入", "headers": _ETAG}}


def editing_operations(editable: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the operations on the features of a collection, and on one feature; none if none can be edited."""
    if not editable:
        return {}, {}
    collection = {"name": "collectionId", "in": "path", "required": True, "schema": _one_of(editable)}
    feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    whole, patch = _body(GEOJSON, "newFeature"), _body(MERGE_PATCH, "featurePatch")
    place = {"Location": {"description": "新要素的地址", "schema": {"type": "string", "format": "uri"}}}
    made = {"201": {"description": "已建", "headers": {**_ETAG, **place}}}
    return (
        {"post": _operation("createItem", "新建一个要素", [collection, _CONTENT_CRS], made, whole)},
        {
            "put": _operation(
                "replaceItem", "替换一个要素", [collection, feature, _CONTENT_CRS, _IF_MATCH], _NOTHING, whole
            ),
            "patch": _operation(
                "updateItem", "改动一个要素", [collection, feature, _CONTENT_CRS, _IF_MATCH], _NOTHING, patch
            ),
            "delete": _operation(
                "deleteItem",
                "删除一个要素",
                [collection, feature, _IF_MATCH],
                {"204": {"description": "已删除"}},
                None,
            ),
        },
    )


EDITING_SCHEMAS: Final[Mapping[str, Any]] = {
    "newFeature": {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "minLength": 1},
            "geometry": {"$ref": "#/components/schemas/geometry"},
            "properties": {"type": "object", "nullable": True},
        },
    },
    "featurePatch": {
        "type": "object",
        "properties": {
            "geometry": {"$ref": "#/components/schemas/geometry"},
            "properties": {"type": "object", "nullable": True},
        },
    },
    "geometry": {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {
            "type": {
                "type": "string",
                "enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"],
            },
            "coordinates": {"type": "array", "items": {}},
        },
    },
}


def _operation(
    name: str, summary: str, parameters: Sequence[Mapping[str, Any]], done: Mapping[str, Any], body: Any
) -> dict[str, Any]:
    made = {
        "operationId": name,
        "summary": summary,
        "security": [{"bearer": []}],
        "parameters": list(parameters),
        "responses": {**done, **_FAILURES},
    }
    return made if body is None else {**made, "requestBody": body}


def _body(media_type: str, schema: str) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _one_of(names: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}
