"""The day by which plans of networks are due (管线方案报送期限): no document gives one, the headquarters sets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError
from gisplanner.services.progress.permission import recording
from gisplanner.services.progress.projects import find_project, yet_to_come
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class FilingDue:
    """A day that was set: for one project or, without one, for the whole district."""

    project_code: str | None
    due_on: date
    set_on: date
    document: str
    recorded_by: str | None
    illustrative: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "project_code": self.project_code,
            "due_on": self.due_on.isoformat(),
            "set_on": self.set_on.isoformat(),
            "document": self.document,
            "illustrative": self.illustrative,
        }


@dataclass(frozen=True, slots=True)
class FilingDues:
    """The days that hold; a project's own goes before the district's."""

    by_project: Mapping[str | None, FilingDue]

    def of(self, project_code: str | None) -> date | None:
        """Return the day that holds for a project, ``None`` where none was set."""
        found = self.by_project.get(project_code) or self.by_project.get(None)
        return None if found is None else found.due_on


def set_filing_due(
    db: Database,
    district: District,
    due_on: date,
    *,
    on: date,
    document: str,
    project: str | None = None,
    illustrative: bool = False,
) -> FilingDue:
    """Set the day by which every company hands in its plans; a later word replaces an earlier one.

    Parameters
    ----------
    on
        Day on which it was set; the days set before stay true of reports up to then.
    document
        The notice that says so.

    Raises
    ------
    InputError
        No document; set on a day to come, or after the day that it sets.
    NotFoundError
        No such project.
    PermissionDeniedError
        Not an account of the headquarters.
    """
    faults = []
    if not document.strip():
        faults.append(Fault(column="--document", hint=Text("写通知的文号", en="name the notice")))
    faults += yet_to_come("--on", on)
    if due_on < on:
        faults.append(Fault(column="DATE", value=str(due_on), allowed=Text(f"不早于 {on}", en=f"not before {on}")))
    if faults:
        raise InputError(Text("没有记录：期限有误。", en="Nothing was recorded: the day is wrong."), faults)
    with recording(db) as connection:
        found = None if project is None else find_project(connection, district, project)
        queries().filing_due_insert(
            connection, district_id=district.id, project_id=None if found is None else found.id, due_on=due_on,
            set_on=on, document=document.strip(), illustrative=illustrative,
        )  # fmt: skip
    return FilingDue(None if found is None else found.code, due_on, on, document.strip(), None, illustrative)


def filing_dues(connection: Connection, district: District, as_of: date) -> FilingDues:
    """Return the days that hold as of a day."""
    rows = queries().filing_dues(connection, district_id=district.id, as_of=as_of)
    return FilingDues({row.project_code: FilingDue(**row._asdict()) for row in rows})
