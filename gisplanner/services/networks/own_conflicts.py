"""Conflicts as an account may see them: an office all of a district, a company those of its own lines (邻近 5 米)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.catalog.layers import utilities
from gisplanner.domain.accounts import NETWORK_OFFICES, Viewer
from gisplanner.domain.district import District
from gisplanner.errors import PermissionDeniedError
from gisplanner.maps.pipelines import Networks, pipelines_map
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.services.networks.access import may_see
from gisplanner.services.networks.columns import LAYER
from gisplanner.services.networks.conflicts import (
    ConflictResult,
    check_lines,
    conflict_frame,
    conflicts_of_district,
)
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.services.networks.exception_records import stored_exceptions
from gisplanner.services.networks.map import map_pipelines
from gisplanner.services.networks.surroundings import stored_surroundings
from gisplanner.services.networks.upload import lines_for
from gisplanner.store.database import Database
from gisplanner.text import Text

_NETWORK_ROLES = NETWORK_OFFICES | {"operator"}


def conflicts_for(db: Database, district: District, viewer: Viewer) -> ConflictResult:
    """Return the conflicts ``viewer`` may see; of a pair with a foreign line both parties, never the foreign line.

    Parameters
    ----------
    db
        The database with the right of the program: a conflict has two owners, and the other one's line decides.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    if viewer.role not in _NETWORK_ROLES:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能查看管线冲突。",
                en=f"The account {viewer.name} ({viewer.role}) may not see conflicts of pipelines.",
            )
        )
    if viewer.role != "operator":
        return conflicts_of_district(db.seen_by(viewer), district)
    begun = time.perf_counter()
    lines = lines_for(db, district, viewer=viewer)
    found = check_lines(lines, stored_surroundings(db, district), standards=standards_of(db, district))
    own = {key for key, owner in found.lines["owner"].items() if may_see(viewer, district, owner)}
    report = replace(
        found.report,
        conflicts=tuple(one for one in found.report.conflicts if {one.a, one.b} & own),
        unknown=tuple(one for one in found.report.unknown if {one.a, one.b} & own),
        advice=tuple(one for one in found.report.advice if {one.a, one.b} & own),
    )
    accepted = {one.key: one for one in stored_exceptions(db, district) if {one.a, one.b} & own}
    today = date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant
    return replace(found, report=report, exceptions=accepted, on=today, seconds=time.perf_counter() - begun)


def map_pipelines_for(
    db: Database, district: District, viewer: Viewer, *, options: MapOptions = DEFAULT_OPTIONS
) -> str:
    """Return the map of pipelines with what ``viewer`` may see: a company's own lines, and its conflicts as points.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    InternalError
        The front-end libraries are not installed.
    """
    found = conflicts_for(db, district, viewer)
    seen = db.seen_by(viewer)
    if viewer.role != "operator":
        return map_pipelines(seen, district, found, options=options)
    return pipelines_map(
        layer_frame(seen, district, "estates"),
        Networks(
            lines=layer_frame(seen, district, LAYER),
            conflicts=conflict_frame(found),
            unknown=len(found.report.unknown),
            filing=[],
        ),
        layer=layer_spec("estates"),
        lines_layer=layer_spec(LAYER),
        utilities=utilities(),
        sheet=sheet_of(seen, district, f"{district.name}管线图（本单位）", options),
        context=context_of(seen, district),
    )
