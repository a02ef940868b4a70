"""Judge the stored projects of a district against the deadlines of its document."""

from __future__ import annotations

from datetime import date

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.progress import DeadlineState, ProjectDays
from gisplanner.rules.lag import lags
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries


def judge_deadlines(connection: Connection, district: District, as_of: date) -> tuple[DeadlineState, ...]:
    """Return each project of the district against each deadline as it stands on a day; none without a profile."""
    if district.profile is None:
        return ()
    rows = queries().project_days(connection, district_id=district.id, as_of=as_of)
    projects = [
        ProjectDays(
            row.code,
            row.name,
            row.plan_year,
            {int(no): date.fromisoformat(day) for no, day in row.stages.items()},
            {name: date.fromisoformat(day) for name, day in row.dates.items()},
        )
        for row in rows
    ]
    return lags(load_profile(district.profile), projects, as_of)
