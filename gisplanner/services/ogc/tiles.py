"""Vector tiles of a collection: made by one statement in the database, kept until the map data changes."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from pyproj import Transformer

from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, NotFoundError
from gisplanner.maps.sheet import PUBLIC_GRID_M
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.items import layer_source, visible_geometry
from gisplanner.services.ogc.space import is_small_part
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import fill, quoted
from gisplanner.store.statements import Rows, Statement
from gisplanner.text import Text

MAX_ZOOM: Final = 22
WORLD_M: Final = 2 * 20037508.342789244
"""Side of the square of Web Mercator, metres of that projection."""

_EACH_FROM_ZOOM: Final = 14
"""From here on every feature is drawn by itself."""
_POINTED_AT_PIXELS: Final = 24
"""What is as large as this has its id: the smallest target to point at (WCAG 2.2, 2.5.8)."""
_ALL_NAMED_FROM_ZOOM: Final = 17
"""From here on everything has its id: buildings are large enough, and points are few."""
_TILE_PIXELS: Final = 256
_GRID: Final = 1024
"""Steps of a tile's grid along its side: four to a pixel, two to one of a fine screen."""
_GRID_TO_ZOOM: Final = 16
_FINE_GRID: Final = 4096
_CELLS: Final = 240
"""Cells of a tile seen from afar along its side: about a pixel each."""
_FAR_GRID: Final = 4 * _CELLS
_BUFFER_SHARE: Final = 64 / 4096
_CACHE_BYTES: Final = 128 * 1024 * 1024
_MARGIN_DEG: Final = 0.05

Box = tuple[float, float, float, float]
Place = tuple[int, int, int]


