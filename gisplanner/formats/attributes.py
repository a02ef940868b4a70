"""Attribute columns of a file, found by our names, Chinese headings or aliases, and read by their type."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from gisplanner.domain.layers import ColumnSpec, LayerSpec
from gisplanner.errors import Fault
from gisplanner.text import Text

MAX_LISTED_ROWS: Final = 200
"""Rows of one column that are told one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a file says about its rows.

    Attributes
    ----------
    values
        One column for each column of the layer that the file has, under our name; gaps are ``None``.
    headings
        Our name → the file's heading.
    ignored
        Headings the layer does not know.
    faults
        Values that are not of the column's type, by row.
    """

    values: pd.DataFrame
    headings: Mapping[str, str]
    ignored: tuple[str, ...]
    faults: tuple[Fault, ...]


def read_attributes(
    table: pd.DataFrame,
    spec: LayerSpec,
    *,
    file: str | None = None,
    layer: str | None = None,
    cut_names: Sequence[str] = (),
) -> Attributes:
    """Return the attributes of a layer from a file's table; the index is the row number.

    Parameters
    ----------
    cut_names
        Headings whose end may be missing: each fills the one column whose name begins like it.

    Examples
    --------
    >>> from gisplanner.catalog.layers import layer
    >>> read = read_attributes(pd.DataFrame({"层数": ["6", "6层", "six"], "备注": [1, 2, 3]}), layer("buildings"))
    >>> read.values["floors"].tolist(), read.ignored, [fault.row for fault in read.faults]
    ([6, 6, None], ('备注',), [2])
    """
    headings = match_headings([str(column) for column in table.columns], spec)
    _match_cut(headings, cut_names, spec)
    faults: list[Fault] = []
    values: dict[str, pd.Series[Any]] = {}
    for column in spec.columns:
        heading = headings.get(column.name)
        if heading is None:
            continue
        read, bad = _column(table[heading], column)
        values[column.name] = read
        faults += _faults(table[heading][bad], column, file, layer)
    known = {_key(name) for column in spec.columns if not column.importable for name in (column.name, column.label)}
    used = set(headings.values())
    ignored = tuple(str(name) for name in table.columns if name not in used and _key(str(name)) not in known)
    return Attributes(pd.DataFrame(values, index=table.index, dtype=object), headings, ignored, tuple(faults))


def match_headings(headings: list[str], spec: LayerSpec) -> dict[str, str]:
    """Return which heading fills which column: our name first, then its Chinese heading, then its aliases.

    Examples
    --------
    >>> from gisplanner.catalog.layers import layer
    >>> match_headings(["NAME", "building:levels", "路宽"], layer("buildings"))
    {'name': 'NAME', 'floors': 'building:levels'}
    """
    by_key: dict[str, str] = {}
    for heading in headings:
        by_key.setdefault(_key(heading), heading)
    found: dict[str, str] = {}
    for column in spec.columns:
        if not column.importable:
            continue
        names = (column.name, column.label, _UNIT.sub("", column.label), *column.aliases)
        matches = [by_key[key] for name in names if (key := _key(name)) in by_key]
        if matches:
            found[column.name] = matches[0]
    return found


def _match_cut(found: dict[str, str], cut_names: Sequence[str], spec: LayerSpec) -> None:
    """Give cut headings to the columns they can only mean; plain letters are too short to tell units apart."""
    used = set(found.values())
    for heading in cut_names:
        key = _key(heading)
        if heading in used or key.isascii():
            continue
        meant = [
            column.name
            for column in spec.columns
            if column.importable and any(_key(name).startswith(key) for name in (column.label, *column.aliases))
        ]
        if len(meant) == 1 and meant[0] not in found:
            found[meant[0]] = heading


_UNIT: Final = re.compile(r"（[^）]*）$")


def _key(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def _column(raw: pd.Series[Any], column: ColumnSpec) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return the column read, and which rows could not be."""
    reader = _READERS[column.type]
    cache: dict[Hashable, Any] = {}

    def one(value: Any) -> Any:
        key = value if isinstance(value, Hashable) else None
        if key is not None and (type(key), key) in cache:
            return cache[type(key), key]
        made = _checked(value, reader, column)
        if key is not None:
            cache[type(key), key] = made
        return made

    made = [one(value) for value in raw.tolist()]
    bad = pd.Series([value is _BAD for value in made], index=raw.index, dtype=bool)
    return pd.Series([None if value is _BAD else value for value in made], index=raw.index, dtype=object), bad


class _Bad:
    """A value that is not what its column holds."""


_BAD: Final = _Bad()


def _checked(value: Any, reader: Callable[[Any], Any], column: ColumnSpec) -> Any:
    if value is None or (not isinstance(value, list | np.ndarray) and pd.isna(value)):
        return None
    try:
        made = reader(value)
    except (ValueError, InvalidOperation):
        return _BAD
    if made is None or _in_range(made, column):
        return made
    return _BAD


