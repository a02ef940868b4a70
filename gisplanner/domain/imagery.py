"""Imagery under the maps (正射影像): tiles of the Web Mercator square, and what has to be said about them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

TILE_PIXELS: Final = 256
MERCATOR_M: Final = 20_037_508.342789244
"""Half the side of the Web Mercator square (EPSG:3857), metres of the projection."""

_LATITUDE_LIMIT_DEG: Final = 85.05112877980659


@dataclass(frozen=True, slots=True)
class TileRange:
    """Tiles of one zoom level that cover a box; columns run east, rows run south, both ends included."""

    zoom: int
    west: int
    north: int
    east: int
    south: int

    @property
    def count(self) -> int:
        """Return how many tiles these are."""
        return max(0, self.east - self.west + 1) * max(0, self.south - self.north + 1)


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of 256 (or 512) pixels a side: JPEG, PNG or WebP."""

    zoom: int
    column: int
    row: int
    image: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """What has to stand beside an image: where it comes from, when it was taken, how true it is.

    ``taken_on`` is a year, a month or a day; ``accuracy_m`` the mean square error of positions in metres; ``None``
    is 未注明.
    """

    name: str
    licence: str
    taken_on: str | None
    accuracy_m: float | None


def pixel_m(zoom: int, latitude_deg: float = 0.0) -> float:
    """Return the side of a pixel on the ground, metres.

    Examples
    --------
    >>> round(pixel_m(18, 25.66), 3)
    0.538
    """
    projected_m: float = 2 * MERCATOR_M / TILE_PIXELS / 2.0**zoom
    return projected_m * math.cos(math.radians(latitude_deg))


def zoom_of(pixel_of_projection_m: float) -> int:
    """Return the zoom level whose pixels are not coarser than a pixel of the projection.

    Examples
    --------
    >>> zoom_of(0.6), zoom_of(0.59), zoom_of(1e9)
    (18, 19, 0)
    """
    exact = math.log2(2 * MERCATOR_M / TILE_PIXELS / pixel_of_projection_m)
    return min(24, max(0, math.ceil(exact - 0.01)))


def tiles_over(bounds_lonlat: tuple[float, float, float, float], zoom: int) -> TileRange:
    """Return the tiles over a box in degrees: west, south, east, north.

    Examples
    --------
    >>> tiles_over((114.0, 25.0, 114.1, 25.1), 10)
    TileRange(zoom=10, west=836, north=438, east=836, south=438)
    """
    west, south, east, north = bounds_lonlat
    last = 2**zoom - 1
    left, top = _tile_at(west, north, zoom)
    right, bottom = _tile_at(east, south, zoom)
    return TileRange(zoom, max(0, left), max(0, top), min(last, right), min(last, bottom))


def tile_bounds_m(zoom: int, column: int, row: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in EPSG:3857.

    Examples
    --------
    >>> [round(value) for value in tile_bounds_m(1, 1, 0)]
    [0, 0, 20037508, 20037508]
    """
    side = 2 * MERCATOR_M / 2**zoom
    west, north = column * side - MERCATOR_M, MERCATOR_M - row * side
    return west, north - side, west + side, north


def to_lonlat(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of a place in EPSG:3857.

    Examples
    --------
    >>> to_lonlat(0.0, 0.0)
    (0.0, 0.0)
    """
    return x / MERCATOR_M * 180, math.degrees(2 * math.atan(math.exp(y / MERCATOR_M * math.pi)) - math.pi / 2)


def _tile_at(longitude_deg: float, latitude_deg: float, zoom: int) -> tuple[int, int]:
    latitude = math.radians(min(_LATITUDE_LIMIT_DEG, max(-_LATITUDE_LIMIT_DEG, latitude_deg)))
    along = (longitude_deg + 180) / 360
    down = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2
    return math.floor(along * 2**zoom), math.floor(down * 2**zoom)
