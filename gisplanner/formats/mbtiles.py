"""Imagery as MBTiles: ready tiles of Web Mercator in an SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import aiosql

from gisplanner.domain.imagery import Tile, TileRange, tile_bounds_m, to_lonlat
from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.tile_images import decoded, media_type
from gisplanner.resources import resource_dir
from gisplanner.text import Text

_MAGIC: Final = b"SQLite format 3\x00"
MAX_TILE_BYTES: Final = 2_000_000
_DEEPEST: Final = 24


@dataclass(frozen=True, slots=True)
class TileFile:
    """A file of tiles: its zoom levels with the tiles they span and how many there are; what it says of itself."""

    path: Path
    levels: dict[int, tuple[TileRange, int]]
    attribution: str | None

    @property
    def bounds_lonlat(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of the finest level."""
        span, _ = self.levels[max(self.levels)]
        west, _, _, north = tile_bounds_m(span.zoom, span.west, span.north)
        _, south, east, _ = tile_bounds_m(span.zoom, span.east, span.south)
        (left, bottom), (right, top) = to_lonlat(west, south), to_lonlat(east, north)
        return left, bottom, right, top


def read_mbtiles(path: Path) -> TileFile:
    """Return what a file of tiles holds; the pictures are read later.

    Raises
    ------
    FileFormatError
        It is no MBTiles, holds no tiles, or its tiles are no pictures.
    """
    with _opened(path) as connection:
        about = {str(name): str(value) for name, value in _queries().about(connection)}
        rows = list(_queries().levels(connection))
        first = _queries().first_tile(connection)
        if not rows or first is None:
            raise _refused(path, Text("里没有瓦片", en="holds no tiles"))
        if not isinstance(first[0], bytes) or media_type(first[0]) is None:
            raise _refused(path, Text("的瓦片不是图片（矢量瓦片不能作底图）", en="holds no pictures (vector tiles?)"))
        levels = {}
        for zoom, west, south, east, north, count in rows:
            numbers = (zoom, west, south, east, north)
            if not all(isinstance(one, int) for one in numbers) or not 0 <= zoom <= _DEEPEST:
                raise _refused(path, Text("的瓦片编号不对", en="has tile numbers that cannot be"))
            last = 2**zoom - 1  # rows of MBTiles count from the south
            levels[zoom] = (TileRange(zoom, west, last - north, east, last - south), count)
            if not (0 <= west <= east <= last and 0 <= south <= north <= last):
                raise _refused(path, Text("的瓦片编号不对", en="has tile numbers that cannot be"))
    return TileFile(path, levels, about.get("attribution") or about.get("description") or None)


def tiles_of(file: TileFile, over: TileRange) -> Iterator[Tile]:
    """Yield the tiles of a range.

    Raises
    ------
    FileFormatError
        A tile is no intact picture.
    """
    last = 2**over.zoom - 1
    span = {"west": over.west, "east": over.east, "south": last - over.south, "north": last - over.north}
    with (
        _opened(file.path) as connection,
        _queries().tiles_between_cursor(connection, zoom=over.zoom, **span) as found,
    ):
        for column, row, image in found:
            if not isinstance(image, bytes) or len(image) > MAX_TILE_BYTES or decoded(image) is None:
                where = f"{over.zoom}/{column}/{last - row}"
                raise _refused(file.path, Text(f"的瓦片 {where} 已损坏", en=f": tile {where} is damaged"))
            yield Tile(over.zoom, column, last - row, image)


@cache
def _queries() -> Any:
    return aiosql.from_path(resource_dir("sql") / "files" / "mbtiles.sql", "sqlite3", encoding="utf-8")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise _refused(path, Text("不是 MBTiles", en="is no MBTiles"))
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            yield connection
    except (sqlite3.Error, OSError, OverflowError, UnicodeDecodeError) as error:
        raise _refused(path, Text("不是完好的 MBTiles", en="is no intact MBTiles")) from error


def _refused(path: Path, why: Text) -> FileFormatError:
    return FileFormatError(
        Text(f"{path.name} {why}。", en=f"{path.name} {why.en}."), [Fault(file=path.name, allowed="GeoTIFF, MBTiles")]
    )
