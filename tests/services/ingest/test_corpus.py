"""The corpus of odd and broken files against the database: each stored whole and legible, or refused whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gisplanner.domain.district import District
from gisplanner.errors import GisPlannerError, InputError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.ingest.survey import fill_register
from gisplanner.services.register.register import import_register, register_rows
from gisplanner.store.database import Database
from tests.formats.test_odd_files import CRS, GIBBERISH, READ, REFUSED
from tests.register_files import merged_remarks, published_lines, write_csv, write_xlsx

HAS_NO_CRS = ("dxf", "shp", "zip")
NOT_STORED = {"gpkg with a null shape", "sheet of outlines"}
"""Read as files, but no rows of buildings (nothing, or a point): refused with the row."""

Made = Callable[[Path], Path]


def content(db: Database) -> dict[str, str]:
    """Return a fingerprint of every table of the schema that holds anything of a district."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'gisplanner' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(("_yoyo", "yoyo", "installed"))]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} AS t")
            found[table] = cursor.fetchone()[0]
        return found


def told(error: GisPlannerError) -> None:
    assert str(error.message)
    assert error.faults
    for fault in error.faults:
        words = " ".join(str(one) for one in (fault.value, fault.allowed, fault.hint) if one)
        assert "Traceback" not in words
        assert not any(mark in words for mark in GIBBERISH[:-1])


def declared(name: str) -> str | None:
    return CRS if name.startswith(HAS_NO_CRS) else None


def test_every_broken_geometry_file_leaves_the_database_as_it_was(db: Database, tmp_path: Path):
    district = create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))
    before = content(db)
    for number, (name, make) in enumerate(REFUSED.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(InputError) as caught:
            import_features(db, district, "buildings", make(folder), crs=declared(name))
        told(caught.value)
    assert content(db) == before


def test_every_odd_geometry_file_is_stored_whole_and_legible(db: Database, tmp_path: Path):
    refused = set()
    for number, (name, make) in enumerate(READ.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        district = create_district(db, f"d{number}", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))
        try:
            report = import_features(
                db, district, "buildings", make(folder), crs=declared(name), trust_coordinates=True
            )
        except InputError as error:
            told(error)
            refused.add(name)
            continue
        with db.transaction() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), string_agg(name, '') FROM building WHERE district_id = %s", [district.id]
            )
            stored, names = cursor.fetchone()
        assert stored == report.counts.added, name
        assert not any(mark in (names or "") for mark in GIBBERISH), name
    assert refused == NOT_STORED


def lines_with(row: int, column: int, text: str) -> list[list[str]]:
    lines = published_lines()
    lines[row][column] = text
    return lines


def book_with(folder: Path, change: Callable[[object], None]) -> Path:
    path = write_xlsx(folder / "a.xlsx", published_lines())
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


def encoded(encoding: str) -> Made:
    return lambda folder: write_csv(folder / "a.csv", published_lines(), encoding=encoding)


def raw(name: str, data: bytes) -> Made:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def csv_of(change: Callable[[list[list[str]]], list[list[str]]]) -> Made:
    return lambda folder: write_csv(folder / "a.csv", change(published_lines()))


def split_by(separator: str) -> Made:
    def make(folder: Path) -> Path:
        text = "\r\n".join(separator.join(line) for line in published_lines())
        (folder / "a.csv").write_text(text, encoding="utf-8")
        return folder / "a.csv"

    return make


def wide(lines: list[list[str]]) -> list[list[str]]:
    table = str.maketrans("0123456789", "０１２３４５６７８９")
    return [lines[0], *([*line[:4], *(cell.translate(table) for cell in line[4:7]), line[7]] for line in lines[1:])]


def in_square_metres(lines: list[list[str]]) -> list[list[str]]:
    head = [*lines[0][:6], "总建筑面积（㎡）", lines[0][7]]
    return [head, *([*line[:6], f"{float(line[6]) * 10_000:.4f}", line[7]] for line in lines[1:])]


LEDGERS_READ: dict[str, Made] = {
    "utf-8": encoded("utf-8"),
    "utf-8 with mark": encoded("utf-8-sig"),
    "utf-16": encoded("utf-16"),
    "gbk": encoded("gbk"),
    "gb18030": encoded("gb18030"),
    "tabs": split_by("\t"),
    "semicolons": split_by(";"),
    "workbook": lambda folder: write_xlsx(folder / "a.xlsx", published_lines()),
    "merged cells": lambda folder: write_xlsx(
        folder / "a.xlsx", published_lines(), merged=merged_remarks(published_lines())
    ),
    "titles": lambda folder: write_xlsx(folder / "a.xlsx", published_lines(), titles=["附件2", "改造计划表"]),
    "full-width digits": csv_of(wide),
    "square metres": csv_of(in_square_metres),
    "hectares": csv_of(lambda lines: [[*lines[0][:6], "总建筑面积（公顷）", lines[0][7]], *lines[1:]]),
    "units in cells": csv_of(
        lambda lines: [
            lines[0],
            *([*line[:4], f"{line[4]}户", f"{line[5]}栋", f"{line[6]}万㎡", line[7]] for line in lines[1:]),
        ]
    ),
    "totals and notes": csv_of(
        lambda lines: [*lines, ["合计", "", "", "", "3433", "190", "37.7674", ""], ["注：以印发为准"], ["制表：甲"]]
    ),
    "blank lines": csv_of(lambda lines: [[""] * 8, *lines[:5], [""] * 8, *lines[5:], [""] * 8]),
    "header again": csv_of(lambda lines: [*lines[:9], lines[0], *lines[9:]]),
    "spaces everywhere": csv_of(lambda lines: [[f" {cell}\u3000" for cell in line] for line in lines]),
    "numbered empty lines": csv_of(lambda lines: [*lines, ["29"], ["30"]]),
    "a second sheet": lambda folder: book_with(folder, lambda book: book.create_sheet("说明").append(["填表说明"])),
}

