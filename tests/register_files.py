"""Register files that tests make: the published rows, changed as a test needs them, as real CSV and XLSX files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from openpyxl import Workbook

from gisplanner.catalog.profiles import published_rows

Lines = list[list[str]]


def published_lines() -> Lines:
    """Return header and rows of annex 2 as printed."""
    path = published_rows("nankang")
    assert path is not None
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_csv(path: Path, lines: Sequence[Sequence[str]], *, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def changed_csv(path: Path, change: Callable[[Lines], None]) -> Path:
    lines = published_lines()
    change(lines)
    return write_csv(path, lines)


def typed(text: str) -> str | int | float | None:
    """Return a cell as a spreadsheet holds it."""
    if not text:
        return None
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return text


def write_xlsx(
    path: Path, lines: Sequence[Sequence[str]], *, merged: Sequence[str] = (), titles: Sequence[str] = ()
) -> Path:
    """Write a workbook, with title rows above the header and merged ranges."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for title in titles:
        sheet.append([title])
    for line in lines:
        sheet.append([typed(text) for text in line])
    for reference in merged:
        sheet.merge_cells(reference)
    workbook.save(path)
    return path


def merged_remarks(lines: Lines, *, first_row: int = 2) -> list[str]:
    """Return the ranges that merge each 备注 with the blank cells below it."""
    starts = [index for index, line in enumerate(lines[1:]) if line[7]]
    ends = [*starts[1:], len(lines) - 1]
    return [
        f"H{start + first_row}:H{end + first_row - 1}"
        for start, end in zip(starts, ends, strict=True)
        if end - start > 1
    ]
