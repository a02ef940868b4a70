"""Orthophotos as GeoTIFF (正射影像), turned into tiles of Web Mercator, wherever their coordinates stand."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
import rasterio.crs
import rasterio.shutil
import rasterio.warp
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from gisplanner.crs import crs_name, parse_crs
from gisplanner.domain.imagery import MERCATOR_M, TILE_PIXELS, Tile, TileRange, tile_bounds_m, zoom_of
from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import CrsError, Fault, FileFormatError
from gisplanner.formats.reference import ALLOWED
from gisplanner.formats.tile_images import Pixels, encoded
from gisplanner.text import Text

_MERCATOR: Final = rasterio.crs.CRS.from_epsg(3857)
_LONLAT: Final = rasterio.crs.CRS.from_epsg(4326)
_COLOURS: Final = 3
_BLOCK_TILES: Final = 8
_READING: Final = (RasterioError, CPLE_BaseError, ProjError)
"""What a damaged image raises: errors of rasterio, now and then GDAL's as they are, and PROJ's over a mangled CRS."""
_FARTHEST_DEG, _POLE_DEG, _WIDEST_DEG = 180.0, 85.0, 20.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the pixels of an image stand: its reference system, and the affine step from pixel to coordinate."""

    crs: Any
    transform: Affine
    name: str


@dataclass(frozen=True, slots=True)
class Orthophoto:
    """An image that was looked at: bounds in degrees, the finest useful zoom level, its reference system."""

    path: Path
    placement: Placement
    bounds_lonlat: tuple[float, float, float, float]
    max_zoom: int


def read_geotiff(path: Path, *, crs: str | None = None, local: tuple[LocalGrid, CRS] | None = None) -> Orthophoto:
    """Return where an image stands and how fine it is; its pixels are read later.

    Parameters
    ----------
    crs
        ``EPSG:n`` for an image that does not say.
    local
        The local grid its coordinates are in, and the metric system it leads to.

    Raises
    ------
    FileFormatError
        It is no image, holds no coordinates, or not eight bits a colour.
    CrsError
        It does not say where it stands, or says something else than was declared.
    """
    with _opened(path) as source:
        _refuse_unusable(path, source)
        placement = _placement(path, source, crs, local)
        _refuse_beyond(path, source, placement)
        with _placed(source, placement) as placed, _warped(placed) as warped:
            bounds = rasterio.warp.transform_bounds(_MERCATOR, _LONLAT, *warped.bounds, densify_pts=21)
            pixel_m = min(abs(warped.res[0]), abs(warped.res[1]))
            if not pixel_m > 0.0:
                raise _damaged(path, ValueError(f"pixel size {pixel_m}"))
            return Orthophoto(path, placement, bounds, zoom_of(pixel_m))


def tiles_of(photo: Orthophoto, over: TileRange) -> Iterator[Tile]:
    """Yield the tiles of an image in a range; those in which nothing of it lies are left out.

    Raises
    ------
    FileFormatError
        The pixels cannot be read: the file is damaged.
    """
    with (
        _opened(photo.path) as source,
        _placed(source, photo.placement) as placed,
        _warped(placed, over) as warped,
    ):
        for north in range(over.north, over.south + 1, _BLOCK_TILES):
            for west in range(over.west, over.east + 1, _BLOCK_TILES):
                yield from _block(photo.path, warped, over, west, north)


