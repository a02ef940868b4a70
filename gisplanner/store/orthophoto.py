"""Orthophotos in the database (正射影像): tiles with what has to be said about them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from gisplanner.domain.imagery import Statement, Tile, TileRange
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries

_AT_ONCE: Final = 64


def insert(connection: Connection, district_id: str, statement: Statement, **about: Any) -> int:
    """Store what is said about an image and return its row id; an earlier one of the same name is replaced."""
    queries().orthophoto_delete(connection, district_id=district_id, name=statement.name)
    return int(
        queries().orthophoto_insert(
            connection,
            district_id=district_id,
            name=statement.name,
            licence=statement.licence,
            taken_on=statement.taken_on,
            accuracy_m=statement.accuracy_m,
            **about,
        )
    )


def insert_tiles(connection: Connection, orthophoto_id: int, tiles: Iterable[Tile]) -> int:
    """Store tiles as they come, a few at a time, and return how many."""
    count, rest = 0, iter(tiles)
    while some := list(islice(rest, _AT_ONCE)):
        queries().orthophoto_tile_insert(
            connection,
            [
                {
                    "orthophoto_id": orthophoto_id,
                    "zoom": tile.zoom,
                    "tile_column": tile.column,
                    "tile_row": tile.row,
                    "image": tile.image,
                }
                for tile in some
            ],
        )
        count += len(some)
    return count


def tiles(connection: Connection, orthophoto_id: int, over: TileRange) -> list[Tile]:
    """Return the stored tiles of a range."""
    rows = queries().orthophoto_tiles(connection, orthophoto_id=orthophoto_id, **_box(over))
    return [Tile(row.zoom, row.tile_column, row.tile_row, bytes(row.image)) for row in rows]


def size_bytes(connection: Connection, orthophoto_id: int, over: TileRange) -> int:
    """Return how many bytes the stored tiles of a range take."""
    return int(queries().orthophoto_bytes(connection, orthophoto_id=orthophoto_id, **_box(over)))


def _box(over: TileRange) -> dict[str, int]:
    return {"zoom": over.zoom, "west": over.west, "north": over.north, "east": over.east, "south": over.south}
