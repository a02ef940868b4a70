"""Where tiles come from: a GeoTIFF that is warped to them, or a file of tiles that are ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol

from pyproj import CRS

from gisplanner.domain.imagery import Tile, TileRange, tiles_over
from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import Fault, FileFormatError, InputError
from gisplanner.formats import geotiff, mbtiles
from gisplanner.formats.tile_images import coarser
from gisplanner.text import Text

MAX_TILES: Final = 10_000
"""Tiles of the finest level that are kept; a finer image is kept one level coarser, and this is said (本工具参数)."""

_FEW_TILES: Final = 4
_GEOTIFF: Final = (".tif", ".tiff")
_MBTILES: Final = (".mbtiles",)
Box = tuple[float, float, float, float]


class ImageSource(Protocol):
    """An image to take tiles from: a GeoTIFF, or tiles that are ready."""

    bounds_lonlat: Box
    crs: str
    native_zoom: int

    def finest(self, box: Box) -> TileRange:
        """Return the finest level that has few enough tiles over a box."""
        ...

    def levels(self, box: Box) -> Iterator[tuple[int, Iterable[Tile]]]:
        """Yield each zoom level with its tiles, the finest first."""
        ...


class GeoTiffImage:
    """A GeoTIFF, warped to tiles of Web Mercator."""

    def __init__(self, photo: geotiff.Orthophoto) -> None:
        self.photo = photo
        self.bounds_lonlat, self.crs, self.native_zoom = photo.bounds_lonlat, photo.placement.name, photo.max_zoom

    def finest(self, box: Box) -> TileRange:
        """Return the finest level, the image's own if it has few enough tiles."""
        zooms = range(self.native_zoom, -1, -1)
        return next(over for zoom in zooms if (over := tiles_over(box, zoom)).count <= MAX_TILES)

    def levels(self, box: Box) -> Iterator[tuple[int, Iterable[Tile]]]:
        """Yield each zoom level with its tiles; a coarser one is made of the next finer."""
        finest = self.finest(box)
        zoom, level = finest.zoom, list(geotiff.tiles_of(self.photo, finest))
        yield zoom, level
        while len(level) > _FEW_TILES and zoom > 0:
            zoom, level = zoom - 1, list(coarser(level))
            yield zoom, level


class TileFileImage:
    """MBTiles: taken as they are."""

    def __init__(self, file: mbtiles.TileFile) -> None:
        self.file = file
        self.bounds_lonlat, self.crs, self.native_zoom = file.bounds_lonlat, "EPSG:3857", max(file.levels)

    def finest(self, box: Box) -> TileRange:
        """Return the finest level of the file that has few enough tiles."""
        few = [zoom for zoom in self.file.levels if tiles_over(box, zoom).count <= MAX_TILES]
        if not few:
            raise InputError(
                Text(f"{self.file.path.name} 的瓦片太多，请先裁切。", en="The file has too many tiles: crop it."),
                [Fault(file=self.file.path.name, allowed=f"≤ {MAX_TILES}")],
            )
        return tiles_over(box, max(few))

    def levels(self, box: Box) -> Iterator[tuple[int, Iterable[Tile]]]:
        """Yield each zoom level with its tiles as they stand in the file."""
        finest = self.finest(box)
        for zoom in sorted(self.file.levels, reverse=True):
            if zoom <= finest.zoom:
                yield zoom, mbtiles.tiles_of(self.file, tiles_over(box, zoom))


def open_image(path: Path, *, crs: str | None, local: tuple[LocalGrid, CRS] | None) -> ImageSource:
    """Return the image of a file.

    Raises
    ------
    FileFormatError, CrsError, InputError
        It is neither GeoTIFF nor MBTiles, is damaged, or does not say where it stands.
    """
    suffix = path.suffix.lower()
    if suffix in _GEOTIFF:
        return GeoTiffImage(geotiff.read_geotiff(path, crs=crs, local=local))
    if suffix not in _MBTILES:
        raise FileFormatError(
            Text("正射影像用 GeoTIFF 或 MBTiles。", en="An orthophoto is a GeoTIFF or MBTiles."),
            [Fault(file=path.name, value=suffix, allowed=".tif, .tiff, .mbtiles")],
        )
    if crs is not None:
        raise InputError(
            Text("MBTiles 只能是 Web 墨卡托，不用 --crs。", en="MBTiles are Web Mercator: leave --crs out."),
            [Fault(file=path.name, column="--crs", value=crs)],
        )
    return TileFileImage(mbtiles.read_mbtiles(path))
