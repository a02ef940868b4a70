"""Vector tiles of a collection: made by one statement in the database, kept until the map data changes."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable
from functools import lru_cache
from typing import Final

from pyproj import Transformer

from gisplanner.catalog.layers import layers_edition
from gisplanner.errors import Fault, NotFoundError
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.items import answering, layer_source, visible_geometry
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import fill, identifier
from gisplanner.text import Text

MAX_ZOOM: Final = 22
WORLD_M: Final = 2 * 20037508.342789244
"""Side of the square of Web Mercator, metres of that projection."""

_FINE_FROM_ZOOM: Final = 14
_FINE: Final = 4096
_COARSE: Final = 1024
_BUFFER_SHARE: Final = 64 / 4096
_CACHE_BYTES: Final = 128 * 1024 * 1024
_MARGIN_DEG: Final = 0.05

Box = tuple[float, float, float, float]


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


def read_tile(db: Database, cache: TileCache, collection: Collection, place: tuple[int, int, int]) -> bytes:
    """Return the Web Mercator tile ``z, x, y`` with the columns a map needs; empty where nothing lies.

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
    viewer = collection.viewer
    scope = tuple(sorted(viewer.scope.items()))
    key = (db.dsn, collection.id, collection.revision, layers_edition(), viewer.role, scope, z, x, y)
    tile = cache.get(key)
    if tile is None:
        tile = _made(db, collection, z, x, y)
        cache.put(key, tile)
    return tile


def _made(db: Database, collection: Collection, z: int, x: int, y: int) -> bytes:
    box = _tile_in_storage(collection, z, x, y)
    if box is None:
        return b""
    extent = _FINE if z >= _FINE_FROM_ZOOM else _COARSE
    names = [collection.spec.id_column, *(column.name for column in collection.columns if column.tile)]
    statement = fill(
        "tile",
        properties=", ".join(identifier(name) for name in dict.fromkeys(names)),
        geometry=visible_geometry(collection.exact),
        layer=layer_source(collection.spec.name),
    )
    west, south, east, north = box
    params = {
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
        "least_m": 0 if extent == _FINE else _step_m(collection.district.bounds_lonlat, z),
    }
    with answering():
        return bytes(db.seen_by(collection.viewer).rows(statement, params)[0][0])


def _step_m(bounds: Box, z: int) -> float:
    """Return the step of the coarse grid on the ground; Web Mercator stretches with latitude."""
    latitude = math.radians((bounds[1] + bounds[3]) / 2)
    return math.cos(latitude) * WORLD_M / _COARSE / float(1 << z)


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
    box: Box = to_storage.transform_bounds(left, low, right, high, densify_pts=5)
    return box


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
