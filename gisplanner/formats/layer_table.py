"""A layer on its way into a file: rows, Chinese headings, what the file must say about itself, what it loses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from gisplanner.domain.layers import ColumnSpec, GeometryKind

LIST_SEPARATOR = ";"
"""Between the entries of a list where a format has none; what ``--needs`` and the importers read."""


@dataclass(frozen=True, slots=True)
class LayerTable:
    """A layer to be written.

    ``frame`` holds the columns under their English names and the geometry in the district's metric CRS;
    ``notes`` (名称, 来源, 示意数据 …) travel with the file wherever its format has a place for them.
    """

    name: str
    title: str
    geometry: GeometryKind
    id_column: str
    columns: tuple[ColumnSpec, ...]
    frame: gpd.GeoDataFrame
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name_column(self) -> str:
        """Return the column a person knows a row by."""
        return next((column.name for column in self.columns if column.name == "name"), self.id_column)

    def note_text(self) -> str:
        """Return the notes as one line of text.

        Examples
        --------
        >>> LayerTable("a", "甲", "any", "code", (), gpd.GeoDataFrame(), {"名称": "甲", "示意数据": True}).note_text()
        '名称：甲；示意数据：是'
        """
        return "；".join(f"{key}：{_word(value)}" for key, value in self.notes.items())


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer did beyond writing: names it had to change, and what the format cannot hold (each named)."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Heading → name in the file, where they differ."""

    losses: tuple[str, ...] = ()


def with_headings(table: LayerTable, *, decimals: bool = False, lists: bool = False) -> gpd.GeoDataFrame:
    """Return the frame under its Chinese headings, gaps kept as gaps, ready for an Arrow writer: days stay days.

    Parameters
    ----------
    decimals, lists
        Whether the format holds exact decimals and lists; else they become floating point numbers and text
        separated by ``;``.
    """
    made = {column.label: _values(table.frame[column.name], column, decimals, lists) for column in table.columns}
    return gpd.GeoDataFrame(made, geometry=table.frame.geometry.to_numpy(), crs=table.frame.crs)


_DAY: Final = pd.ArrowDtype(pa.date32())
_CONVERT: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "decimal": ("Float64", float),
    "number": ("Float64", float),
    "integer": ("Int64", int),
    "boolean": ("boolean", bool),
}


def _values(values: pd.Series[Any], column: ColumnSpec, decimals: bool, lists: bool) -> Any:  # noqa: FBT001
    kind = column.type
    if kind == "text_list":
        return _objects(values if lists else map(join_list, values))
    if kind == "decimal" and decimals:
        return _objects(values)
    if kind == "date":
        return pd.Series(values.tolist(), dtype=_DAY).array
    dtype, convert = _CONVERT.get(kind, ("object", str))
    return pd.Series([None if pd.isna(value) else convert(value) for value in values], dtype=dtype).array


def _objects(values: Iterable[Any]) -> Any:
    return pd.Series(list(values), dtype=object).to_numpy()


def join_list(value: Any) -> str | None:
    """Return a list as text; unknown stays unknown.

    Examples
    --------
    >>> join_list(["排水", "道路"]), join_list([]), join_list(None)
    ('排水;道路', '', None)
    """
    return LIST_SEPARATOR.join(str(one) for one in value) if isinstance(value, list | tuple) else None


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
