"""A table of records under Chinese headings (工程台账表): rows in, records out, every fault of the file at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from gisplanner.errors import Fault, FileFormatError, InputError
from gisplanner.formats.table import Table, TableRow, empty_file, read_bytes
from gisplanner.formats.table_csv import read_csv
from gisplanner.formats.table_xlsx import read_xlsx
from gisplanner.rules.words import plain
from gisplanner.text import Text

Record = TypeVar("Record", bound=BaseModel)

_WORKBOOKS: Final = (".xlsx", ".xlsm")
_LOOKED_THROUGH: Final = 5


def read_records(path: Path, kind: type[Record]) -> list[tuple[int, Record]]:
    """Return the records of a CSV or XLSX with the row number each stands in.

    Headings are the titles of the fields of ``kind``; a title line above them is passed over.

    Raises
    ------
    FileFormatError
        Not a table, or a column that every record needs is missing.
    InputError
        Rows that are no records; all of them at once.
    """
    data = read_bytes(path)
    table = (
        read_xlsx(data, file=path.name)[0] if path.suffix.lower() in _WORKBOOKS else read_csv(data, file=path.name)
    )
    start, columns = _headings(table, kind)
    faults: list[Fault] = []
    records: list[tuple[int, Record]] = []
    for row in table.rows[start + 1 :]:
        if row.blank:
            continue
        try:
            records.append((row.number, kind.model_validate(_values(row, columns))))
        except ValidationError as error:
            faults += _faults(table, row, error, kind)
    if faults:
        raise InputError(Text("记录有误，一条也没有存。", en="Records are wrong; none was stored."), faults)
    if not records:
        raise empty_file(path.name)
    return records


def headings_of(kind: type[BaseModel]) -> list[str]:
    """Return the headings of a table of records, in the order of its fields."""
    fields = sorted(kind.model_fields.items(), key=lambda item: item[0] in {"east_m", "north_m"})
    return [field.title or name for name, field in fields]


def _headings(table: Table, kind: type[BaseModel]) -> tuple[int, dict[str, int]]:
    titles = {plain(field.title or name): name for name, field in kind.model_fields.items()}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(table.rows[:_LOOKED_THROUGH]):
        found = {
            titles[word]: position for position, cell in enumerate(row.cells) if (word := plain(cell.text)) in titles
        }
        if len(found) > len(best[1]):
            best = (number, found)
    missing = [
        field.title or name
        for name, field in kind.model_fields.items()
        if field.is_required() and name not in best[1]
    ]
    if missing:
        raise FileFormatError(
            Text("表里缺少必需的列。", en="The table lacks columns it needs."),
            [
                Fault(file=table.file, layer=table.sheet, column=one, allowed="、".join(headings_of(kind)))
                for one in missing
            ],
        )
    return best


def _values(row: TableRow, columns: dict[str, int]) -> dict[str, Any]:
    told = {name: row.cell(position).text.strip() for name, position in columns.items()}
    return {name: text for name, text in told.items() if text}


def _faults(table: Table, row: TableRow, error: ValidationError, kind: type[BaseModel]) -> list[Fault]:
    faults = []
    for one in error.errors():
        name = str(one["loc"][0]) if one["loc"] else None
        field = None if name is None else kind.model_fields[name]
        faults.append(
            Fault(
                file=table.file,
                layer=table.sheet,
                row=row.number,
                column=None if field is None else field.title,
                value=None if name is None or one["type"] == "missing" else str(one["input"]),
                allowed=_allowed(one.get("ctx", {}).get("expected"), required=one["type"] == "missing"),
                hint=_hint(one["type"], one["msg"]),
            )
        )
    return faults


def _allowed(expected: Any, *, required: bool) -> str | None:
    if required:
        return Text("必填", en="required")
    return None if expected is None else str(expected)


def _hint(kind: str, message: str) -> str | None:
    if kind.startswith("date"):
        return Text("日期写作 2024-09-01", en="a day as 2024-09-01")
    if kind.startswith(("decimal", "float", "int", "greater", "less")):
        return Text("应为合理的数字", en="a number within reason")
    return message.removeprefix("Value error, ") if kind == "value_error" else None


def write_blank(path: Path, kind: type[BaseModel]) -> Sequence[str]:
    """Write the empty table of a kind of record (CSV with byte order mark) and return its headings."""
    path.write_bytes(blank_csv(kind))
    return headings_of(kind)


def blank_csv(kind: type[BaseModel]) -> bytes:
    """Return the empty table of a kind of record as CSV with byte order mark."""
    return ("\ufeff" + ",".join(headings_of(kind)) + "\r\n").encode()
