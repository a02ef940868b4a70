"""Read the printed layout of annex 2 (附件2 改造计划表) from CSV or XLSX, every fault of the file at once.

Merged cells may be truly merged or left blank below their first row. 备注 names the project in the first row of a
block and holds for the rows below until the next name (沿用上行); a blank first 备注 belongs to nothing and is
refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gisplanner.domain.register import RegisterFile
from gisplanner.errors import Fault, FileFormatError, NotFoundError, RegisterError
from gisplanner.formats.annex_cells import Findings, clean
from gisplanner.formats.annex_columns import column_of, header_row, no_header, read_header
from gisplanner.formats.annex_rows import AnnexRows
from gisplanner.formats.table import Table, empty_file, read_bytes, sha256_of, wrong_file
from gisplanner.formats.table_csv import read_csv
from gisplanner.formats.table_xlsx import read_xlsx
from gisplanner.text import Text

_TEXT_SUFFIXES: Final = (".csv", ".txt", ".tsv")
_WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".et")


def read_annex(path: Path, *, sheet: str | None = None) -> RegisterFile:
    """Return the register in a file.

    Parameters
    ----------
    path
        CSV (UTF-8 with or without byte order mark, UTF-16, GBK, GB 18030) or XLSX with the printed Chinese headers,
        or with the keys ``seq, subdistrict, community, estate, households, buildings, floor_area_10k_m2,
        remark_raw``. Columns ``project``, ``project_code`` and ``project_source`` are compared with our own reading.
    sheet
        Name of the sheet, when several sheets of a workbook hold a register.

    Raises
    ------
    NotFoundError
        There is no such file or sheet.
    FileFormatError
        The file is not a readable table.
    RegisterError
        Cells or headers cannot be read without guessing; the error lists all of them.
    """
    data = read_bytes(path)
    table, notes = _choose(read_tables(data, path), sheet, path.name)
    found = header_row(table)
    if found is None:
        raise _refused([no_header(table)])
    findings = Findings(table.file, table.sheet)
    header = read_header(table, found, findings.faults)
    if findings.faults:
        raise _refused(findings.faults)
    body = AnnexRows(header, findings)
    for row in table.rows:
        if row.number > header.row:
            body.take(row)
    if findings.faults:
        raise _refused(findings.faults)
    if not body.rows:
        raise empty_file(path.name)
    return RegisterFile(
        file=path.name,
        sha256=sha256_of(data),
        rows=tuple(body.rows),
        totals=body.totals,
        ignored_columns=header.ignored,
        normalised=tuple(findings.normalised),
        notes=(*notes, *body.notes),
    )


def printed_subdistricts(path: Path) -> frozenset[str]:
    """Return the sub-districts (街道) a table names; none if it has no such column."""
    for table in read_tables(read_bytes(path), path):
        header = header_row(table)
        for index, cell in enumerate(() if header is None else header.cells):
            if header is not None and column_of(cell.text) == "subdistrict":
                below = [clean(row.cell(index).text) for row in table.rows if row.number > header.number]
                return frozenset(name for name in below if name)
    return frozenset()


def read_tables(data: bytes, path: Path) -> list[Table]:
    """Return the sheets of a CSV or XLSX file that hold anything.

    Raises
    ------
    FileFormatError
        It is neither, or empty.
    """
    suffix = path.suffix.lower()
    if suffix in _WORKBOOK_SUFFIXES:
        tables = read_xlsx(data, file=path.name)
    elif suffix in _TEXT_SUFFIXES:
        tables = [read_csv(data, file=path.name)]
    else:
        hint = Text("台账用 .csv 或 .xlsx 文件。", en="A register is a .csv or .xlsx file.")
        raise wrong_file(path.name, suffix or path.name, hint)
    filled = [table for table in tables if not table.blank]
    if not filled:
        raise empty_file(path.name)
    return filled


def _choose(tables: Sequence[Table], sheet: str | None, file: str) -> tuple[Table, list[Text]]:
    names = "、".join(table.sheet or "" for table in tables)
    if sheet is not None:
        for table in tables:
            if table.sheet == sheet:
                return table, []
        raise NotFoundError(
            Text(f"没有工作表“{sheet}”。", en=f"There is no sheet “{sheet}”."),
            [Fault(file=file, layer=sheet, allowed=names or None)],
        )
    registers = [table for table in tables if header_row(table) is not None]
    if len(registers) > 1:
        raise FileFormatError(
            Text("有多个工作表像是台账，无法判断用哪一个。", en="Several sheets look like a register."),
            [
                Fault(
                    file=file,
                    layer=table.sheet,
                    allowed=names,
                    hint=Text("用 --sheet 指定工作表。", en="Name the sheet with --sheet."),
                )
                for table in registers
            ],
        )
    chosen = registers[0] if registers else tables[0]
    if len(tables) == 1:
        return chosen, []
    return chosen, [
        Text(
            f"工作簿有 {len(tables)} 个工作表（{names}），读取的是“{chosen.sheet}”。",
            en=f"The workbook has {len(tables)} sheets ({names}); “{chosen.sheet}” was read.",
        )
    ]


def _refused(faults: Sequence[Fault]) -> RegisterError:
    return RegisterError(
        Text(
            f"台账有 {len(faults)} 处读不准，请改正后重交；没有写入任何数据。",
            en=f"The register has {len(faults)} faults; mend them and hand it in again. Nothing was written.",
        ),
        faults,
    )
