"""Ledgers, second sheets and images with bytes changed at random: read or refused, never a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook
from PIL import Image
from rasterio.transform import from_origin

from gisplanner.errors import GisPlannerError
from gisplanner.formats.annex import read_annex
from gisplanner.formats.geotiff import read_geotiff
from gisplanner.formats.mbtiles import read_mbtiles, tiles_of
from gisplanner.formats.networks import NETWORK_READERS
from gisplanner.formats.survey_columns import read_survey
from gisplanner.formats.vector import read_vector
from tests.formats.test_odd_files import MUTATIONS, mutated
from tests.register_files import published_lines, write_csv, write_xlsx

SURVEY = [["小区名称", "建成年代", "产权", "意愿户数"], ["一建公司", "1985", "房改房", "100"]]


def geotiff(path: Path) -> Path:
    pixels = np.zeros((3, 16, 16), dtype=np.uint8)
    at = from_origin(576800.0, 2839400.0, 1.0, 1.0)
    with rasterio.open(
        path, "w", driver="GTiff", width=16, height=16, count=3, dtype="uint8", crs="EPSG:4547", transform=at
    ) as file:
        file.write(pixels)
    return path


def mbtiles(path: Path) -> Path:
    image = BytesIO()
    Image.new("RGB", (256, 256), "red").save(image, "PNG")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        connection.execute("INSERT INTO tiles VALUES (1, 1, 1, ?)", [image.getvalue()])
        connection.commit()
    return path


def all_tiles(path: Path) -> list[Any]:
    file = read_mbtiles(path)
    return [list(tiles_of(file, span)) for span, _ in file.levels.values()]


def network_book(path: Path) -> Path:
    book = Workbook()
    points, lines = book.worksheets[0], book.create_sheet("JSLINE")
    points.title = "JSPOINT"
    points.append(["Exp_No", "X", "Y", "High"])
    for number in range(3):
        points.append([f"JS{number}", 2839400.0, 576800.0 + 30.0 * number, 120.5])
    lines.append(["S_Point", "E_Point", "S_Deep", "E_Deep", "D_S", "Material"])
    lines.append(["JS0", "JS1", 1.1, 0.9, "DN200", "PE"])
    book.save(path)
    return path


def network_csv(path: Path) -> Path:
    line = "LINESTRING (576800 2839400, 576830 2839400)"
    return write_csv(path, [["管径", "WKT"], ["DN200", line]], encoding="gbk")


def networks(path: Path) -> Any:
    return read_vector(path, prefer="pipe_segments", crs="EPSG:4547", readers=NETWORK_READERS)


SEEDS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], Any]]] = {
    "register.csv": (lambda path: write_csv(path, published_lines()), read_annex),
    "register.xlsx": (lambda path: write_xlsx(path, published_lines()), read_annex),
    "survey.csv": (lambda path: write_csv(path, SURVEY, encoding="gbk"), read_survey),
    "survey.xlsx": (lambda path: write_xlsx(path, SURVEY), read_survey),
    "networks.xlsx": (network_book, networks),
    "networks.csv": (network_csv, networks),
    "image.tif": (geotiff, read_geotiff),
    "tiles.mbtiles": (mbtiles, all_tiles),
}


@pytest.mark.filterwarnings("ignore")  # libraries complain about chaos in their own ways
@pytest.mark.parametrize("name", SEEDS)
def test_chaos_is_read_or_refused_and_never_crashes(tmp_path: Path, name: str):
    make, read = SEEDS[name]
    seed = make(tmp_path / f"good-{name}").read_bytes()
    read(tmp_path / f"good-{name}")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(MUTATIONS)
    def meet(mutations: list[tuple[float, bytes, str]]) -> None:
        path = tmp_path / name
        path.write_bytes(mutated(seed, mutations))
        try:
            read(path)
        except GisPlannerError as error:
            assert error.exit_code == 2  # noqa: PT017 - either outcome is right, but no other

    meet()
