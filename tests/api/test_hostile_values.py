"""Values that no form of ours would send, at every door: each is refused or taken as mere text, and none fails."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from tests.api.everyone import World
from tests.api.test_every_route import writes

HOSTILE: Final = {
    "nul": "a\x00b",
    "quote": "'; DROP TABLE estate; --",
    "path": "../../../../etc/passwd",
    "many digits": "9" * 40,
    "other digits": "１２",
    "infinite": "1e999",
    "percent": "%(x)s %s {0} ${a} {{7*7}}",
    "line": "a\r\nX-Told: b",
    "turned": "\u202egpj.exe",
    "long": "甲" * 600,
}
"""A value by what is wrong with it."""
BYTES: Final = ("%ED%A0%80", "%00", "%2e%2e%2f")
"""What no text is written as in an address."""
BODIES: Final = {
    "deep": b'{"inputs":' + b"[" * 100_000,
    "half a letter": b'{"inputs":{"district":"\\ud800"},"name":"\\ud800"}',
    "nul": b'{"inputs":{"district":"\\u0000"},"name":"\\u0000"}',
    "huge": b'{"inputs":{"district":"a","gap_m":' + b"9" * 5000 + b'},"name":"x","gap_m":' + b"9" * 5000 + b"}",
    "infinite": b'{"inputs":{"district":"a","gap_m":1e999,"max_size":1e999},"name":"x","gap_m":1e999}',
    "not a number": b'{"inputs":{"district":"a","min_size":NaN},"name":"x","gap_m":NaN}',
    "a list": b"[1,2]",
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "a name twice": b'{"inputs":{"district":"a"},"inputs":{"district":"b"},"name":"x","name":"y"}',
    "many names": json.dumps({"inputs": dict.fromkeys(map(str, range(2000)), 1)}).encode(),
}
FORMS: Final = "data"


def filled(route: str, value: str) -> str:
    """Return an address in which every part that may vary is ``value``, as it stands."""
    while "{" in route:
        head, rest = route.split("{", 1)
        route = head + value + rest.split("}", 1)[1]
    return route


def refused_well(answer: httpx.Response) -> bool:
    """Return whether an answer is one, and tells nothing of what went on inside."""
    return answer.status_code < 500 and "Traceback" not in answer.text and "x-told" not in answer.headers


@pytest.mark.parametrize("what", ["nul", "path", "many digits", "long", "no text"])
def test_in_every_part_of_every_address(world: World, what: str):
    values = BYTES if what == "no text" else (quote(HOSTILE[what], safe=""),)
    wrong = [
        (method, route, value[:20], answer.status_code)
        for method, route in sorted(world.routes)
        if "{" in route and method != "MOUNT"
        for value in values
        if not refused_well(answer := world.call["admin"](filled(route, value), method))
    ]
    assert not wrong


ASKED: Final = {
    "/enter": ("token",),
    "/districts/a/entry": ("q", "done"),
    "/districts/a/proposals": ("name",),
    **{f"/districts/a/proposals/{one}": ("name",) for one in ("one", "compare", "application")},
    "/districts/a/layers/estates.geojson": ("public", "lang"),
    "/districts/a/maps/progress.svg": ("public",),
    "/ogc/collections/a.estates/items": (
        "after", "bbox", "bbox-crs", "count", "crs", "datetime", "f", "filter", "filter-crs", "filter-lang", "limit",
        "offset", "sortby", "code", "seq", "illustrative",
    ),
    "/ogc/collections/a.estates/items/estates-mine": ("crs", "f"),
    "/ogc/collections/a.estates/tiles/WebMercatorQuad/8/109/209": ("f",),
    "/ogc/jobs": ("type", "processID", "status", "datetime", "minDuration", "maxDuration", "limit", "offset"),
    "/ogc/processes": ("limit", "offset"),
}  # fmt: skip
"""What an address may be asked with."""


@pytest.mark.parametrize("what", HOSTILE)
def test_in_every_parameter(world: World, what: str):
    value = quote(HOSTILE[what], safe="")
    wrong = [
        (path, name, answer.status_code)
        for path, names in ASKED.items()
        for name in names
        if not refused_well(answer := world.call["admin"](f"{path}?{name}={value}"))
    ]
    assert not wrong


@pytest.mark.parametrize("what", ["nul", "many digits", "infinite", "percent"])
def test_in_every_field_of_every_form(world: World, what: str):
    wrong = []
    for write in writes(world.known):
        for given in spoilt(write.given, HOSTILE[what]):
            answer = world.call["admin"](write.url, write.method, **given)
            if not refused_well(answer):
                wrong.append((write.method, write.url, str(given)[:80], answer.status_code))
    assert not wrong


def spoilt(given: dict[str, Any], value: str) -> Iterator[dict[str, Any]]:
    """Yield what a request sends with one field at a time in another's words."""
    for kind in (FORMS, "json"):
        for path in list(_leaves(given.get(kind, {}))):
            made = copy.deepcopy(given)
            inner = made[kind]
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value
            yield made


def _leaves(given: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(given, dict):
        for name, inner in given.items():
            yield from _leaves(inner, (*path, name))
    else:
        yield path


@pytest.mark.parametrize("what", BODIES)
def test_as_a_body(world: World, what: str):
    wrong = []
    for write in writes(world.known):
        if "json" in write.given:
            headers = {"Content-Type": "application/json", **write.given.get("headers", {})}
            answer = world.call["admin"](write.url, write.method, content=BODIES[what], headers=headers)
            if not refused_well(answer):
                wrong.append((write.method, write.url, answer.status_code, answer.text[:300]))
    assert not wrong


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "text/html;q=\u00b2"),
        ("Accept", ",;;=,q"),
        ("Accept", "*/*;q=" + "9" * 5000),
        ("Accept-Encoding", "gzip;q=\u00b2, ,;"),
        ("Authorization", "Bearer \u00e9"),
        ("Authorization", "Bearer"),
        ("Authorization", "Basic YTpi"),
        ("Cookie", "gisplanner_session=\u00ff\u00fe"),
        ("Cookie", "gisplanner_session=" + "a" * 5000),
        ("If-None-Match", '"\u00ff, W/'),
        ("If-Match", '"'),
        ("Host", "evil.example"),
        ("Host", "a b<c>"),
        ("X-Forwarded-For", "<script>"),
        ("Prefer", "\u00b2"),
        ("Range", "bytes=" + ",".join("0-" for _ in range(2000))),
        ("Content-Type", "multipart/form-data; boundary="),
    ],
)
def test_in_a_header(world: World, name: str, value: str):
    wrong = []
    for path in ("/", "/ogc", "/ogc/collections/a.estates/items", "/ogc/collections/a.estates/items/estates-others",
                 "/ogc/collections/a.estates/tiles/WebMercatorQuad/8/109/209", "/districts/a/layers/estates.geojson",
                 "/static/start/start.css", "/ogc/jobs"):  # fmt: skip
        try:
            answer = world.call["public"](path, headers={name: value.encode("latin-1")})
        except (httpx.HTTPError, ValueError):  # the client itself refuses it
            continue
        if not refused_well(answer) or "evil.example" in answer.headers.get("location", ""):
            wrong.append((path, answer.status_code))
    for path in ("/login", "/uploads", "/ogc/processes/bundle/execution"):
        answer = world.call["public"](path, "POST", content=b"a=b", headers={name: value.encode("latin-1")})
        if not refused_well(answer):
            wrong.append((path, answer.status_code))
    assert not wrong
