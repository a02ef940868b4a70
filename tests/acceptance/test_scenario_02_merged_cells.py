"""合并单元格: the project stands in the first row of its block; the rows below carry it down, and say so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gisplanner.domain.register import RegisterFile
from gisplanner.errors import RegisterError
from gisplanner.formats.annex import read_annex
from gisplanner.rules.reconciliation import project_groups
from tests.register_files import changed_csv, merged_remarks, published_lines, write_csv, write_xlsx


@pytest.fixture(params=["csv", "xlsx_blank", "xlsx_merged"])
def reading(request: pytest.FixtureRequest, tmp_path: Path) -> RegisterFile:
    lines = published_lines()
    if request.param == "csv":
        return read_annex(write_csv(tmp_path / "a.csv", lines))
    merged = merged_remarks(lines) if request.param == "xlsx_merged" else []
    return read_annex(write_xlsx(tmp_path / "a.xlsx", lines, merged=merged))


@pytest.mark.requirement("R1.03")
def test_eleven_projects(reading: RegisterFile):
    groups = project_groups(reading.rows, {})
    assert [len(group.estates) for group in groups] == [2, 7, 4, 3, 1, 1, 2, 1, 1, 5, 1]
    second = groups[1]
    assert (second.households, second.buildings, second.floor_area_10k_m2) == (210, 13, Decimal("2.2504"))
    assert set(groups[9].communities) == {"东山社区", "蓝田社区"}


@pytest.mark.requirement("R1.03")
def test_stated_and_carried_down_are_kept_apart(reading: RegisterFile):
    assert [row.project_source for row in reading.rows[1:3]] == ["carried_down", "stated"]
    assert sum(row.project_source == "stated" for row in reading.rows) == 11


def test_a_blank_first_remark_is_refused(tmp_path: Path):
    path = changed_csv(tmp_path / "a.csv", lambda lines: lines[1].__setitem__(7, ""))
    with pytest.raises(RegisterError) as refused:
        read_annex(path)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, "备注")]


def test_a_merged_block_without_a_name_is_refused(tmp_path: Path):
    lines = published_lines()
    lines[3][7] = ""
    with pytest.raises(RegisterError) as refused:
        read_annex(write_xlsx(tmp_path / "a.xlsx", lines, merged=["H2:H3", "H4:H10"]))
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(4, "备注")]


def test_a_blank_remark_outside_the_merged_cells_is_pointed_out(tmp_path: Path):
    lines = published_lines()
    reading = read_annex(write_xlsx(tmp_path / "a.xlsx", lines, merged=["H2:H3", "H4:H9"]))
    assert reading.rows[8].project_source == "carried_down"
    assert any("第 10 行" in note for note in reading.notes)
