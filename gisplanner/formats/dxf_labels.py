"""Where names stand in a drawing: inside an area, along a line, and along a line not on top of each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from shapely import Polygon, affinity

HEIGHT_M: Final = 3.0
_ALONG_HEIGHT_M: Final = 1.2
"""2.4 mm at 1:500, and little enough for the lines of one trench."""

_STRAIGHTS: Final = 6
_SHARES: Final = (0.5, 0.25, 0.75, 0.125, 0.875, 0.375, 0.625)
"""Where along its longest straights the name of a line is tried."""

_CELL_M: Final = 25.0
_FULL_WIDTH: Final = 1.35
_HALF_WIDTH: Final = 0.8
"""Of a letter, in heights of a capital: what a drawing calls the height of its text."""

_LAST_NARROW: Final = 0x2E7F
"""Beyond this letter are those that are as wide as high."""


class Place(NamedTuple):
    """Where a name begins, or its middle; its turn counter-clockwise from east, and the height of its letters."""

    x: float
    y: float
    turn_deg: float = 0.0
    height_m: float = HEIGHT_M
    centred: bool = False


class Labels:
    """Names that were placed, so that the next along a line does not cover them."""

    def __init__(self) -> None:
        self._taken: defaultdict[tuple[int, int], list[Polygon]] = defaultdict(list)

    def place(self, shape: Any, text: str) -> Place:
        """Return where the name of a shape stands; of places along a line the first that is free, else the middle."""
        if shapely.get_dimensions(shape) != 1 or not shape.length:
            point = shapely.point_on_surface(shape)
            return Place(point.x, point.y)
        boxes = ((place, _box(place, text)) for place in _along(shape))
        middle = next(boxes)
        place, box = next((one for one in chain([middle], boxes) if self._free(one[1])), middle)
        for cell in _cells(box):
            self._taken[cell].append(box)
        return place

    def _free(self, box: Polygon) -> bool:
        return not any(box.intersects(other) for cell in _cells(box) for other in self._taken.get(cell, ()))


def _along(shape: Any) -> Iterator[Place]:
    """Yield places on the straights of a line, the longest first, turned as they run, never upside down."""
    ends, line = shapely.get_coordinates(shapely.get_parts(shape), return_index=True)
    follows = line[1:] == line[:-1]
    first, second = ends[:-1][follows], ends[1:][follows]
    lengths = np.hypot(*(second - first).T)
    for k in np.argsort(-lengths, kind="stable")[:_STRAIGHTS].tolist():
        east, north = (second[k] - first[k]).tolist()
        upright = (math.degrees(math.atan2(north, east)) + 90.0) % 180.0 - 90.0
        for share in _SHARES:
            x, y = (first[k] + share * (second[k] - first[k])).tolist()
            yield Place(x, y, upright, _ALONG_HEIGHT_M, centred=True)


def _box(place: Place, text: str) -> Polygon:
    width = sum(_FULL_WIDTH if ord(letter) > _LAST_NARROW else _HALF_WIDTH for letter in text) * place.height_m
    half = width / 2.0, _FULL_WIDTH * place.height_m / 2.0
    flat = shapely.box(place.x - half[0], place.y - half[1], place.x + half[0], place.y + half[1])
    return affinity.rotate(flat, place.turn_deg, origin=(place.x, place.y))


def _cells(box: Polygon) -> list[tuple[int, int]]:
    west, south, east, north = (math.floor(one / _CELL_M) for one in box.bounds)
    return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]
