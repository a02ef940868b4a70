"""Tables out (XLSX): sheets with headings of their own, numbers as numbers, text as text, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.files import replacing

Value = str | int | float | Decimal | None

_WIDEST: Final = 56
_LINE: Final = Side(style="thin", color="C8CCD0")
_BORDER: Final = Border(top=_LINE, bottom=_LINE, left=_LINE, right=_LINE)
_HEAD: Final = PatternFill("solid", fgColor="E8EEF4")
_FONT: Final = "Noto Sans CJK SC"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name (at most 31 characters), what stands above the table, headings and rows."""

    name: str
    notes: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def write_tables(path: Path, tables: Sequence[Table]) -> None:
    """Write tables as sheets of one workbook, whole or not at all; ``None`` is an empty cell.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _write(book.create_sheet(table.name[:31]), table)
    with replacing(path) as file:
        book.save(file)


def _write(sheet: Worksheet, table: Table) -> None:
    for number, note in enumerate(table.notes, start=1):
        cell = sheet.cell(number, 1)
        _fill(cell, note)
        cell.font = Font(name=_FONT, bold=number == 1, size=14 if number == 1 else 10)
    top = len(table.notes) + 1
    for column, heading in enumerate(table.headings, start=1):
        cell = sheet.cell(top, column)
        _fill(cell, heading)
        cell.font, cell.fill, cell.border = Font(name=_FONT, bold=True), _HEAD, _BORDER
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    for number, row in enumerate(table.rows, start=top + 1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            _fill(cell, value)
            cell.font, cell.border = Font(name=_FONT), _BORDER
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, heading in enumerate(table.headings, start=1):
        longest = max([_width(heading), *(_width(row[column - 1]) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, longest + 3)
    sheet.freeze_panes = sheet.cell(top + 1, 1).coordinate
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _fill(cell: Cell | MergedCell, value: Value) -> None:
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    else:
        cell.value = value


def _width(value: Value) -> int:
    """Return how many Latin letters wide the longest line is; a Chinese one is two."""
    lines = ("" if value is None else str(value)).split("\n")
    return max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in lines)  # noqa: PLR2004 - CJK begins there