LEDGERS_REFUSED: dict[str, Made] = {
    "empty": raw("a.csv", b""),
    "only a header": csv_of(lambda lines: lines[:1]),
    "no header": csv_of(lambda lines: lines[1:]),
    "a column missing": csv_of(lambda lines: [line[:6] + line[7:] for line in lines]),
    "a column twice": csv_of(lambda lines: [[*line, line[4]] for line in lines]),
    "no unit": csv_of(lambda lines: [[*lines[0][:6], "总建筑面积", lines[0][7]], *lines[1:]]),
    "first project blank": csv_of(lambda lines: [lines[0], [*lines[1][:7], ""], *lines[2:]]),
    "words for numbers": lambda folder: write_csv(folder / "a.csv", lines_with(3, 4, "若干")),
    "roughly": lambda folder: write_csv(folder / "a.csv", lines_with(3, 6, "约1.2")),
    "negative": lambda folder: write_csv(folder / "a.csv", lines_with(3, 5, "-2")),
    "infinite": lambda folder: write_csv(folder / "a.csv", lines_with(3, 6, "1e999")),
    "a name of 5000": lambda folder: write_csv(folder / "a.csv", lines_with(3, 3, "长" * 5000)),
    "a name blank": lambda folder: write_csv(folder / "a.csv", lines_with(3, 3, "")),
    "a number twice": lambda folder: write_csv(folder / "a.csv", lines_with(3, 0, "2")),
    "a row twice": csv_of(lambda lines: [*lines[:4], lines[3], *lines[4:]]),
    "quotes open": raw("a.csv", '序号,小区名称\n1,"甲\n'.encode()),
    "one broken byte": raw("a.csv", "序号,所在街道\n1,蓉江街道\n".encode()[:-3] + b"\xe8\n"),
    "binary": raw("a.csv", bytes(range(256)) * 20),
    "a pdf": raw("a.csv", b"%PDF-1.7 ..."),
    "old xls": raw("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "zip of nothing": raw("a.xlsx", b"PK\x05\x06" + bytes(18)),
    "zip without workbook": lambda folder: zip_of(folder, {"x.txt": b"x"}),
    "workbook torn": lambda folder: zip_of(folder, {"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<"}),
    "formula without result": lambda folder: book_with(folder, lambda book: put(book, "E4", "=3*6")),
    "error value": lambda folder: book_with(folder, lambda book: put(book, "E4", "#REF!")),
    "figure merged": lambda folder: write_xlsx(folder / "a.xlsx", published_lines(), merged=["E4:E5"]),
    "two registers": lambda folder: book_with(folder, lambda book: book.copy_worksheet(book.worksheets[0])),
    "a drawing": raw("a.dxf", b"0\nSECTION\n"),
}  # fmt: skip


def put(book: object, cell: str, value: str) -> None:
    book.worksheets[0][cell] = value  # type: ignore[attr-defined]


def zip_of(folder: Path, members: dict[str, bytes]) -> Path:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    (folder / "a.xlsx").write_bytes(made.getvalue())
    return folder / "a.xlsx"


def test_the_corpus_is_large_enough():
    assert len(READ) + len(REFUSED) + len(LEDGERS_READ) + len(LEDGERS_REFUSED) >= 110


def test_every_broken_ledger_leaves_the_database_as_it_was(db: Database, nankang: District, tmp_path: Path):
    before = content(db)
    for number, (name, make) in enumerate(LEDGERS_REFUSED.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = make(folder)
        with pytest.raises(InputError) as caught:
            import_register(db, nankang, path)
        told(caught.value)
        with pytest.raises(InputError):
            fill_register(db, nankang, path, on=date(2024, 6, 1), sheet="没有" if name == "two registers" else None)
    assert content(db) == before


def test_every_odd_ledger_says_the_same_as_the_printed_one(db: Database, nankang: District, tmp_path: Path):
    expected = [(row.estate, row.households, row.floor_area_10k_m2) for row in register_rows(db, nankang)]
    for number, (name, make) in enumerate(LEDGERS_READ.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = import_register(db, nankang, make(folder))
        rows = [(row.estate, row.households, row.floor_area_10k_m2) for row in register_rows(db, nankang)]
        assert rows == expected, name
        assert done.report.check.consistent, name
