"""Workbooks made to harm: a few letters that stand for thousands of millions of cells."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from gisplanner.errors import FileFormatError
from gisplanner.formats.table_xlsx import read_xlsx


def merged(*ranges: str) -> bytes:
    """Return a workbook that says so much is merged, whatever is there."""
    book, plain, made = Workbook(), io.BytesIO(), io.BytesIO()
    book.worksheets[0].append(["序号", "小区名称"])
    book.save(plain)
    told = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                end = b"</sheetData>"
                content = content.replace(end, end + f"<mergeCells>{told}</mergeCells>".encode())
            target.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("ranges", [("A1:XFD1048576",), tuple(f"A{row}:ZZ{row}" for row in range(1, 5000))])
def test_more_merged_cells_than_a_sheet_may_have_are_refused_before_they_are_made(ranges: tuple[str, ...]):
    with pytest.raises(FileFormatError) as refused:
        read_xlsx(merged(*ranges), file="a.xlsx")
    assert "合并的单元格过多" in str(refused.value.as_dict())


def test_merged_cells_are_read():
    (table,) = read_xlsx(merged("A1:A3"), file="a.xlsx")
    assert [row.cells[0].merge for row in table.rows] == ["first", "continued", "continued"]
