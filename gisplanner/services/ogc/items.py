"""Features of a collection, each written as text by the database in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg2

from gisplanner.catalog.layers import layer, layers_edition, select_sql
from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.maps.sheet import PUBLIC_GRID_M
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference, storage
from gisplanner.services.ogc.query import ItemsQuery, read_query
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import TRUE, Part, feature_text, fill, identifier, layer_query
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Page:
    """One page of features as UTF-8 GeoJSON, whether more follow, and how many match if that was asked."""

    features: list[bytes]
    more: bool
    matched: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One feature as UTF-8 GeoJSON, and the fingerprint of its state, the same in every system and form."""

    feature: bytes
    state: str


def query_of(collection: Collection, given: Mapping[str, str]) -> ItemsQuery:
    """Return what the parameters of a request ask of a collection.

    Raises
    ------
    UsageError
        One fault for each parameter that is unknown or wrong.
    PermissionDeniedError
        The rows of an owner are asked for that the account may not see.
    """
    return read_query(collection, given, visible_geometry(collection.exact))


def read_page(db: Database, collection: Collection, query: ItemsQuery) -> Page:
    """Return one page of features.

    Raises
    ------
    UsageError
        The values of a filter cannot be computed with, e.g. a division by zero.
    """
    where, params = joined(query.where)
    params |= {"district_id": collection.district.id, "limit": query.limit, "offset": query.offset}
    order = ", ".join(f"{identifier(name)}{' DESC' if down else ''} NULLS LAST" for name, down in query.sort)
    if order:
        order = f"ORDER BY {order}, {identifier(collection.spec.id_column)}"
    source = layer_source(collection.spec.name)
    statement = fill("items", feature=_feature_of(collection, query.crs), layer=source, where=where, order=order)
    with answering():
        reader = db.seen_by(collection.viewer)
        # Walking the whole layer has one good plan; conditions and orders have to be planned for their values.
        walking = not (query.where or query.sort)
        if walking:
            statement = statement.replace("%(limit)s", str(query.limit))
        rows = reader.rows(statement, params, as_bytes=True, planned_once=walking)
        matched = None
        if query.count:
            matched = reader.rows(fill("count", layer=source, where=where), params)[0][0]
    return Page([row[0] for row in rows[: query.limit]], len(rows) > query.limit, matched)


def read_item(db: Database, collection: Collection, feature_id: str, crs: Reference) -> Item:
    """Return one feature.

    Raises
    ------
    NotFoundError
        There is none of that id.
    """
    rows: list[tuple[Any, ...]] = []
    if "\x00" not in feature_id:
        params = {"district_id": collection.district.id, "feature_id": feature_id}
        with answering():
            rows = db.seen_by(collection.viewer).rows(
                item_statement(collection, crs), params, as_bytes=True, planned_once=True
            )
    if not rows:
        raise no_feature(collection, feature_id)
    return Item(rows[0][0], rows[0][1].decode())


def item_statement(collection: Collection, crs: Reference) -> str:
    """Return the statement that reads one feature of a collection; it takes ``district_id`` and ``feature_id``."""
    return fill(
        "item",
        feature=_feature_of(collection, crs),
        state=_feature_of(collection, storage(collection.district)),
        layer=layer_source(collection.spec.name),
        where=f"{identifier(collection.spec.id_column)} = %(feature_id)s",
    )


def stored_statement(collection: Collection) -> str:
    """Return the statement that reads the features of one id: fingerprint, geometry as it is stored."""
    return fill(
        "stored",
        state=_feature_of(collection, storage(collection.district)),
        layer=layer_source(collection.spec.name),
        where=f"{identifier(collection.spec.id_column)} = %(feature_id)s",
    )


def no_feature(collection: Collection, feature_id: str) -> NotFoundError:
    """Return the error that says a collection has no such feature, at least none for its viewer."""
    return NotFoundError(
        Text(f"{collection.title}里没有 {feature_id}。", en=f"There is no {feature_id} in {collection.id}."),
        [Fault(layer=collection.id, column="featureId", value=feature_id)],
    )


def visible_geometry(exact: bool) -> str:  # noqa: FBT001 - one fact, named by the caller
    """Return the SQL of the geometry a viewer may see: the public gets it on a grid."""
    return "layer.geom" if exact else f"public_geometry(layer.geom, {PUBLIC_GRID_M:g})"


@contextmanager
def answering() -> Iterator[None]:
    """Turn values a statement cannot compute with into a fault of the request.

    Raises
    ------
    UsageError
        What the database says of them.
    """
    try:
        yield
    except psycopg2.DataError as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            Text("按这个条件无法计算。", en="The condition cannot be computed."),
            [Fault(column="filter", hint=reason)],
        ) from error


def joined(parts: tuple[Part, ...]) -> tuple[str, dict[str, Any]]:
    """Return conditions as one, with all their parameters."""
    params: dict[str, Any] = {}
    for part in parts:
        params |= part.params
    return " AND ".join(f"({part.sql})" for part in (parts or (TRUE,))), params


def layer_source(name: str) -> str:
    """Return the query of a layer in the style of the driver."""
    return _source(name, layers_edition())


@lru_cache(maxsize=64)
def _source(name: str, _edition: int) -> str:
    return layer_query(select_sql(name))


def _feature_of(collection: Collection, crs: Reference) -> str:
    return _feature(collection.spec.name, collection.exact, crs, collection.district.srid, layers_edition())


@lru_cache(maxsize=256)
def _feature(name: str, exact: bool, crs: Reference, stored_srid: int, _edition: int) -> str:  # noqa: FBT001 - a cache key
    spec = layer(name)
    columns = tuple(column for column in spec.columns if exact or column.public)
    geometry = visible_geometry(exact)
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
