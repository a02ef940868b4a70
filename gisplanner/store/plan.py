"""Plan baselines in the database: issued plans are frozen and never change; adjustments lead from one to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gisplanner.domain.plan import PlanChange, PlanRow, PlanVersion
from gisplanner.domain.register import RegisterRow, RegisterTotals
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries


@dataclass(frozen=True, slots=True)
class StoredBaseline:
    """A frozen plan with its row id, when and by whom it was frozen."""

    id: int
    version: PlanVersion
    frozen_at: datetime
    frozen_by: str


@dataclass(frozen=True, slots=True)
class StoredAdjustment:
    """A recorded adjustment and the versions it leads from and to."""

    kind: str
    estate_code: str
    split_from_code: str | None
    document: str
    from_version: int
    to_version: int


def baselines(connection: Connection, district_id: str) -> list[StoredBaseline]:
    """Return all frozen plans of a district, oldest first."""
    return [
        StoredBaseline(
            row.id,
            PlanVersion(
                row.version,
                row.document_number,
                row.document_title,
                row.document_date,
                totals_from_json(row.stated),
                tuple(_rows(connection, row.id)),
            ),
            row.frozen_at,
            row.frozen_by,
        )
        for row in list(queries().plan_baselines(connection, district_id=district_id))
    ]


def freeze(
    connection: Connection,
    district_id: str,
    rows: Iterable[PlanRow],
    *,
    version: int,
    document_number: str,
    document_title: str,
    document_date: date | None,
    stated: RegisterTotals,
    batch_id: int,
) -> int:
    """Freeze ``rows`` as a plan version and return its row id."""
    baseline_id: int = queries().plan_baseline_insert(
        connection,
        district_id=district_id,
        version=version,
        document_number=document_number,
        document_title=document_title,
        document_date=document_date,
        stated=_json({key: value for key, value in asdict(stated).items() if value is not None}),
        batch_id=batch_id,
    )
    for entry in rows:
        queries().plan_baseline_row_insert(
            connection,
            baseline_id=baseline_id,
            estate_code=entry.code,
            seq=entry.row.seq,
            subdistrict=entry.row.subdistrict,
            community=entry.row.community,
            name=entry.row.estate,
            households=entry.row.households,
            buildings=entry.row.buildings,
            floor_area_10k_m2=entry.row.floor_area_10k_m2,
            project_code=entry.project_code,
            project_name=entry.row.project,
            project_source=entry.row.project_source,
        )
    return baseline_id


def record_adjustments(
    connection: Connection, changes: Iterable[PlanChange], *, from_id: int, to_id: int, document: str
) -> None:
    """Record what a document changed between two frozen plans."""
    for change in changes:
        queries().plan_adjustment_insert(
            connection,
            from_baseline_id=from_id,
            to_baseline_id=to_id,
            kind=change.kind,
            estate_code=change.code,
            split_from_code=change.split_from,
            before=_row_json(change.before),
            after=_row_json(change.after),
            document=document,
        )


def adjustments(connection: Connection, district_id: str) -> list[StoredAdjustment]:
    """Return all recorded adjustments, oldest first."""
    return [
        StoredAdjustment(
            row.kind, row.estate_code, row.split_from_code, row.document, row.from_version, row.to_version
        )
        for row in queries().plan_adjustments(connection, district_id=district_id)
    ]


def totals_from_json(stored: dict[str, Any]) -> RegisterTotals:
    """Return stated totals from their stored form; a figure that is not there is not stated."""
    known: dict[str, Any] = {field.name: stored.get(field.name) for field in fields(RegisterTotals)}
    area = known.pop("floor_area_10k_m2")
    return RegisterTotals(**known, floor_area_10k_m2=None if area is None else Decimal(area))


def _rows(connection: Connection, baseline_id: int) -> Iterable[PlanRow]:
    stored = list(queries().plan_baseline_rows(connection, baseline_id=baseline_id))
    for number, row in enumerate(stored, start=2):
        yield PlanRow(
            row.estate_code,
            row.project_code,
            RegisterRow(
                row.seq,
                row.subdistrict,
                row.community,
                row.name,
                row.households,
                row.buildings,
                row.floor_area_10k_m2,
                row.project_name,
                row.project_source,
                number,
            ),
        )


def _row_json(row: RegisterRow | None) -> str | None:
    if row is None:
        return None
    return _json({key: value for key, value in asdict(row).items() if key != "source_row"})


def _json(values: dict[str, Any]) -> str:
    # Exact figures travel as text: JSON numbers are read as binary fractions elsewhere.
    return json.dumps(values, ensure_ascii=False, default=lambda value: format(value, "f"))
