"""Plain lists out (XLSX): one sheet for each part, headings in bold, text stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.files import replacing

_NAME_LIMIT: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")
_NARROWEST, _WIDEST = 10, 60
_WIDEST_A4: Final = 180
"""Characters across above which A4 would be too small to read, and A3 is taken."""
_LINE_PT: Final = 17
_LAST_NARROW: Final = 0x2E7F  # the CJK blocks begin behind it
_LINE: Final = Side(style="thin", color="B8BEC6")
_BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FILL: Final = PatternFill("solid", fgColor="E8EEF4")


def write_list(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]], *, headings: Sequence[str]) -> None:
    """Write rows of text, one sheet for each key of ``sheets``.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(_NOT_IN_NAMES.sub("_", name)[:_NAME_LIMIT])
        for column, heading in enumerate(headings, start=1):
            cell = sheet.cell(1, column, heading)
            cell.font = Font(bold=True)
            cell.fill, cell.border = _HEAD_FILL, _BOX
        for number, row in enumerate(rows, start=2):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
                cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.border = _BOX
        widths = []
        for column, heading in enumerate(headings, start=1):
            longest = max([_shown_width(heading), *(_shown_width(row[column - 1]) for row in rows)])
            widths.append(min(_WIDEST, max(_NARROWEST, longest + 3)))
            sheet.column_dimensions[get_column_letter(column)].width = widths[-1]
        for number, row in enumerate(rows, start=2):
            sheet.row_dimensions[number].height = _LINE_PT * max(map(_lines, row, widths))
        _set_up_print(sheet, wide=sum(widths) > _WIDEST_A4)
    with replacing(path) as file:
        book.save(file)


def _shown_width(text: str) -> int:
    """Return how wide the widest line of a text stands; a Chinese character is two wide."""
    lines = text.split("\n")
    return max(sum(2 if ord(letter) > _LAST_NARROW else 1 for letter in line) for line in lines)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of ``width`` narrow characters."""
    return sum(max(1, -(-_shown_width(line) // (width - 2))) for line in text.split("\n"))


def _set_up_print(sheet: Worksheet, *, wide: bool) -> None:
    """Set a sheet up to be printed and handed on: across the page, the headings on every one."""
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3 if wide else sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
