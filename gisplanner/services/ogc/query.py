"""Parameters of an items request: all read and checked together, each fault named."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, NoReturn, TypeVar

from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, PermissionDeniedError, UsageError
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.crs import Reference, reference
from gisplanner.services.ogc.paging import Order, SortKey, rows_after
from gisplanner.services.ogc.space import box_in_storage, is_small_part, meets, shape_in_storage
from gisplanner.store.cql2_sql import FilterLanguage, filter_sql
from gisplanner.store.layer_sql import Part, identifier
from gisplanner.text import Text

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 10_000
MAX_OFFSET: Final = 1_000_000_000

PARAMETERS: Final = (
    "after",
    "bbox",
    "bbox-crs",
    "count",
    "crs",
    "datetime",
    "f",
    "filter",
    "filter-crs",
    "filter-lang",
    "lang",
    "limit",
    "offset",
    "sortby",
)
"""What an items request may say beside the names of properties."""

_LANGUAGES: Final[Mapping[str, FilterLanguage]] = {"cql2-text": "cql2-text", "cql2-json": "cql2-json"}
_BBOX_LENGTHS: Final = (4, 6)
_INTEGER: Final = re.compile(r"[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,18})(?:\.[0-9]{1,18})?")
_NUMBERS: Final = frozenset({"integer", "number", "decimal"})
_DATE_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:[Zz]|[+-]\d{2}:\d{2}))?")
_MOMENTS: Final = "RFC 3339: 2024-01-01  2024-01-01T00:00:00Z  2024-01-01/..  ../2024-12-31"
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What an items request asks for; ``limit`` is already clipped.

    Attributes
    ----------
    chosen, where
        Conditions for all features that match; and for those from where the page begins.
    own_filter, own_order
        Whether it holds a filter of a shape of its own, an order of its own.
    near
        Whether it looks at a small part of the district only.
    """

    limit: int
    offset: int
    crs: Reference
    chosen: tuple[Part, ...]
    where: tuple[Part, ...]
    order: Order
    count: bool
    own_filter: bool
    own_order: bool
    near: bool


def read_query(collection: Collection, given: Mapping[str, str], geometry: str) -> ItemsQuery:
    """Return what a request asks for.

    Parameters
    ----------
    given
        The parameters of the address, each once.
    geometry
        SQL of the geometry that the viewer may see.

    Raises
    ------
    UsageError
        One fault for each parameter that is unknown or has a wrong value.
    PermissionDeniedError
        The rows of another company are asked for.
    """
    reader = _Reader(collection, given, geometry)
    reader.refuse_unknown()
    crs = reader.read(lambda: reference(collection.district, given.get("crs"), "crs"))
    limit = reader.read(partial(reader.integer, "limit", DEFAULT_LIMIT, 1))
    offset = reader.read(partial(reader.integer, "offset", 0, 0))
    count = reader.read(partial(reader.boolean, "count"))
    order = reader.read(reader.order) or ()
    chosen = [
        part
        for read in (reader.bbox, reader.datetime, reader.filter, reader.properties)
        if (part := reader.read(read)) is not None
    ]
    after = reader.read(partial(reader.after, order))
    if reader.faults:
        raise UsageError(Text("请求中的参数有误。", en="Parameters of the request are wrong."), reader.faults)
    assert crs is not None
    return ItemsQuery(
        min(limit or DEFAULT_LIMIT, MAX_LIMIT),
        min(offset or 0, MAX_OFFSET),
        crs,
        tuple(chosen),
        tuple(chosen) if after is None else (*chosen, after),
        order,
        bool(count),
        own_filter="filter" in given,
        own_order="sortby" in given,
        near=reader.near,
    )