def _in_range(value: Any, column: ColumnSpec) -> bool:
    if column.choices and value not in column.choices:
        return False
    if column.longest is not None and len(value) > column.longest:
        return False
    if column.minimum is not None and value < column.minimum:
        return False
    return column.exclusive_minimum is None or value > column.exclusive_minimum


def _text(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if "\x00" in text:
        raise ValueError(text)
    return text or None


_QUANTITY: Final = re.compile(
    r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s*(?:层|户|栋|米|m|元|万㎡|万平方米|f)?", re.IGNORECASE
)


def _decimal(value: Any) -> Decimal | None:
    """Return a number as it is written, its unit left out; full-width digits are digits."""
    if isinstance(value, bool | np.bool_):
        raise ValueError(str(value))  # noqa: TRY004 - a fault of the file, told by row like any other
    if isinstance(value, int | float | Decimal | np.number):
        number = Decimal(str(value))
        if not number.is_finite():
            raise ValueError(str(value))
        return number
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if not text:
        return None
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Decimal(found[1])


_MAX_INTEGER: Final = 2**31 - 1


def _integer(value: Any) -> int | None:
    number = _decimal(value)
    if number is None:
        return None
    if number != number.to_integral_value() or abs(number) > _MAX_INTEGER:
        raise ValueError(str(value))
    return int(number)


def _number(value: Any) -> float | None:
    number = _decimal(value)
    return None if number is None else float(number)


_YES: Final = frozenset(
    {"true", "t", "yes", "y", "1", "是", "有", "可", "可拆", "可拆除"}
    # kinds of tunnel and bridge that OpenStreetMap writes in place of «yes»
    | {"culvert", "building_passage", "covered", "flooded", "avalanche_protector"}
    | {"viaduct", "aqueduct", "boardwalk", "cantilever", "movable", "trestle", "low_water_crossing"}
)
_NO: Final = frozenset({"false", "f", "no", "n", "0", "否", "无", "不可", "不可拆", "不可拆除"})


def _boolean(value: Any) -> bool | None:
    word = str(_text(value) or "").casefold()
    if not word:
        return None
    if word not in _YES | _NO:
        raise ValueError(word)
    return word in _YES


def _date(value: Any) -> date | None:
    text = _text(value)
    return None if text is None else date.fromisoformat(text[:10].replace("/", "-"))


_SEPARATOR: Final = re.compile(r"[;；、,，|]")


def _text_list(value: Any) -> list[str] | None:
    """Return a list from a list, from JSON, or from text with separators."""
    if isinstance(value, list | tuple | np.ndarray):
        return [str(item) for item in value]
    text = str(value).strip()
    if not text:
        return None
    if text.startswith("["):
        items = json.loads(text)
        return [str(item) for item in items]
    return [part.strip() for part in _SEPARATOR.split(text) if part.strip()]


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "text": _text,
        "integer": _integer,
        "number": _number,
        "decimal": _decimal,
        "boolean": _boolean,
        "date": _date,
        "text_list": _text_list,
    }
)

_TYPE_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "text": Text("文字", en="text"),
        "integer": Text("整数", en="whole number"),
        "number": Text("数", en="number"),
        "decimal": Text("数", en="number"),
        "boolean": Text("是 / 否", en="yes / no"),
        "date": Text("日期 2024-01-31", en="date 2024-01-31"),
        "text_list": Text("用 ; 分隔的文字", en="text separated by ;"),
    }
)


def _allowed(column: ColumnSpec) -> Text:
    word = _TYPE_WORDS[column.type]
    if column.choices:
        return Text(" / ".join(column.choices), en=" / ".join(column.choices))
    if column.longest is not None:
        return Text(f"不超过 {column.longest} 个字", en=f"at most {column.longest} characters")
    if column.minimum is not None:
        return Text(f"{word} ≥ {column.minimum}", en=f"{word.en} ≥ {column.minimum}")
    if column.exclusive_minimum is not None:
        return Text(f"{word} > {column.exclusive_minimum}", en=f"{word.en} > {column.exclusive_minimum}")
    return word


def _faults(bad: pd.Series[Any], column: ColumnSpec, file: str | None, layer: str | None) -> list[Fault]:
    allowed = _allowed(column)
    heading = str(bad.name)
    faults = [
        Fault(file, layer, cast("int", row), heading, f"{value!s:.80}", allowed=allowed)
        for row, value in bad.head(MAX_LISTED_ROWS).items()
    ]
    if len(bad) > MAX_LISTED_ROWS:
        more = len(bad) - MAX_LISTED_ROWS
        hint = Text(f"另有 {more} 行同样不对", en=f"{more} more rows are wrong in the same way")
        faults.append(Fault(file, layer, None, heading, allowed=allowed, hint=hint))
    return faults
