"""The stored exceptions of a district (例外登记): the last word on each pair."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.clearance_exception import ClearanceException
from gisplanner.domain.district import District
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.store.database import Database
from gisplanner.store.queries import queries


def stored_exceptions(db: Database, district: District) -> list[ClearanceException]:
    """Return the exceptions that were granted and not withdrawn, in force or not, by pair.

    Whether anybody compared their clauses with print is said as it stands now.
    """
    with db.transaction() as connection:
        rows = [row._asdict() for row in queries().exceptions_current(connection, district_id=district.id)]
    tables = standards_of(db, district)
    known = [*tables.horizontal, *tables.vertical, *tables.cover]
    unchecked = {one.cited for one in known if one.status != _CHECKED}
    checked = {one.cited for one in known} - unchecked
    return [
        ClearanceException(
            **{name: value for name, value in row.items() if name != "id"},
            status=_CHECKED if row["clause"] in checked else None,
        )
        for row in rows
    ]


_CHECKED: Final = "已核对原文"
