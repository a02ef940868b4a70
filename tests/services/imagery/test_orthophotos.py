"""Orthophotos: every pixel where it belongs whatever the coordinates, cut to the district, named on the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer
from rasterio.transform import Affine

from gisplanner.domain.district import District
from gisplanner.domain.imagery import TILE_PIXELS, Tile, TileRange, tile_bounds_m, tiles_over
from gisplanner.errors import CrsError, FileFormatError, InputError, NotFoundError
from gisplanner.formats.tile_images import encoded, put_together
from gisplanner.services.districts import create_district
from gisplanner.services.imagery.base import imagery_of
from gisplanner.services.imagery.orthophotos import (
    StoredOrthophoto,
    add_orthophoto,
    list_orthophotos,
    remove_orthophoto,
)
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.ingest.local_grids import fit_grid
from gisplanner.services.maps import MapOptions, map_progress
from gisplanner.store import orthophoto
from gisplanner.store.database import Database
from tests.imagery_files import geotiff, photo, tile_file
from tests.ingest_files import EAST, NORTH, box, write
from tests.register_files import write_csv

CENTRE = (EAST, NORTH)
LICENCE = "自摄，仅限内部使用"


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))


def added(db: Database, district: District, path: Path, **said: object) -> StoredOrthophoto:
    return add_orthophoto(db, district, path, **{"licence": LICENCE, **said})  # type: ignore[arg-type]


def red_square(db: Database, made: StoredOrthophoto) -> tuple[float, float, float]:
    """Return where the middle of the red square is stored, in EPSG:4547, and how wide it is, metres."""
    over = tiles_over(made.bounds_lonlat, made.max_zoom)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM orthophoto")
        tiles = orthophoto.tiles(connection, cursor.fetchone()[0], over)
    pixels = put_together(tiles, over.west, over.north, over.east - over.west + 1, over.south - over.north + 1)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 80) & (pixels[..., 3] > 0)
    rows, columns = np.nonzero(red)
    west, _, east, north = tile_bounds_m(over.zoom, over.west, over.north)
    side = (east - west) / TILE_PIXELS
    to_metric = Transformer.from_crs(3857, 4547, always_xy=True)
    x, y = to_metric.transform(west + (columns.mean() + 0.5) * side, north - (rows.mean() + 0.5) * side)
    return x, y, float(np.sqrt(red.sum())) * made.pixel_m


def shifted(epsg: int) -> tuple[float, float]:
    return Transformer.from_crs(4547, epsg, always_xy=True).transform(*CENTRE)


@pytest.mark.parametrize("epsg", [4547, 4526, 4548, 4490, 3857, 32650])
def test_pixels_stand_where_they_belong(db: Database, district: District, tmp_path: Path, epsg: int):
    x, y = shifted(epsg)
    pixel = 1.0 if epsg != 4490 else 1.0 / 105_000
    made = added(db, district, geotiff(tmp_path / "a.tif", (x, y), crs=epsg, pixel_m=pixel, pixels=photo(1.0)))
    east, north, wide = red_square(db, made)
    assert np.hypot(east - EAST, north - NORTH) < 1.0
    assert wide == pytest.approx(100 if epsg != 3857 else 90.2, rel=0.06)


def test_a_local_grid_is_turned_and_shifted(db: Database, district: District, tmp_path: Path):
    # The grid of a city: turned by ten degrees, shifted, its own origin.
    angle = np.radians(10.0)
    cos, sin = np.cos(angle), np.sin(angle)

    def local(x: float, y: float) -> tuple[float, float]:
        return 5000 + cos * (x - EAST) + sin * (y - NORTH), 3000 - sin * (x - EAST) + cos * (y - NORTH)

    corners = [(EAST, NORTH), (EAST + 900, NORTH), (EAST, NORTH + 700), (EAST + 800, NORTH + 600)]
    lines = [["点名", "独立X", "独立Y", "X", "Y"]]
    lines += [
        [f"K{i}", *map(str, local(*point)[::-1]), str(point[1]), str(point[0])] for i, point in enumerate(corners)
    ]
    fit_grid(db, district, write_csv(tmp_path / "k.csv", lines), name="main", limit_m=0.05)
    made = added(db, district, geotiff(tmp_path / "a.tif", local(*CENTRE), crs=None), crs="local:main")
    east, north, wide = red_square(db, made)
    assert np.hypot(east - EAST, north - NORTH) < 1.0
    assert wide == pytest.approx(100, rel=0.05)
    assert made.crs == "local:main"


def test_a_turned_image_stands_right(db: Database, district: District, tmp_path: Path):
    turned = Affine.translation(*CENTRE) @ Affine.rotation(30) @ Affine.scale(1, -1) @ Affine.translation(-200, -200)
    east, north, _ = red_square(db, added(db, district, geotiff(tmp_path / "a.tif", CENTRE, turned=turned)))
    assert np.hypot(east - EAST, north - NORTH) < 1.0


def test_a_world_file_beside_an_image_without_crs(db: Database, district: District, tmp_path: Path):
    path = geotiff(tmp_path / "a.tif", CENTRE, crs=None)
    with pytest.raises(CrsError, match="没有坐标系"):
        added(db, district, path)
    assert added(db, district, path, crs="EPSG:4547").crs == "EPSG:4547"


def test_kinds_of_pixels(db: Database, district: District, tmp_path: Path):
    kinds: list[tuple[np.ndarray, dict[str, object]]] = [
        (photo()[:1], {}),
        (np.concatenate([photo(), np.full((1, 400, 400), 255, np.uint8)]), {}),
        (photo(), {"nodata": 0}),
        (photo(), {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}),
    ]
    for pixels, profile in kinds:
        assert added(db, district, geotiff(tmp_path / "a.tif", CENTRE, pixels=pixels, **profile)).tiles > 0


def test_what_lies_outside_the_image_is_transparent(db: Database, district: District, tmp_path: Path):
    made = added(db, district, geotiff(tmp_path / "a.tif", CENTRE))
    found = imagery_of(db, district)
    assert found is not None
    assert {block.media_type for block in found.blocks} == {"image/webp"}
    assert (made.native_zoom, made.max_zoom) == (18, 18)


UNUSABLE = {
    "no TIFF inside": (lambda path: path.write_bytes(b"II*\x00" + bytes(40)), FileFormatError),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:3000]), FileFormatError),
    "a PNG": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n"), FileFormatError),
    "empty": (lambda path: path.write_bytes(b""), FileFormatError),
    "gone": (lambda path: path.unlink(), NotFoundError),
    "zone before the easting": (lambda path: geotiff(path, (EAST + 38_000_000, NORTH)), CrsError),
    "axes swapped": (lambda path: geotiff(path, (NORTH, EAST)), CrsError),
    "elsewhere": (lambda path: geotiff(path, (EAST + 90_000, NORTH)), CrsError),
    "no coordinates": (lambda path: Image.new("RGB", (50, 50)).save(path, "TIFF"), FileFormatError),
    "sixteen bits": (lambda path: geotiff(path, CENTRE, pixels=photo().astype(np.uint16)), FileFormatError),
}


def test_images_that_cannot_be_used(db: Database, district: District, tmp_path: Path):
    for number, (change, error) in enumerate(UNUSABLE.values()):
        path = geotiff(tmp_path / f"{number}.tif", CENTRE)
        change(path)
        with pytest.raises(error):
            added(db, district, path)
    assert list_orthophotos(db, district) == []


def test_an_image_that_says_something_else_than_declared(db: Database, district: District, tmp_path: Path):
    with pytest.raises(CrsError, match="矛盾"):
        added(db, district, geotiff(tmp_path / "a.tif", CENTRE), crs="EPSG:4548")


def test_what_is_said_about_an_image_has_to_be_right(db: Database, district: District, tmp_path: Path):
    path = geotiff(tmp_path / "a.tif", CENTRE)
    wrong = (
        {"licence": " "},
        {"taken_on": "去年"},
        {"taken_on": "2023-13"},
        {"accuracy_m": -1.0},
        {"name": "x" * 81},
    )
    for said in wrong:
        with pytest.raises(InputError):
            added(db, district, path, **said)


def test_the_same_name_again_replaces_and_a_dry_run_does_not(db: Database, district: District, tmp_path: Path):
    path = geotiff(tmp_path / "a.tif", CENTRE)
    assert added(db, district, path, dry_run=True).tiles > 0
    assert list_orthophotos(db, district) == []
    added(db, district, path)
    added(db, district, path, taken_on="2023-05", accuracy_m=0.3)
    [one] = list_orthophotos(db, district)
    assert (one["name"], one["taken_on"], one["accuracy_m"]) == ("a", "2023-05", 0.3)
    remove_orthophoto(db, district, "a")
    assert list_orthophotos(db, district) == []
    with pytest.raises(NotFoundError):
        remove_orthophoto(db, district, "a")


def picture(red: int) -> bytes:
    made = np.full((256, 256, 4), 255, dtype=np.uint8)
    made[..., 0] = red
    image = encoded(made)
    assert image is not None
    return image


def tiles_around(zoom: int) -> TileRange:
    lon, lat = Transformer.from_crs(4547, 4326, always_xy=True).transform(*CENTRE)
    return tiles_over((lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001), zoom)


def test_ready_tiles_are_taken_as_they_are(db: Database, district: District, tmp_path: Path):
    tiles = []
    for zoom in (16, 17):
        over = tiles_around(zoom)
        tiles += [
            (zoom, column, row, picture(200))
            for column in range(over.west, over.east + 1)
            for row in range(over.north, over.south + 1)
        ]
    made = added(db, district, tile_file(tmp_path / "a.mbtiles", tiles, name="a"))
    assert (made.tiles, made.min_zoom, made.max_zoom) == (len(tiles), 16, 17)
    over = tiles_around(17)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orthophoto")
        stored = orthophoto.tiles(connection, cursor.fetchone()[0], over)
    assert stored[0] == Tile(17, over.west, over.north, picture(200))


def test_tile_files_that_cannot_be_used(db: Database, district: District, tmp_path: Path):
    over = tiles_around(16)
    wrong: list[list[tuple[int, int, int, bytes]]] = [
        [],
        [(16, over.west, over.north, b"\x1a\x0dvector")],
        [(16, over.west, over.north, b"\xff\xd8\xff broken")],
        [(30, 0, 0, picture(1))],
        [(3, 99, 0, picture(1))],
        [(16, 100, 100, picture(1))],
    ]
    for number, tiles in enumerate(wrong):
        with pytest.raises((FileFormatError, CrsError, InputError)):
            added(db, district, tile_file(tmp_path / f"{number}.mbtiles", tiles))
    for number, content in enumerate((b"", b"SQLite format 3\x00" + bytes(200), b"hello")):
        (tmp_path / f"none{number}.mbtiles").write_bytes(content)
        with pytest.raises(FileFormatError):
            added(db, district, tmp_path / f"none{number}.mbtiles")
    assert list_orthophotos(db, district) == []


def test_the_map_carries_the_image_within_its_size_and_names_it(db: Database, district: District, tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 255, (3, 400, 400), dtype=np.uint8)
    added(db, district, geotiff(tmp_path / "a.tif", CENTRE, pixels=noise), taken_on="2023-05", accuracy_m=0.3)
    import_features(db, district, "estates", write(tmp_path / "e.gpkg", [box(0, 0)], code=["e"], name=["甲"]))
    whole = imagery_of(db, district)
    small = imagery_of(db, district, page_bytes=60_000)
    assert whole is not None
    assert small is not None
    assert small.pixel_m > whole.pixel_m
    html = map_progress(db, district)
    assert f"影像“a”：{LICENCE}；拍摄 2023-05；平面精度 0.3 m；本图分辨率 0.54 m" in html
    assert "data:image/webp;base64," in html
    assert "http" not in html.split("base-imagery")[1].split("</script>")[0]


def test_the_public_map_has_no_image(db: Database, district: District, tmp_path: Path):
    added(db, district, geotiff(tmp_path / "a.tif", CENTRE))
    html = map_progress(db, district, options=MapOptions(public=True))
    assert ("data:image/webp" in html, "公众版不含影像底图" in html) == (False, True)
