"""Tables in XLSX workbooks: what each cell shows, with merged ranges, stale formulas and error values told apart."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.formats.table import BLANK, Cell, Merge, Table, TableRow, wrong_file
from gisplanner.text import Text

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
_MAX_CELLS: Final = 3_000_000
_MERGED: Final = re.compile(rb"mergeCell [^>]*?ref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']")

_UNPACKED: Final = Text("解压后超过 256 MB，不像是一份台账。", en="It unpacks to more than 256 MB: no register does.")
_MERGES: Final = Text("合并的单元格过多；请取消合并后另存。", en="Too many merged cells: undo the merges.")
_STALE: Final = Text(
    "单元格是公式，文件里没有它的计算结果；请在电子表格中打开、保存后再交。",
    en="The cell is a formula and the file holds no result of it; open and save it in a spreadsheet first.",
)
_ERROR: Final = Text("单元格是错误值。", en="The cell is an error value.")
_BOOLEAN: Final = Text("单元格是逻辑值。", en="The cell is a truth value.")


def read_xlsx(data: bytes, *, file: str) -> list[Table]:
    """Return the visible sheets of a workbook that hold anything, in their order.

    A number is read with the 15 digits a spreadsheet works with, so 37.7674 stays 37.7674.

    Raises
    ------
    FileFormatError
        Not a workbook, an old .xls, protected by a password, damaged, or far too large when unpacked.
    """
    _refuse_what_is_not_xlsx(data, file)
    values, formulas = _open(data, file, data_only=True), _open(data, file, data_only=False)
    sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"] or values.worksheets
    tables = [_read_sheet(sheet, formulas[sheet.title], file) for sheet in sheets]
    return [table for table in tables if not table.blank]


def _refuse_what_is_not_xlsx(data: bytes, file: str) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            hint = Text("工作簿有密码；请去掉密码后另存。", en="The workbook has a password; save it without one.")
            raise wrong_file(file, "加密的 XLSX", hint)
        hint = Text("这是旧格式 .xls；请另存为 .xlsx。", en="This is the old .xls format; save it as .xlsx.")
        raise wrong_file(file, "XLS", hint)
    damaged = Text("文件已损坏或不是 XLSX；请重新另存。", en="The file is damaged or no XLSX; save it again.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            small = sum(member.file_size for member in members) <= _MAX_UNPACKED_BYTES
            sheets = [member for member in members if small and "/worksheets/" in member.filename]
            # The library makes each merged cell: a range of a few letters may hold thousands of millions.
            merged = max((_merged_cells(archive.read(sheet)) for sheet in sheets), default=0)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise wrong_file(file, data[:8].decode("ascii", "replace"), damaged) from error
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise wrong_file(file, "ZIP", damaged)
    if not small:
        raise wrong_file(file, "XLSX", _UNPACKED)
    if merged > _MAX_CELLS:
        raise wrong_file(file, "XLSX", _MERGES)


def _merged_cells(sheet: bytes) -> int:
    return sum(
        (abs(column_index_from_string(right) - column_index_from_string(left)) + 1) * (abs(int(low) - int(high)) + 1)
        for left, high, right, low in (map(bytes.decode, found.groups()) for found in _MERGED.finditer(sheet))
    )


def _open(data: bytes, file: str, *, data_only: bool) -> Workbook:
    # openpyxl meets damage deep inside as whatever error that part raises; to the user all of them are one fact.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions it leaves out do not matter to values
            return load_workbook(io.BytesIO(data), data_only=data_only)
    except MemoryError:
        raise
    except Exception as error:
        hint = Text("工作簿内部已损坏；请重新另存。", en="The workbook is damaged inside; save it again.")
        raise wrong_file(file, type(error).__name__, hint) from error


def _read_sheet(sheet: Worksheet, formulas: Worksheet, file: str) -> Table:
    if sheet.max_row * sheet.max_column > _MAX_CELLS:
        hint = Text(
            f"工作表“{sheet.title}”的已用区域有 {sheet.max_row} 行 {sheet.max_column} 列；请删除空白的行和列后另存。",
            en=f"The sheet “{sheet.title}” has {sheet.max_row} rows, {sheet.max_column} columns; delete blank ones.",
        )
        raise wrong_file(file, "XLSX", hint)
    merges = _merges(sheet)
    rows = []
    for number, (values, written) in enumerate(
        zip(sheet.iter_rows(min_row=1, min_col=1), formulas.iter_rows(min_row=1, min_col=1), strict=True), start=1
    ):
        cells = tuple(
            _cell(value.value, value.data_type, source.data_type, merges.get((number, column), "none"))
            for column, (value, source) in enumerate(zip(values, written, strict=True), start=1)
        )
        rows.append(TableRow(number, cells))
    return Table(file, sheet.title, tuple(rows))


def _merges(sheet: Worksheet) -> dict[tuple[int, int], Merge]:
    found: dict[tuple[int, int], Merge] = {}
    for merged in sheet.merged_cells.ranges:
        for row, column in merged.cells:
            found[row, column] = "first" if (row, column) == (merged.min_row, merged.min_col) else "continued"
    return found


def _cell(value: Any, kind: str, written_as: str, merge: Merge) -> Cell:
    if value is None:
        if written_as == "f":
            return Cell("", merge, _STALE)
        return BLANK if merge == "none" else Cell("", merge)
    if kind == "e":
        return Cell(str(value), merge, _ERROR)
    if isinstance(value, bool):
        return Cell(str(value).upper(), merge, _BOOLEAN)
    return Cell(_shown(value), merge)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)
