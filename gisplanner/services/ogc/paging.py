"""Pages of features one after the other, each begun where the last one ended (keyset paging).

Skipping rows reads them all; a page that knows the last row of the one before begins at once, however deep it lies,
and neither loses nor repeats a row when others are stored or removed meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from gisplanner.errors import Fault, UsageError
from gisplanner.store.layer_sql import Part, identifier
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column rows are sorted by, empty values last; ``filled`` where it is never empty."""

    name: str
    descending: bool = False
    filled: bool = False


Order = tuple[SortKey, ...]


def order_by(order: Order) -> str:
    """Return the clause that sorts the rows of a layer.

    Examples
    --------
    >>> order_by((SortKey("floors", descending=True), SortKey("code")))
    'ORDER BY layer."floors" DESC NULLS LAST, layer."code" NULLS LAST'
    """
    keys = (f"{identifier(key.name)}{' DESC' if key.descending else ''} NULLS LAST" for key in order)
    return f"ORDER BY {', '.join(keys)}"


def key_columns(order: Order) -> str:
    """Return the columns that tell where a row stands in the order, as text."""
    return ", ".join(f"{identifier(key.name)}::text" for key in order)


def token_of(order: Order, row: Sequence[bytes | None]) -> str:
    """Return what the address of the next page says of the last row of this one; opaque to clients."""
    values = {key.name: None if value is None else value.decode() for key, value in zip(order, row, strict=True)}
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).rstrip(b"=").decode()


def rows_after(order: Order, token: str) -> Part:
    """Return the condition that holds for the rows after the one of a token.

    Raises
    ------
    UsageError
        It is no token, or one of another order.
    """
    values = _values(order, token)
    params: dict[str, Any] = {}
    same: list[str] = []
    pieces: list[str] = []
    for number, (key, value) in enumerate(zip(order, values, strict=True)):
        column, bound = identifier(key.name), f"%(after_{number})s"
        if value is None:  # empty values come last: only a later key can be beyond this row
            same.append(f"{column} IS NULL")
            continue
        params[f"after_{number}"] = value
        beyond = f"{column} {'<' if key.descending else '>'} {bound}"
        if not key.filled:
            beyond = f"({beyond} OR {column} IS NULL)"
        pieces.append(" AND ".join([*same, beyond]))
        same.append(f"{column} = {bound}")
    return Part(" OR ".join(f"({piece})" for piece in pieces), params)


def _values(order: Order, token: str) -> list[str | None]:
    try:
        given = json.loads(base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        _wrong(token)
    if not isinstance(given, dict) or list(given) != [key.name for key in order]:
        _wrong(token)
    values = [given[key.name] for key in order]
    for key, value in zip(order, values, strict=True):
        if not (isinstance(value, str) and "\x00" not in value) and (key.filled or value is not None):
            _wrong(token)
    return values


def _wrong(token: str) -> NoReturn:
    raise UsageError(
        Text("参数 after 有误。", en="The parameter after is wrong."),
        [Fault(column="after", value=token, hint=Text("照 next 链接给", en="as the next link gives it"))],
    )
