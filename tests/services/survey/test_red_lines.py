"""Red lines of projects and the municipal facilities inside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.services.ingest.undo import undo_import
from gisplanner.services.survey.red_lines import red_line_inventory
from gisplanner.store.database import Database
from tests.services.survey.conftest import box, bring, point


@pytest.mark.requirement("R1.20")
def test_facilities_inside_a_red_line_are_listed_with_their_state(db: Database, surveyed: District, tmp_path: Path):
    found = red_line_inventory(db, surveyed)
    (line,) = found.red_lines
    assert (line.project_code, line.area_m2, len(line.estates)) == ("NK2024-P08", 14_400, 1)
    assert {one.code: one.measured for one in line.facilities} == {"S1": "1 座", "S2": None, "S3": "60.0 m"}
    assert line.counts == {"检查井": {"count": 2, "broken": 1}, "雨水沟": {"count": 1, "broken": 0}}
    assert (found.outside, len(found.without)) == (1, 10)
    assert "检查井 2（破损缺失 1）" in found.sentences()
    found.write(tmp_path / "摸底.xlsx")
    sheets = load_workbook(tmp_path / "摸底.xlsx")
    assert sheets.sheetnames == ["项目红线", "红线内市政设施", "没有红线的项目"]
    rows = [[cell.value for cell in row] for row in sheets["红线内市政设施"].iter_rows(min_row=3)]
    assert [row[1] for row in rows] == ["S1", "S2", "S3"]
    assert found.document()["red_lines"][0]["drawn_on"] == "2024-05-20"


@pytest.mark.requirement("R1.20")
def test_a_red_line_of_an_unknown_project_says_so_and_wrong_rows_are_refused_together(
    db: Database, nankang: District, tmp_path: Path
):
    bring(
        db, nankang, "red_lines", tmp_path / "a.gpkg", [box(0, 0, 10, 10)], 红线编码=["H9"], 所属项目=["没有的项目"]
    )
    assert "台账中没有项目「没有的项目」" in red_line_inventory(db, nankang).sentences()
    with pytest.raises(InputError) as refused:
        bring(
            db, nankang, "municipal_facilities", tmp_path / "b.gpkg", [point(0, 0), point(1, 1)],
            现状=["坏了", "完好"], 数量=[1, -2],
        )  # fmt: skip
    assert {fault.value for fault in refused.value.faults} >= {"坏了"}
    assert len(refused.value.faults) == 2
    assert red_line_inventory(db, nankang).outside == 0


def test_an_import_of_a_red_line_is_taken_back(db: Database, nankang: District, tmp_path: Path):
    report = bring(db, nankang, "red_lines", tmp_path / "a.gpkg", [box(0, 0, 10, 10)], 红线编码=["H9"])
    assert report.batch is not None
    undo_import(db, nankang, report.batch)
    assert red_line_inventory(db, nankang).red_lines == ()


def test_the_public_and_companies_are_not_shown_what_was_surveyed(db: Database, surveyed: District):
    for viewer in (Viewer("public"), Viewer("区深燃公司", "operator", {"owner": ("区深燃公司",)})):
        assert red_line_inventory(db.seen_by(viewer), surveyed).red_lines == ()
    assert len(red_line_inventory(db.seen_by(Viewer("街办", "subdistrict")), surveyed).red_lines) == 1