@dataclass
class _Reader:
    collection: Collection
    given: Mapping[str, str]
    geometry: str

    def __post_init__(self) -> None:
        self.faults: list[Fault] = []
        self.columns = {column.name: column for column in self.collection.columns}
        self.near = False

    def read(self, step: Callable[[], _Value]) -> _Value | None:
        try:
            return step()
        except UsageError as error:
            self.faults += error.faults or [Fault(hint=error.message)]
            return None

    def refuse_unknown(self) -> None:
        allowed = " ".join((*PARAMETERS, *self.columns))
        self.faults += [
            Fault(column=name, value=value, allowed=allowed, hint=Text("没有这个参数", en="no such parameter"))
            for name, value in self.given.items()
            if name not in PARAMETERS and name not in self.columns
        ]
        self.faults += [
            Fault(column=name, value=ascii(value), hint=Text("含有不能用的字符", en="characters that cannot be used"))
            for name, value in self.given.items()
            if "\x00" in value
        ]

    def integer(self, name: str, default: int, least: int) -> int:
        text = self.given.get(name)
        if text is None:
            return default
        if not _INTEGER.fullmatch(text) or int(text) < least:
            _wrong(name, text, f"{least}, {least + 1} …")
        return int(text)

    def boolean(self, name: str) -> bool:
        text = self.given.get(name, "false")
        if text not in {"true", "false"}:
            _wrong(name, text, "true false")
        return text == "true"

    def bbox(self) -> Part | None:
        text = self.given.get("bbox")
        system = reference(self.collection.district, self.given.get("bbox-crs"), "bbox-crs")
        if text is None:
            return None
        try:
            numbers = tuple(float(part) for part in text.split(","))
        except ValueError:
            numbers = ()
        if len(numbers) not in _BBOX_LENGTHS or not all(math.isfinite(number) for number in numbers):
            _wrong("bbox", text, "west,south,east,north")
        if len(numbers) == max(_BBOX_LENGTHS):
            numbers = (*numbers[:2], *numbers[3:5])
        box = box_in_storage(self.collection.district, numbers, system)
        if box is None:
            return Part(f"{self.geometry} IS NOT NULL")
        self.near = is_small_part(self.collection.district, box.area_m2)
        return meets(box, self.geometry, exact=self.collection.exact, srid=self.collection.district.srid)

    def datetime(self) -> Part | None:
        """Check the parameter; features have no time of their own, so each of them matches any."""
        text = self.given.get("datetime")
        if text is None:
            return None
        ends = text.split("/")
        if len(ends) > 2:  # noqa: PLR2004
            _wrong("datetime", text, _MOMENTS)
        moments = [_moment(one, text) for one in ends if one not in {"", ".."} or len(ends) == 1]
        if len(moments) == 2 and moments[0] > moments[1]:  # noqa: PLR2004
            _wrong("datetime", text, Text("起在止之前", en="the start before the end"))
        return None

    def filter(self) -> Part | None:
        text = self.given.get("filter")
        language = self.given.get("filter-lang", "cql2-text")
        system = reference(self.collection.district, self.given.get("filter-crs"), "filter-crs")
        if language not in _LANGUAGES:
            _wrong("filter-lang", language, " ".join(_LANGUAGES))
        if text is None:
            return None

        def place(geometry: Any, operator: str) -> Any:
            return shape_in_storage(self.collection.district, geometry, operator, system)

        return filter_sql(
            text, _LANGUAGES[language], self.collection.columns, geometry=self.geometry, to_storage=place
        )

    def properties(self) -> Part | None:
        named = {name: text for name, text in self.given.items() if name in self.columns and name not in PARAMETERS}
        if not named:
            return None
        self.refuse_others_rows(named)
        pieces, params = [], {}
        for index, (name, text) in enumerate(named.items()):
            cast = "::numeric" if self.columns[name].type in _NUMBERS else ""
            pieces.append(f"{identifier(name)} = %(property_{index})s{cast}")
            params[f"property_{index}"] = _value(self.columns[name], text)
        return Part(" AND ".join(pieces), params)

    def refuse_others_rows(self, named: Mapping[str, str]) -> None:
        """Say that the rows of another company are not open, rather than that there are none."""
        viewer, owner = self.collection.viewer, named.get("owner")
        exact_layer = not self.collection.spec.public
        if exact_layer and viewer.role == "operator" and owner not in {None, *viewer.scope.get("owner", ())}:
            raise PermissionDeniedError(
                Text(f"{owner} 的管线不对当前账户开放。", en=f"The lines of {owner} are not open to this account."),
                [Fault(layer=self.collection.id, column="owner", value=owner)],
            )

    def order(self) -> Order:
        """Return the columns of ``sortby``, then those that put equal rows into one order."""
        text, id_column = self.given.get("sortby"), self.collection.spec.id_column
        keys = []
        for one in [] if text is None else text.split(","):
            name = one.strip().removeprefix("+").removeprefix("-")
            if name not in self.columns:
                _wrong("sortby", one, " ".join(self.columns))
            keys.append(SortKey(name, one.strip().startswith("-"), name == id_column))
        more = self.collection.spec.sorted_by(self.collection.viewer)
        keys += [SortKey(name, filled=name == id_column) for name in more]
        return tuple({key.name: key for key in reversed(keys)}[name] for name in dict.fromkeys(k.name for k in keys))

    def after(self, order: Order) -> Part | None:
        token = self.given.get("after")
        if token is None or not order:
            return None
        if "offset" in self.given:
            _wrong("after", token, Text("不与 offset 同用", en="not together with offset"))
        return rows_after(order, token)


def _moment(text: str, whole: str) -> datetime:
    if not _DATE_TIME.fullmatch(text):
        _wrong("datetime", whole, _MOMENTS)
    try:
        return datetime.fromisoformat(text.upper()).replace(tzinfo=None)
    except ValueError:
        _wrong("datetime", whole, _MOMENTS)


def _value(column: ColumnSpec, text: str) -> Any:
    try:
        if column.type in _NUMBERS:
            return _NUMBER.fullmatch(text)[0]  # type: ignore[index]
        if column.type == "boolean":
            return {"true": True, "false": False}[text]
        if column.type == "date":
            return datetime.fromisoformat(text).date()
    except (ValueError, KeyError, TypeError):
        _wrong(column.name, text, column.type)
    return [text] if column.type == "text_list" else text


def _wrong(name: str, value: str, allowed: str) -> NoReturn:
    raise UsageError(
        Text(f"参数 {name} 有误。", en=f"The parameter {name} is wrong."),
        [Fault(column=name, value=value, allowed=allowed)],
    )