def _block(path: Path, warped: Any, over: TileRange, west: int, north: int) -> Iterator[Tile]:
    """Yield the tiles of one block: warping many at once costs a fraction of warping each by itself."""
    columns = min(_BLOCK_TILES, over.east + 1 - west)
    rows = min(_BLOCK_TILES, over.south + 1 - north)
    window = Window(
        (west - over.west) * TILE_PIXELS,
        (north - over.north) * TILE_PIXELS,
        columns * TILE_PIXELS,
        rows * TILE_PIXELS,
    )
    pixels = _pixels(path, warped, window)
    for row in range(rows):
        for column in range(columns):
            top, left = row * TILE_PIXELS, column * TILE_PIXELS
            image = encoded(pixels[top : top + TILE_PIXELS, left : left + TILE_PIXELS])
            if image is not None:
                yield Tile(over.zoom, west + column, north + row, image)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=128):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, driver="GTiff") as source:
                yield source
    except _READING as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> FileFormatError:
    return FileFormatError(
        Text(f"{path.name} 不是完好的 GeoTIFF。", en=f"{path.name} is no intact GeoTIFF."),
        [Fault(file=path.name, value=type(error).__name__, allowed="GeoTIFF, MBTiles")],
    )


@contextmanager
def _placed(source: Any, placement: Placement) -> Iterator[Any]:
    """Yield the image where it belongs; the file itself is never touched.

    The warper takes no other transform than that of its source, so a virtual copy carries it.
    """
    if source.crs == placement.crs and source.transform == placement.transform:
        yield source
        return
    virtual = f"/vsimem/{uuid.uuid4().hex}.vrt"
    rasterio.shutil.copy(source, virtual, driver="VRT")
    try:
        with rasterio.open(virtual, "r+") as moved:
            moved.crs, moved.transform = placement.crs, placement.transform
        with rasterio.open(virtual) as placed:
            yield placed
    finally:
        rasterio.shutil.delete(virtual)


def _warped(source: Any, over: TileRange | None = None) -> WarpedVRT:
    """Return the image in Web Mercator: on pixels of its own, or on those of a range of tiles."""
    has_alpha = ColorInterp.alpha in source.colorinterp
    grid: dict[str, Any] = {}
    if over is not None:
        west, _, _, north = tile_bounds_m(over.zoom, over.west, over.north)
        side_m = 2 * MERCATOR_M / 2**over.zoom / TILE_PIXELS
        grid = {
            "transform": Affine(side_m, 0.0, west, 0.0, -side_m, north),
            "width": (over.east - over.west + 1) * TILE_PIXELS,
            "height": (over.south - over.north + 1) * TILE_PIXELS,
        }
    return WarpedVRT(
        source,
        crs=_MERCATOR,
        resampling=Resampling.bilinear if source.colorinterp[0] != ColorInterp.palette else Resampling.nearest,
        add_alpha=not has_alpha and source.nodata is None,
        tolerance=0.125,
        **grid,
    )


def _refuse_unusable(path: Path, source: Any) -> None:
    if source.dtypes[0] != "uint8":
        hint = Text(
            "先转为 8 位：gdal_translate -ot Byte -scale 输入.tif 输出.tif",
            en="make it eight bits first: gdal_translate -ot Byte -scale IN.tif OUT.tif",
        )
        raise FileFormatError(
            Text(f"{path.name} 每个颜色不是 8 位。", en=f"{path.name} has not eight bits a colour."),
            [Fault(file=path.name, value=source.dtypes[0], allowed="uint8", hint=hint)],
        )
    if source.transform.is_identity:
        hint = Text("缺少坐标文件 .tfw 或坐标标签", en="its world file .tfw is missing")
        raise FileFormatError(
            Text(f"{path.name} 里没有坐标。", en=f"{path.name} holds no coordinates."),
            [Fault(file=path.name, hint=hint)],
        )


