"""Cases with steps of their own among the records: demolitions (拆违) and complaints (投诉件)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from gisplanner.domain.district import District
from gisplanner.domain.works import ComplaintRecord, DemolitionRecord
from gisplanner.errors import Fault
from gisplanner.rules.demolition import step_fault
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text

Faults = list[tuple[int, Fault]]


def demolition_faults(
    connection: Connection,
    district: District,
    rows: Sequence[tuple[int, DemolitionRecord]],
    estates: Mapping[str, int],
) -> Faults:
    """Return the steps that cannot follow what is recorded, or what stands above them in the same file."""
    codes = sorted({one.code for _, one in rows})
    last: dict[str, tuple[int | None, date | None]] = {}
    homes: dict[str, int] = {}
    for row in queries().demolition_find(connection, district_id=district.id, codes=codes) if codes else ():
        last[row.code], homes[row.code] = (row.step, row.happened_on), row.estate_id
    faults: Faults = []
    for number, one in rows:
        why = step_fault(*last.get(one.code, (None, None)), one.step_no, one.happened_on)
        home = homes.setdefault(one.code, estates[one.estate])
        if home != estates[one.estate]:
            why = Text("该编号已记在另一个小区", en="this case stands in another estate")
        if why is not None:
            faults.append((number, Fault(column="步骤", value=f"{one.code} {one.step}", hint=why)))
        else:
            last[one.code] = (one.step_no, one.happened_on)
    return faults


def store_demolition(
    connection: Connection, district: District, record: DemolitionRecord, estate_id: int, *, illustrative: bool
) -> None:
    """Store one step; the first step of a case makes the case."""
    found = next(iter(queries().demolition_find(connection, district_id=district.id, codes=[record.code])), None)
    if found is None:
        case = queries().demolition_insert(
            connection, district_id=district.id, srid=district.srid, code=record.code, estate_id=estate_id,
            kind=record.kind, name=record.name, area_m2=record.area_m2, east_m=record.east_m,
            north_m=record.north_m, illustrative=illustrative,
        )  # fmt: skip
    else:
        case = found.id
    queries().demolition_event_insert(
        connection, demolition_id=case, step=record.step_no, happened_on=record.happened_on, due_on=record.due_on,
        unit=record.unit, document=record.document, illustrative=illustrative,
    )  # fmt: skip


def complaint_faults(
    connection: Connection, district: District, rows: Sequence[tuple[int, ComplaintRecord]]
) -> Faults:
    """Return rows that say of a known complaint what is not recorded of it."""
    codes = sorted({one.code for _, one in rows})
    received = {
        row.code: row.happened_on
        for row in (queries().complaint_find(connection, district_id=district.id, codes=codes) if codes else ())
    }
    faults: Faults = []
    for number, one in rows:
        known = received.setdefault(one.code, one.happened_on)
        if known != one.happened_on:
            told = Text(f"该件受理于 {known}", en=f"received on {known}")
            faults.append((number, Fault(column="受理日期", value=str(one.happened_on), hint=told)))
    return faults


def store_complaint(
    connection: Connection, district: District, record: ComplaintRecord, estate_id: int, *, illustrative: bool
) -> None:
    """Store a complaint, or the further answer to a known one; the person stands apart."""
    found = next(iter(queries().complaint_find(connection, district_id=district.id, codes=[record.code])), None)
    if found is None:
        case = queries().complaint_insert(
            connection, district_id=district.id, srid=district.srid, code=record.code, estate_id=estate_id,
            channel=record.channel, kind=record.kind, place=record.place, unit=record.unit,
            happened_on=record.happened_on, due_on=record.due_on, east_m=record.east_m, north_m=record.north_m,
            illustrative=illustrative,
        )  # fmt: skip
        if record.person is not None:
            queries().complaint_person_insert(
                connection, complaint_id=case, name=record.person, contact=record.contact
            )
    else:
        case = found.id
    if record.answer is not None:
        queries().complaint_answer_insert(
            connection, complaint_id=case, happened_on=record.answered_on, answer=record.answer
        )
