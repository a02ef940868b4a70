"""Features and tiles of a collection, built as text and bytes by one statement inside the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import psycopg2
import shapely

from gisplanner.catalog.layers import layer, select_sql
from gisplanner.domain.accounts import Viewer
from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.maps.sheet import PUBLIC_GRID_M
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference
from gisplanner.services.ogc.query import ItemsQuery, read_query
from gisplanner.services.ogc.space import tile_in_storage
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import TRUE, Part, feature_text, fill, first_row, identifier, layer_query
from gisplanner.text import Text

MAX_ZOOM: Final = 22
_WHOLE_GRID_FROM: Final = 14
_FINE: Final = 4096
_COARSE: Final = 1024
_BUFFER_SHARE: Final = 64 / 4096


@dataclass(frozen=True, slots=True)
class Page:
    """One page of features: their text, how many they are, whether more follow, and how many match if asked."""

    features: str
    returned: int
    more: bool
    matched: int | None


def query_of(collection: Collection, given: Mapping[str, str]) -> ItemsQuery:
    """Return what the parameters of a request ask of a collection.

    Raises
    ------
    UsageError
        One fault for each parameter that is unknown or wrong.
    """
    return read_query(collection, given, visible_geometry(collection.viewer))


def read_page(db: Database, collection: Collection, query: ItemsQuery) -> Page:
    """Return one page of features.

    Raises
    ------
    UsageError
        The values of a filter cannot be computed with, e.g. a division by zero.
    """
    where, params = _joined(query.where)
    params |= {"district_id": collection.district.id, "limit": query.limit, "offset": query.offset}
    order = ", ".join(f"{identifier(name)}{' DESC' if down else ''} NULLS LAST" for name, down in query.sort)
    if order:
        order = f"ORDER BY {order}, {identifier(collection.spec.id_column)}"
    feature = _feature(
        collection.spec.name, collection.viewer.sees_private_fields, query.crs, collection.district.srid
    )
    source = _source(collection.spec.name)
    statement = fill("items", feature=feature, layer=source, where=where, order=order)
    with _answering(db, collection.viewer) as connection:
        row = first_row(connection, statement, params)
        matched = None
        if query.count:
            matched = first_row(connection, fill("count", layer=source, where=where), params).matched
    return Page(row.features or "", min(row.found, query.limit), row.found > query.limit, matched)


def read_item(db: Database, collection: Collection, feature_id: str, crs: Reference) -> str:
    """Return one feature as text.

    Raises
    ------
    NotFoundError
        There is none of that id.
    """
    spec = collection.spec
    statement = fill(
        "item",
        feature=_feature(spec.name, collection.viewer.sees_private_fields, crs, collection.district.srid),
        layer=_source(spec.name),
        where=f"{identifier(spec.id_column)} = %(feature_id)s",
    )
    row = None
    if "\x00" not in feature_id:
        with _answering(db, collection.viewer) as connection:
            row = first_row(connection, statement, {"district_id": collection.district.id, "feature_id": feature_id})
    if row is None:
        raise NotFoundError(
            Text(f"{collection.title}里没有 {feature_id}。", en=f"There is no {feature_id} in {collection.id}."),
            [Fault(layer=collection.id, column="featureId", value=feature_id)],
        )
    return str(row.features)


def read_tile(db: Database, collection: Collection, z: int, x: int, y: int) -> bytes:
    """Return a Web Mercator tile with the columns a map needs; empty where nothing lies.

    Raises
    ------
    NotFoundError
        There is no such tile.
    """
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFoundError(
            Text(f"没有瓦片 {z}/{y}/{x}。", en=f"There is no tile {z}/{y}/{x}."),
            [Fault(column="z/y/x", value=f"{z}/{y}/{x}", allowed=f"z 0–{MAX_ZOOM}")],
        )
    spec = collection.spec
    search = tile_in_storage(collection.district, z, x, y, margin=_BUFFER_SHARE)
    if search is not None and shapely.is_empty(search):
        return b""
    if search is None:
        search = shapely.set_srid(shapely.box(-1e8, -1e8, 1e8, 1e8), collection.district.srid)
    extent = _FINE if z >= _WHOLE_GRID_FROM else _COARSE
    names = [spec.id_column, *(column.name for column in collection.columns if column.tile)]
    statement = fill(
        "tile",
        properties=", ".join(identifier(name) for name in dict.fromkeys(names)),
        geometry=visible_geometry(collection.viewer),
        layer=_source(spec.name),
    )
    params = {
        "district_id": collection.district.id,
        "name": spec.name,
        "extent": extent,
        "buffer": round(extent * _BUFFER_SHARE),
        "z": z,
        "x": x,
        "y": y,
        "search": shapely.to_wkb(search, hex=True, include_srid=True),
    }
    with _answering(db, collection.viewer) as connection:
        return bytes(first_row(connection, statement, params).tile)


def visible_geometry(viewer: Viewer) -> str:
    """Return the SQL of the geometry ``viewer`` may see: the public gets it on a grid."""
    return "layer.geom" if viewer.sees_private_fields else f"public_geometry(layer.geom, {PUBLIC_GRID_M:g})"


@contextmanager
def _answering(db: Database, viewer: Viewer) -> Iterator[Any]:
    try:
        with db.seen_by(viewer).transaction() as connection:
            yield connection
    except psycopg2.DataError as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            Text("按这个条件无法计算。", en="The condition cannot be computed."),
            [Fault(column="filter", hint=reason)],
        ) from error


def _joined(parts: tuple[Part, ...]) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {}
    for part in parts:
        params |= part.params
    return " AND ".join(f"({part.sql})" for part in (parts or (TRUE,))), params


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return layer_query(select_sql(name))


@lru_cache(maxsize=256)
def _feature(name: str, private: bool, crs: Reference, stored_srid: int) -> str:  # noqa: FBT001 - a cache key
    spec = layer(name)
    columns = tuple(column for column in spec.columns if private or column.public)
    geometry = "layer.geom" if private else f"public_geometry(layer.geom, {PUBLIC_GRID_M:g})"
    if spec.geometry in {"polygon", "any"}:
        geometry = f"ST_ForcePolygonCCW({geometry})"
    if crs.srid != stored_srid:
        geometry = f"ST_Transform({geometry}, {crs.srid})"
    if crs.swapped:
        geometry = f"ST_FlipCoordinates({geometry})"
    return feature_text(columns, spec.id_column, f"ST_AsGeoJSON({geometry}, {crs.decimals}, 0)")


def queryables(collection: Collection) -> dict[str, Any]:
    """Return the JSON Schema of the properties a filter may name (queryables)."""
    types: Mapping[str, Mapping[str, Any]] = {
        "text": {"type": "string"},
        "integer": {"type": "integer"},
        "number": {"type": "number"},
        "decimal": {"type": "number"},
        "boolean": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "text_list": {"type": "array", "items": {"type": "string"}},
    }
    kinds = {
        "point": "geometry-point-or-multipoint",
        "line": "geometry-linestring-or-multilinestring",
        "polygon": "geometry-polygon-or-multipolygon",
        "any": "geometry-any",
    }
    properties: dict[str, Any] = {"geometry": {"title": "图形", "format": kinds[collection.spec.geometry]}}
    for column in collection.columns:
        made: dict[str, Any] = {"title": column.label, **types[column.type]}
        if column.unit:
            made["x-ogc-unit"] = column.unit
        if column.choices:
            made["enum"] = list(column.choices)
        properties[column.name] = made
    return properties
