"""The works of a plan as a workbook (施工日历): bars by day, works, cut-overs with notices, quantities, payers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.files import replacing

_HEAD: Final = PatternFill("solid", fgColor="E8EEF4")
_THIN: Final = Side(style="thin", color="D0D0D0")
_WIDEST: Final = 60
_DAY_WIDTH: Final = 3.2
_LINE_PT: Final = 15.0
_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class DayBar:
    """A bar of the calendar: its row, colour (six hex digits) and days."""

    row: str
    what: str
    colour: str
    days: tuple[date, ...]


def write_works_book(
    path: Path,
    bars: Sequence[DayBar],
    days: Sequence[date],
    tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]],
    *,
    title: str,
) -> None:
    """Write the workbook: sheet 施工日历 with a column a working day, then one sheet for each table.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "施工日历"
    _calendar(sheet, bars, days, title)
    for name, (headings, rows) in tables.items():
        _table(book.create_sheet(name), headings, rows)
    with replacing(path) as writing:
        book.save(writing)


def _calendar(sheet: Worksheet, bars: Sequence[DayBar], days: Sequence[date], title: str) -> None:
    sheet.cell(1, 1, title).font = Font(bold=True, size=14)
    sheet.cell(2, 1, "路段").font = Font(bold=True)
    column = {day: k for k, day in enumerate(days, start=2)}
    for day, k in column.items():
        cell = sheet.cell(2, k, f"{day.month}/{day.day}")
        cell.alignment = Alignment(text_rotation=90, horizontal="center")
        cell.fill = _HEAD
        sheet.column_dimensions[get_column_letter(k)].width = _DAY_WIDTH
    rows = {name: k for k, name in enumerate(dict.fromkeys(bar.row for bar in bars), start=3)}
    for name, k in rows.items():
        sheet.cell(k, 1, name)
    for bar in bars:
        for day in bar.days:
            box = sheet.cell(rows[bar.row], column[day])
            box.fill = PatternFill("solid", fgColor=bar.colour)
            box.border = Border(top=_THIN, bottom=_THIN)
        sheet.cell(rows[bar.row], column[bar.days[0]], bar.what[:1]).font = Font(size=8, color="FFFFFF")
    legend = max(rows.values(), default=2) + 2
    for k, (what, colour) in enumerate(dict.fromkeys((bar.what, bar.colour) for bar in bars)):
        sheet.cell(legend + k, 1, what).fill = PatternFill("solid", fgColor=colour)
        sheet.cell(legend + k, 1).font = Font(color="FFFFFF")
    sheet.column_dimensions["A"].width = 26
    sheet.freeze_panes = "B3"
    _on_one_page_width(sheet)


def _on_one_page_width(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _table(sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for k, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, k, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        longest = max([2 * len(heading), *(_length(row[k - 1]) for row in rows)])
        sheet.column_dimensions[get_column_letter(k)].width = min(longest + 4, _WIDEST)
    for number, row in enumerate(rows, start=2):
        for k, value in enumerate(row, start=1):
            cell = sheet.cell(number, k, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str) and value.startswith(_FORMULA):
                cell.data_type, cell.quotePrefix = "s", True
        lines = max((math.ceil(_length(value) / (_WIDEST - 4)) for value in row), default=1)
        sheet.row_dimensions[number].height = _LINE_PT * max(lines, 1)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    _on_one_page_width(sheet)


def _length(value: Any) -> int:
    text = str(value)
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)  # noqa: PLR2004 - first of the wide letters
