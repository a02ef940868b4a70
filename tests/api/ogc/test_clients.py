"""Clients that others wrote: GDAL's OAPIF driver (ogrinfo, ogr2ogr) and OWSLib."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
import shapely
from fastapi import FastAPI
from owslib.ogcapi.features import Features

from tests.api.ogc.conftest import X0, Y0, running, seen_by_admin


@pytest.fixture(scope="module")
def address(app: tuple[FastAPI, str]) -> Iterator[str]:
    with running(app[0]) as base:
        yield f"{base}/ogc"


@pytest.fixture(scope="module")
def headers(app: tuple[FastAPI, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {app[1]}"}


@pytest.fixture(scope="module")
def gdal() -> None:
    if shutil.which("ogr2ogr") is None:
        pytest.skip("GDAL's programs are not installed")
    formats = subprocess.run(["ogrinfo", "--formats"], check=True, capture_output=True, text=True).stdout
    if "OAPIF" not in formats:
        pytest.skip("this GDAL has no OAPIF driver")


def program(*arguments: str, token: str) -> str:
    done = subprocess.run(
        [*arguments, "--config", "GDAL_HTTP_HEADERS", f"Authorization: Bearer {token}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.usefixtures("gdal")
def test_ogrinfo_lists_every_layer_without_a_word_of_complaint(address: str, app: tuple[FastAPI, str]):
    listed = program("ogrinfo", "-ro", f"OAPIF:{address}", token=app[1])
    for name in seen_by_admin():
        assert f"a.{name}" in listed


@pytest.mark.usefixtures("gdal")
@pytest.mark.parametrize("page", [7, 1000])
def test_ogr2ogr_takes_every_feature_through_the_pages(
    address: str, app: tuple[FastAPI, str], tmp_path: Path, page: int
):
    out = tmp_path / "out.gpkg"
    program(
        "ogr2ogr", str(out), f"OAPIF:{address}", "a.buildings", "-oo", f"PAGE_SIZE={page}", token=app[1]
    )  # fmt: skip
    meta, _, shapes, fields = pyogrio.raw.read(out)
    assert len(shapes) == 25
    values = dict(zip(meta["fields"], fields, strict=True))
    assert set(values["code"]) == {f"B{number:02}" for number in range(25)}
    west, south = shapely.from_wkb(shapes[0]).bounds[:2]
    assert 114.76 < west < 114.77
    assert 25.65 < south < 25.67


@pytest.mark.usefixtures("gdal")
def test_ogr2ogr_selects_by_box_and_attribute_on_the_server(address: str, app: tuple[FastAPI, str], tmp_path: Path):
    out = tmp_path / "some.geojson"
    program(
        "ogr2ogr", str(out), f"OAPIF:{address}", "a.buildings", "-where", "floors = 3 AND code = 'B09'", token=app[1]
    )
    features = json.loads(out.read_text())["features"]
    assert [one["properties"]["code"] for one in features] == ["B09"]


READ = """
import json, sys, pyogrio, shapely
pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": sys.argv[2]})
meta, _, shapes, _ = pyogrio.raw.read("OAPIF:" + sys.argv[1], layer="a.buildings", CRS="EPSG:4547")
print(json.dumps([meta["crs"], [list(shapely.from_wkb(one).bounds[:2]) for one in shapes]]))
"""


def test_the_wheel_of_pyogrio_reads_the_zone_of_the_district(address: str, app: tuple[FastAPI, str]):
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("this pyogrio has no OAPIF driver")
    # A process of its own: while it waits for an answer GDAL lets no other thread of its process work.
    done = subprocess.run(
        [sys.executable, "-c", READ, address, app[1]], check=True, capture_output=True, text=True, timeout=60
    )
    crs, corners = json.loads(done.stdout)
    assert crs == "EPSG:4547"
    assert len(corners) == 25
    x, y = min(corners)
    assert (x, y) == pytest.approx((X0, Y0), abs=0.01), "eastings first, as GIS programs keep them"


def test_owslib_finds_its_way(address: str, headers: dict[str, str]):
    service = Features(f"{address}/", headers=headers)
    assert set(service.feature_collections()) == {f"a.{name}" for name in seen_by_admin()}
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in service.conformance()["conformsTo"]
    assert service.api()["openapi"].startswith("3.0")
    box = [114.0, 25.0, 116.0, 26.0]
    page = service.collection_items("a.buildings", limit=5, bbox=box)
    assert page["numberReturned"] == 5
    assert service.collection_item("a.buildings", page["features"][0]["id"])["type"] == "Feature"
    assert "floors" in service.collection_queryables("a.buildings")["properties"]
    chosen = service.collection_items("a.buildings", filter="floors = 3", limit=100)
    assert {one["properties"]["floors"] for one in chosen["features"]} == {3}
