"""``gisplanner export`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.cli.main import main
from gisplanner.services.register.register import import_register
from gisplanner.store.database import Database


@pytest.fixture
def stored(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    annex = published_rows("nankang")
    assert annex is not None
    import_register(db, "nankang", annex)
    return db


def export(layer: str, *options: str) -> int:
    try:
        main(["export", layer, "--district", "nankang", *options])
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_one_document_and_the_file(stored: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "小区.geojson"
    assert export("estates", "--format", "geojson", "--out", str(out), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "layer": "estates",
        "format": "geojson",
        "out": str(out),
        "crs": "EPSG:4326",
        "features": 28,
        "without_geometry": 28,
        "illustrative": 0,
        "public": False,
        "fields": {},
        "losses": [],
    }
    assert len(json.loads(out.read_text())["features"]) == 28


def test_sentences_name_what_a_format_loses(stored: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert export("estates", "--format", "dxf", "--out", str(tmp_path / "a.dxf")) == 0
    told = capsys.readouterr().out
    assert "28 个要素" in told
    assert "没有图形的老旧小区未写入" in told
    assert export("estates", "--format", "shp", "--out", str(tmp_path / "a.zip"), "--lang", "en") == 0
    assert "names cut to 10 bytes" in capsys.readouterr().out


def test_the_register_comes_in_its_printed_layout(
    stored: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "台账.xlsx"
    assert export("register", "--format", "xlsx", "--out", str(out), "--json") == 0
    assert json.loads(capsys.readouterr().out)["features"] == 28
    assert len(openpyxl.load_workbook(out).worksheets[0].merged_cells.ranges) > 0
    assert export("register", "--format", "gpkg", "--out", str(tmp_path / "a.gpkg"), "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["items"][0]["allowed"] == "xlsx"
    assert not (tmp_path / "a.gpkg").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none", "--format", "gpkg", "--out", "a.gpkg"], 2),
        (["estates", "--format", "doc", "--out", "a.doc"], 2),
        (["estates", "--format", "gpkg", "--out", "none/a.gpkg"], 2),
        (["connection_points", "--format", "gpkg", "--out", "a.gpkg", "--public"], 5),
        (["register", "--format", "xlsx", "--out", "a.xlsx", "--public"], 5),
    ],
)
def test_wrong_use_writes_nothing(
    stored: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
):
    monkeypatch.chdir(tmp_path)
    assert export(*arguments, "--json") == code
    assert list(tmp_path.iterdir()) == []
