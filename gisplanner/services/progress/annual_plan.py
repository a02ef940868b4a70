"""The annual plan (年度计划表) out of the project library: the estates of a year in the printed layout."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from gisplanner.domain.district import District
from gisplanner.domain.register import RegisterRow
from gisplanner.errors import Fault, NotFoundError
from gisplanner.files import replacing
from gisplanner.formats.annex_writer import write_annex
from gisplanner.services.progress.book import works_book
from gisplanner.services.progress.projects import today
from gisplanner.store.database import Database
from gisplanner.store.register import stored_estates
from gisplanner.text import Text

LISTED: Final = "实施"


def annual_plan(db: Database, district: District, year: int, *, as_of: date | None = None) -> list[RegisterRow]:
    """Return the estates that the library lists for a year, numbered anew, in the order of the register.

    Raises
    ------
    NotFoundError
        The library lists none for that year.
    """
    day = as_of or today()
    with db.transaction() as connection:
        library = works_book(connection, district, day).library
        rows = {one.entry.code: one.entry.row for one in stored_estates(connection, district.id)}
    chosen = [
        row
        for code, row in rows.items()
        if code in library and (library[code].state, library[code].plan_year) == (LISTED, year)
    ]
    if not chosen:
        raise NotFoundError(
            Text(f"项目库里没有 {year} 年实施的小区。", en=f"The library lists no estate for {year}."),
            [Fault(column="YEAR", value=str(year))],
        )
    return [
        RegisterRow(
            number, row.subdistrict, row.community, row.estate, row.households, row.buildings, row.floor_area_10k_m2,
            row.project, row.project_source, row.source_row, row.year_built, row.ownership,
            row.kind,
        )
        for number, row in enumerate(chosen, start=1)
    ]  # fmt: skip


def write_annual_plan(
    db: Database, district: District, year: int, path: Path, *, as_of: date | None = None
) -> list[RegisterRow]:
    """Write the annual plan of a year in the layout of the printed plan (``.xlsx`` or ``.csv``).

    Raises
    ------
    NotFoundError
        The library lists none for that year.
    """
    rows = annual_plan(db, district, year, as_of=as_of)
    with replacing(path) as writing:
        write_annex(rows, writing, title=f"{year}年{district.name}城镇老旧小区改造计划")
    return rows
