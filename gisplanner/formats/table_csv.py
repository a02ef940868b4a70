"""Tables in comma, semicolon or tab separated text."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.table import Cell, Table, TableRow, wrong_file
from gisplanner.formats.text_encoding import decode_text
from gisplanner.text import Text

_SEPARATORS: Final = (",", "\t", ";")
_BINARY: Final = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP / XLSX"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"SQLite format 3", "SQLite / GeoPackage"),
)
_HEAD_CHARACTERS: Final = 200_000
_MAX_COLUMNS: Final = 2_000
_SHIELDED: Final = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def read_csv(data: bytes, *, file: str) -> Table:
    """Return the table of a text file; the separator is the one that cuts it into most columns.

    A leading apostrophe that keeps a spreadsheet from reading the cell as a formula is taken off again.

    Raises
    ------
    FileFormatError
        It is not text, or its quotation marks do not close.
    """
    for magic, kind in _BINARY:
        if data.startswith(magic):
            hint = Text(
                f"内容是 {kind}，扩展名却是文本表格；请改正扩展名或另存。",
                en=f"The content is {kind} although the name says text; correct the name or save it again.",
            )
            raise wrong_file(file, kind, hint)
    text = decode_text(data, file=file)
    head = [line for line in text[:_HEAD_CHARACTERS].splitlines() if line.strip()][:30]
    separator = max(_SEPARATORS, key=lambda candidate: _widest(head, candidate))
    if _widest(head, separator) > _MAX_COLUMNS:
        hint = Text(
            f"超过 {_MAX_COLUMNS} 列，不像是一份表格。", en=f"More than {_MAX_COLUMNS} columns: no table has."
        )
        raise wrong_file(file, "CSV", hint)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = []
    try:
        for number, values in enumerate(reader, start=1):
            rows.append(TableRow(number, tuple(Cell(_unshielded(value)) for value in values)))
    except csv.Error as error:
        raise FileFormatError(
            Text("CSV 的引号或换行有误。", en="The CSV has broken quotation marks or line ends."),
            [
                Fault(
                    file=file,
                    row=len(rows) + 1,
                    hint=Text(
                        "检查这一行起的英文双引号是否成对。", en="Check that double quotes close from this row on."
                    ),
                )
            ],
        ) from error
    return Table(file, None, tuple(rows))


def _widest(head: list[str], separator: str) -> int:
    return max((line.count(separator) for line in head), default=0)


def _unshielded(value: str) -> str:
    return value[1:] if _SHIELDED.match(value) else value


def shielded(value: str) -> str:
    """Return ``value`` so that a spreadsheet that opens the CSV takes it for text, not for a formula.

    Examples
    --------
    >>> shielded("=1+1")
    "'=1+1"
    >>> shielded("东街社区")
    '东街社区'
    """
    return f"'{value}" if re.match(r"'*[=+\-@\t\r＝＋－＠]", value) else value
