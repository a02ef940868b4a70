"""Take in what the works leave behind (工程台账): a file of records is stored as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.works import works_catalogue
from gisplanner.domain.district import District
from gisplanner.domain.works import (
    RECORD_TITLES,
    RECORDS,
    ComplaintRecord,
    DemolitionRecord,
    FigureRecord,
    FundRecord,
    HandoverRecord,
    LibraryRecord,
    OutputRecord,
    RecordKind,
    WorksRecord,
)
from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.files import replacing
from gisplanner.formats.record_table import blank_csv, read_records, write_blank
from gisplanner.services.progress import record_cases
from gisplanner.services.progress.permission import recording
from gisplanner.services.progress.projects import yet_to_come
from gisplanner.services.progress.record_words import figure_faults, word_faults
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

Rows = Sequence[tuple[int, WorksRecord]]


@dataclass(frozen=True, slots=True)
class Entered:
    """What was stored: how many records of which kind; nothing after a dry run (试算)."""

    kind: RecordKind
    records: int
    file: str | None
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"kind": self.kind, "records": self.records, "file": self.file, "dry_run": self.dry_run}

    def sentences(self) -> Text:
        """Return the result for a person."""
        title = RECORD_TITLES[self.kind]
        if self.dry_run:
            return Text(f"{title} {self.records} 条，均可存入。", en=f"{self.records} records, all in order.")
        return Text(f"已录入{title} {self.records} 条。", en=f"Entered {self.records} records ({self.kind}).")


@dataclass(frozen=True, slots=True)
class _Desk:
    connection: Connection
    district: District
    illustrative: bool
    estates: Mapping[str, int]
    projects: Mapping[str, int]

    def place(self, record: Any) -> int:
        return self.projects[record.project] if isinstance(record, FundRecord) else self.estates[record.estate]


def enter_file(db: Database, district: District, kind: RecordKind, path: Path, *, dry_run: bool = False) -> Entered:
    """Store the records of a CSV or XLSX; a dry run finds every fault and stores nothing.

    Raises
    ------
    FileFormatError
        Not a table with the headings of the kind.
    InputError
        Unknown estates or projects, days to come, steps out of order …: all faults at once, nothing stored.
    """
    rows = read_records(path, RECORDS[kind])
    return enter_records(db, district, kind, rows, file=path.name, dry_run=dry_run)


def enter_records(
    db: Database,
    district: District,
    kind: RecordKind,
    rows: Rows,
    *,
    file: str | None = None,
    illustrative: bool = False,
    dry_run: bool = False,
) -> Entered:
    """Store records of one kind, given with their row numbers.

    Raises
    ------
    InputError
        As for :func:`enter_file`.
    """
    with recording(db) as connection:
        made = store_records(connection, district, kind, rows, file=file, illustrative=illustrative)
        if dry_run:
            connection.rollback()
    return replace(made, dry_run=dry_run)


def store_records(
    connection: Connection,
    district: District,
    kind: RecordKind,
    rows: Rows,
    *,
    file: str | None = None,
    illustrative: bool = False,
) -> Entered:
    """Store records of one kind in a transaction that is under way.

    Raises
    ------
    InputError
        As for :func:`enter_file`.
    """
    queries().demolition_lock(connection, district_id=district.id)
    faults = _place_faults(connection, district, kind, rows) + _day_faults(rows)
    faults += word_faults(district, rows) + figure_faults(connection, district, rows)
    desk = _Desk(connection, district, illustrative, *_places(connection, district))
    if not faults:
        faults = _order_faults(desk, rows)
    if faults:
        told = [
            Fault(file=file, row=number, column=one.column, value=one.value, allowed=one.allowed, hint=one.hint)
            for number, one in faults
        ]
        raise InputError(Text("记录有误，一条也没有存。", en="Records are wrong; none was stored."), told)
    for _, record in rows:
        _STORE[type(record)](desk, record)
    if kind == "library":
        queries().library_state_set(connection, estate_ids=sorted({desk.place(one) for _, one in rows}))
    return Entered(kind, len(rows), file)


def write_form(kind: RecordKind, path: Path) -> tuple[str, ...]:
    """Write the empty table of a kind of record (``.csv``) and return its headings."""
    with replacing(path) as writing:
        return tuple(write_blank(writing, RECORDS[kind]))


def form_csv(kind: str) -> tuple[str, bytes]:
    """Return the title of a kind of record and its empty table as CSV.

    Raises
    ------
    NotFoundError
        There is no such kind.
    """
    if kind not in RECORDS:
        raise NotFoundError(
            Text(f"没有台账 {kind}。", en=f"There is no kind {kind}."),
            [Fault(value=kind, allowed="、".join(RECORDS))],
        )
    return RECORD_TITLES[kind], blank_csv(RECORDS[kind])


def _places(connection: Connection, district: District) -> tuple[dict[str, int], dict[str, int]]:
    """Return row ids by code and by name; a name that stands twice is no way to find anything."""
    found: list[dict[str, int]] = []
    for rows in (
        list(queries().works_estates(connection, district_id=district.id)),
        list(queries().works_projects(connection, district_id=district.id)),
    ):
        names = [row.name for row in rows]
        by_name = {row.name: row.id for row in rows if row.name and names.count(row.name) == 1}
        found.append({**by_name, **{row.code: row.id for row in rows}})
    return found[0], found[1]


def _place_faults(
    connection: Connection, district: District, kind: RecordKind, rows: Rows
) -> list[tuple[int, Fault]]:
    estates, projects = _places(connection, district)
    known, column, field = (projects, "项目", "project") if kind == "fund" else (estates, "小区", "estate")
    hint = Text("写编码，或不重复的完整名称", en="its code, or its name where no other has it")
    return [
        (number, Fault(column=column, value=getattr(record, field), hint=hint))
        for number, record in rows
        if getattr(record, field) not in known
    ]


def _day_faults(rows: Rows) -> list[tuple[int, Fault]]:
    return [(number, fault) for number, record in rows for day in _days(record) for fault in yet_to_come("日期", day)]


def _days(record: WorksRecord) -> list[date]:
    answered = record.answered_on if isinstance(record, ComplaintRecord) else None
    return [record.happened_on, *([] if answered is None else [answered])]


def _order_faults(desk: _Desk, rows: Rows) -> list[tuple[int, Fault]]:
    demolitions = [(n, one) for n, one in rows if isinstance(one, DemolitionRecord)]
    complaints = [(n, one) for n, one in rows if isinstance(one, ComplaintRecord)]
    outputs = [(n, one) for n, one in rows if isinstance(one, OutputRecord)]
    frozen = queries().output_month_latest(desk.connection, district_id=desk.district.id) if outputs else None
    faults = record_cases.demolition_faults(desk.connection, desk.district, demolitions, desk.estates)
    faults += record_cases.complaint_faults(desk.connection, desk.district, complaints)
    for number, one in outputs:
        if frozen is not None and one.happened_on.replace(day=1) <= frozen:
            told = Text(f"{frozen:%Y-%m} 已封存，更正记入以后的月份", en=f"{frozen:%Y-%m} is frozen")
            faults.append((number, Fault(column="日期", value=str(one.happened_on), hint=told)))
    return faults


def _store_plain(query: str, of: str) -> Callable[[_Desk, Any], None]:
    def store(desk: _Desk, record: Any) -> None:
        values = record.model_dump(exclude={"estate", "project"})
        if isinstance(record, OutputRecord):
            values["item"] = _output_code(record.item)
        insert = getattr(queries(), query)
        insert(desk.connection, **{of: desk.place(record)}, **values, illustrative=desk.illustrative)

    return store


def _output_code(word: str) -> str:
    return next(one.code for one in works_catalogue().outputs if word in {one.code, one.title})


def _store_demolition(desk: _Desk, record: DemolitionRecord) -> None:
    record_cases.store_demolition(
        desk.connection, desk.district, record, desk.place(record), illustrative=desk.illustrative
    )


def _store_complaint(desk: _Desk, record: ComplaintRecord) -> None:
    record_cases.store_complaint(
        desk.connection, desk.district, record, desk.place(record), illustrative=desk.illustrative
    )


_STORE: Final[dict[type[Any], Callable[[_Desk, Any], None]]] = {
    LibraryRecord: _store_plain("library_entry_insert", "estate_id"),
    FigureRecord: _store_plain("estate_figure_insert", "estate_id"),
    OutputRecord: _store_plain("estate_output_insert", "estate_id"),
    FundRecord: _store_plain("project_fund_insert", "project_id"),
    HandoverRecord: _store_plain("handover_entry_insert", "estate_id"),
    DemolitionRecord: _store_demolition,
    ComplaintRecord: _store_complaint,
}
