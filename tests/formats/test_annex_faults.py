"""Broken register files, each really broken: every fault is told with its place, all of a file at once."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from gisplanner.errors import Fault, FileFormatError, InputError, NotFoundError, RegisterError
from gisplanner.formats.annex import read_annex
from tests.register_files import Lines, changed_csv, merged_remarks, published_lines, write_csv, write_xlsx


def faults_of(path: Path, kind: type[InputError] = RegisterError) -> tuple[Fault, ...]:
    with pytest.raises(kind) as refused:
        read_annex(path)
    assert refused.value.exit_code == 2
    assert all(fault.file == path.name for fault in refused.value.faults)
    return refused.value.faults


def set_cell(row: int, column: int, text: str) -> Callable[[Lines], None]:
    return lambda lines: lines[row].__setitem__(column, text)


@pytest.mark.parametrize("column", range(8))
def test_a_missing_column(tmp_path: Path, column: int):
    def drop(lines: Lines) -> None:
        for line in lines:
            del line[column]

    [fault] = faults_of(changed_csv(tmp_path / "a.csv", drop))
    assert (fault.row, fault.column) == (1, published_lines()[0][column])


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (4, "一百"),
        (4, "-3"),
        (4, "11.5"),
        (4, "99999999999"),
        (4, "1,14"),
        (5, "nan"),
        (5, "6户"),
        (6, "0.5亩"),
        (3, "长" * 101),
        (6, "-0.1"),
        (6, "1.5万"),
        (6, "1e400"),
        (3, "  "),
        (0, ""),
        (0, "0"),
        (0, "x"),
    ],
)
def test_a_cell_that_cannot_be_read(tmp_path: Path, column: int, text: str):
    [fault] = faults_of(changed_csv(tmp_path / "a.csv", set_cell(5, column, text)))
    assert (fault.row, fault.column) == (6, published_lines()[0][column])
    assert fault.value == (None if not text.strip() else text if len(text) < 101 else f"{text[:20]}…")
    assert fault.allowed


@pytest.mark.parametrize("seq", ["4", "3"])
def test_numbers_must_rise(tmp_path: Path, seq: str):
    [fault] = faults_of(changed_csv(tmp_path / "a.csv", set_cell(5, 0, seq)))
    assert (fault.row, fault.column, fault.value, fault.allowed) == (6, "序号", seq, "> 4")


def test_all_faults_at_once(tmp_path: Path):
    def change(lines: Lines) -> None:
        lines[2][4], lines[7][5], lines[9][6], lines[20][3] = "?", "-1", "x", ""

    found = faults_of(changed_csv(tmp_path / "a.csv", change))
    assert [(fault.row, fault.column) for fault in found] == [
        (3, "户数"),
        (8, "栋数"),
        (10, "总建筑面积（万平方米）"),
        (21, "小区名称"),
    ]


def test_an_area_without_a_unit(tmp_path: Path):
    [fault] = faults_of(changed_csv(tmp_path / "a.csv", set_cell(0, 6, "总建筑面积")))
    assert fault.column == "总建筑面积"


def test_a_column_that_stands_twice(tmp_path: Path):
    [fault] = faults_of(
        changed_csv(tmp_path / "a.csv", lambda lines: [line.append(line[4]) for line in lines] and None)
    )
    assert (fault.row, fault.column) == (1, "户数")


def test_a_thousands_separator_without_quotes_shifts_the_row(tmp_path: Path):
    path = tmp_path / "a.csv"
    lines = [",".join(line) for line in published_lines()]
    lines[28] = lines[28].replace("1141", "1,141")
    path.write_text("\n".join(lines), encoding="utf-8")
    [fault] = faults_of(path)
    assert fault.row == 29


def test_a_row_that_ends_early(tmp_path: Path):
    [fault] = faults_of(changed_csv(tmp_path / "a.csv", lambda lines: lines[5].__delitem__(slice(5, None))))
    assert fault.row == 6


def test_a_community_is_not_carried_into_another_subdistrict(tmp_path: Path):
    [fault] = faults_of(changed_csv(tmp_path / "a.csv", set_cell(22, 2, "")))
    assert (fault.row, fault.column) == (23, "所在社区")


@pytest.mark.parametrize(
    ("column", "row", "text"),
    [
        ("project", 3, "别的工程"),
        ("project_source", 2, "carried_down"),
        ("project_code", 3, "NK2024-P02"),
        ("project_code", 4, "NK2024-P01"),
    ],
)
def test_a_reading_that_contradicts_the_remarks(tmp_path: Path, column: str, row: int, text: str):
    lines = [line.copy() for line in published_lines()[:5]]
    readings = [
        ["project", "project_code", "project_source"],
        [lines[1][7], "NK2024-P01", "stated"],
        [lines[1][7], "NK2024-P01", "carried_down"],
        [lines[3][7], "NK2024-P02", "stated"],
        [lines[3][7], "NK2024-P02", "carried_down"],
    ]
    assert len(read_annex(write_csv(tmp_path / "good.csv", _beside(lines, readings))).rows) == 4
    readings[row - 1][readings[0].index(column)] = text
    found = faults_of(write_csv(tmp_path / "a.csv", _beside(lines, readings)))
    assert (row, column) in {(fault.row, fault.column) for fault in found}


def _beside(lines: Lines, readings: Lines) -> Lines:
    return [line + reading for line, reading in zip(lines, readings, strict=True)]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n", b",,,\n,,,\n"])
def test_an_empty_file(tmp_path: Path, content: bytes):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    faults_of(path, FileFormatError)


def test_a_header_without_estates(tmp_path: Path):
    faults_of(write_csv(tmp_path / "a.csv", published_lines()[:1]), FileFormatError)


def test_no_header(tmp_path: Path):
    [fault] = faults_of(write_csv(tmp_path / "a.csv", published_lines()[1:]))
    assert fault.row == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7 x"),
        ("a.csv", b"%PDF-1.7 x"),
        ("a.csv", b"PK\x03\x04 x"),
        ("a.csv", b"\x00\x01\x02\x03,,,"),
        ("a.csv", "序号,户数\n1,\ue000\n".encode("gb18030")),
        ("a.csv", b'seq,"estate\n1,2\n'),
        ("a.xlsx", b"PK\x03\x04 cut off"),
        ("a.xlsx", b"plain text"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        ("a", b"x"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, name: str, content: bytes):
    path = tmp_path / name
    path.write_bytes(content)
    assert faults_of(path, FileFormatError)


def test_one_broken_byte_does_not_turn_utf8_into_gbk(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", published_lines())
    data = bytearray(path.read_bytes())
    data[data.index("芙蓉新城".encode())] = 0x20
    path.write_bytes(bytes(data))
    [fault] = faults_of(path, FileFormatError)
    assert fault.row == 29


def test_a_zip_that_is_no_workbook(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    faults_of(path, FileFormatError)


def test_a_workbook_damaged_inside(tmp_path: Path):
    good = write_xlsx(tmp_path / "good.xlsx", published_lines())
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.infolist():
            data = source.read(member)
            target.writestr(member, data[: len(data) // 2] if "sheet1" in member.filename else data)
    faults_of(path, FileFormatError)


def test_an_empty_workbook(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    Workbook().save(path)
    faults_of(path, FileFormatError)


def test_no_file_and_a_folder(tmp_path: Path):
    with pytest.raises(NotFoundError):
        read_annex(tmp_path / "none.csv")
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(FileFormatError):
        read_annex(tmp_path / "a.csv")


def test_two_sheets_with_a_register_need_a_choice(tmp_path: Path):
    path = write_xlsx(tmp_path / "a.xlsx", published_lines())
    workbook = load_workbook(path)
    workbook.copy_worksheet(workbook.worksheets[0]).title = "副本"
    workbook.save(path)
    assert [fault.layer for fault in faults_of(path, FileFormatError)] == ["Sheet", "副本"]
    assert len(read_annex(path, sheet="副本").rows) == 28
    with pytest.raises(NotFoundError):
        read_annex(path, sheet="没有")


@pytest.mark.parametrize(("value", "hint"), [("=3*6", "公式"), ("#REF!", "错误值"), (True, "逻辑值")])
def test_cells_of_a_workbook_without_a_value(tmp_path: Path, value: object, hint: str):
    path = write_xlsx(tmp_path / "a.xlsx", published_lines())
    workbook = load_workbook(path)
    workbook.worksheets[0]["E4"] = value
    workbook.save(path)
    [fault] = faults_of(path)
    assert (fault.layer, fault.row, fault.column) == ("Sheet", 4, "户数")
    assert hint in (fault.hint or "")


def test_a_figure_in_a_merged_cell_belongs_to_nobody(tmp_path: Path):
    lines = published_lines()
    path = write_xlsx(tmp_path / "a.xlsx", lines, merged=[*merged_remarks(lines), "E4:E5"])
    [fault] = faults_of(path)
    assert (fault.row, fault.column) == (5, "户数")
