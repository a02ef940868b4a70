"""Reading and writing the printed layout: what is tolerated is reported, what is written reads back the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from gisplanner.domain.register import RegisterRow
from gisplanner.errors import InputError, UsageError
from gisplanner.formats.annex import read_annex
from gisplanner.formats.annex_cells import clean
from gisplanner.formats.annex_writer import write_annex
from tests.register_files import Lines, changed_csv, published_lines, write_csv, write_xlsx

TITLE = "2024年南康区城镇老旧小区改造计划"


@pytest.fixture
def rows(tmp_path: Path) -> tuple[RegisterRow, ...]:
    return read_annex(write_csv(tmp_path / "published.csv", published_lines())).rows


@pytest.mark.requirement("R1.02")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, rows: tuple[RegisterRow, ...], encoding: str):
    reading = read_annex(write_csv(tmp_path / "a.csv", published_lines(), encoding=encoding))
    assert reading.rows == rows
    assert reading.normalised == ()


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_separators(tmp_path: Path, rows: tuple[RegisterRow, ...], separator: str):
    path = tmp_path / "a.txt"
    path.write_text("\n".join(separator.join(line) for line in published_lines()), encoding="utf-8")
    assert read_annex(path).rows == rows


def test_numbers_of_a_workbook_are_exact(tmp_path: Path, rows: tuple[RegisterRow, ...]):
    reading = read_annex(write_xlsx(tmp_path / "a.xlsx", published_lines()))
    assert [row.floor_area_10k_m2 for row in reading.rows] == [row.floor_area_10k_m2 for row in rows]
    assert sum(row.floor_area_10k_m2 for row in reading.rows) == Decimal("37.7674")


def test_titles_totals_and_footnotes_are_not_estates(tmp_path: Path, rows: tuple[RegisterRow, ...]):
    lines = published_lines()
    lines[15:15] = [lines[0]]
    lines += [["合计", "", "", "", "3433", "190", "37.7674", ""], ["注：面积为建筑面积"]]
    path = write_xlsx(tmp_path / "a.xlsx", lines, titles=["附件2", TITLE], merged=["A2:H2"])
    reading = read_annex(path)
    assert [row.estate for row in reading.rows] == [row.estate for row in rows]
    assert [row.source_row for row in reading.rows][:2] == [4, 5]
    assert (reading.totals.households, reading.totals.floor_area_10k_m2) == (3433, Decimal("37.7674"))
    assert len(reading.notes) == 3


def test_headers_with_line_breaks_spaces_and_either_brackets(tmp_path: Path, rows: tuple[RegisterRow, ...]):
    def change(lines: Lines) -> None:
        lines[0] = [
            "序 号",
            "所在\n街道",
            "所在社区 ",
            "小区名称",
            "户数（户）",
            "栋数",
            "总建筑面积\n(万㎡)",
            "备 注",
        ]

    assert read_annex(changed_csv(tmp_path / "a.csv", change)).rows == rows


def test_square_metres_are_turned_into_the_unit_of_the_plan(tmp_path: Path):
    lines = [*published_lines()[:2]]
    lines[0][6], lines[1][6] = "总建筑面积（㎡）", "15004.5"
    assert read_annex(write_csv(tmp_path / "a.csv", lines)).rows[0].floor_area_10k_m2 == Decimal("1.50045")


def test_untidy_cells_are_read_and_reported(tmp_path: Path):
    def change(lines: Lines) -> None:
        lines[1][3:7] = [" 一建　公司", "１１８", "6.0", "1.5 "]
        lines[28][4] = "1,141"

    reading = read_annex(changed_csv(tmp_path / "a.csv", change))
    assert (reading.rows[0].estate, reading.rows[0].households, reading.rows[0].buildings) == ("一建公司", 118, 6)
    assert reading.rows[27].households == 1141
    assert [(cell.row, cell.column, cell.value, cell.read_as) for cell in reading.normalised] == [
        (2, "小区名称", " 一建　公司", "一建公司"),
        (2, "户数", "１１８", "118"),
        (2, "栋数", "6.0", "6"),
        (2, "总建筑面积（万平方米）", "1.5 ", "1.5"),
        (29, "户数", "1,141", "1141"),
    ]


def test_blank_figures_are_unknown(tmp_path: Path):
    row = read_annex(changed_csv(tmp_path / "a.csv", lambda lines: lines[1].__setitem__(slice(4, 7), ["", " ", ""])))
    assert (row.rows[0].households, row.rows[0].buildings, row.rows[0].floor_area_10k_m2) == (None, None, None)


def test_optional_and_unknown_columns(tmp_path: Path):
    lines = [*published_lines()[:2]]
    lines[0] += ["建成时间", "产权性质", "容积率"]
    lines[1] += ["1990-1995年", "公房", "1.8"]
    reading = read_annex(write_csv(tmp_path / "a.csv", lines))
    assert (reading.rows[0].year_built, reading.rows[0].ownership) == ("1990-1995年", "公房")
    assert reading.ignored_columns == ("容积率",)


@pytest.mark.parametrize("merged", [(), ("B2:B22", "B23:B28", "C2:C3", "C4:C10")])
def test_places_are_carried_down(tmp_path: Path, rows: tuple[RegisterRow, ...], merged: tuple[str, ...]):
    lines = published_lines()
    for above, line in zip(published_lines()[1:], lines[2:], strict=False):
        if line[1] == above[1]:
            line[2] = "" if line[2] == above[2] else line[2]
            line[1] = ""
    reading = read_annex(write_xlsx(tmp_path / "a.xlsx", lines, merged=merged))
    assert reading.rows == rows
    assert len(reading.normalised) == (42 if not merged else 42 - 20 - 5 - 1 - 6)


def test_one_register_among_several_sheets(tmp_path: Path, rows: tuple[RegisterRow, ...]):
    path = write_xlsx(tmp_path / "a.xlsx", published_lines())
    workbook = load_workbook(path)
    workbook.create_sheet("说明")["A1"] = "填写说明"
    workbook.create_sheet("空")
    workbook.save(path)
    reading = read_annex(path)
    assert reading.rows == rows
    assert "“Sheet”" in reading.notes[0]


@pytest.mark.requirement("R1.02")
def test_the_export_is_the_printed_layout(tmp_path: Path, rows: tuple[RegisterRow, ...]):
    out = tmp_path / "附件2.xlsx"
    write_annex(rows, out, title=TITLE)
    sheet = load_workbook(out).worksheets[0]
    assert [cell.value for cell in sheet[1]] == published_lines()[0]
    assert sorted(str(merged) for merged in sheet.merged_cells.ranges) == [
        "H11:H14",
        "H15:H17",
        "H20:H21",
        "H24:H28",
        "H2:H3",
        "H4:H10",
    ]
    assert [cell.value for cell in sheet[29]] == [
        28,
        "南水街道",
        "芙蓉社区",
        "芙蓉新城",
        1141,
        108,
        17.3,
        rows[27].project,
    ]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.oddHeader.center.text == TITLE


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_text_is_never_a_formula(tmp_path: Path, suffix: str):
    names = ("=1+1", "+8", "-3号院", "@甲", "'=2", "＝3", "'甲")
    rows = [
        RegisterRow(number, "甲街道", "乙社区", name, 1, 1, Decimal("0.1"), "=HYPERLINK(1)", "stated", number + 1)
        for number, name in enumerate(names, start=1)
    ]
    out = tmp_path / f"a{suffix}"
    write_annex(rows, out, title=TITLE)
    assert list(read_annex(out).rows) == rows
    if suffix == ".csv":
        assert "'=1+1" in out.read_text(encoding="utf-8-sig")
    else:
        cell = load_workbook(out).worksheets[0]["D2"]
        assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


@pytest.mark.requirement("R1.16")
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_single_building_is_an_entry_and_stays_one(tmp_path: Path, rows: tuple[RegisterRow, ...], suffix: str):
    out = tmp_path / f"a{suffix}"
    write_annex([replace(rows[0], kind="散居楼"), *rows[1:3]], out, title=TITLE)
    read = read_annex(out)
    assert [row.kind for row in read.rows] == ["散居楼", "小区", "小区"]
    assert read.ignored_columns == ()


def test_another_word_for_the_kind_of_an_estate_is_refused(tmp_path: Path):
    out = tmp_path / "a.csv"
    out.write_text(
        "序号,所在街道,所在社区,小区名称,户数,栋数,总建筑面积（万平方米）,备注,小区类别\n"
        "1,甲街道,乙社区,丙楼,12,1,0.1,丙工程,单位楼\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as refused:
        read_annex(out)
    (fault,) = refused.value.faults
    assert (fault.value, fault.allowed) == ("单位楼", "小区、散居楼")


def test_other_kinds_of_export_are_refused(tmp_path: Path, rows: tuple[RegisterRow, ...]):
    with pytest.raises(UsageError):
        write_annex(rows, tmp_path / "a.pdf", title=TITLE)


text = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=12)
    .map(clean)
    .filter(lambda name: bool(name) and name not in {"合计", "总计", "共计", "小计"})
)
count = st.none() | st.integers(0, 10_000_000)
area = st.none() | st.decimals(0, 99_999, places=6)


@st.composite
def registers(draw: st.DrawFn) -> list[RegisterRow]:
    rows: list[RegisterRow] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        carried = bool(rows) and draw(st.booleans())
        rows.append(
            RegisterRow(
                seq=(rows[-1].seq if rows else 0) + draw(st.integers(1, 3)),
                subdistrict=draw(text),
                community=draw(text),
                estate=draw(text),
                households=draw(count),
                buildings=draw(count),
                floor_area_10k_m2=draw(area),
                project=rows[-1].project if carried else draw(text),
                project_source="carried_down" if carried else "stated",
                source_row=number + 1,
                year_built=draw(st.none() | text),
                ownership=draw(st.none() | text),
            )
        )
    return rows


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@given(rows=registers())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_register_comes_back(tmp_path: Path, suffix: str, rows: list[RegisterRow]):
    out = tmp_path / f"register{suffix}"
    write_annex(rows, out, title=TITLE)
    assert list(read_annex(out).rows) == rows
