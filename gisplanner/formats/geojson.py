"""GeoJSON strictly by RFC 7946: WGS 84 degrees, exterior rings counter-clockwise, seven decimals, no ``crs``."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisplanner.crs import WGS84
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import CrsError, Fault, UsageError
from gisplanner.files import write_text
from gisplanner.text import Text

DECIMALS: Final = 7
"""Digits after the point: half a step is 5.6 mm on the ground, the worst case of both axes 8 mm."""

# GEOS now and then prints a double with more digits than it takes to tell it from its neighbours.
_LONG_NUMBER: Final = re.compile(rf"-?\d+\.\d{{{DECIMALS + 1},}}")

RepairReason = Literal["rings", "collapsed", "z"]


@dataclass(frozen=True, slots=True)
class Repair:
    """A shape that could not be written as it was.

    ``reason`` is ``rings`` where two boundaries met on the seven-decimal grid and the shape was rebuilt on it,
    ``collapsed`` where nothing was left (the feature is kept without geometry), ``z`` where heights were left out.
    """

    id: str
    reason: RepairReason


@dataclass(frozen=True, slots=True)
class GeoJson:
    """A feature collection as text, one feature a line, and what was met on the way."""

    text: str
    features: int
    without_geometry: int
    repairs: tuple[Repair, ...]


def feature_collection(
    frame: gpd.GeoDataFrame,
    columns: Sequence[ColumnSpec],
    *,
    id_column: str,
    members: Mapping[str, Any] | None = None,
) -> GeoJson:
    """Return ``frame`` as an RFC 7946 feature collection; rows keep their order, the same rows give the same bytes.

    Parameters
    ----------
    frame
        Geometry in any CRS, null allowed: the feature is kept with ``"geometry": null``.
    columns
        What becomes ``properties``, in this order, under the Chinese ``label``. Unknown values are ``null``;
        decimals are written digit by digit as they are, lists as arrays, dates by ISO 8601.
    id_column
        Column of the feature ids.
    members
        Foreign members of the collection (名称, 来源 …), before ``features``. Nothing of the clock is added.

    Raises
    ------
    CrsError
        ``frame`` has no CRS.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(
    ...     {"code": ["1"], "area": [Decimal("37.7674")], "geom": [None]}, geometry="geom", crs=4547)
    >>> columns = [ColumnSpec(name="code", label="编码"), ColumnSpec(name="area", label="面积", type="decimal")]
    >>> print(feature_collection(frame, columns, id_column="code").text)
    {"type": "FeatureCollection", "features": [
    {"type": "Feature", "id": "1", "properties": {"编码": "1", "面积": 37.7674}, "geometry": null}
    ]}
    <BLANKLINE>
    """
    ids = [str(value) for value in frame[id_column]]
    shapes, repairs = _shapes_on_the_grid(frame, ids)
    head = {"type": "FeatureCollection", **(members or {})}
    opening = json_text(head)[:-1] + ', "features": [\n'
    properties = _properties(frame, columns)
    features = (
        f'{{"type": "Feature", "id": {json_text(one)}, "properties": {{{inner}}}, "geometry": {shape or "null"}}}'
        for one, inner, shape in zip(ids, properties, shapes, strict=True)
    )
    text = opening + ",\n".join(features) + ("\n]}\n" if ids else "]}\n")
    return GeoJson(text, len(ids), sum(shape is None for shape in shapes), repairs)


SUFFIXES: Final = (".geojson", ".json")
"""How files of this format end."""


def require_geojson(path: Path) -> None:
    """Refuse a file name of another format.

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            Text("这里只写 GeoJSON。", en="Only GeoJSON is written here."),
            [Fault(column="--out", value=str(path), allowed="*.geojson")],
        )


def write_geojson(
    path: Path,
    frame: gpd.GeoDataFrame,
    columns: Sequence[ColumnSpec],
    *,
    id_column: str,
    members: Mapping[str, Any] | None = None,
) -> GeoJson:
    """Write :func:`feature_collection` to ``path`` in UTF-8, whole or not at all, and return it.

    Raises
    ------
    CrsError
        ``frame`` has no CRS.
    InputError
        ``path`` cannot be written to.
    """
    made = feature_collection(frame, columns, id_column=id_column, members=members)
    write_text(path, made.text)
    return made


def json_text(value: Any, kind: str = "text") -> str:
    """Return a value as JSON text, Chinese unescaped, decimals digit by digit.

    Parameters
    ----------
    kind
        Type of the column; ``integer`` tells that 118.0 is 118, which frames with gaps forget.

    Examples
    --------
    >>> json_text({"面积": [Decimal("0.10"), None, float("nan")], "建成": date(1998, 5, 1)})
    '{"面积": [0.10, null, null], "建成": "1998-05-01"}'
    >>> json_text(118.0, "integer")
    '118'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json_text(str(key))}: {json_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple | np.ndarray):
        return "[" + ", ".join(json_text(one) for one in value) + "]"
    if isinstance(value, np.generic):
        value = value.item()
    return _scalar(value, kind)


def _scalar(value: Any, kind: str) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN is not itself
        return "null"
    if isinstance(value, Decimal | float):
        if not math.isfinite(value):
            return "null"
        if isinstance(value, float):
            return str(int(value)) if kind == "integer" and value.is_integer() else repr(value)
        return format(value, "f")
    if isinstance(value, bool | int):
        return json.dumps(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return json.dumps(text, ensure_ascii=False)


def _properties(frame: gpd.GeoDataFrame, columns: Sequence[ColumnSpec]) -> list[str]:
    """Return the inside of ``properties`` for each row."""
    pieces = [
        [f"{key}: {json_text(value, column.type)}" for value in frame[column.name]]
        for column in columns
        for key in [json_text(column.label)]
    ]
    return [", ".join(row) for row in zip(*pieces, strict=True)] if pieces else list(repeat("", len(frame)))


def _shapes_on_the_grid(frame: gpd.GeoDataFrame, ids: list[str]) -> tuple[list[str | None], tuple[Repair, ...]]:
    """Return the GeoJSON text of each geometry, ``None`` where there is none, and the repairs."""
    if frame.crs is None:
        raise CrsError(Text("数据没有坐标系，不能写成 GeoJSON。", en="No CRS: cannot be written as GeoJSON."))
    degrees = frame.geometry.to_crs(WGS84).to_numpy()
    flat = shapely.force_2d(degrees)
    rounded = _on_grid(flat)
    broken = shapely.is_valid(flat) & ~shapely.is_valid(rounded)
    # Rounding moves each corner by itself; rings that came to touch or cross are rebuilt on the same grid.
    rounded[broken] = _on_grid(shapely.set_precision(flat[broken], 10.0**-DECIMALS))
    rounded = shapely.orient_polygons(rounded)
    empty = shapely.is_empty(rounded)
    rounded[empty] = None
    found: tuple[tuple[RepairReason, npt.NDArray[np.bool_]], ...] = (
        ("rings", broken & ~empty),
        ("collapsed", empty),
        ("z", shapely.has_z(degrees)),
    )
    repairs = [Repair(ids[row], reason) for reason, marks in found for row in np.flatnonzero(marks)]
    texts = [None if text is None else _LONG_NUMBER.sub(_shortest, text) for text in shapely.to_geojson(rounded)]
    return texts, tuple(repairs)


def _shortest(number: re.Match[str]) -> str:
    return repr(float(number[0]))


def _on_grid(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(shapely.transform(shapes, lambda points: np.round(points, DECIMALS)))
