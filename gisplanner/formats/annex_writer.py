"""Write a register in the printed layout of annex 2, so that reading it again gives the same rows.

Text that a spreadsheet would run as a formula (it starts with ``=``, ``+``, ``-``, ``@``) stays text: quoted in XLSX,
behind an apostrophe in CSV, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.domain.register import ESTATE, SCATTERED, RegisterRow
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.annex_columns import PRINTED, REQUIRED
from gisplanner.formats.table_csv import shielded
from gisplanner.text import Text

Value = int | Decimal | str | None

_FONT: Final = "宋体"
_WIDTH_CHARACTERS: Final = {
    "seq": 6,
    "subdistrict": 12,
    "community": 16,
    "estate": 26,
    "households": 9,
    "buildings": 9,
    "floor_area": 18,
    "remark": 42,
    "year_built": 14,
    "ownership": 14,
    "kind": 12,
}
_OPTIONAL: Final = ("year_built", "ownership")
_HEADING_HEIGHT_PT: Final = 32
_ROW_HEIGHT_PT: Final = 18
_LAST_NARROW: Final = 0x2E7F  # the CJK blocks begin behind it
_LINE: Final = Side(style="thin")
_SHEET_NAME: Final = "改造计划"


def write_annex(rows: Sequence[RegisterRow], path: Path, *, title: str) -> None:
    """Write ``rows`` to ``path``: ``.xlsx`` with truly merged 备注, or ``.csv`` (UTF-8 with byte order mark).

    建成时间 and 产权性质 are added as last columns when some estate has them, 小区类别 when some are 散居楼.

    Parameters
    ----------
    title
        Printed above the table on every page of the XLSX; it takes no row of the sheet.

    Raises
    ------
    UsageError
        ``path`` ends in neither.
    """
    columns = [*REQUIRED, *(name for name in _OPTIONAL if any(getattr(row, name) is not None for row in rows))]
    columns += ["kind"] if any(row.kind == SCATTERED for row in rows) else []
    table = [_values(row, above, columns) for above, row in zip([None, *rows], rows, strict=False)]
    suffix = path.suffix.lower()
    if suffix == ".csv":
        path.write_bytes(_csv(columns, table))
    elif suffix == ".xlsx":
        _workbook(columns, table, title).save(path)
    else:
        raise UsageError(
            Text("台账导出为 .xlsx 或 .csv。", en="A register is exported as .xlsx or .csv."),
            [Fault(file=path.name, value=suffix, allowed=".xlsx, .csv")],
        )


def _values(row: RegisterRow, above: RegisterRow | None, columns: Sequence[str]) -> list[Value]:
    # A name carried down must be carried from the row above; anywhere else it has to be printed.
    continues = row.project_source == "carried_down" and above is not None and above.project == row.project
    values: dict[str, Value] = {
        "seq": row.seq,
        "subdistrict": row.subdistrict,
        "community": row.community,
        "estate": row.estate,
        "households": row.households,
        "buildings": row.buildings,
        "floor_area": row.floor_area_10k_m2,
        "remark": None if continues else row.project,
        "year_built": row.year_built,
        "ownership": row.ownership,
        "kind": row.kind or ESTATE,
    }
    return [values[column] for column in columns]


def _csv(columns: Sequence[str], table: Sequence[Sequence[Value]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([PRINTED[column] for column in columns])
    for values in table:
        writer.writerow([_csv_text(value) for value in values])
    return buffer.getvalue().encode("utf-8-sig")


def _csv_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return shielded(value) if isinstance(value, str) else str(value)


def _workbook(columns: Sequence[str], table: Sequence[Sequence[Value]], title: str) -> Workbook:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = _SHEET_NAME
    for position, column in enumerate(columns, start=1):
        _put(sheet.cell(1, position), PRINTED[column], bold=True)
        sheet.column_dimensions[get_column_letter(position)].width = _WIDTH_CHARACTERS[column]
    sheet.row_dimensions[1].height = _HEADING_HEIGHT_PT  # two lines: 总建筑面积（万平方米）
    for number, values in enumerate(table, start=2):
        sheet.row_dimensions[number].height = _ROW_HEIGHT_PT * _lines(columns, values)
        for position, value in enumerate(values, start=1):
            _put(sheet.cell(number, position), value)
    _merge_remarks(sheet, columns.index("remark"), table)
    _set_up_print(sheet, title)
    return workbook


def _lines(columns: Sequence[str], values: Sequence[Value]) -> int:
    """Return how many lines the fullest cell of a row takes; a Chinese character is two wide."""
    widths = [sum(2 if ord(letter) > _LAST_NARROW else 1 for letter in str(value or "")) for value in values]
    return max(1, *(-(-width // _WIDTH_CHARACTERS[column]) for column, width in zip(columns, widths, strict=True)))


def _put(cell: Cell | MergedCell, value: Value, *, bold: bool = False) -> None:
    assert isinstance(cell, Cell)
    cell.font = Font(name=_FONT, size=11, bold=bold)
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    if isinstance(value, Decimal):
        # A spreadsheet keeps 15 digits; a longer number is kept exact as text.
        exact = Decimal(format(float(value), ".15g")) == value
        cell.value = float(value) if exact else format(value, "f")
    elif isinstance(value, str):
        cell.value = value
        cell.data_type = "s"
        cell.quotePrefix = shielded(value) != value
    else:
        cell.value = value


def _merge_remarks(sheet: Worksheet, remark: int, table: Sequence[Sequence[Value]]) -> None:
    starts = [index for index, values in enumerate(table) if values[remark] is not None]
    for start, after in zip(starts, [*starts[1:], len(table)], strict=True):
        if after - start > 1:
            sheet.merge_cells(start_row=start + 2, end_row=after + 1, start_column=remark + 1, end_column=remark + 1)


def _set_up_print(sheet: Worksheet, title: str) -> None:
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    header, footer = sheet.oddHeader, sheet.oddFooter
    assert header is not None
    assert footer is not None
    # In a header "&" starts a code; doubled it is the sign itself.
    header.center.text = title.replace("&", "&&")
    header.center.font = f"{_FONT},Bold"
    header.center.size = 16
    footer.center.text = "第 &P 页，共 &N 页"
