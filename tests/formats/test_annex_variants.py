"""Layouts of a register as they really come: two-row headers, sections, units everywhere, notes on all sides."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from gisplanner.errors import RegisterError
from gisplanner.formats.annex import read_annex
from tests.register_files import write_csv

HEAD = ["序号", "所在街道", "所在社区", "小区名称", "户数", "栋数", "总建筑面积（万平方米）", "备注"]
Cells = list[list[object]]


def book(path: Path, cells: Cells, *merged: str) -> Path:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in cells:
        sheet.append(row)
    for reference in merged:
        sheet.merge_cells(reference)
    made.save(path)
    return path


@pytest.fixture
def ugly(tmp_path: Path) -> Path:
    """A ledger with everything at once."""
    return book(
        tmp_path / "台账.xlsx",
        [
            ["附件2"],
            ["××区2024年老旧小区改造计划表"],
            ["填报单位：住建局", None, None, None, None, None, "单位：户、栋、㎡"],
            ["序号", "街道（乡镇）", "社区名称", "小区（院落）名称", "规模", None, None, "项目名称", "建成年代",
             "联系人"],
            [None, None, None, None, "总户数", "楼栋数", "建筑面积"],
            [1, "蓉江街道", "东街社区", "一建公司", "１２０户", "6栋", "1.2万㎡", "一建片区改造", "1985、1992", "甲"],
            [2, None, None, "老工商银行家属楼", 18, 1, 1300, None, "90年代", None],
            ["蓉江街道小计", None, None, None, 138, 7, 13300, None],
            [3, "东山街道", "东山社区", "金田花园", "1,020", 19, "0.8公顷", "金田片区改造", None, None],
            [4, None, None, None, None, None, None, None],
            ["合计（3个小区）", None, None, None, 1158, 26, 21300, None],
            ["注：1.面积以不动产登记为准。"],
            ["2.栋数含散居楼。"],
            ["制表人：张三", None, None, "审核人：李四", None, None, "日期：2024年5月17日"],
        ],
        "A1:H1", "A2:H2", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:G4", "H4:H5", "B6:B7", "C6:C7", "H6:H7",
        "A8:D8", "A11:D11", "A12:H12", "A13:H13",
    )  # fmt: skip


def test_a_ledger_as_bad_as_real_ones_is_read(ugly: Path):
    read = read_annex(ugly)
    assert [(row.estate, row.subdistrict, row.community) for row in read.rows] == [
        ("一建公司", "蓉江街道", "东街社区"),
        ("老工商银行家属楼", "蓉江街道", "东街社区"),
        ("金田花园", "东山街道", "东山社区"),
    ]
    assert [(row.households, row.buildings, row.floor_area_10k_m2) for row in read.rows] == [
        (120, 6, Decimal("1.2")),
        (18, 1, Decimal("0.13")),
        (1020, 19, Decimal("0.8")),
    ]
    assert [row.project for row in read.rows] == ["一建片区改造", "一建片区改造", "金田片区改造"]
    assert [row.year_built for row in read.rows] == ["1985、1992", "90年代", None]
    assert read.totals.households == 1158
    assert read.totals.floor_area_10k_m2 == Decimal("2.13")
    assert read.ignored_columns == ("联系人",)


def test_what_was_set_apart_and_tidied_is_told(ugly: Path):
    read = read_annex(ugly)
    notes = "".join(read.notes)
    for told in ("蓉江街道小计行", "第 10 行是只有序号的空行", "第 12 行是表注", "第 13 行是表注", "第 14 行是表注"):
        assert told in notes
    tidied = {(cell.value, cell.read_as) for cell in read.normalised}
    assert {("１２０户", "120"), ("6栋", "6"), ("1.2万㎡", "1.2"), ("0.8公顷", "0.8"), ("1,020", "1020")} <= tidied


@pytest.mark.parametrize(
    ("unit", "area", "read"),
    [("公顷", "1.5", "1.5"), ("㎡", "15000", "1.5"), ("平方米", "１５０００", "1.5"), ("万㎡", "1.5", "1.5"),
     ("单位：万平方米", "1.5", "1.5"), ("hm2", "1.5", "1.5"), ("万㎡", "15000平方米", "1.5"),
     ("㎡", "1.5万m²", "1.5")],
)  # fmt: skip
def test_units_of_area(tmp_path: Path, unit: str, area: str, read: str):
    head = [*HEAD[:6], f"总建筑面积（{unit}）", "备注"]
    made = read_annex(write_csv(tmp_path / "a.csv", [head, ["1", "甲", "乙", "丙", "1", "1", area, "丁"]]))
    assert made.rows[0].floor_area_10k_m2 == Decimal(read)


def test_two_units_above_the_header_decide_nothing(tmp_path: Path):
    lines = [["单位：平方米、公顷"], [*HEAD[:6], "建筑面积", "备注"], ["1", "甲", "乙", "丙", "1", "1", "2", "丁"]]
    with pytest.raises(RegisterError) as caught:
        read_annex(write_csv(tmp_path / "a.csv", lines))
    assert "单位要写在表头里" in str(caught.value.faults[0].hint)


def test_sub_districts_as_headings_between_the_rows(tmp_path: Path):
    lines = [
        HEAD,
        ["一、蓉江街道"],
        ["1", "", "东街社区", "甲", "1", "1", "1", "项目一"],
        ["二、东山街道办事处"],
        ["2", "", "东山社区", "乙", "1", "1", "1", "项目二"],
    ]
    read = read_annex(write_csv(tmp_path / "a.csv", lines))
    assert [(row.subdistrict, row.community) for row in read.rows] == [
        ("蓉江街道", "东街社区"),
        ("东山街道", "东山社区"),
    ]


def test_a_row_that_stands_twice_is_told_by_its_twin(tmp_path: Path):
    row = ["1", "甲", "乙", "丙", "1", "1", "1", "丁"]
    with pytest.raises(RegisterError) as caught:
        read_annex(write_csv(tmp_path / "a.csv", [HEAD, row, row]))
    assert [(fault.row, str(fault.hint)) for fault in caught.value.faults] == [
        (3, "与第 2 行完全相同，删去其中一行。")
    ]


def test_an_estate_that_is_called_like_a_total_is_an_estate(tmp_path: Path):
    lines = [HEAD, ["1", "甲", "乙", "合计大院", "1", "1", "1", "丁"]]
    assert read_annex(write_csv(tmp_path / "a.csv", lines)).rows[0].estate == "合计大院"
