"""Images with a known place: a red square of a hundred metres around a point, green elsewhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.transform import Affine

SIDE_PX = 400


def photo(pixel_m: float = 1.0) -> np.ndarray:
    """Return 400 × 400 pixels: green, a red square of 100 m in the middle."""
    made = np.zeros((3, SIDE_PX, SIDE_PX), dtype=np.uint8)
    made[1] = 120
    half = int(50 / pixel_m)
    middle = slice(SIDE_PX // 2 - half, SIDE_PX // 2 + half)
    made[0, middle, middle] = 220
    made[1, middle, middle] = 0
    return made


def geotiff(
    path: Path, centre: tuple[float, float], *, crs: int | None = 4547, pixel_m: float = 1.0,
    turned: Affine | None = None, pixels: np.ndarray | None = None, **profile: object,
) -> Path:  # fmt: skip
    """Write an image whose middle stands at ``centre``."""
    bands = photo(pixel_m) if pixels is None else pixels
    x, y = centre
    half = SIDE_PX / 2 * pixel_m
    transform = turned or Affine(pixel_m, 0, x - half, 0, -pixel_m, y + half)
    about = {"driver": "GTiff", "width": SIDE_PX, "height": SIDE_PX, "count": len(bands), "dtype": bands.dtype}
    with rasterio.open(
        path, "w", crs=None if crs is None else CRS.from_epsg(crs), transform=transform, **{**about, **profile}
    ) as file:
        file.write(bands)
    return path


def tile_file(path: Path, tiles: list[tuple[int, int, int, bytes]], **about: str) -> Path:
    """Write MBTiles; rows are given from the north and stored from the south."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE metadata (name text, value text)")
        file.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        file.executemany("INSERT INTO metadata VALUES (?, ?)", about.items())
        rows = [(zoom, column, 2**zoom - 1 - row, image) for zoom, column, row, image in tiles]
        file.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
        file.commit()
    return path
