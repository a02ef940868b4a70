"""Columns of another spreadsheet to be filled into the register (补充列): years, ownership, willing households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.formats.annex import read_tables
from gisplanner.formats.annex_cells import Findings, read_count, read_text
from gisplanner.formats.annex_columns import column_of, plain_header
from gisplanner.formats.table import Table, TableRow, read_bytes, sha256_of
from gisplanner.text import Text

SurveyColumn = Literal["year_built", "ownership", "willing_households"]
COLUMNS: Final[tuple[SurveyColumn, ...]] = ("year_built", "ownership", "willing_households")

LABELS: Final = {
    "code": Text("小区编码", en="code"),
    "estate": Text("小区名称", en="estate"),
    "community": Text("所在社区", en="community"),
    "year_built": Text("建成时间", en="year built"),
    "ownership": Text("产权性质", en="ownership"),
    "willing_households": Text("同意户数", en="willing households"),
}
_OWN: Final = {
    **dict.fromkeys(("小区编码", "编码", "编号", "code"), "code"),
    **dict.fromkeys(
        ("同意户数", "意愿户数", "同意改造户数", "愿意改造户数", "愿意户数", "同意户数(户)", "意愿户数(户)"),
        "willing_households",
    ),
    **dict.fromkeys(("willing", "willing_households"), "willing_households"),
    **dict.fromkeys(("名称", "name"), "estate"),
}
_NOT_A_ROW: Final = frozenset({"合计", "总计", "共计", "小计"})
_SEARCHED_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """What a row says about an estate; columns it leaves blank are not in ``values``."""

    row: int
    code: str | None
    name: str | None
    community: str | None
    values: dict[SurveyColumn, str]


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """A spreadsheet that was read: its rows, the columns it fills, headings that were not understood."""

    file: str
    sha256: str
    rows: tuple[SurveyRow, ...]
    columns: tuple[SurveyColumn, ...]
    ignored_columns: tuple[str, ...]


def read_survey(path: Path, *, sheet: str | None = None) -> SurveyFile:
    """Return the columns a spreadsheet can fill in; titles above and totals below are left out.

    Raises
    ------
    NotFoundError
        There is no such file or sheet.
    FileFormatError
        It is no readable table.
    InputError
        It has no column of names or codes, nothing to fill in, or cells that cannot be read; all of them at once.
    """
    data = read_bytes(path)
    table, header, index = _headed(read_tables(data, path), sheet, path.name)
    findings = Findings(path.name, table.sheet)
    rows = [
        made
        for row in table.rows
        if row.number > header.number and not row.blank and (made := _row(row, index, findings)) is not None
    ]
    if findings.faults:
        raise InputError(
            Text(
                f"{path.name} 有 {len(findings.faults)} 处读不准，没有写入任何数据。",
                en=f"{path.name} has {len(findings.faults)} faults; nothing was written.",
            ),
            findings.faults,
        )
    ignored = tuple(
        cell.text.strip() for cell in header.cells if cell.text.strip() and _column(cell.text) not in index
    )
    return SurveyFile(
        path.name, sha256_of(data), tuple(rows), tuple(column for column in COLUMNS if column in index), ignored
    )


def _column(text: str) -> str | None:
    known = column_of(text)
    return known if known in LABELS else _OWN.get(plain_header(text))


def _headed(tables: Sequence[Table], sheet: str | None, file: str) -> tuple[Table, TableRow, dict[str, int]]:
    """Return the sheet to read, its header row and where the columns stand."""
    if sheet is not None and sheet not in {table.sheet for table in tables}:
        names = "、".join(table.sheet or "" for table in tables)
        raise NotFoundError(
            Text(f"没有工作表“{sheet}”。", en=f"There is no sheet “{sheet}”."),
            [Fault(file=file, layer=sheet, allowed=names or None)],
        )
    for table in tables:
        if sheet is not None and table.sheet != sheet:
            continue
        for row in table.rows[:_SEARCHED_ROWS]:
            index: dict[str, int] = {}
            for at, cell in enumerate(row.cells):
                column = _column(cell.text)
                if column is not None:
                    index.setdefault(column, at)
            if {"estate", "code"} & index.keys() and set(COLUMNS) & index.keys():
                return table, row, index
    allowed = "、".join(LABELS.values())
    raise InputError(
        Text(
            f"{file} 里没有找到表头：要有小区名称或编码一列，和至少一列要补充的内容。",
            en=f"{file} has no header with names or codes of estates and a column to fill in.",
        ),
        [Fault(file=file, layer=sheet, allowed=allowed)],
    )


def _row(row: TableRow, index: dict[str, int], findings: Findings) -> SurveyRow | None:
    def text(column: str) -> str | None:
        if column not in index:
            return None
        return read_text(row.cell(index[column]), row.number, LABELS[column], findings) or None

    code, name = text("code"), text("estate")
    if (code is None and name is None) or name in _NOT_A_ROW or code in _NOT_A_ROW:
        return None
    values: dict[SurveyColumn, str] = {}
    for column in COLUMNS:
        if column == "willing_households" and column in index:
            count = read_count(row.cell(index[column]), row.number, LABELS[column], findings, of="households")
            value = None if count is None else str(count)
        else:
            value = text(column)
        if value is not None:
            values[column] = value
    return SurveyRow(row.number, code, name, text("community"), values)
