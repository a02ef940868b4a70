"""CQL2 filters (OGC 21-065r2) as SQL: the parsed expression in, a piece of SQL with bound parameters out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, NoReturn

import cql2
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, UsageError
from gisplanner.store.layer_sql import Part, identifier
from gisplanner.text import Text

Kind = Literal["text", "number", "boolean", "date", "list", "geometry"]
FilterLanguage = Literal["cql2-text", "cql2-json"]

GEOMETRY_NAMES: Final = ("geometry", "geom")
MAX_LENGTH: Final = 20_000
_MAX_DEPTH: Final = 40
_PARAMETER: Final = "filter"

_TRAILING_ESCAPE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\$")

_COMPARE: Final = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_ARITHMETIC: Final = {"+": "+", "-": "-", "*": "*", "/": "/"}
_SPATIAL: Final = {
    "s_intersects": "ST_Intersects",
    "s_disjoint": "ST_Disjoint",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_overlaps": "ST_Overlaps",
    "s_equals": "ST_Equals",
}
_CONVERSE: Final = {"s_within": "s_contains", "s_contains": "s_within"}
_KINDS: Final[Mapping[str, Kind]] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
    "text_list": "list",
}

ToStorage = Callable[[Any, str], Any]
"""Takes a shape as the request gave it and the spatial operator, returns it in the stored system."""


def filter_sql(
    text: str, language: FilterLanguage, columns: Sequence[ColumnSpec], *, geometry: str, to_storage: ToStorage
) -> Part:
    """Return a filter as SQL over the rows ``layer``.

    Parameters
    ----------
    columns
        What may be asked for; any other name is unknown.
    geometry
        SQL of the geometry that may be compared.

    Raises
    ------
    UsageError
        The filter cannot be read, names an unknown property, mixes types or uses an operator that is not offered.
    """
    parsed = _parse(text, language)
    compiler = _Compiler({column.name: column for column in columns}, geometry, to_storage)
    sql = compiler.predicate(parsed, 0)
    return Part(sql, compiler.params)


def _parse(text: str, language: FilterLanguage) -> Any:
    deepest = max(text.count(one) for one in "([{")
    if len(text) > MAX_LENGTH or deepest > _MAX_DEPTH * 10 or _depth(text) > _MAX_DEPTH:
        _refuse(text, Text("过滤条件太长或嵌套太深", en="the filter is too long or too deep"))
    try:
        if language == "cql2-json":
            json.loads(text)
            expression = cql2.parse_json(text)
        else:
            expression = cql2.parse_text(text)
        return expression.to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        lines = str(error).strip().splitlines()
        _refuse(text, lines[-1] if lines else type(error).__name__)


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _refuse(value: Any, hint: str) -> NoReturn:
    raise UsageError(
        Text("参数 filter 有误。", en="The parameter filter is wrong."),
        [Fault(column=_PARAMETER, value=str(value), hint=hint)],
    )


@dataclass
class _Compiler:
    columns: Mapping[str, ColumnSpec]
    geometry: str
    to_storage: ToStorage
    params: dict[str, Any] = field(default_factory=dict)

    def predicate(self, node: Any, depth: int) -> str:
        sql, kind = self.expression(node, depth)
        if kind != "boolean":
            _refuse(node, Text("这里应是条件", en="a condition is wanted here"))
        return sql

    def expression(self, node: Any, depth: int) -> tuple[str, Kind]:
        if depth > _MAX_DEPTH:
            _refuse("…", Text("嵌套太深", en="too deep"))
        if isinstance(node, Mapping) and "op" in node:
            return self._operation(str(node["op"]).lower(), node.get("args", []), depth + 1)
        if isinstance(node, Mapping) and "property" in node:
            return self._property(str(node["property"]))
        return self._literal(node)

    def _operation(self, op: str, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        if op in {"and", "or"}:
            return "(" + f" {op.upper()} ".join(self.predicate(one, depth) for one in args) + ")", "boolean"
        if op in _COMPARE:
            return self._comparison(op, args, depth), "boolean"
        if op in _ARITHMETIC:
            return self._arithmetic(op, args, depth), "number"
        if op in _SPATIAL:
            return self._spatial(op, args), "boolean"
        known: Mapping[str, Callable[[Sequence[Any], int], tuple[str, Kind]]] = {
            "not": self._not,
            "like": self._like,
            "between": self._between,
            "in": self._in,
            "isnull": self._is_null,
            "casei": self._casei,
        }
        if op not in known:
            _refuse(op, Text("没有这个运算", en="there is no such operator"))
        return known[op](args, depth)

    def _not(self, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        return f"(NOT {self.predicate(_exactly(1, args)[0], depth)})", "boolean"

    def _comparison(self, op: str, args: Sequence[Any], depth: int) -> str:
        left, right = _exactly(2, args)
        a, b = self.expression(left, depth), self.expression(right, depth)
        _same_kind(a, b, args)
        return f"({a[0]} {_COMPARE[op]} {b[0]})"

    def _arithmetic(self, op: str, args: Sequence[Any], depth: int) -> str:
        left, right = _exactly(2, args)
        sides = [self.expression(one, depth) for one in (left, right)]
        if any(kind != "number" for _, kind in sides):
            _refuse(args, Text("只能用数字计算", en="only numbers can be computed with"))
        return f"({sides[0][0]}::double precision {_ARITHMETIC[op]} {sides[1][0]}::double precision)"

    def _like(self, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        left, right = (self.expression(one, depth) for one in _exactly(2, args))
        if left[1] != "text" or right[1] != "text":
            _refuse(args, Text("LIKE 只用于文字", en="LIKE is for text"))
        if any(isinstance(value, str) and _TRAILING_ESCAPE.search(value) for value in self.params.values()):
            _refuse(args, Text("模式不能以 \\ 结尾", en="a pattern cannot end in \\"))
        return f"({left[0]} LIKE {right[0]})", "boolean"

    def _between(self, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        value, low, high = (self.expression(one, depth) for one in _exactly(3, args))
        _same_kind(value, low, args)
        _same_kind(value, high, args)
        return f"({value[0]} BETWEEN {low[0]} AND {high[0]})", "boolean"

    def _in(self, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        needle, options = _exactly(2, args)
        value = self.expression(needle, depth)
        if not isinstance(options, list) or not options:
            _refuse(args, Text("IN 之后应是非空的列表", en="IN wants a list that is not empty"))
        made = [self.expression(one, depth) for one in options]
        for one in made:
            _same_kind(value, one, args)
        return f"({value[0]} IN ({', '.join(sql for sql, _ in made)}))", "boolean"

    def _is_null(self, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        (only,) = _exactly(1, args)
        if isinstance(only, Mapping) and only.get("property") in GEOMETRY_NAMES:
            return f"({self.geometry} IS NULL)", "boolean"
        return f"({self.expression(only, depth)[0]} IS NULL)", "boolean"

    def _casei(self, args: Sequence[Any], depth: int) -> tuple[str, Kind]:
        sql, kind = self.expression(_exactly(1, args)[0], depth)
        if kind != "text":
            _refuse(args, Text("CASEI 只用于文字", en="CASEI is for text"))
        return f"lower({sql})", "text"

    def _spatial(self, op: str, args: Sequence[Any]) -> str:
        left, right = _exactly(2, args)
        if _is_geometry_name(right):
            left, right, op = right, left, _CONVERSE.get(op, op)
        if not _is_geometry_name(left):
            _refuse(args, Text("一边应是 geometry", en="one side has to be geometry"))
        placed = self.to_storage(_shape(right), op)
        literal = self._bind(shapely.to_wkb(placed, hex=True, include_srid=True)) + "::geometry"
        return f"({_SPATIAL[op]}({self.geometry}, {literal}))"

    def _property(self, name: str) -> tuple[str, Kind]:
        if name not in self.columns:
            allowed = " ".join((*self.columns, GEOMETRY_NAMES[0]))
            raise UsageError(
                Text(f"没有属性 {name}。", en=f"There is no property {name}."),
                [Fault(column=_PARAMETER, value=name, allowed=allowed)],
            )
        return identifier(name), _KINDS[self.columns[name].type]

    def _literal(self, node: Any) -> tuple[str, Kind]:
        if isinstance(node, bool):
            return ("TRUE" if node else "FALSE"), "boolean"
        if isinstance(node, int | float):
            value = int(node) if float(node).is_integer() and abs(node) < 1e15 else float(node)  # noqa: PLR2004
            return self._bind(value), "number"
        if isinstance(node, str):
            return self._bind(_storable(node)) + "::text", "text"
        if isinstance(node, Mapping) and isinstance(node.get("date"), str):
            try:
                return self._bind(date.fromisoformat(node["date"])) + "::date", "date"
            except ValueError:
                _refuse(node["date"], Text("日期应写成 2024-08-31", en="write dates like 2024-08-31"))
        _refuse(node, Text("这里不能用这个值", en="this value cannot be used here"))

    def _bind(self, value: Any) -> str:
        name = f"filter_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"


def _exactly(wanted: int, args: Sequence[Any]) -> Sequence[Any]:
    if not isinstance(args, list | tuple) or len(args) != wanted:
        _refuse(args, Text(f"应有 {wanted} 个参数", en=f"{wanted} arguments are wanted"))
    return args


def _same_kind(a: tuple[str, Kind], b: tuple[str, Kind], args: Sequence[Any]) -> None:
    if a[1] != b[1] or a[1] == "list":
        _refuse(args, Text("两边的类型不能比较", en="the two sides cannot be compared"))


def _is_geometry_name(node: Any) -> bool:
    return isinstance(node, Mapping) and node.get("property") in GEOMETRY_NAMES


def _storable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        _refuse(ascii(text), Text("含有不能存储的字符", en="it has characters that cannot be stored"))
    return text


def _shape(node: Any) -> Any:
    try:
        made = shapely.box(*node["bbox"][:4]) if "bbox" in node and len(node["bbox"]) == 4 else shape(node)  # noqa: PLR2004
    except (ShapelyError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        _refuse(node, str(error) or type(error).__name__)
    if not shapely.is_valid(made) or shapely.is_empty(made):
        _refuse(node, shapely.is_valid_reason(made))
    return made
