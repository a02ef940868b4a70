"""The clearance tables of a district (净距表区县修正): handed in as a table, validated, kept and given back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.clearance_tables import Standards
from gisplanner.domain.district import District
from gisplanner.domain.district_tables import TABLES, DistrictRow, StoredRow, TableName
from gisplanner.errors import Fault, InputError, PermissionDeniedError
from gisplanner.files import replacing
from gisplanner.formats.record_table import headings_of, read_records
from gisplanner.formats.table import read_bytes
from gisplanner.rules.district_tables import classes_named, columns_of, row_faults, with_rows
from gisplanner.services.networks.access import LOCAL, require_filing_office
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_Rows = dict[tuple[TableName, str], StoredRow]
_WORDS: Final = {
    "where": {"municipal_road": "市政道路", "courtyard": "小区庭院", "any": "不限"},
    "surface": {"carriageway": "车行道", "footway": "人行道", "green": "绿化带", "farmland": "农田"},
}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many rows a file corrected, added, took back, and left as they were."""

    corrected: int
    added: int
    withdrawn: int
    unchanged: int

    def document(self) -> dict[str, int]:
        """Return the JSON document."""
        return {
            "corrected": self.corrected,
            "added": self.added,
            "withdrawn": self.withdrawn,
            "unchanged": self.unchanged,
        }


def standards_of(db: Database, district: District) -> Standards:
    """Return the tables that hold in a district: the national ones with its own rows in their places."""
    with db.transaction() as connection:
        return with_rows(clearance_standards(), list(_stored(connection, district).values()))


def standards_from(path: Path) -> Standards:
    """Return the national tables with the rows of a file in their places, nothing stored.

    Raises
    ------
    FileFormatError, InputError
        As :func:`import_rows`.
    """
    return with_rows(clearance_standards(), [row for row, _ in _read(path, {}) if row is not None])


def import_rows(db: Database, district: District, path: Path, *, viewer: Viewer = LOCAL) -> TakenIn:
    """Take in a district's rows (CSV, XLSX), all or none; rows that say nothing new are passed over.

    Raises
    ------
    PermissionDeniedError
        The account is not of the headquarters.
    FileFormatError
        Not such a table.
    InputError
        Rows without a ground, of classes nobody knows, with figures that cannot be: all at once.
    """
    require_filing_office(viewer, Text("修正净距表", en="correct clearance tables"))
    sha256 = hashlib.sha256(read_bytes(path)).hexdigest()
    with db.transaction() as connection:
        before = _stored(connection, district)
        rows = _read(path, before)
        national = _keys()
        counts = {"corrected": 0, "added": 0, "withdrawn": 0, "unchanged": 0}
        for made, said in rows:
            if made is None:
                counts["unchanged"] += 1
                continue
            kind = "withdrawn" if said.withdrawn else "corrected" if said.key in national else "added"
            counts[kind] += 1
            queries().clearance_row_insert(
                connection,
                district_id=district.id,
                table_name=made.table,
                row_id=made.id,
                state="withdrawn" if said.withdrawn else "set",
                row_values=json.dumps(made.values, ensure_ascii=False),
                source=made.source,
                decided_by=made.decided_by,
                decided_on=made.decided_on,
                file_name=path.name,
                file_sha256=sha256,
            )
    return TakenIn(**counts)


def district_rows(db: Database, district: District, *, viewer: Viewer = LOCAL) -> list[StoredRow]:
    """Return the rows a district corrected or added.

    Raises
    ------
    PermissionDeniedError
        The public sees none.
    """
    if viewer.role == "public":
        raise PermissionDeniedError(Text("净距表修正不对公众开放。", en="Not for the public."))
    with db.seen_by(viewer).transaction() as connection:
        return list(_stored(connection, district).values())


def write_tables(standards: Standards, path: Path) -> int:
    """Write all rows as the table a district edits and hands in again (``.csv``); return how many."""
    headings = headings_of(DistrictRow)
    lines = [headings]
    for name, row in _all_rows(standards):
        told = {**columns_of(row), "table": TABLES[name], "id": row.id, "source": row.origin}
        for side in ("a", "b"):
            if told.get(side) is not None:
                told[side] = standards.classes[told[side]].title
        told |= {key: words[told[key]] for key, words in _WORDS.items() if told.get(key) is not None}
        fields = DistrictRow.model_fields
        by_title = {str(field.title): told.get(field_name) for field_name, field in fields.items()}
        lines.append(["" if by_title[title] is None else _plain(by_title[title]) for title in headings])
    with replacing(path) as writing:
        text = "\r\n".join(",".join(_quoted(cell) for cell in line) for line in lines)
        writing.write_bytes(("\ufeff" + text + "\r\n").encode())
    return len(lines) - 1


def _read(path: Path, before: _Rows) -> list[tuple[StoredRow | None, DistrictRow]]:
    """Return what each row of a file changes, ``None`` where nothing, all faults told together."""
    national = clearance_standards()
    current = {(name, row.id): columns_of(row) for name, row in _all_rows(with_rows(national, list(before.values())))}
    faults: list[Fault] = []
    found: list[tuple[StoredRow | None, DistrictRow]] = []
    met: dict[tuple[TableName, str], int] = {}
    for number, row in read_records(path, DistrictRow):
        known = current.get(row.key)
        said = classes_named(national, row.said())
        where = Fault(path.name, None, number)
        if row.key in met:
            hint = Text(f"与第 {met[row.key]} 行重复", en=f"the same as row {met[row.key]}")
            faults.append(replace(where, column="编号", value=row.id, hint=hint))
        met.setdefault(row.key, number)
        if row.withdrawn and row.key not in before:
            faults.append(
                replace(where, column="撤回", value=row.id, hint=Text("没有这条修正", en="nothing to take back"))
            )
        if not row.withdrawn and known is not None and all(known.get(name) == value for name, value in said.items()):
            found.append((None, row))
            continue
        faults += [replace(one, file=path.name, row=number) for one in row_faults(national, row, known)]
        if row.source is None or row.decided_by is None or row.decided_on is None:
            continue
        earlier = before[row.key].values if row.key in before else {}
        changed = said if known is None else {name: value for name, value in said.items() if known.get(name) != value}
        values = {} if row.withdrawn else {**earlier, **changed}
        found.append((StoredRow(row.table, row.id, values, row.source, row.decided_by, row.decided_on), row))
    if faults:
        raise InputError(Text("净距表修正有误，一行也没有存。", en="Rows are wrong; none was stored."), faults)
    return found


def _stored(connection: Connection, district: District) -> _Rows:
    return {
        (row.table_name, row.row_id): StoredRow(
            row.table_name, row.row_id, dict(row.row_values), row.source, row.decided_by, row.decided_on
        )
        for row in queries().clearance_rows(connection, district_id=district.id)
    }


def _all_rows(standards: Standards) -> Sequence[tuple[TableName, Any]]:
    return [
        *(("horizontal", row) for row in standards.horizontal),
        *(("vertical", row) for row in standards.vertical),
        *(("cover", row) for row in standards.cover),
    ]


def _keys() -> set[tuple[TableName, str]]:
    return {(name, row.id) for name, row in _all_rows(clearance_standards())}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if any(mark in cell for mark in ',"\n') else cell
