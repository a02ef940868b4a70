"""Removals of a fire plan as cases of the demolition register (拆违台账): the first step of each, 摸底."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import MEETS
from gisplanner.domain.works import STEPS, DemolitionRecord
from gisplanner.formats.tables_book import Table
from gisplanner.services.fire.plan import FirePlan
from gisplanner.services.progress.records import enter_records
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_FIELDS: Final = {name: field.title or name for name, field in DemolitionRecord.model_fields.items()}
_UNNAMED: Final = "未注明类别"


@dataclass(frozen=True, slots=True, eq=False)
class Removed:
    """A removal with what a case of the register needs: where it is, what, whose, and who has to remove it."""

    estate: str
    obstacle: str
    kind: str | None
    owner: str | None
    moved: bool
    unit: str | None
    shape: Any
    illustrative: bool


@dataclass(frozen=True, slots=True)
class RegisteredRemovals:
    """Cases made, those that were there already, and things only moved aside, which are no cases."""

    made: tuple[str, ...]
    known: tuple[str, ...]
    moved: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {"registered": list(self.made), "already_registered": list(self.known), "only_moved": list(self.moved)}

    def sentences(self) -> Text:
        """Return the answer for a person."""
        return Text(
            f"记入拆违台账 {len(self.made)} 件（摸底），已在台账 {len(self.known)} 件，"
            f"只需移位 {len(self.moved)} 处。",
            en=f"{len(self.made)} cases registered, {len(self.known)} known before, {len(self.moved)} only moved.",
        )


def removals_of_plans(plans: Mapping[str, FirePlan]) -> list[Removed]:
    """Return the removals of plans by the code of their estate."""
    return [
        Removed(
            estate=code,
            obstacle=str(one.obstacle),
            kind=one.kind,
            owner=one.owner,
            moved=one.moved,
            unit=_unit(plan.details.document()["removals_by_unit"], one.obstacle),
            shape=plan.ground.obstacles.geometry.loc[one.obstacle],
            illustrative=plan.ground.illustrative,
        )
        for code, plan in plans.items()
        for one in plan.removals
    ]


def removals_of_kept(answer: Mapping[str, Any], features: gpd.GeoDataFrame) -> list[Removed]:
    """Return the removals of a plan that is kept, from its answer and its features."""
    told = {str(one["obstacle"]): one for one in answer["removals"]}
    rows = features[features["role"] == "拆移"]
    return [
        Removed(
            estate=str(row.estate),
            obstacle=str(row.label),
            kind=told[str(row.label)]["kind"],
            owner=told[str(row.label)]["owner"],
            moved=told[str(row.label)]["moved"],
            unit=_unit(answer["removals_by_unit"], row.label),
            shape=row.geometry,
            illustrative=bool(row.illustrative),
        )
        for row in rows.itertuples(index=False)
    ]


def _unit(units: Sequence[Mapping[str, Any]], obstacle: object) -> str | None:
    """Return the unit where the texts agree on one; where they contradict each other somebody has to say."""
    return next((str(one["units"]) for one in units if one["answer"] == MEETS and obstacle in one["removals"]), None)


def demolition_records(removals: Sequence[Removed], on: date, document: str | None = None) -> list[DemolitionRecord]:
    """Return a first record for each removal that is pulled down.

    Parameters
    ----------
    document
        What the record refers to, such as the name of the plan.
    """
    return [
        DemolitionRecord(
            code=one.obstacle,
            estate=one.estate,
            kind=one.kind or _UNNAMED,
            name=one.owner,
            area_m2=Decimal(f"{one.shape.area:.1f}") if one.shape.area > 0 else None,
            east_m=round(float(one.shape.centroid.x), 2),
            north_m=round(float(one.shape.centroid.y), 2),
            step=STEPS[0],
            happened_on=on,
            unit=one.unit,
            document=document,
        )
        for one in removals
        if not one.moved
    ]


def demolition_table(removals: Sequence[Removed], on: date, document: str | None = None) -> Table:
    """Return the same records as the table that the register takes in (``gisplanner works enter demolition``)."""
    rows = [
        [_cell(value) for value in (getattr(one, name) for name in _FIELDS)]
        for one in demolition_records(removals, on, document)
    ]
    return Table("拆违台账", ["消防车道拆除清单（摸底）"], list(_FIELDS.values()), rows)


def _cell(value: Any) -> str | float | Decimal | None:
    return value.isoformat() if isinstance(value, date) else value


def register_removals(
    db: Database, district: District, removals: Sequence[Removed], *, on: date, document: str | None = None
) -> RegisteredRemovals:
    """Enter removals into the demolition register of a district; a case that is there already stays as it is.

    Raises
    ------
    InputError
        The day is one to come.
    PermissionDeniedError
        The account may not record demolitions there.
    """
    records = demolition_records(removals, on, document)
    codes = sorted(one.code for one in records)
    with db.transaction() as connection:
        found = queries().demolition_find(connection, district_id=district.id, codes=codes) if codes else ()
        known = {row.code for row in found}
    sketched = {one.obstacle for one in removals if one.illustrative}
    for illustrative in (False, True):
        new = [one for one in records if one.code not in known and (one.code in sketched) is illustrative]
        if new:
            enter_records(db, district, "demolition", list(enumerate(new, start=1)), illustrative=illustrative)
    moved = tuple(one.obstacle for one in removals if one.moved)
    made = tuple(one.code for one in records if one.code not in known)
    return RegisteredRemovals(made, tuple(sorted(known)), moved)
