"""Files made to harm: each is refused with a reason, nothing is written, memory is bounded, the server stays up."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

from gisplanner.api.app import create_app
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from tests.calling import Call, calling
from tests.conftest import fresh_database
from tests.ingest_files import EAST, NORTH, box
from tests.worker_processes import until, worker

LIMIT_MB = 40
XML = b'<?xml version="1.0"?>'
KML = b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&c;</name></Document></kml>'
LAUGHS = XML + b'<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>' + KML
OUTSIDE = XML + b'<!DOCTYPE k [<!ENTITY c SYSTEM "file:///etc/passwd">]>' + KML


@pytest.fixture(scope="module")
def site(template: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A server and one worker that all files of this module are thrown at."""
    home = tmp_path_factory.mktemp("home")
    with fresh_database(*template, actor="tester") as db:
        district = create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
        token = add_account(db, "王工", "planner").token
        app = create_app(db, uploads_dir=home / "uploads", upload_limit_mb=LIMIT_MB)
        with worker(db, home, GISPLANNER_JOB_MEMORY_MB="900", GISPLANNER_JOB_MINUTES="1"):
            headers = {"Authorization": f"Bearer {token}"}
            yield SimpleNamespace(db=db, call=calling(app), headers=headers, home=home, district=district)


def hand_in(site: SimpleNamespace, name: str, content: bytes):
    headers = {**site.headers, "X-File-Name": quote(name, safe="")}
    return site.call("/uploads", method="POST", headers=headers, content=content)


def imported(site: SimpleNamespace, kind: str, name: str, content: bytes, **inputs: object) -> dict:
    """Hand in a file, import it for good, and return how the job ended."""
    received = hand_in(site, name, content)
    assert received.status_code == 201, received.text
    asked = {"district": "a", "kind": kind, "upload": received.json()["id"], "dry_run": False, **inputs}
    sent = site.call(
        "/ogc/processes/import/execution",
        method="POST",
        headers={**site.headers, "Prefer": "respond-async"},
        json={"inputs": asked},
    )
    assert sent.status_code == 201, sent.text
    where = sent.headers["location"].removeprefix("http://here")
    ended: dict = {}

    def over() -> bool:
        ended.update(site.call(where, headers=site.headers).json())
        return ended["status"] not in {"accepted", "running"}

    until(over, name)
    assert site.call("/healthz").status_code == 200
    return ended


def zipped(*members: tuple[str, bytes], link: str | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
        if link is not None:
            info = zipfile.ZipInfo(link)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
    return made.getvalue()


def workbook() -> bytes:
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    return made.getvalue()


def file_of(geometry: list[object], suffix: str, folder: Path, **columns: object) -> bytes:
    path = folder / f"made{suffix}"
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=4547)
    if suffix == ".parquet":
        frame.to_parquet(path, compression="zstd")
    else:
        frame.to_file(path, layer="data")
    return path.read_bytes()


def many_vertices(count: int) -> shapely.LineString:
    x = EAST + np.arange(count) % 1000
    y = NORTH + np.arange(count) // 1000 % 1000
    return shapely.LineString(np.column_stack([x, y]))


SHAPEFILE = [(f"a{suffix}", b"x") for suffix in (".shx", ".dbf")]

