"""What is recorded of the works of a district up to a day, read once (工程台账)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gisplanner.domain.district import District
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries

Row = Any


@dataclass(frozen=True, slots=True)
class WorksBook:
    """Records by estate or project code, the last word on each thing up to ``as_of``."""

    as_of: date
    library: Mapping[str, Row]
    figures: Mapping[str, Mapping[str, Mapping[str, Decimal]]]
    """Estate → kind → item → amount."""
    outputs: Mapping[str, Mapping[tuple[str, str], Decimal]]
    """Estate → (item, status) → amount."""
    funds: Mapping[str, Sequence[Row]]
    """Project → rows by source and status."""
    handover: Mapping[str, Sequence[Row]]
    demolitions: Mapping[str, Sequence[Row]]
    complaints: Mapping[str, Sequence[Row]]
    areas: Mapping[str, tuple[str, str]]
    """Estate → code and name of its 片区."""
    illustrative: bool

    def figure(self, estate: str, kind: str, item: str = "") -> Decimal | None:
        """Return a figure of an estate, ``None`` when it was never recorded."""
        return self.figures.get(estate, {}).get(kind, {}).get(item)

    def items(self, estate: str, kind: str) -> dict[str, Decimal]:
        """Return what was recorded of a kind item by item, zeros left out."""
        return {item: amount for item, amount in self.figures.get(estate, {}).get(kind, {}).items() if amount}


def works_book(connection: Connection, district: District, as_of: date) -> WorksBook:
    """Return all records of a district up to a day."""
    told: dict[str, Any] = {"district_id": district.id, "as_of": as_of}
    library = list(queries().library_entries(connection, **told))
    figures = list(queries().estate_figures(connection, **told))
    outputs = list(queries().estate_outputs(connection, **told))
    funds = list(queries().project_funds(connection, **told))
    handover = list(queries().handover_entries(connection, **told))
    demolitions = list(queries().demolitions(connection, **told))
    complaints = list(queries().complaints(connection, **told))
    by_kind: dict[str, dict[str, dict[str, Decimal]]] = {}
    for row in figures:
        by_kind.setdefault(row.estate_code, {}).setdefault(row.kind, {})[row.item] = row.amount
    by_item: dict[str, dict[tuple[str, str], Decimal]] = {}
    for row in outputs:
        by_item.setdefault(row.estate_code, {})[row.item, row.status] = row.amount
    return WorksBook(
        as_of=as_of,
        library={row.estate_code: row for row in library},
        figures=by_kind,
        outputs=by_item,
        funds=_grouped(funds, "project_code"),
        handover=_grouped(handover, "estate_code"),
        demolitions=_grouped(demolitions, "estate_code"),
        complaints=_grouped(complaints, "estate_code"),
        areas={
            row.estate_code: (row.code, row.name)
            for row in queries().renewal_area_members(connection, district_id=district.id)
        },
        illustrative=any(
            row.illustrative
            for rows in (library, figures, outputs, funds, handover, demolitions, complaints)
            for row in rows
        ),
    )


def _grouped(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found
