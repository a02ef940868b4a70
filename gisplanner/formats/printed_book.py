"""A workbook fit to print (打印工作簿): titled sheets of A4 across, tables with heads on every page, charts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from gisplanner.files import write_bytes

_FONT: Final = "宋体"
_LINE_PT: Final = 14
_HEAD_ROW: Final = 3
_A4: Final = 9
_A3: Final = 8
_WIDEST_A4: Final = 180.0
"""Characters across above which A4 would be too small to read, and A3 is taken."""
_LAST_NARROW: Final = 0x2E7F


class PrintedBook:
    """A workbook under way: each sheet has a title, the line below it, and tables.

    Parameters
    ----------
    title, below
        Stand above every sheet.
    warning
        Stands in red below them, where the figures are no facts.
    """

    def __init__(self, title: str, below: str, *, warning: str | None = None) -> None:
        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._bytes, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                          "strings_to_numbers": False}
        )  # fmt: skip
        self._heading = (title, below, warning)
        cell = {"font_name": _FONT, "font_size": 10, "border": 1, "border_color": "#808080", "valign": "vcenter",
                "text_wrap": True}  # fmt: skip
        make = self._book.add_format
        self._title = make({"font_name": _FONT, "font_size": 18, "bold": True, "align": "center"})
        self._below = make({"font_name": _FONT, "font_size": 11})
        self._red = make({"font_name": _FONT, "font_size": 11, "bold": True, "font_color": "#C00000"})
        self._head = make({**cell, "bold": True, "bg_color": "#DCE6F1", "align": "center"})
        self._plain = make(cell)
        self._text = make({**cell, "indent": 1})
        self._number = make({**cell, "num_format": "0.0###"})
        self._day = make({**cell, "num_format": "yyyy-mm-dd"})
        self._late = make({**cell, "bg_color": "#F8CBAD"})
        self._late_text = make({**cell, "bg_color": "#F8CBAD", "indent": 1})

    def sheet(self, name: str, width: int, widths: Sequence[float] = ()) -> Worksheet:
        """Add a sheet of ``width`` columns with its title, ready for A4 across, or A3 where it is very wide."""
        sheet = self._book.add_worksheet(name)
        title, below, warning = self._heading
        sheet.merge_range(0, 0, 0, max(1, width - 1), title, self._title)
        sheet.write_string(1, 0, below, self._below)
        if warning:
            sheet.write_string(2, 0, warning, self._red)
        across = [widths[position] if position < len(widths) else 13 for position in range(width)]
        for position, characters in enumerate(across):
            sheet.set_column(position, position, characters)
        sheet.set_landscape()
        sheet.set_paper(_A4 if sum(across) <= _WIDEST_A4 else _A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, _HEAD_ROW)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        return sheet

    def table(
        self,
        sheet: Worksheet,
        heads: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        top: int = _HEAD_ROW,
        heights: Sequence[float] | None = None,
        head_lines: int = 1,
    ) -> int:
        """Write a table with its head in row ``top`` (from 0) and return the row after it."""
        lines = max(head_lines, 1 + max(head.count("\n") for head in heads))
        sheet.set_row(top, _LINE_PT * lines + 2)
        for position, head in enumerate(heads):
            sheet.write_string(top, position, head, self._head)
        for number, values in enumerate(rows, start=top + 1):
            if heights is not None:
                sheet.set_row(number, heights[number - top - 1])
            for position, value in enumerate(values):
                self._write(sheet, number, position, value)
        return top + 1 + len(rows)

    def _write(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        if value is None:
            sheet.write_blank(row, column, None, self._plain)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, self._text)
        elif isinstance(value, Decimal) and value == value.to_integral_value():
            sheet.write_number(row, column, int(value), self._plain)
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, float(value), self._number)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), self._day)
        else:
            sheet.write_number(row, column, value, self._plain)

    def late(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        """Write a value again on the ground of what is late."""
        if isinstance(value, str):
            sheet.write_string(row, column, value, self._late_text)
        else:
            sheet.write_number(row, column, value, self._late)

    def note(self, sheet: Worksheet, row: int, text: str, column: int = 0) -> None:
        """Write a line below a table."""
        sheet.write_string(row, column, text, self._below)

    def bars(
        self,
        sheet: Worksheet,
        place: tuple[int, int],
        title: str,
        *,
        names: tuple[int, int, int],
        columns: Mapping[int, str],
        percent: bool = False,
    ) -> None:
        """Add horizontal bars: ``names`` is the column of names, its first and last row; ``columns`` the values.

        The legend calls each column of values as ``columns`` does.
        """
        chart: Any = self._book.add_chart({"type": "bar"})
        column, first, last = names
        for values, called in columns.items():
            chart.add_series({
                "name": called,
                "categories": [sheet.get_name(), first, column, last, column],
                "values": [sheet.get_name(), first, values, last, values],
                "data_labels": {"value": True, "num_format": "0.0" if percent else "0", "font": {"size": 8}},
            })  # fmt: skip
        chart.set_title({"name": title, "name_font": {"size": 12, "bold": False}})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
        chart.set_x_axis({"min": 0, **({"max": 100} if percent else {}), "num_font": {"size": 9},
                          "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}})  # fmt: skip
        chart.set_legend({"none": True} if len(columns) == 1 else {"position": "bottom"})
        chart.set_size({"width": 620, "height": max(240, 60 + 28 * (last - first + 1) * len(columns))})
        sheet.insert_chart(*place, chart)

    def save(self, path: Path, day: date) -> None:
        """Save the workbook whole or not at all; the same content of the same day gives the same bytes.

        Raises
        ------
        InputError
            ``path`` cannot be written to.
        """
        self._book.set_properties({"created": datetime.combine(day, datetime.min.time())})
        self._book.close()
        write_bytes(path, self._bytes.getvalue())


@lru_cache(maxsize=8192)
def _lines(text: str, width: float) -> int:
    return max(1, ceil(sum(2 if ord(one) > _LAST_NARROW else 1 for one in text) / width))


def row_height(texts: Sequence[str], width: float, *, least: int = 1) -> float:
    """Return the height in points of a row that holds ``texts`` one below the other in a column of some width."""
    return float(_LINE_PT * max(least, sum(_lines(text, width) for text in texts)))
