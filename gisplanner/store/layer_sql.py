"""Statements over the query of a layer: the templates of ``sql/ogc`` with columns, filters and order put in.

Names come from layer definitions, which are ours; whatever a request says travels as a bound parameter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal

from gisplanner.domain.layers import ColumnSpec
from gisplanner.resources import resource_dir

Template = Literal["place", "items", "item", "stored", "count", "columns", "tile", "tile_far"]

_PARAMETER: Final = re.compile(r"(?<!:):(\w+)")
_ORDER: Final = re.compile(r"\nORDER BY [^\n]+\Z")
_FINITE: Final = "CASE WHEN abs({0}) < 'infinity' THEN {0}::text ELSE 'null' END"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of SQL and the parameters it is bound with."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


TRUE: Final = Part("TRUE")


def identifier(name: str) -> str:
    """Return a column of the layer, quoted.

    Examples
    --------
    >>> identifier('a"b')
    'layer."a""b"'
    """
    return f"layer.{quoted(name)}"


def quoted(name: str) -> str:
    """Return the name of a column, quoted.

    Examples
    --------
    >>> quoted('a"b')
    '"a""b"'
    """
    doubled = name.replace('"', '""').replace("%", "%%")
    return f'"{doubled}"'


def literal(text: str) -> str:
    """Return a text of our own as an SQL literal.

    Examples
    --------
    >>> literal("it's 5%")
    "'it''s 5%%'"
    """
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def layer_query(select_sql: str) -> str:
    """Return the query of a layer in the style of the driver, without its order: whoever wants one says which."""
    return _PARAMETER.sub(r"%(\1)s", _ORDER.sub("", select_sql.rstrip()).replace("%", "%%"))


def columns_of(select_sql: str, names: Sequence[str]) -> str:
    """Return the query of a layer for some of its columns only, in its order."""
    return fill("columns", columns=", ".join(map(quoted, names)), layer=select_sql.rstrip())


def feature_text(columns: Sequence[ColumnSpec], id_column: str, geometry: str) -> str:
    """Return the expression that writes one row as a GeoJSON feature; ``geometry`` gives its geometry as text."""
    return f"""{feature_start(columns, id_column)} || COALESCE({geometry}, 'null') || '}}'"""


def feature_start(columns: Sequence[ColumnSpec], id_column: str) -> str:
    """Return the expression that writes one row as a GeoJSON feature up to where its geometry begins."""
    members = " || ".join(
        f"{literal(('' if first else ',') + _json_key(column.name))} || {_json_value(column)}"
        for first, column in ((index == 0, column) for index, column in enumerate(columns))
    )
    return (
        f"""'{{"type":"Feature","id":' || to_json({identifier(id_column)})::text"""
        f""" || ',"properties":{{' || {members} || '}},"geometry":'"""
    )


def fill(template: Template, **parts: str) -> str:
    """Return a template of ``sql/ogc`` with its parts put in."""
    return _template(template).format(**parts)


@cache
def _template(name: Template) -> str:
    text = (resource_dir("sql") / "ogc" / f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def _json_key(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}":'


def _json_value(column: ColumnSpec) -> str:
    name = identifier(column.name)
    if column.type in {"integer", "boolean"}:
        text = f"{name}::text"
    elif column.type in {"number", "decimal"}:
        text = _FINITE.format(name)
    else:
        text = f"to_json({name})::text"
    return f"COALESCE({text}, 'null')"
