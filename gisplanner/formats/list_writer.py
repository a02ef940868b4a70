"""Plain lists out (XLSX): one sheet for each part, headings in bold, text stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gisplanner.files import replacing

_NAME_LIMIT: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")
_WIDEST: Final = 60


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
        for number, row in enumerate(rows, start=2):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
                cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column, heading in enumerate(headings, start=1):
            longest = max([len(heading), *(len(row[column - 1]) for row in rows)])
            sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, 2 * longest + 4)
        sheet.freeze_panes = "A2"
    with replacing(path) as file:
        book.save(file)
