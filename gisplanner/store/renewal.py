"""Renewal areas in the database: adopted as a whole, earlier versions kept by the history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gisplanner.domain.renewal import AdoptedArea, RenewalArea
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries


def renewal_areas(connection: Connection, district_id: str) -> list[AdoptedArea]:
    """Return the renewal areas of a district by code."""
    return [
        AdoptedArea(
            RenewalArea(row.code, row.name, row.remark or row.name, tuple(row.estate_codes)),
            row.adopted_on,
            row.provenance,
        )
        for row in queries().renewal_areas(connection, district_id=district_id)
    ]


def used_area_codes(connection: Connection, district_id: str) -> set[str]:
    """Return the codes that stand, or stood once, for an area of the district."""
    return {row.code for row in queries().renewal_area_codes_used(connection, district_id=district_id)}


def replace_renewal_areas(
    connection: Connection, district_id: str, areas: Iterable[RenewalArea], provenance: Mapping[str, Any]
) -> None:
    """Make ``areas`` the renewal areas of a district; those not among them leave into the history."""
    areas = list(areas)
    queries().renewal_areas_leave(connection, district_id=district_id, codes=[area.code for area in areas])
    for area in areas:
        row = queries().renewal_area_adopt(
            connection,
            district_id=district_id,
            code=area.code,
            name=area.name,
            remark=area.remark,
            provenance=json.dumps(dict(provenance), ensure_ascii=False),
            estates=list(area.estates),
        )
        queries().renewal_area_members_clear(connection, renewal_area_id=row)
        queries().renewal_area_members_add(
            connection, renewal_area_id=row, district_id=district_id, estates=list(area.estates)
        )
