"""A feature as a client sends it: values checked against the layer's definition, the geometry in stored metres."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import CrsError, Fault, GeometryError, InputError
from gisplanner.formats.coordinates import coordinate_faults, summary_of
from gisplanner.formats.repair import clean_geometry
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference
from gisplanner.text import Text

MAX_TEXT: Final = 10_000
_INTEGER_LIMIT: Final = 2**31
_MEMBERS: Final = frozenset({"type", "id", "geometry", "properties", "links", "bbox", "crs"})

KEPT: Final = object()
"""Stands for a geometry that a request does not speak of."""


@dataclass(frozen=True, slots=True)
class FeatureInput:
    """What a request says of a feature: properties by name; geometry as stored, ``None`` or :data:`KEPT`."""

    feature_id: str | None
    properties: Mapping[str, Any]
    geometry: Any


def read_feature(collection: Collection, body: bytes, crs: Reference, *, partial: bool) -> FeatureInput:
    """Return the feature of a request body.

    Parameters
    ----------
    crs
        The system its coordinates are in.
    partial
        Whether it is a merge patch (RFC 7396) and speaks of what changes only; else it is a whole GeoJSON feature.

    Raises
    ------
    InputError, CrsError, GeometryError
        It is not JSON, no feature of this layer, or lies elsewhere; everything that is wrong, together.
    """
    document = _document(body)
    faults = [
        Fault(column=name, hint=Text("没有这个成员", en="no such member"))
        for name in document
        if name not in _MEMBERS
    ]
    if not partial and document.get("type") != "Feature":
        faults.append(Fault(column="type", value=str(document.get("type")), allowed="Feature"))
    given = document.get("properties")
    if given is not None and not isinstance(given, dict):
        faults.append(Fault(column="properties", hint=Text("应为对象", en="an object is wanted")))
        given = None
    properties = _properties(collection.columns, given or {}, faults)
    feature_id = _id(document.get("id"), faults)
    geometry: Any = KEPT
    if "geometry" in document or not partial:
        geometry = _geometry(document.get("geometry"), faults)
    if faults:
        raise InputError(Text("要素有误，未写入。", en="The feature is wrong; nothing was written."), faults)
    if geometry is not KEPT and geometry is not None:
        geometry = _placed(collection, geometry, crs)
    return FeatureInput(feature_id, properties, geometry)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError(
            Text("请求的内容不是 JSON。", en="The body is not JSON."), [Fault(hint=str(error) or "JSON")]
        ) from error
    if not isinstance(document, dict):
        raise InputError(Text("请求的内容应为一个要素。", en="The body has to be one feature."))
    return document


def _id(value: Any, faults: list[Fault]) -> str | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value or not _storable(value):
        faults.append(Fault(column="id", value=ascii(value), allowed=Text("非空文字", en="text, not empty")))
        return None
    return value


def _properties(columns: Sequence[ColumnSpec], given: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    known = {column.name: column for column in columns}
    read: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            faults.append(
                Fault(column=name, allowed=" ".join(known), hint=Text("没有这个属性", en="no such property"))
            )
        elif value is None:
            read[name] = None
        else:
            try:
                read[name] = _value(known[name], value)
            except (ValueError, TypeError, ArithmeticError):
                faults.append(Fault(column=name, value=ascii(value), allowed=_allowed(known[name])))
    return read


def _value(column: ColumnSpec, value: Any) -> Any:
    made = _READERS[column.type](value)
    if column.choices and made not in column.choices:
        raise ValueError(column.name)
    if column.minimum is not None and made < column.minimum:
        raise ValueError(column.name)
    if column.exclusive_minimum is not None and made <= column.exclusive_minimum:
        raise ValueError(column.name)
    return made


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not _storable(value):
        raise ValueError(value)
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or float(value) != int(value):
        raise ValueError(value)
    if abs(int(value)) >= _INTEGER_LIMIT:
        raise ValueError(value)
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _text_list(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(value)
    return [_text(one) for one in value]


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "decimal": lambda value: Decimal(repr(_number(value))) if isinstance(value, float) else Decimal(_integer(value)),
    "boolean": _boolean,
    "date": lambda value: date.fromisoformat(_text(value)),
    "text_list": _text_list,
}


def _allowed(column: ColumnSpec) -> str:
    if column.choices:
        return " ".join(column.choices)
    least = "" if column.minimum is None else f" ≥ {column.minimum}"
    above = "" if column.exclusive_minimum is None else f" > {column.exclusive_minimum}"
    return f"{column.type}{least}{above}"


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _geometry(given: Any, faults: list[Fault]) -> Any:
    if given is None:
        return None
    try:
        made = shape(given)
    except (ShapelyError, KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        faults.append(Fault(column="geometry", hint=f"GeoJSON: {error or type(error).__name__}"))
        return None
    if shapely.is_empty(made) or made.geom_type == "GeometryCollection":
        faults.append(Fault(column="geometry", value=made.geom_type, hint=Text("图形不能用", en="it cannot be used")))
        return None
    if not np.isfinite(shapely.get_coordinates(made)).all():
        faults.append(Fault(column="geometry", hint=Text("坐标不是有限的数", en="a coordinate is no finite number")))
        return None
    return shapely.force_2d(made)


def _placed(collection: Collection, geometry: Any, crs: Reference) -> Any:
    if crs.swapped:
        geometry = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    frame = gpd.GeoDataFrame(geometry=[geometry], crs=crs.srid)
    misplaced = coordinate_faults(frame, collection.district.bounds_lonlat)
    if misplaced:
        raise CrsError(summary_of(misplaced), misplaced)
    clean = clean_geometry(frame.geometry.to_crs(collection.district.crs), (collection.spec.geometry,))
    faults = [
        *clean.faults,
        *(Fault(row=0, column="geometry", value=one.reason, hint=_INVALID) for one in clean.repaired),
    ]
    if faults:
        raise GeometryError(
            Text("图形不能用，未写入。", en="The geometry cannot be used; nothing was written."), faults
        )
    return clean.geometry.iloc[0]


_INVALID: Final = Text("图形不合法，请改正后再提交", en="the geometry is invalid: mend it and send it again")
