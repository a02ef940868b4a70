"""What the answer is written in: ``f`` decides, else the Accept header; and its addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import HTTPException, Request

from gisplanner.errors import Fault, UsageError
from gisplanner.text import Text

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
HTML: Final = "text/html"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA: Final = "application/schema+json"
MERGE_PATCH: Final = "application/merge-patch+json"
TILE: Final = "application/vnd.mapbox-vector-tile"

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_WEIGHT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?")


def strict(request: Request, allowed: Sequence[str] = (), *, repeated: Sequence[str] = ()) -> dict[str, str]:
    """Return the parameters of the address; of those in ``repeated`` the last one.

    Raises
    ------
    UsageError
        One is given twice, or is none of ``allowed``, ``f`` and ``lang``; with no ``allowed`` list of names the
        caller checks them itself.
    """
    given = request.query_params.multi_items()
    if not given:
        return {}
    names = [name for name, _ in given]
    known = {*allowed, *repeated, "f", "lang"}
    faults = [
        Fault(
            column=name,
            value=value,
            allowed=" ".join(sorted(known)),
            hint=Text("没有这个参数", en="no such parameter"),
        )
        for name, value in given
        if "*" not in known and name not in known
    ]
    faults += [
        Fault(column=name, hint=Text("只能给一次", en="give it once"))
        for name in dict.fromkeys(names)
        if names.count(name) > 1 and name not in repeated
    ]
    if faults:
        raise UsageError(Text("请求中的参数有误。", en="Parameters of the request are wrong."), faults)
    return dict(given)


def wanted(request: Request, offered: Mapping[str, str]) -> str:
    """Return the media type to answer in.

    Parameters
    ----------
    offered
        Media types by the value of ``f`` that asks for them, the default first.

    Raises
    ------
    UsageError
        ``f`` is none of them.
    HTTPException
        406: the Accept header allows none of them.
    """
    named = request.query_params.get("f")
    if named is not None:
        if named not in offered:
            raise UsageError(
                Text("参数 f 有误。", en="The parameter f is wrong."),
                [Fault(column="f", value=named, allowed=" ".join(offered))],
            )
        return offered[named]
    best = _best(request.headers.get("accept", "*/*"), tuple(offered.values()))
    if best is None:
        raise HTTPException(
            406, Text(f"只能以 {'、'.join(offered.values())} 回答。", en=f"On offer: {', '.join(offered.values())}.")
        )
    return best


def address(request: Request, path: str, **parameters: Any) -> str:
    """Return the full address of a path below the root of the API."""
    scope = request.scope
    base = _base(
        scope["scheme"],
        request.headers.get("host"),
        tuple(scope.get("server") or ()),  # some servers say it as a list
        scope.get("app_root_path", scope.get("root_path", "")),
    )
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{base}{path}{'?' if query else ''}{query}"


def compact(document: Any) -> bytes:
    """Return a document as JSON without blanks."""
    return _COMPACT.encode(document).encode()


def link(href: str, rel: str, media_type: str, title: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a link object."""
    made = {"href": href, "rel": rel, "type": media_type}
    return {**made, **({"title": title} if title else {}), **more}


def self_links(request: Request, path: str, media_type: str, offered: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the link of an answer to itself and to its other forms."""
    return [
        link(address(request, path, f=name), "self" if one == media_type else "alternate", one)
        for name, one in offered.items()
    ]


@lru_cache(maxsize=256)
def _base(scheme: str, host: str | None, server: tuple[str, int] | tuple[()], root: str) -> str:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    scope = {
        "type": "http",
        "scheme": scheme,
        "server": server or None,
        "headers": headers,
        "app_root_path": root,
        "path": "",
    }
    return str(Request(scope).base_url).rstrip("/")


@lru_cache(maxsize=256)
def _best(accepted: str, offered: tuple[str, ...]) -> str | None:
    ranges = _ranges(accepted)
    best, best_quality = None, 0.0
    for media_type in offered:
        quality = _quality(media_type, ranges)
        if quality > best_quality:
            best, best_quality = media_type, quality
    return best


def _ranges(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for one in parameters:
            key, _, value = one.partition("=")
            if key.strip() == "q":
                quality = float(value) if _WEIGHT.fullmatch(value) else 0.0
        found.append((name.lower(), quality))
    return found


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    plain = media_type.partition(";")[0]
    specificity = {plain: 3, f"{plain.partition('/')[0]}/*": 2, "*/*": 1}
    if plain in {GEOJSON, SCHEMA, "application/vnd.oai.openapi+json"}:
        specificity[JSON] = 2  # each of them is JSON, and a client that asks for JSON can read it
    matched = [(specificity[name], quality) for name, quality in ranges if name in specificity]
    return max(matched)[1] if matched else 0.0