def _refuse_beyond(path: Path, source: Any, placement: Placement) -> None:
    """Refuse coordinates that are none of their system, before the warper fails on them in its own words."""
    place, across, down = placement.transform, source.width, source.height
    corners = [
        (place.a * column + place.b * row + place.c, place.d * column + place.e * row + place.f)
        for column, row in ((0, 0), (across, 0), (0, down), (across, down))
    ]
    to_lonlat = Transformer.from_crs(CRS.from_wkt(placement.crs.to_wkt()), 4326, always_xy=True)
    lonlat = np.array(to_lonlat.transform([x for x, _ in corners], [y for _, y in corners]))
    if (
        np.isfinite(lonlat).all()
        and (np.abs(lonlat[0]) <= _FARTHEST_DEG).all()
        and (np.abs(lonlat[1]) < _POLE_DEG).all()
    ):
        span = np.ptp(lonlat[0])
        if span < _WIDEST_DEG:
            return
    x, y = corners[0]
    raise CrsError(
        Text(
            f"{path.name} 超出区界：坐标不在 {placement.name} 的范围内。",
            en=f"{path.name}: its coordinates are none of {placement.name}.",
        ),
        [
            Fault(
                file=path.name,
                value=f"{x:.3f}, {y:.3f}",
                allowed=placement.name,
                hint=Text("坐标系不对？带号、南北是否颠倒", en="a wrong reference system? zone prefix, axes"),
            )
        ],
    )


def _placement(path: Path, source: Any, declared: str | None, local: tuple[LocalGrid, CRS] | None) -> Placement:
    if local is not None:
        grid, system = local
        if source.crs is not None:
            raise _contradiction(path, source.crs, f"local:{grid.name}")
        # The grid is a similarity of the plane: pixel → local → district is one affine step.
        return Placement(_raster_crs(system), _in_grid(grid, source.transform), f"local:{grid.name}")
    if source.crs is None:
        if declared is None:
            raise CrsError(
                Text(
                    f"{path.name} 没有坐标系，请用 --crs 声明。", en=f"{path.name} has no CRS: declare it with --crs."
                ),
                [Fault(file=path.name, column="--crs", allowed=ALLOWED)],
            )
        system = parse_crs(declared)
        return Placement(_raster_crs(system), source.transform, crs_name(system))
    own = CRS.from_wkt(source.crs.to_wkt())
    if declared is not None and not own.equals(parse_crs(declared), ignore_axis_order=True):
        raise _contradiction(path, source.crs, declared)
    return Placement(source.crs, source.transform, crs_name(own))


def _in_grid(grid: LocalGrid, pixel: Affine) -> Affine:
    return Affine(
        grid.along * pixel.a - grid.across * pixel.d,
        grid.along * pixel.b - grid.across * pixel.e,
        grid.along * pixel.c - grid.across * pixel.f + grid.east_m,
        grid.across * pixel.a + grid.along * pixel.d,
        grid.across * pixel.b + grid.along * pixel.e,
        grid.across * pixel.c + grid.along * pixel.f + grid.north_m,
    )


def _raster_crs(system: CRS) -> Any:
    return rasterio.crs.CRS.from_wkt(system.to_wkt())


def _contradiction(path: Path, own: Any, declared: str) -> CrsError:
    named = crs_name(CRS.from_wkt(own.to_wkt()))
    return CrsError(
        Text(
            f"{path.name} 自带坐标系 {named}，与 --crs {declared} 矛盾。",
            en=f"{path.name} says {named}, which contradicts --crs {declared}.",
        ),
        [Fault(file=path.name, column="--crs", value=declared, allowed=named)],
    )


def _pixels(path: Path, warped: Any, window: Window) -> Pixels:
    """Return RGBA of a window; a grey image has three equal colours, a palette is spelled out."""
    shape = (int(window.height), int(window.width))
    try:
        bands = warped.read(window=window)
        mask = warped.dataset_mask(window=window)
    except _READING as error:
        raise _damaged(path, error) from error
    pixels = np.zeros((*shape, 4), dtype=np.uint8)
    if warped.colorinterp[0] == ColorInterp.palette:
        palette = np.zeros((256, 4), dtype=np.uint8)
        for value, colour in warped.colormap(1).items():
            palette[value] = colour
        pixels[..., :3] = palette[bands[0]][..., :3]
    else:
        colours = [at for at, kind in enumerate(warped.colorinterp) if kind != ColorInterp.alpha][:_COLOURS]
        chosen = colours if len(colours) == _COLOURS else colours[:1] * _COLOURS
        pixels[..., :3] = np.moveaxis(bands[chosen], 0, -1)
    pixels[..., 3] = mask
    return pixels
