"""One A3 page for the fire station (消防站用图): approach, keys, narrowest places, hydrants, who is not reached."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Final

import numpy as np
import shapely
from markupsafe import Markup

from gisplanner.maps.embedding import render_template

_PAGE_WIDTH, _PAGE_HEIGHT = 262.0, 236.0
_EDGE: Final = 0.02
_BAR_SHARE: Final = 6.0
_MARK_MM: Final = 3.0
_DOT_MM: Final = 2.2
_LABEL_MM: Final = 3.4
_ASIDE_MM: Final = 212.0
"""Height of the tables beside the drawing that one page holds."""
_TITLE_MM, _ROW_MM, _LINE_MM = 7.8, 5.1, 4.1
_WIDE_LETTERS: Final = 44.0
"""Chinese letters in a line of the tables."""
_CJK, _LATIN = 0x2E7F, 0.58

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SheetShape:
    """An area or line with its class of the page's style sheet and, where a script changes it, its key."""

    shape: Any
    css: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SheetMark:
    """A point with a short text beside it: a dot, or a ``square``."""

    x: float
    y: float
    fill: str
    line: str
    text: str = ""
    square: bool = False


@dataclass(frozen=True, slots=True)
class SheetLabel:
    """A text in the middle of a thing; ``angle`` in degrees, counter-clockwise, for names along streets."""

    x: float
    y: float
    text: str
    angle: float = 0.0
    css: str = ""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table beside the drawing; ``weights`` are the shares of its columns of the width."""

    title: str
    headings: Sequence[str]
    weights: Sequence[float]
    rows: Sequence[Sequence[str]]
    most: int = 60
    """Rows it shows at the most, so that it leaves room for those after it."""

    more: int = 0
    """Rows that the page has no room for."""


@dataclass(frozen=True, slots=True, eq=False)
class FireSheet:
    """What stands on the page; ``words`` are the texts by the names of the template, the weightiest table first."""

    shapes: Sequence[SheetShape]
    marks: Sequence[SheetMark]
    labels: Sequence[SheetLabel]
    tables: Sequence[SheetTable]
    words: Mapping[str, Any]
    maze: Mapping[str, Any] = field(default_factory=dict)


def fire_sheet(sheet: FireSheet) -> str:
    """Return the page as HTML: it opens without a network, prints on A3, and answers ticked removals by itself."""
    west, south, east, north = shapely.total_bounds([one.shape for one in sheet.shapes])
    width, height = _framed(east - west, north - south)
    left, top = (west + east - width) / 2.0, (south + north + height) / 2.0
    unit = width / _PAGE_WIDTH
    bar = _round_length(width / _BAR_SHARE)
    drawn = [{"d": _path(one.shape, left, top), "css": one.css, "key": one.key} for one in sheet.shapes]
    labels = [_label(one, left, top) for one in sheet.labels]
    taken = [_box(one["x"], one["y"], one["text"], _LABEL_MM * unit, "middle") for one in labels]
    # A closing tag inside of a script would end it.
    maze = Markup(json.dumps(sheet.maze, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704
    page = render_template(
        "fire_sheet.html",
        {
            **sheet.words,
            "box": f"0 0 {width:.2f} {height:.2f}",
            "shapes": drawn,
            "marks": _marks([_moved(one, left, top) for one in sheet.marks], (width, height), unit, taken),
            "labels": labels,
            "tables": fitting(sheet.tables, _ASIDE_MM),
            "unit": round(unit, 4),
            "mark_size": round(_MARK_MM * unit, 3),
            "label_size": round(_LABEL_MM * unit, 3),
            "bar": {"x": _cut(4 * unit), "y": _cut(height - 4 * unit), "metres": bar},
            "north": {"x": _cut(width - 8 * unit), "y": _cut(12 * unit)},
            "maze": maze,
        },
    )
    return str(page)


def _label(one: SheetLabel, left: float, top: float) -> dict[str, Any]:
    return {
        "x": _cut(one.x - left),
        "y": _cut(top - one.y),
        "text": one.text,
        "turn": _cut(-one.angle),
        "css": one.css,
    }


def _moved(one: SheetMark, left: float, top: float) -> SheetMark:
    return replace(one, x=one.x - left, y=top - one.y)


def _marks(
    marks: Sequence[SheetMark], window: tuple[float, float], unit: float, labels: Sequence[Box]
) -> list[dict[str, Any]]:
    """Return the marks, their texts in the window, clear of labels, of other marks and of each other."""
    half, made = _DOT_MM / 2.0 * unit, []
    (wide, tall), far = window, 10.0 * max(window)
    beyond = [(-far, -far, 0.0, far), (wide, -far, far, far), (-far, -far, far, 0.0), (-far, tall, far, far)]
    taken = [*labels, *beyond]
    for one in marks:
        others = [
            (a.x - half, a.y - half, a.x + half, a.y + half)
            for a in marks
            if max(abs(a.x - one.x), abs(a.y - one.y)) > half / 2.0
        ]
        found, box = _mark(one, unit, [*taken, *others])
        made.append(found)
        taken += [] if box is None else [box]
    return made


def _mark(one: SheetMark, unit: float, taken: Sequence[Box]) -> tuple[dict[str, Any], Box | None]:
    """Return a mark with its text where nothing else is: to the right, the left, above or below."""
    size, gap = _MARK_MM * unit, 1.4 * unit
    x, y = one.x, one.y
    made: dict[str, Any] = {
        "x": _cut(x), "y": _cut(y), "fill": one.fill, "line": one.line, "text": one.text, "square": one.square,
    }  # fmt: skip
    places = (
        (gap, size * 0.35, "start"), (-gap, size * 0.35, "end"),
        (0.0, -gap * 1.2, "middle"), (0.0, gap + size * 0.9, "middle"),
        (gap, -gap, "start"), (-gap, -gap, "end"), (gap, gap + size * 0.9, "start"), (-gap, gap + size * 0.9, "end"),
    )  # fmt: skip
    for dx, dy, anchor in places if one.text else ():
        box = _box(x + dx, y + dy, one.text, size, anchor)
        if not any(_meet(box, other) for other in taken):
            return made | {"dx": _cut(dx), "dy": _cut(dy), "anchor": anchor}, box
    return made | {"text": ""}, None


def _box(x: float, y: float, text: str, size: float, anchor: str) -> Box:
    long = size * _letters(text)
    start = x - {"start": 0.0, "middle": long / 2.0, "end": long}[anchor]
    return start, y - size, start + long, y + size * 0.25


def _letters(text: str) -> float:
    """Return how wide a text is, in Chinese letters."""
    return sum(1.0 if ord(letter) > _CJK else _LATIN for letter in text)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def fitting(tables: Sequence[SheetTable], room_mm: float) -> list[SheetTable]:
    """Return the tables with as many rows as the page holds; what is left out is counted.

    Examples
    --------
    >>> long = SheetTable("楼栋", ["编号"], [1], [[str(k)] for k in range(100)])
    >>> [(len(one.rows), one.more) for one in fitting([long], 60.0)]
    [(8, 92)]
    """
    left = room_mm - sum(_TITLE_MM + _ROW_MM for table in tables if table.rows)
    shown: list[SheetTable] = []
    for table in (table for table in tables if table.rows):
        rows: list[Sequence[str]] = []
        for row in table.rows:
            tall = _tall(row, table.weights)
            spare = 0.0 if len(rows) + 1 == len(table.rows) else _LINE_MM
            if tall + spare > left or len(rows) == table.most:
                break
            rows.append(row)
            left -= tall
        more = len(table.rows) - len(rows)
        left -= _LINE_MM if more else 0.0
        shown.append(replace(table, rows=rows, more=more))
    return shown


def _tall(row: Sequence[str], weights: Sequence[float]) -> float:
    whole = sum(weights)
    lines = max(
        ceil(max(1.0, _letters(cell)) / (_WIDE_LETTERS * share / whole - 0.8))
        for cell, share in zip(row, weights, strict=True)
    )
    return _ROW_MM + (lines - 1) * _LINE_MM


def _framed(width: float, height: float) -> tuple[float, float]:
    """Return the size of the window: a little room around, in the shape of the page."""
    width, height = (max(side, 1.0) * (1.0 + 2.0 * _EDGE) for side in (width, height))
    ratio = _PAGE_WIDTH / _PAGE_HEIGHT
    return max(width, height * ratio), max(height, width / ratio)


def _round_length(metres: float) -> int:
    """Return a length that reads well, not above ``metres``."""
    power = 10.0 ** np.floor(np.log10(max(metres, 1.0)))
    return int(next((step * power for step in (5, 2) if step * power <= metres), power))


def _path(shape: Any, left: float, top: float) -> str:
    """Return SVG path data, y upwards from the top edge."""
    parts = []
    for line in shapely.get_parts(shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape):  # noqa: PLR2004 - areas
        points = shapely.get_coordinates(line) - [left, top]
        parts.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points))
    return "".join(parts)


def _cut(value: float) -> float:
    return round(float(value), 2)