REFUSED = {
    "a zip bomb": ("roads", "a.zip", zipped(("a.shp", bytes(60 << 20)), *SHAPEFILE), "压缩炸弹"),
    "a path that leads out": ("roads", "a.zip", zipped(("../../a.shp", b"x"), *SHAPEFILE), "包外"),
    "an absolute path": ("roads", "a.zip", zipped(("/etc/a.shp", b"x"), *SHAPEFILE), "包外"),
    "a symbolic link": ("roads", "a.zip", zipped(("a.shx", b"x"), link="a.shp"), "符号链接"),
    "a broken archive": ("roads", "a.zip", b"PK\x03\x04" + bytes(100), "损坏"),
    "entities that multiply": ("networks", "a.kml", LAUGHS, "实体声明"),
    "an entity that reads a file": ("networks", "a.kml", OUTSIDE, "实体声明"),
    "a table that is a workbook": ("register", "a.csv", workbook(), "改了后缀"),
    "a workbook that is text": ("register", "a.xlsx", "序号,小区\n".encode(), "内容不是"),
    "a package that is text": ("roads", "a.gpkg", b"hello", "内容不是"),
    "a program": ("register", "a.csv", b"\x7fELF" + bytes(100), "改了后缀"),
    "another kind of file": ("roads", "a.exe", b"MZ\x90\x00", "文件类型"),
    "brackets without end": ("roads", "a.geojson", b'{"type":' + b"[" * 3_000_000, ""),
    "a layer of nothing": ("roads", "a.geojson", b'{"type":"FeatureCollection","features":[]}', ""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_reason(site: SimpleNamespace, what: str):
    kind, name, content, reason = REFUSED[what]
    ended = imported(site, kind, name, content, **({"owner": "区深燃公司"} if kind == "networks" else {}))
    if what == "a layer of nothing":
        assert ended["status"] in {"failed", "successful"}
    else:
        assert ended["status"] == "failed"
        assert reason in json.dumps(ended, ensure_ascii=False)
        assert ended["error"]["code"] != "internal", ended
    assert count(site.db, "road") == count(site.db, "pipe_segment") == 0


@pytest.mark.parametrize(
    ("name", "status"),
    [("../../etc/passwd", 400), ("a\x00.gpkg", 400), ("甲" * 200 + ".zip", 400), ("..", 400), ("a\nb.zip", 400)],
)
def test_a_name_that_leads_anywhere_is_refused(site: SimpleNamespace, name: str, status: int):
    answer = hand_in(site, name, b"x")
    assert answer.status_code == status
    assert answer.json()["error"]["code"] in {"bad_input", "usage"}
    assert not (site.home / "etc").exists()


def test_too_many_bytes_are_refused_and_do_not_stay(site: SimpleNamespace):
    before = sorted((site.home / "uploads").iterdir())
    announced = hand_in(site, "a.zip", bytes((LIMIT_MB << 20) + 1))

    async def trickle():
        for _ in range(LIMIT_MB + 1):
            yield bytes(1 << 20)

    headers = {**site.headers, "X-File-Name": "a.zip"}
    silent = site.call("/uploads", method="POST", headers=headers, content=trickle())
    empty = hand_in(site, "a.zip", b"")
    assert [answer.status_code for answer in (announced, silent, empty)] == [413, 413, 400]
    assert sorted((site.home / "uploads").iterdir()) == before


def test_ten_million_vertices_are_refused(site: SimpleNamespace, tmp_path: Path):
    content = file_of([many_vertices(10_000_000)], ".parquet", tmp_path)
    assert len(content) < LIMIT_MB << 20
    ended = imported(site, "roads", "a.parquet", content)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "too_large")


def test_what_unfolds_beyond_the_memory_of_a_job_is_stopped(site: SimpleNamespace, tmp_path: Path):
    content = file_of([many_vertices(16_000_000)], ".parquet", tmp_path)
    ended = imported(site, "roads", "a.parquet", content)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "too_large")
    assert "未写入" in ended["message"] or "顶点" in ended["message"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300])
def test_coordinates_that_are_no_places_are_refused(site: SimpleNamespace, tmp_path: Path, bad: float):
    with np.errstate(invalid="ignore"):
        line = shapely.LineString([(EAST, NORTH), (bad, NORTH), (EAST + 9, NORTH)])
    ended = imported(site, "roads", "a.parquet", file_of([line], ".parquet", tmp_path))
    assert ended["status"] == "failed"
    assert ended["error"]["code"] in {"crs", "geometry"}, ended
    assert count(site.db, "road") == 0


NASTY = [
    "'); DROP TABLE gisplanner.estate CASCADE; --",
    '=HYPERLINK("http://evil.example","甲")',
    "@SUM(1)*cmd|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\\N\t甲\\",
    "${7*7}{{7*7}}",
]


def test_nasty_names_stay_mere_names_everywhere(site: SimpleNamespace, tmp_path: Path):
    shapes = [box(120.0 * number, 0) for number in range(len(NASTY))]
    content = file_of(shapes, ".gpkg", tmp_path, 编码=[str(n) for n in range(len(NASTY))], 小区名称=NASTY)
    ended = imported(site, "estates", "小区.gpkg", content, add_new=True)
    assert ended["status"] == "successful", ended
    with site.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(name ORDER BY code) FROM estate")
        assert cursor.fetchone()[0] == NASTY
    pages = ["/", "/jobs", "/upload", "/districts/a/maps/progress.html", "/districts/a/maps/bundles.html"]
    pages += ["/districts/a/maps/progress.svg", "/ogc/collections/a.estates/items?f=html"]
    for page in pages:
        answer = site.call(page, headers=site.headers)
        assert answer.status_code == 200, page
        assert "<img src=x" not in answer.text, page
        assert "<script>alert(1)" not in answer.text, page
    book = openpyxl.load_workbook(
        io.BytesIO(site.call("/districts/a/layers/estates.xlsx", headers=site.headers).content)
    )
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value in NASTY]
    assert len(cells) == len(NASTY)
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value)[0] in "=@")


def count(db: Database, table: str) -> int:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_the_file_of_another_account_is_not_there(site: SimpleNamespace, tmp_path: Path):
    received = hand_in(site, "a.gpkg", b"SQLite format 3\x00").json()
    other = add_account(site.db, "李工", "planner").token
    headers = {"Authorization": f"Bearer {other}", "Prefer": "respond-async"}
    asked = {"district": "a", "kind": "roads", "upload": received["id"]}
    call: Call = site.call
    sent = call("/ogc/processes/import/execution", method="POST", headers=headers, json={"inputs": asked})
    where = sent.headers["location"].removeprefix("http://here")
    assert call(where, headers=site.headers).status_code == 404
    until(lambda: call(where, headers=headers).json()["status"] == "failed", "the job")
    assert call(where, headers=headers).json()["error"]["code"] == "not_found"


def test_the_district_is_as_it_was(site: SimpleNamespace):
    district: District = site.district
    with site.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM district")
        assert cursor.fetchone()[0] == district.name
