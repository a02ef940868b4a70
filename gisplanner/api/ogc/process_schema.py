"""Schemas of inputs as the standard writes them: OpenAPI 3.0, each complete in itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_NOT_OF_3_0: Final = frozenset({"$defs", "title", "const", "exclusiveMinimum", "exclusiveMaximum"})


def openapi_schema(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema (2020-12) in the words of OpenAPI 3.0.

    References are written out, ``null`` becomes ``nullable``, an exclusive bound a bound with a flag.

    Parameters
    ----------
    definitions
        What references lead to, by name.

    Examples
    --------
    >>> openapi_schema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]}, {})
    {'type': 'number', 'minimum': 0, 'exclusiveMinimum': True, 'nullable': True}
    """
    if "$ref" in schema:
        named = definitions[schema["$ref"].rpartition("/")[2]]
        return openapi_schema({**named, **{key: schema[key] for key in schema if key != "$ref"}}, definitions)
    made: dict[str, Any] = {
        key: _part(key, value, definitions) for key, value in schema.items() if key not in _NOT_OF_3_0
    }
    if "const" in schema:
        made["enum"] = [schema["const"]]
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if flag in schema:
            made |= {bound: schema[flag], flag: True}
    return _nullable(made)


def _part(key: str, value: Any, definitions: Mapping[str, Any]) -> Any:
    if key == "properties":
        return {name: openapi_schema(one, definitions) for name, one in value.items()}
    if key in {"anyOf", "oneOf", "allOf"}:
        return [openapi_schema(one, definitions) for one in value]
    if key == "items":
        return openapi_schema(value, definitions)
    return value


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    choices = made.get("anyOf")
    if choices is None or {"type": "null"} not in choices:
        return made
    others = [one for one in choices if one != {"type": "null"}]
    rest = {key: value for key, value in made.items() if key != "anyOf"}
    chosen = others[0] if len(others) == 1 else {"anyOf": others}
    return {**chosen, **rest, "nullable": True}
