"""Files made to fill the memory: each is answered, and the reading process stays small."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import Affine

PEAK_MB = 700
"""What a process that reads all of them may take at its highest; libraries alone take about 220.

The process tells its own peak: the one of its resource usage begins with that of the process it was forked from.
"""

READER = r"""
import json, re, sys, time, warnings
from datetime import date
from pathlib import Path
warnings.simplefilter("ignore")
from gisplanner.errors import GisPlannerError
from gisplanner.formats.annex import read_annex
from gisplanner.formats.geotiff import read_geotiff
from gisplanner.formats.mbtiles import read_mbtiles, tiles_of
from gisplanner.formats.survey_columns import read_survey
from gisplanner.formats.vector import read_vector

def pictures(path):
    file = read_mbtiles(path)
    return [list(tiles_of(file, span)) for span, _ in file.levels.values()]

READ = {".tif": [read_geotiff], ".mbtiles": [pictures]}
TABLES = [read_annex, read_survey, lambda path: read_vector(path, prefer="buildings", crs="EPSG:4547")]
told = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    for read in READ.get(path.suffix, TABLES if path.suffix in {".xlsx", ".csv"} else TABLES[2:]):
        start = time.perf_counter()
        try:
            read(path)
            answer = "read"
        except GisPlannerError as error:
            answer = "refused" if error.exit_code == 2 and error.faults else repr(error)
        told.setdefault(path.name, []).append([answer, round(time.perf_counter() - start, 1)])
peak_kb = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
print(json.dumps({"told": told, "peak_mb": int(peak_kb) // 1024}))
"""


def zipped(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)


@pytest.fixture
def bombs(tmp_path: Path) -> Path:
    folder = tmp_path / "bombs"
    folder.mkdir()
    blank = bytes(280_000_000)
    (folder / "a.osm.gz").write_bytes(gzip.compress(b'<osm version="0.6">' + b" " * 100_000_000 + b"</osm>", 1))
    zipped(folder / "shape.zip", a_shp=b"\x00\x00\x27\x0a" + bytes(96), a_shx=bytes(100), a_dbf=blank)
    zipped(folder / "sheet.xlsx", xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=blank)
    del blank
    deep = '{"type":"Polygon","coordinates":' + "[" * 300_000 + "]" * 300_000 + "}"
    (folder / "deep.geojson").write_text(deep)
    (folder / "wide.geojson").write_text(json.dumps({"type": "Point", "coordinates": [0.5] * 2_000_000}))
    (folder / "line.csv").write_text("序号,小区名称\n1," + "长" * 10_000_000)
    (folder / "columns.csv").write_text("序号,小区名称," + "," * 2_000_000)
    (folder / "claims.pbf").write_bytes(
        struct.pack(">I", 13) + b"\x0a\x09OSMHeader\x18\xff\xff\xff\xff\x07" + bytes(40)
    )
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    (folder / "laughs.kml").write_text(
        f'<!DOCTYPE kml [<!ENTITY l0 "ha">{laughs}]><kml><Document>&l11;</Document></kml>'
    )
    blocks = "".join(
        f"0\nBLOCK\n2\nB{i}\n10\n0\n20\n0\n" + f"0\nINSERT\n2\nB{i + 1}\n10\n0\n20\n0\n" * 40 + "0\nENDBLK\n"
        for i in range(12)
    )
    (folder / "nested.dxf").write_text(
        f"0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nINSERT\n2\nB0\n10\n0\n20\n0\n"
        "0\nENDSEC\n0\nEOF\n"
    )
    size = {"width": 200_000, "height": 200_000, "count": 3, "dtype": "uint8", "tiled": True}
    placed = {"crs": "EPSG:4547", "transform": Affine(0.05, 0, 576_811, 0, -0.05, 2_839_390)}
    with rasterio.open(folder / "huge.tif", "w", driver="GTiff", SPARSE_OK=True, BIGTIFF="YES", **size, **placed):
        pass
    Image.fromarray(np.zeros((9000, 9000), dtype=np.uint8)).save(tmp_path / "big.png")
    with closing(sqlite3.connect(folder / "picture.mbtiles")) as file:
        file.execute("CREATE TABLE metadata (name text, value text)")
        file.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        file.execute("INSERT INTO tiles VALUES (16, 53000, 37000, ?)", [(tmp_path / "big.png").read_bytes()])
        file.commit()
    return folder


def test_every_file_is_answered_and_the_memory_stays_bounded(bombs: Path):
    done = subprocess.run(
        [sys.executable, "-c", READER, str(bombs)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told["told"]) == {path.name for path in bombs.iterdir()}
    assert {answer for answers in told["told"].values() for answer, _ in answers} <= {"read", "refused"}, told
    assert told["peak_mb"] < PEAK_MB, told