class TileCache:
    """The tiles used last, up to a number of bytes.

    A key holds the revision of the district, so a tile that a change made old is never found again.
    """

    def __init__(self, max_bytes: int = _CACHE_BYTES) -> None:
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._free = max_bytes

    def get(self, key: Hashable) -> bytes | None:
        """Return a tile that is kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, tile: bytes) -> None:
        """Keep a tile; those not used for longest make room."""
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = tile
            self._free -= _room(tile)
            while self._free < 0:
                self._free += _room(self._kept.popitem(last=False)[1])


def _room(tile: bytes) -> int:
    return len(tile) + 500  # what key and entry take beside the tile


def tile_key(db: Database, collection: Collection, place: Place) -> Hashable:
    """Return what a tile is kept under: whose it is, of which state of the data.

    Raises
    ------
    NotFoundError
        There is no such tile.
    """
    z, x, y = place
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFoundError(
            Text(f"没有瓦片 {z}/{y}/{x}。", en=f"There is no tile {z}/{y}/{x}."),
            [Fault(column="z/y/x", value=f"{z}/{y}/{x}", allowed=f"z 0–{MAX_ZOOM}")],
        )
    return db.dsn, collection.mark, place


def tile_statements(collection: Collection, place: Place) -> list[Statement]:
    """Return the statement that makes a Web Mercator tile ``z, x, y`` with the columns a map needs.

    Away from the district there is nothing to ask. What is too small to point at has no id: that of a building is a
    third of the bytes of a tile.
    """
    z, x, y = place
    box = _tile_in_storage(collection, z, x, y)
    if box is None:
        return []
    west, south, east, north = box
    side_m = _on_ground_m(collection.district.bounds_lonlat, WORLD_M / 2**z)
    extent = _FAR_GRID if z < _EACH_FROM_ZOOM else _GRID if z <= _GRID_TO_ZOOM else _FINE_GRID
    values = {
        "district_id": collection.district.id,
        "name": collection.spec.name,
        "extent": extent,
        "buffer": round(extent * _BUFFER_SHARE),
        "z": z,
        "x": x,
        "y": y,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "srid": collection.district.srid,
        "named_m": 0.0 if z >= _ALL_NAMED_FROM_ZOOM else side_m * _POINTED_AT_PIXELS / _TILE_PIXELS,
    }
    looks = [column for column in collection.columns if column.tile]
    names = [one.name for one in collection.columns if one.name == collection.spec.id_column and not one.tile]
    parts = {"geometry": visible_geometry(collection.exact), "layer": layer_source(collection.spec.name)}
    if z >= _EACH_FROM_ZOOM:
        statement = fill(
            "tile", properties=", ".join([*_named(names, "layer", "drawn.size_m"), *_listed(looks, "layer")]), **parts
        )
        near = is_small_part(collection.district, (east - west) * (north - south))
        return [Statement(statement, values, "kept" if near else "parsed", as_bytes=True)]
    seen = [f"seen.{quoted(column.name)}" for column in looks]
    filled = [f"filled.{quoted(column.name)}" for column in looks]
    statement = fill(
        "tile_far",
        properties=", ".join([*(f"layer.{quoted(name)}" for name in names), *_listed(looks, "layer")]),
        looks=", ".join(["0 AS one", *seen]),
        large=", ".join([*_named(names, "seen", "seen.size_m"), *seen]),
        small=", ".join([*("NULL" for _ in names), *filled]),
        group=", ".join(["filled.one", *filled]),
        **parts,
    )
    values |= {"cells": _CELLS, "step": extent // _CELLS, "cell_m": side_m / _CELLS, "step_m": side_m / extent}
    return [Statement(statement, values, "parsed", as_bytes=True)]


def tile_fields(collection: Collection) -> dict[str, str]:
    """Return what a tile tells of a feature: columns and what they are, and how near one has to be to be told."""
    return {
        column.name: column.label
        if column.tile
        else f"{column.label}（不小于 {_POINTED_AT_PIXELS} 像素，或 {_ALL_NAMED_FROM_ZOOM} 级起）"
        for column in collection.columns
        if column.tile or column.name == collection.spec.id_column
    }


def kept_tile(cache: TileCache, key: Hashable, rows: Sequence[Rows]) -> bytes:
    """Return the tile that the rows of :func:`tile_statements` hold, empty where nothing lies, and keep it."""
    tile: bytes = rows[0][0][0] if rows else b""
    cache.put(key, tile)
    return tile


def _listed(columns: Iterable[ColumnSpec], table: str) -> list[str]:
    """Return columns for a map; what is not so is left out, which says the same in fewer bytes."""
    return [
        f"NULLIF({table}.{quoted(one.name)}, false) AS {quoted(one.name)}"
        if one.type == "boolean"
        else f"{table}.{quoted(one.name)}"
        for one in columns
    ]


def _named(names: Iterable[str], table: str, size: str) -> list[str]:
    """Return columns of ids, empty where a feature is too small to point at."""
    return [f"CASE WHEN {size} >= %(named_m)s THEN {table}.{quoted(name)} END AS {quoted(name)}" for name in names]


def _on_ground_m(bounds: Box, mercator_m: float) -> float:
    """Return a length of Web Mercator on the ground of a district; the projection stretches with latitude."""
    return math.cos(math.radians((bounds[1] + bounds[3]) / 2)) * mercator_m


def _tile_in_storage(collection: Collection, z: int, x: int, y: int) -> Box | None:
    """Return the box around a tile and its margin in the stored system; ``None`` away from the district."""
    side = WORLD_M / 2**z
    west, north = x * side - WORLD_M / 2, WORLD_M / 2 - y * side
    grown = _BUFFER_SHARE * side
    around = _district_in_mercator(collection.district.bounds_lonlat)
    left, right = max(west - grown, around[0]), min(west + side + grown, around[2])
    low, high = max(north - side - grown, around[1]), min(north + grown, around[3])
    if left >= right or low >= high:
        return None
    to_storage = _transformer(3857, collection.district.srid)
    within = to_storage.transform_bounds(left, low, right, high, densify_pts=5)
    # The index knows the stored geometry; what the public sees of it lies at most a cell of the grid away.
    reach = 0.0 if collection.exact else PUBLIC_GRID_M
    return within[0] - reach, within[1] - reach, within[2] + reach, within[3] + reach


@lru_cache(maxsize=64)
def _district_in_mercator(bounds: Box) -> Box:
    west, south, east, north = bounds
    box: Box = _transformer(4326, 3857).transform_bounds(
        west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG
    )
    return box


@lru_cache(maxsize=256)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
