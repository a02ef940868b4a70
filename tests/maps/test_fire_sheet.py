"""Texts of the station's page stand clear of marks, of names and of each other."""

from __future__ import annotations

import itertools
import re

import numpy as np
from shapely import box

from gisplanner.maps.fire_sheet import FireSheet, SheetLabel, SheetMark, SheetShape, fire_sheet

WORDS = {
    "title": "图", "subtitle": "", "illustrative": False, "made": "2026-01-01", "today": 0, "after": 0, "many": 0,
    "removals": 0, "cost": "0", "proof": "", "hose": "", "markings": "", "basis": "",
}  # fmt: skip
MARK = re.compile(
    r'<g transform="translate\(([\d.-]+),([\d.-]+)\)"><circle r="([\d.]+)"[^>]*/>'
    r'(?:<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]*)</text>)?'
)


def drawn(marks: list[SheetMark]) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
    """Boxes of the dots and of the texts."""
    sheet = FireSheet([SheetShape(box(0, 0, 200, 180), "site")], marks, [SheetLabel(100, 90, "12栋")], [], WORDS, {})
    dots, texts = [], []
    for x, y, radius, dx, dy, size, anchor, text in MARK.findall(fire_sheet(sheet)):
        at, up, r = float(x), float(y), float(radius)
        dots.append((at - r, up - r, at + r, up + r))
        if text:
            long = float(size) * sum(1.0 if ord(letter) > 255 else 0.5 for letter in text)
            start = at + float(dx) - {"start": 0.0, "middle": long / 2.0, "end": long}[anchor]
            texts.append((start, up + float(dy) - 0.75 * float(size), start + long, up + float(dy)))
    return dots, texts


def test_texts_stay_in_the_window() -> None:
    corners = [(1.0, 1.0), (199.0, 1.0), (1.0, 179.0), (199.0, 179.0)]
    _, texts = drawn([SheetMark(x, y, "#fff", "#000", "1号门 4.5 m") for x, y in corners])
    assert len(texts) == len(corners)
    for left, low, right, high in texts:
        assert 0.0 <= left < right <= 262.0 * 200.0 * 1.04 / 236.0
        assert 0.0 <= low < high <= 200.0 * 1.04


def test_hydrants_are_squares() -> None:
    sheet = FireSheet(
        [SheetShape(box(0, 0, 200, 180), "site")], [SheetMark(9, 9, "#fff", "#c62828", square=True)], [], [], WORDS
    )
    page = fire_sheet(sheet)
    assert "<circle" not in page
    assert 'fill="#fff" stroke="#c62828"' in page


def apart(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_texts_stand_clear() -> None:
    rng = np.random.default_rng(2)
    places = [(95.0, 90.0), (98.0, 91.0), (101.0, 93.0), *rng.uniform(60, 110, (15, 2)).tolist()]
    dots, texts = drawn(
        [SheetMark(x, y, "#fff", "#000", text) for (x, y), text in zip(places, ["入口", "R3.1"] * 9, strict=True)]
    )
    assert len(dots) == len(places)
    assert len(texts) > len(places) / 2
    assert all(apart(a, b) for a, b in itertools.combinations(texts, 2))
    assert all(apart(text, dot) for text in texts for dot in dots)
