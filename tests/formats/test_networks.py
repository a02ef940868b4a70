"""Files in which owners hand in their networks, that hold nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ezdxf
import pytest
from openpyxl import Workbook

from gisplanner.formats.networks import NETWORK_READERS
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
