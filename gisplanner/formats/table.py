"""A printed table (表格) as text: rows and cells with their place in the file, whatever file they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from gisplanner.errors import Fault, FileFormatError, InputError, NotFoundError
from gisplanner.text import Text

MAX_BYTES: Final = 64 * 1024 * 1024
"""No ledger is larger; what is, is something else."""

Merge = Literal["none", "first", "continued"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text
        What it shows; a number without binary noise and without exponent; ``""`` is blank.
    merge
        Whether it is the ``first`` of a merged range (合并单元格), a ``continued`` part of one, or stands alone.
    problem
        Why its value cannot be used, if so (a formula without a result, an error value).
    """

    text: str = ""
    merge: Merge = "none"
    problem: str | None = None


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``number`` is the row number a spreadsheet shows."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, index: int) -> Cell:
        """Return the cell of a column; a row that ends before it has a blank there."""
        return self.cells[index] if index < len(self.cells) else BLANK

    @property
    def blank(self) -> bool:
        """Whether nothing is written in the row."""
        return not any(cell.text.strip() or cell.problem for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a file; ``sheet`` is ``None`` for a text file."""

    file: str
    sheet: str | None
    rows: tuple[TableRow, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing is written in the table."""
        return all(row.blank for row in self.rows)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file that was handed in.

    Raises
    ------
    NotFoundError
        There is none.
    FileFormatError
        It is a folder, empty, or larger than any table.
    InputError
        It may not be read.
    """
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise FileFormatError(
                Text(f"{path.name} 太大，不像是一份表格。", en=f"{path.name} is too large for a table."),
                [Fault(file=path.name, value=f"{path.stat().st_size >> 20} MB", allowed=f"≤ {MAX_BYTES >> 20} MB")],
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(
            Text(f"没有文件 {path.name}。", en=f"There is no file {path.name}."), [Fault(file=str(path))]
        ) from error
    except IsADirectoryError as error:
        raise FileFormatError(
            Text(f"{path.name} 是文件夹。", en=f"{path.name} is a folder."), [Fault(file=str(path))]
        ) from error
    except OSError as error:
        raise InputError(
            Text(f"无法读取文件 {path.name}。", en=f"The file {path.name} cannot be read."),
            [Fault(file=str(path), hint=error.strerror)],
        ) from error
    if not data.strip(b" \t\r\n\xef\xbb\xbf\x00"):
        raise empty_file(path.name)
    return data


def sha256_of(data: bytes) -> str:
    """Return the fingerprint of a file's content."""
    return hashlib.sha256(data).hexdigest()


def empty_file(file: str) -> FileFormatError:
    """Return the error for a file in which nothing is written."""
    return FileFormatError(
        Text("文件是空的。", en="The file is empty."),
        [Fault(file=file, allowed=Text("表头一行，每个小区一行", en="a header row and one row per estate"))],
    )


def wrong_file(file: str, met: str, hint: str, faults: Sequence[Fault] = ()) -> FileFormatError:
    """Return the error for a file that is not the table it should be."""
    return FileFormatError(
        Text("文件不是可读的 CSV 或 XLSX 表格。", en="The file is not a readable CSV or XLSX table."),
        [Fault(file=file, value=met, allowed="CSV, XLSX", hint=hint), *faults],
    )
