"""Features of a collection, each written as text by the database in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gisplanner.catalog.layers import layer, layers_edition, select_sql
from gisplanner.domain.layers import ColumnSpec, LayerSpec
from gisplanner.errors import Fault, NotFoundError
from gisplanner.maps.sheet import PUBLIC_GRID_M
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import CRS84, Reference
from gisplanner.services.ogc.paging import key_columns, order_by, token_of
from gisplanner.services.ogc.query import ItemsQuery, read_query
from gisplanner.store.layer_sql import TRUE, Part, feature_start, feature_text, fill, identifier, layer_query
from gisplanner.store.statements import Plan, Rows, Statement
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Page:
    """One page of features as UTF-8 GeoJSON, where the next one begins, and how many match if that was asked."""

    features: list[bytes]
    following: str | None
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


def page_statements(collection: Collection, query: ItemsQuery) -> list[Statement]:
    """Return the statements that read one page of features, and count them if that is asked."""
    where, params = joined(query.where)
    params["district_id"] = collection.district.id
    source = layer_source(collection.spec.name)
    # Walking a layer from its start and looking at a small part of it have one good plan each; else conditions and
    # orders have to be planned for their values.
    walking = not (query.where or query.own_order)
    statement = fill(
        "items",
        feature=_feature(
            collection.spec.name, collection.exact, query.crs, collection.district.srid, layers_edition()
        ),
        keys=key_columns(query.order),
        layer=source,
        where=where,
        order=order_by(query.order),
        limit=str(query.limit) if walking else "%(limit)s",
    )
    plan: Plan = "none" if query.own_filter else ("kept" if walking or query.near else "parsed")
    page = {**params, "offset": query.offset} if walking else {**params, "offset": query.offset, "limit": query.limit}
    asked = [Statement(statement, page, plan, as_bytes=True)]
    if query.count:
        asked.append(Statement(fill("count", layer=source, where=joined(query.chosen)[0]), params))
    return asked


def page_of(query: ItemsQuery, rows: Sequence[Rows]) -> Page:
    """Return the page that the rows of :func:`page_statements` make."""
    found, more = rows[0][: query.limit], len(rows[0]) > query.limit
    return Page(
        [row[0] for row in found],
        token_of(query.order, found[-1][1:]) if more else None,
        rows[1][0][0] if query.count else None,
    )


def item_statements(collection: Collection, feature_id: str, crs: Reference) -> list[Statement]:
    """Return the statement that reads one feature."""
    params = {"district_id": collection.district.id, "feature_id": feature_id.replace("\x00", "")}
    return [Statement(item_statement(collection, crs), params, "kept", as_bytes=True)]


def item_of(collection: Collection, feature_id: str, rows: Sequence[Rows]) -> Item:
    """Return the feature that the rows of :func:`item_statements` make.

    Raises
    ------
    NotFoundError
        There is none of that id.
    """
    if not rows[0] or "\x00" in feature_id:
        raise no_feature(collection, feature_id)
    feature, state = rows[0][0]
    return Item(feature, state.decode())


def item_statement(collection: Collection, crs: Reference) -> str:
    """Return the statement that reads one feature of a collection; it takes ``district_id`` and ``feature_id``."""
    return _item(collection.spec.name, collection.exact, crs, collection.district.srid, layers_edition())


def stored_statement(collection: Collection) -> str:
    """Return the statement that reads the features of one id: properties, fingerprint, geometry as it is stored."""
    return fill("stored", **_of_one(collection.spec.name, collection.exact))


def no_feature(collection: Collection, feature_id: str) -> NotFoundError:
    """Return the error that says a collection has no such feature, at least none for its viewer."""
    return NotFoundError(
        Text(f"{collection.title}里没有 {feature_id}。", en=f"There is no {feature_id} in {collection.id}."),
        [Fault(layer=collection.id, column="featureId", value=feature_id)],
    )


def visible_geometry(exact: bool) -> str:  # noqa: FBT001 - one fact, named by the caller
    """Return the SQL of the geometry a viewer may see: the public gets it on a grid."""
    return "layer.geom" if exact else f"public_geometry(layer.geom, {PUBLIC_GRID_M:g})"


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


@lru_cache(maxsize=256)
def _item(name: str, exact: bool, crs: Reference, stored_srid: int, _edition: int) -> str:  # noqa: FBT001 - a cache key
    return fill("item", geometry=_geometry(name, exact, crs, stored_srid), **_of_one(name, exact))


def _of_one(name: str, exact: bool) -> dict[str, str]:  # noqa: FBT001 - one fact, named by the caller
    spec = layer(name)
    return {
        "start": feature_start(_columns(spec, exact), spec.id_column),
        "stored": visible_geometry(exact),
        "layer": layer_source(name),
        "where": f"{identifier(spec.id_column)} = %(feature_id)s",
    }


@lru_cache(maxsize=256)
def _feature(name: str, exact: bool, crs: Reference, stored_srid: int, _edition: int) -> str:  # noqa: FBT001 - a cache key
    spec = layer(name)
    return feature_text(_columns(spec, exact), spec.id_column, _geometry(name, exact, crs, stored_srid))


def _columns(spec: LayerSpec, exact: bool) -> tuple[ColumnSpec, ...]:  # noqa: FBT001 - one fact, named by the caller
    return tuple(column for column in spec.columns if exact or column.public)


def _geometry(name: str, exact: bool, crs: Reference, stored_srid: int) -> str:  # noqa: FBT001 - see there
    spec = layer(name)
    if spec.lonlat and exact and crs.uri == CRS84:
        return "layer.lonlat"
    geometry = visible_geometry(exact)
    if spec.geometry == "polygon":
        geometry = f"ST_ForcePolygonCCW({geometry})"
    elif spec.geometry == "any":  # it turns lines round, too
        geometry = f"CASE WHEN ST_Dimension(layer.geom) = 2 THEN ST_ForcePolygonCCW({geometry}) ELSE {geometry} END"
    if crs.srid != stored_srid:
        geometry = f"ST_Transform({geometry}, {crs.srid})"
    if crs.swapped:
        geometry = f"ST_FlipCoordinates({geometry})"
    return f"ST_AsGeoJSON({geometry}, {crs.decimals}, 0)"


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
