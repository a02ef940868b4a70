"""Attribute sheet out (XLSX): one row a feature, its centre in degrees, its outline as WKT; no cell is a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd
import shapely
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.crs import WGS84, crs_name
from gisplanner.domain.layers import ColumnSpec
from gisplanner.files import replacing
from gisplanner.formats.layer_table import LayerTable, Written, join_list
from gisplanner.text import Text

CELL_LIMIT: Final = 32_767
_HEAD_FILL: Final = PatternFill("solid", fgColor="E8EEF4")
_MILLIMETRES: Final = 3


def write_sheet(path: Path, table: LayerTable) -> Written:
    """Write one workbook: sheet 1 the rows, sheet 说明 the notes and what each column means.

    Text that begins like a formula (``=``, ``+``, ``-``, ``@``) stays text: the cell is typed as text and marked
    as quoted, so neither opening nor editing it computes anything and the value is unchanged.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = table.title[:31]
    outline = f"轮廓（WKT，{crs_name(table.frame.crs)}）"
    _heading(sheet, [*(column.label for column in table.columns), "中心经度（度）", "中心纬度（度）", outline])
    shapes = table.frame.geometry
    centres = shapes.representative_point().to_crs(WGS84)
    texts = shapely.to_wkt(shapes.to_numpy(), rounding_precision=_MILLIMETRES)
    columns = [table.frame[column.name].tolist() for column in table.columns]
    long_ids, cleaned = [], 0
    for number, (centre, wkt, *row) in enumerate(zip(centres, texts, *columns, strict=True), start=2):
        for position, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            cleaned += _put(sheet.cell(number, position), _value(value, column))
        there = centre is not None and not centre.is_empty
        after = len(table.columns)
        if there:
            _put(sheet.cell(number, after + 1), round(centre.x, 7))
            _put(sheet.cell(number, after + 2), round(centre.y, 7))
        if wkt is not None and len(wkt) <= CELL_LIMIT:
            _put(sheet.cell(number, after + 3), wkt)
        elif wkt is not None:
            long_ids.append(str(table.frame[table.id_column].iloc[number - 2]))
    _notes(book.create_sheet("说明"), table)
    with replacing(path) as writing:
        book.save(writing)
    return Written(losses=_losses(long_ids, cleaned))


def _heading(sheet: Worksheet, headings: list[str]) -> None:
    for position, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, position)
        _put(cell, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(position)].width = min(max(12, 2 * len(heading) + 2), 30)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}1"


def _notes(sheet: Worksheet, table: LayerTable) -> None:
    rows = [
        *((str(key), str(value)) for key, value in table.notes.items()),
        ("列", "单位"),
        *((column.label, column.unit or "—") for column in table.columns),
    ]
    for number, (key, value) in enumerate(rows, start=1):
        _put(sheet.cell(number, 1), key)
        _put(sheet.cell(number, 2), value)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 80


def _value(value: Any, column: ColumnSpec) -> Any:
    if column.type == "text_list":
        return join_list(value)
    if value is None or pd.isna(value):
        return None
    if column.type == "integer":
        return int(value)
    if column.type == "boolean":
        return "是" if value else "否"
    return value if column.type in {"number", "decimal", "date"} else str(value)


def _put(cell: Cell | MergedCell, value: Any) -> bool:
    """Fill a cell and return whether the text had to be changed for it."""
    if not isinstance(value, str):
        cell.value = value
        return False
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL_LIMIT]
    cell.value = text
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        cell.data_type = "s"
        cell.quotePrefix = True
    return text != value


def _losses(long_ids: list[str], cleaned: int) -> tuple[str, ...]:
    losses: list[str] = [
        Text(
            "列表写成用“;”分隔的文字，轮廓取到毫米", en="lists are text separated by “;”, outlines to the millimetre"
        )
    ]
    if long_ids:
        losses.append(
            Text(
                f"轮廓过长、单元格放不下，未写：{'、'.join(long_ids)}",
                en=f"outlines too long for a cell, left out: {', '.join(long_ids)}",
            )
        )
    if cleaned:
        losses.append(
            Text(
                f"{cleaned} 个单元格的控制字符或超长文字被去掉",
                en=f"{cleaned} cells lost control characters or overlong text",
            )
        )
    return tuple(losses)
