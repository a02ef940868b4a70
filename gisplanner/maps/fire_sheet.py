"""One A3 page for the fire station (消防站用图): approach, keys, narrowest places, hydrants, who is not reached."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from markupsafe import Markup

from gisplanner.maps.embedding import render_template

_PAGE_WIDTH, _PAGE_HEIGHT = 262.0, 236.0
_EDGE: Final = 0.04
_BAR_SHARE: Final = 6.0
_LISTED: Final = 14


@dataclass(frozen=True, slots=True)
class SheetShape:
    """An area or line with its class of the page's style sheet and, where a script changes it, its key."""

    shape: Any
    css: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SheetMark:
    """A point with a short text beside it."""

    x: float
    y: float
    fill: str
    line: str
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FireSheet:
    """What stands on the page; ``words`` are the texts and tables by the names of the template."""

    shapes: Sequence[SheetShape]
    marks: Sequence[SheetMark]
    labels: Sequence[tuple[float, float, str]]
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
    marks = [
        {"x": _cut(one.x - left), "y": _cut(top - one.y), "fill": one.fill, "line": one.line, "text": one.text}
        for one in sheet.marks
    ]
    labels = [{"x": _cut(x - left), "y": _cut(top - y), "text": text} for x, y, text in sheet.labels]
    # A closing tag inside of a script would end it.
    maze = Markup(json.dumps(sheet.maze, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704
    page = render_template(
        "fire_sheet.html",
        {
            **sheet.words,
            "box": f"0 0 {width:.2f} {height:.2f}",
            "shapes": drawn,
            "marks": marks,
            "labels": labels,
            "unit": round(unit, 4),
            "bar": {"x": _cut(4 * unit), "y": _cut(height - 4 * unit), "metres": bar},
            "north": {"x": _cut(width - 8 * unit), "y": _cut(12 * unit)},
            "listed": _LISTED,
            "maze": maze,
        },
    )
    return str(page)


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
