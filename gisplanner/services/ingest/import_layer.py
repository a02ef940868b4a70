"""Bring geometry into a district (导入): read, guard, compare, and write in one transaction or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Final

import pandas as pd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.crs import crs_name
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError
from gisplanner.formats.coordinates import coordinate_faults
from gisplanner.services.ingest.estates import Matching, match_estates, may_lack_outline
from gisplanner.services.ingest.guard import check_datum
from gisplanner.services.ingest.local_grids import get_grid, is_local
from gisplanner.services.ingest.reading import Placed, Table, place_rows, read_table
from gisplanner.services.ingest.report import Finding, ImportReport
from gisplanner.services.ingest.row_questions import ask_about_rows
from gisplanner.services.ingest.store import (
    TABLES,
    Prepared,
    prepare_estates,
    prepare_rows,
    stored_estates,
    write_estates,
    write_rows,
)
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import record_batch
from gisplanner.store.queries import queries
from gisplanner.store.questions import aliases
from gisplanner.store.register import lock_register
from gisplanner.text import Text

KINDS: Final = tuple(TABLES)
"""What can be imported: names of layers in ``layers/``."""


@dataclass(frozen=True, slots=True)
class _Work:
    table: Table
    placed: Placed
    prepared: Prepared
    matching: Matching | None
    datum: Finding | None


def import_features(
    db: Database,
    district: District,
    kind: str,
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    dry_run: bool = False,
    add_new: bool = False,
    replace: bool = False,
    trust_coordinates: bool = False,
) -> ImportReport:
    """Import one layer of a file and report what became of every row.

    Rows are known by their code: the file's own (``code``, 编码), that of an OpenStreetMap object, else a digest
    of the geometry. A known row is updated where the file says something, an unknown one is added, nothing else
    is touched; the same file again changes nothing. Estates are known by name, too, see
    :func:`gisplanner.services.ingest.estates.match_estates`.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    layer
        Layer of the file; ``None`` takes the one named like ``kind``, else the only one.
    crs
        ``EPSG:n``, ``gcj02``, ``bd09`` or ``local:NAME`` for a file that does not say.
    encoding
        Encoding of attribute text, for Shapefiles.
    dry_run
        Do everything but the commit.
    add_new
        Estates: rows that stand for no estate of the register become new ones.
    replace
        Also remove rows that an earlier version of the same file and layer brought and this one lacks; estates
        of the register stay.
    trust_coordinates
        A person confirmed the coordinates: they are not held against what is stored, see
        :func:`gisplanner.services.ingest.guard.check_datum`.

    Raises
    ------
    NotFoundError
        No such file or layer; or no such kind.
    FileFormatError, CrsError, GeometryError, InputError
        The file cannot be used; all its faults together. Nothing was written.
    """
    if kind not in TABLES:
        raise NotFoundError(
            Text(f"不能导入 {kind}。", en=f"{kind} cannot be imported."),
            [Fault(value=kind, allowed="、".join(KINDS))],
        )
    local = (get_grid(db, district, crs), district.crs) if crs is not None and is_local(crs) else None
    table = read_table(kind, path, layer=layer, crs=crs, encoding=encoding, local=local)
    with db.transaction() as connection:
        lock_register(connection, district.id)
        datum = _datum(db, district, table, trusted=trust_coordinates, dry_run=dry_run)
        work = _prepare(db, connection, district, table, datum, add_new=add_new, replace=replace)
        report = _report(district, work, dry_run=dry_run)
        if work.matching is not None:
            ask_about_rows(connection, district.id, table.file, work.matching.left)
        if dry_run and work.prepared.counts.nothing_changes:
            connection.rollback()
        if work.prepared.counts.nothing_changes:
            return _with_batch(report, _earlier_batch(connection, district, table))
        batch_id = _record(connection, district, table, report)
        if kind == "estates":
            write_estates(db, connection, district, work.prepared, batch_id)
        else:
            write_rows(connection, district, kind, work.prepared, batch_id)
        if dry_run:
            connection.rollback()
            return report
    return _with_batch(report, batch_id)


def _datum(db: Database, district: District, table: Table, *, trusted: bool, dry_run: bool) -> Finding | None:
    where = {"file": table.file.path.name, "layer": table.file.layer}
    if coordinate_faults(table.file.frame, district.bounds_lonlat, **where):
        return None  # refused with everything else that is wrong, when the rows are placed
    return check_datum(db, district, table, trusted=trusted, dry_run=dry_run)


def _prepare(
    db: Database,
    connection: Connection,
    district: District,
    table: Table,
    datum: Finding | None,
    *,
    add_new: bool,
    replace: bool,
) -> _Work:
    if table.kind != "estates":
        placed = place_rows(table, district)
        return _Work(
            table, placed, prepare_rows(db, connection, district, table, placed, replace=replace), None, datum
        )
    stored = stored_estates(db, connection, district)
    rows = pd.DataFrame({"code": table.codes, "name": table.attributes.values.get("name")}, dtype=object)
    matching = match_estates(rows, stored, add_new=add_new, aliases=aliases(connection, district.id))
    placed = place_rows(table, district, may_be_missing=may_lack_outline(rows, matching, stored))
    prepared = prepare_estates(stored, table, placed, matching, replace=replace)
    return _Work(table, placed, prepared, matching, datum)


def _report(district: District, work: _Work, *, dry_run: bool) -> ImportReport:
    table, file, matching = work.table, work.table.file, work.matching
    return ImportReport(
        kind=table.kind,
        title=layer_spec(table.kind).title,
        district=district.id,
        file=file.path.name,
        layer=file.layer,
        crs=crs_name(file.crs),
        declared_crs=file.declared_crs,
        credit=file.credit,
        rows_read=len(file.frame),
        counts=work.prepared.counts,
        matched=() if matching is None else matching.matches,
        unmatched_file=() if matching is None else matching.left,
        unmatched_register=() if matching is None else matching.absent,
        without_outline=int(work.placed.frame.geometry.isna().sum()),
        repaired=work.placed.repaired,
        findings=(
            *table.findings,
            *work.placed.findings,
            *work.prepared.findings,
            *([] if work.datum is None else [work.datum]),
        ),
        ignored_columns=table.attributes.ignored,
        dry_run=dry_run,
    )


def _with_batch(report: ImportReport, batch_id: int | None) -> ImportReport:
    return replace_fields(report, batch=batch_id)


def _earlier_batch(connection: Connection, district: District, table: Table) -> int | None:
    found = queries().import_batch_latest(
        connection,
        district_id=district.id,
        kind=table.kind,
        file_sha256=table.file.sha256,
        file_layer=table.file.layer,
    )
    return None if found is None else int(found)


def _record(connection: Connection, district: District, table: Table, report: ImportReport) -> int:
    return record_batch(
        connection,
        district_id=district.id,
        kind=table.kind,
        file_name=report.file,
        file_sha256=table.file.sha256,
        file_layer=report.layer,
        declared_crs=report.declared_crs or report.crs,
        credit=report.credit,
        rows_read=report.rows_read,
        rows_stored=report.counts.rows_stored,
        report=json.dumps(report.as_dict(), ensure_ascii=False),
    )
