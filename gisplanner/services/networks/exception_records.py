"""The stored exceptions of a district (例外登记): the last word on each pair."""

from __future__ import annotations

from gisplanner.domain.clearance_exception import ClearanceException
from gisplanner.domain.district import District
from gisplanner.store.database import Database
from gisplanner.store.queries import queries


def stored_exceptions(db: Database, district: District) -> list[ClearanceException]:
    """Return the exceptions that were granted and not withdrawn, in force or not, by pair."""
    with db.transaction() as connection:
        rows = [row._asdict() for row in queries().exceptions_current(connection, district_id=district.id)]
    return [ClearanceException(**{name: value for name, value in row.items() if name != "id"}) for row in rows]
