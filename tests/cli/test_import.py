"""``gisplanner import`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.districts import create_district, get_district
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from tests.ingest_files import box, write


@pytest.fixture
def district(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    create_district(db, "a", crs="EPSG:4547", name="甲区")
    return db


def run(*arguments: str) -> int:
    try:
        main(["import", *arguments, "--district", "a"])
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return dict(json.loads(out))


def test_the_report_is_one_document(district: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = write(tmp_path / "e.gpkg", [box(0, 0), box(90, 0)], name=["甲", "乙"], 备注=["x", "y"])
    assert run("estates", str(file), "--json") == 0
    report = document(capsys)
    assert {key: report[key] for key in ("kind", "district", "file", "layer", "crs", "rows_read", "rows_stored")} == {
        "kind": "estates",
        "district": "a",
        "file": "e.gpkg",
        "layer": "data",
        "crs": "EPSG:4547",
        "rows_read": 2,
        "rows_stored": 2,
    }
    assert report["ignored_columns"] == ["备注"]
    assert report["findings"][0]["kind"] == "estates_overlap"
    assert report["findings"][0]["items"][0]["area_m2"] == 800.0
    assert (report["matched"], report["unmatched_file"], report["unmatched_register"]) == ([], [], [])
    assert (report["dry_run"], report["batch"]) == (False, 1)


def test_a_person_reads_sentences_in_either_language(
    district: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = write(tmp_path / "e.gpkg", [box(0, 0)], name=["甲"])
    assert run("estates", str(file), "--dry-run") == 0
    assert (
        "试运行（未写入）：将从 e.gpkg（data，EPSG:4547）导入老旧小区：读入 1 行，新增 1" in capsys.readouterr().out
    )
    assert run("estates", str(file), "--lang", "en") == 0
    assert "1 rows read, 1 added" in capsys.readouterr().out
    assert len(layer_frame(district, district_of(district), "estates")) == 1


def district_of(db: Database) -> District:
    return get_district(db, "a")


def test_an_empty_layer_is_a_friendly_answer(district: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    city = tmp_path / "city.osm"
    city.write_text('<osm version="0.6"><node id="1" version="1" lon="114.7" lat="25.6"/></osm>')
    assert run("estates", str(city)) == 0
    assert "没有老旧小区，没有可导入的内容" in capsys.readouterr().out
    assert run("estates", str(city), "--json") == 0
    assert document(capsys)["rows_read"] == 0


@pytest.mark.parametrize(
    ("name", "options", "code", "column"),
    [
        ("missing.gpkg", [], "not_found", None),
        ("plan.dwg", [], "file_format", None),
        ("broken.gpkg", [], "file_format", None),
        ("good.gpkg", ["--layer", "楼栋"], "not_found", "--layer"),
        ("good.gpkg", ["--crs", "EPSG:4548"], "crs", "--crs"),
        ("good.gpkg", ["--crs", "bd09"], "crs", "--crs"),
        ("null.gpkg", [], "geometry", "geometry"),
        ("typed.gpkg", [], "bad_input", "层数"),
    ],
)
def test_faults_come_as_a_document_with_exit_code_2(
    district: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    options: list[str],
    code: str,
    column: str | None,
):
    (tmp_path / "plan.dwg").write_bytes(b"AC1032")
    (tmp_path / "broken.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x00" * 200)
    write(tmp_path / "good.gpkg", [box(0, 0)])
    write(tmp_path / "null.gpkg", [box(0, 0), None])
    write(tmp_path / "typed.gpkg", [box(0, 0)], 层数=["six"])
    assert run("buildings", str(tmp_path / name), "--json", *options) == 2
    error = document(capsys)["error"]
    assert error["code"] == code
    assert error["items"][0]["column"] == column
    assert len(layer_frame(district, district_of(district), "buildings")) == 0


def test_an_unknown_kind_or_district_is_wrong_use(district: Database, tmp_path: Path):
    file = write(tmp_path / "e.gpkg", [box(0, 0)])
    assert run("trees", str(file)) == 2
    with pytest.raises(SystemExit) as left:
        main(["import", "estates", str(file), "--district", "b", "--json"])
    assert left.value.code == 2
