"""Tables out (XLSX): sheets with headings of their own, numbers as numbers, text as text, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.files import replacing
from gisplanner.formats.workbook_bytes import save_reproducibly

Value = str | int | float | Decimal | None

_WIDEST: Final = 42
_LINE_PT: Final = 15.0
_TALLEST_PT: Final = 400.0
_WIDE_SHEET: Final = 160
_LINE: Final = Side(style="thin", color="C8CCD0")
_BORDER: Final = Border(top=_LINE, bottom=_LINE, left=_LINE, right=_LINE)
_HEAD: Final = PatternFill("solid", fgColor="E8EEF4")
_FONT: Final = "Noto Sans CJK SC"
_NO_CLOCK: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands for the time a file was made: equal tables give equal bytes."""


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
        save_reproducibly(book, file, _NO_CLOCK)


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
    widths = [
        min(_WIDEST, max([_width(heading), *(_width(row[column]) for row in table.rows)]) + 3)
        for column, heading in enumerate(table.headings)
    ]
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(table.rows, start=top + 1):
        tall = max((_lines(value, width) for value, width in zip(row, widths, strict=True)), default=1)
        sheet.row_dimensions[number].height = min(_TALLEST_PT, _LINE_PT * tall + 3)
    sheet.freeze_panes = sheet.cell(top + 1, 1).coordinate
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A3 if sum(widths) > _WIDE_SHEET else Worksheet.PAPERSIZE_A4
    sheet.print_title_rows = f"{top}:{top}"
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


def _lines(value: Value, width: int) -> int:
    """Return how many lines a cell of that width wraps into; the programs that open the file do not measure it."""
    parts = ("" if value is None else str(value)).split("\n")
    return sum(max(1, ceil(_width(part) / (width - 2))) for part in parts)
