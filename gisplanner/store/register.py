"""The register in the database: what is stored of each estate, and writing rows of a file over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gisplanner.domain.plan import PlanRow
from gisplanner.domain.profile import DemonstrationSpec
from gisplanner.domain.register import SCATTERED, RegisterRow
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries


@dataclass(frozen=True, slots=True)
class StoredEstate:
    """An estate of the database.

    ``entry.project_code`` is ``""`` for an estate that is not in the plan. ``has_boundary`` means a surveyed
    outline; an illustrative one (示意数据) is none.
    """

    id: int
    entry: PlanRow
    has_boundary: bool

    @property
    def planned(self) -> bool:
        """Whether the estate is in the plan today."""
        return bool(self.entry.project_code)


def lock_register(connection: Connection, district_id: str) -> None:
    """Wait until no other import of the district is under way, and keep others waiting until the commit."""
    queries().register_lock(connection, district_id=district_id)


def stored_estates(connection: Connection, district_id: str) -> list[StoredEstate]:
    """Return all estates of a district, those of the plan first and in its order.

    ``source_row`` counts as if the register had been exported: the first estate stands in row 2.
    """
    return [
        StoredEstate(row.id, PlanRow(row.code, row.project_code or "", _register_row(row, number)), row.has_boundary)
        for number, row in enumerate(queries().register_estates(connection, district_id=district_id), start=2)
    ]


def _register_row(row: Any, source_row: int) -> RegisterRow:
    return RegisterRow(
        seq=row.seq or 0,
        subdistrict=row.subdistrict or "",
        community=row.community or "",
        estate=row.name or "",
        households=row.households,
        buildings=row.buildings,
        floor_area_10k_m2=row.floor_area_10k_m2,
        project=row.project or "",
        project_source=row.project_source or "stated",
        source_row=source_row,
        year_built=row.year_built,
        ownership=row.ownership,
        kind=SCATTERED if row.kind == SCATTERED else None,
    )


def project_codes(connection: Connection, district_id: str, plan_year: int) -> dict[str, str]:
    """Return the code of every project of a plan year by its name."""
    return {
        row.name: row.code
        for row in queries().project_list(connection, district_id=district_id)
        if row.plan_year == plan_year
    }


def save_entries(
    connection: Connection,
    district_id: str,
    entries: Iterable[PlanRow],
    *,
    ids: Mapping[str, int],
    plan_year: int,
    batch_id: int,
) -> None:
    """Write estates of the plan; ``ids`` holds the row id of each that is stored already, by its code."""
    place = _Places(connection, district_id)
    projects = {row.code: row.id for row in queries().project_list(connection, district_id=district_id)}
    for entry in entries:
        if entry.project_code not in projects:
            projects[entry.project_code] = queries().project_insert(
                connection,
                district_id=district_id,
                code=entry.project_code,
                name=entry.row.project,
                plan_year=plan_year,
                batch_id=batch_id,
            )
        subdistrict_id, community_id = place.ids(entry.row.subdistrict, entry.row.community)
        values = {
            "seq": entry.row.seq,
            "name": entry.row.estate,
            "subdistrict_id": subdistrict_id,
            "community_id": community_id,
            "households": entry.row.households,
            "buildings": entry.row.buildings,
            "floor_area_10k_m2": entry.row.floor_area_10k_m2,
            "year_built": entry.row.year_built,
            "ownership": entry.row.ownership,
            "kind": entry.row.kind,
            "batch_id": batch_id,
        }
        estate_id = ids.get(entry.code)
        if estate_id is None:
            estate_id = queries().estate_insert_from_register(
                connection, district_id=district_id, code=entry.code, **values
            )
        else:
            queries().estate_update_from_register(connection, estate_id=estate_id, **values)
        queries().project_estate_clear(connection, estate_id=estate_id)
        queries().project_estate_insert(
            connection,
            project_id=projects[entry.project_code],
            estate_id=estate_id,
            source=entry.row.project_source,
        )


def leave_plan(connection: Connection, estate_ids: Iterable[int]) -> None:
    """Take estates out of the plan; they stay in the register with their history."""
    for estate_id in estate_ids:
        queries().estate_leave_plan(connection, estate_id=estate_id)
        queries().project_estate_clear(connection, estate_id=estate_id)


def save_demonstration_areas(
    connection: Connection, district_id: str, areas: Sequence[DemonstrationSpec]
) -> dict[str, list[str]]:
    """Store the demonstration areas (示范片区) a document names; return the members found, by area.

    A member is the estate of exactly that name. An area without one stays 未匹配.
    """
    by_name: dict[str, list[StoredEstate]] = {}
    for estate in stored_estates(connection, district_id):
        by_name.setdefault(estate.entry.row.estate, []).append(estate)
    found: dict[str, list[str]] = {}
    for area in areas:
        area_id = queries().demonstration_area_ensure(
            connection, district_id=district_id, name=area.name, quote=area.quote, note=area.note
        )
        members = [by_name[name][0] for name in area.estates if len(by_name.get(name, ())) == 1]
        for member in members:
            queries().demonstration_area_estate_add(connection, demonstration_area_id=area_id, estate_id=member.id)
        found[area.name] = [member.entry.row.estate for member in members]
    return found


class _Places:
    """Ids of sub-districts and communities, made when first met."""

    def __init__(self, connection: Connection, district_id: str) -> None:
        self._connection = connection
        self._district_id = district_id
        self._known: dict[tuple[str, str], tuple[int, int]] = {}

    def ids(self, subdistrict: str, community: str) -> tuple[int, int]:
        if (subdistrict, community) not in self._known:
            outer = queries().subdistrict_ensure(self._connection, district_id=self._district_id, name=subdistrict)
            inner = queries().community_ensure(
                self._connection, district_id=self._district_id, subdistrict_id=outer, name=community
            )
            self._known[subdistrict, community] = (outer, inner)
        return self._known[subdistrict, community]
