"""The part of a stored orthophoto that a map page carries: around the estates, as fine as its size allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from gisplanner.domain.district import District
from gisplanner.domain.imagery import Statement, TileRange, pixel_m, tile_bounds_m, tiles_over, to_lonlat
from gisplanner.formats.tile_images import encoded, media_type, put_together
from gisplanner.maps.imagery import ImageBlock, Imagery
from gisplanner.services.layers import layer_frame
from gisplanner.store import orthophoto
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries

PAGE_BYTES: Final = 6_000_000
"""Bytes of pictures a page carries at the most; text makes them a third longer (本工具参数)."""

_BLOCK_TILES: Final = 8
_AROUND_DEG: Final = 0.004
Box = tuple[float, float, float, float]


def imagery_of(db: Database, district: District, *, page_bytes: int = PAGE_BYTES) -> Imagery | None:
    """Return the newest orthophoto of a district around its estates, ``None`` if there is none there.

    The finest stored level whose tiles fit into ``page_bytes`` is taken.
    """
    with db.transaction() as connection:
        photo = queries().orthophoto_latest(connection, district_id=district.id)
    if photo is None:
        return None
    box = _window(db, district, (photo.west_deg, photo.south_deg, photo.east_deg, photo.north_deg))
    if box is None:
        return None
    with db.transaction() as connection:
        over = _finest_that_fits(connection, photo, box, page_bytes)
        blocks = () if over is None else tuple(_blocks(connection, photo.id, over))
    if over is None or not blocks:
        return None
    return Imagery(
        Statement(photo.name, photo.licence, photo.taken_on, photo.accuracy_m),
        blocks,
        pixel_m(over.zoom, (box[1] + box[3]) / 2),
    )


def _window(db: Database, district: District, photo: Box) -> Box | None:
    """Return the box around the estates (all of the image if none is drawn), cut to the image."""
    shapes = layer_frame(db, district, "estates").geometry.dropna()
    west, south, east, north = photo
    if len(shapes):
        bounds = shapes.to_crs(4326).total_bounds
        if np.isfinite(bounds).all():
            west, south = max(west, bounds[0] - _AROUND_DEG), max(south, bounds[1] - _AROUND_DEG)
            east, north = min(east, bounds[2] + _AROUND_DEG), min(north, bounds[3] + _AROUND_DEG)
    return (west, south, east, north) if west < east and south < north else None


def _finest_that_fits(connection: Connection, photo: Any, box: Box, page_bytes: int) -> TileRange | None:
    for zoom in range(photo.max_zoom, photo.min_zoom - 1, -1):
        over = tiles_over(box, zoom)
        if 0 < orthophoto.size_bytes(connection, photo.id, over) <= page_bytes:
            return over
    return None


def _blocks(connection: Connection, photo_id: int, over: TileRange) -> Iterator[ImageBlock]:
    """Yield the image in blocks of up to 8 × 8 tiles: fewer seams than tiles, and no picture larger than a screen."""
    for north in range(over.north, over.south + 1, _BLOCK_TILES):
        for west in range(over.west, over.east + 1, _BLOCK_TILES):
            south, east = min(over.south, north + _BLOCK_TILES - 1), min(over.east, west + _BLOCK_TILES - 1)
            part = TileRange(over.zoom, west, north, east, south)
            tiles = orthophoto.tiles(connection, photo_id, part)
            image = encoded(put_together(tiles, west, north, east - west + 1, south - north + 1))
            if image is not None:
                yield ImageBlock(_degrees(part), image, media_type(image) or "image/jpeg")


def _degrees(part: TileRange) -> Box:
    left, _, _, top = tile_bounds_m(part.zoom, part.west, part.north)
    _, bottom, right, _ = tile_bounds_m(part.zoom, part.east, part.south)
    (west, south), (east, north) = to_lonlat(left, bottom), to_lonlat(right, top)
    return west, south, east, north
