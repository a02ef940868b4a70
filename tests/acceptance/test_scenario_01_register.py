"""台账核对: the published plan of 南康区 2024 adds up to the totals it states, and one changed figure is found."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.cli.main import main
from gisplanner.services.register.register import import_register, register_summary
from gisplanner.store.database import Database
from tests.register_files import changed_csv

COUNTS = {
    "estates": 28,
    "communities": 11,
    "subdistricts": 3,
    "buildings": 190,
    "households": 3433,
    "floor_area_10k_m2": "37.7674",
}


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    main(["register", "check", str(path), "--profile", "nankang", "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def annex() -> Path:
    path = published_rows("nankang")
    assert path is not None
    return path


@pytest.mark.requirement("R1.01")
def test_the_published_plan_agrees_with_its_totals(annex: Path, capsys: pytest.CaptureFixture[str]):
    document = check(annex, capsys)
    assert list(document) == [
        "counts",
        "stated",
        "mismatches",
        "projects",
        "suspicious",
        "duplicates",
        "missing",
        "ignored_columns",
        "normalised",
        "scattered_buildings",
        "notes",
    ]
    assert document["counts"] == document["stated"] == COUNTS
    assert list(document["counts"]) == list(COUNTS)
    assert document["mismatches"] == document["duplicates"] == document["ignored_columns"] == []
    assert document["suspicious"] == [
        {"estate": "怡然居小区", "figure": "floor_area_per_household_m2", "value": "17.6"},
        {"estate": "蓝田花园小区", "figure": "floor_area_per_household_m2", "value": "23.7"},
        {"estate": "新园小区", "figure": "floor_area_per_household_m2", "value": "19.9"},
    ]
    assert document["missing"] == {"year_built": 28, "ownership": 28, "boundary": 28}


def test_one_changed_figure_is_one_mismatch(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = changed_csv(tmp_path / "附件2.csv", lambda lines: lines[21].__setitem__(4, "646"))
    assert check(path, capsys)["mismatches"] == [
        {"figure": "households", "stated": 3433, "computed": 3435, "difference": 2}
    ]


def test_floor_area_differs_exactly(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = changed_csv(tmp_path / "附件2.csv", lambda lines: lines[8].__setitem__(6, "0.5503"))
    assert check(path, capsys)["mismatches"] == [
        {"figure": "floor_area_10k_m2", "stated": "37.7674", "computed": "37.7673", "difference": "-0.0001"}
    ]


def test_a_file_that_disagrees_can_be_imported_but_is_marked(db: Database, tmp_path: Path):
    path = changed_csv(tmp_path / "附件2.csv", lambda lines: lines[21].__setitem__(4, "646"))
    done = import_register(db, "nankang", path)
    assert not done.report.check.consistent
    assert "不一致" in done.sentences()
    assert done.baseline is None, "a plan that disagrees with itself is not frozen unasked"
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT (report ->> 'consistent')::boolean FROM import_batch")
        assert cursor.fetchall() == [(False,)]
    assert register_summary(db, done.district).counts.households == 3435


def test_what_is_stored_adds_up_too(db: Database, annex: Path):
    done = import_register(db, "nankang", annex)
    summary = register_summary(db, done.district)
    assert summary.consistent
    assert summary.counts.floor_area_10k_m2 == Decimal("37.7674")
    assert summary.missing == {"year_built": 28, "ownership": 28, "boundary": 28}
    assert [project.code for project in summary.projects] == [f"NK2024-P{number:02d}" for number in range(1, 12)]


def test_the_shared_table_with_its_reading_gives_the_same(
    annex: Path, shared_dir: Path, capsys: pytest.CaptureFixture[str]
):
    assert check(shared_dir / "data" / "nankang_annex2.csv", capsys) == check(annex, capsys)
