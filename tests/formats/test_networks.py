"""Files in which owners hand in their networks, where parts of them are missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ezdxf
import pytest
from openpyxl import Workbook

from gisplanner.formats.networks import NETWORK_READERS
from gisplanner.formats.survey_book import PROBLEM, ROW, SHEET
from gisplanner.formats.vector import read_vector


def table_of_points(folder: Path) -> Path:
    (folder / "管点.csv").write_text("点号,X,Y\n", encoding="utf-8")
    return folder / "管点.csv"


def table_with_wkt(folder: Path) -> Path:
    (folder / "管线.csv").write_text("编号,WKT\n", encoding="utf-8")
    return folder / "管线.csv"


def survey_book(folder: Path) -> Path:
    book = Workbook()
    points, lines = book.worksheets[0], book.create_sheet("JSLINE")
    points.title = "JSPOINT"
    points.append(["Exp_No", "X", "Y"])
    lines.append(["S_Point", "E_Point"])
    book.save(folder / "成果表.xlsx")
    return folder / "成果表.xlsx"


def drawing(folder: Path) -> Path:
    ezdxf.new("R2000").saveas(folder / "管线.dxf")
    return folder / "管线.dxf"


@pytest.mark.parametrize("make", [table_of_points, table_with_wkt, survey_book, drawing])
def test_a_file_without_a_row_is_an_empty_layer(tmp_path: Path, make: Callable[[Path], Path]):
    file = read_vector(make(tmp_path), crs="EPSG:4547", readers=NETWORK_READERS)
    assert len(file.frame) == 0
    assert file.frame.geometry.name == "geometry"


def write_book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


POINTS: list[list[object]] = [["Exp_No", "X", "Y"], ["JS1", 2839400.0, 576800.0], ["JS2", 2839400.0, 576830.0]]


def test_lines_whose_points_are_not_there_are_told_one_by_one(tmp_path: Path):
    lines: list[list[object]] = [["S_Point", "E_Point"], ["RQ1", "RQ2"], ["RQ2", "RQ3"]]
    sheets = {
        "JSPOINT": POINTS,
        "JSLINE": [["S_Point", "E_Point"], ["JS1", "JS2"]],
        "RQLINE": lines,
        "红线": [["说明"]],
    }
    frame = read_vector(write_book(tmp_path / "成果表.xlsx", sheets), crs="EPSG:4547", readers=NETWORK_READERS).frame
    told = frame.loc[frame[PROBLEM].notna(), [SHEET, ROW, PROBLEM]].to_numpy().tolist()
    assert told == [["RQLINE", 2, "点表里没有点 RQ1、RQ2"], ["RQLINE", 3, "点表里没有点 RQ2、RQ3"]]


def test_an_empty_sheet_of_lines_leaves_the_points(tmp_path: Path):
    book = write_book(tmp_path / "成果表.xlsx", {"JSPOINT": POINTS, "JSLINE": []})
    frame = read_vector(book, crs="EPSG:4547", readers=NETWORK_READERS).frame
    assert frame["code"].tolist() == ["JS1", "JS2"]
