"""What is stored, at a glance: districts, their registers against the plan, their layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gisplanner.catalog.layers import layers, select_sql
from gisplanner.domain.district import District
from gisplanner.domain.layers import LayerSpec
from gisplanner.domain.register import RegisterCheck
from gisplanner.services.districts import list_districts
from gisplanner.services.register.register import register_summary
from gisplanner.store.database import Database
from gisplanner.store.queries import queries

_FIRST: Final = "estates"


@dataclass(frozen=True, slots=True)
class LayerOverview:
    """How many features a layer of a district has, how many of them without geometry or illustrative (示意)."""

    spec: LayerSpec
    features: int
    without_geometry: int
    illustrative: int


@dataclass(frozen=True, slots=True)
class DistrictOverview:
    """A district at a glance. ``check`` holds its register against the plan; ``None`` without a register.

    ``plan`` is the title and number of the latest issued plan. Layers without any feature are left out.
    """

    district: District
    plan: tuple[str, str] | None
    check: RegisterCheck | None
    layers: tuple[LayerOverview, ...]

    @property
    def illustrative(self) -> int:
        """Return how many features are illustrative (示意数据)."""
        return sum(layer.illustrative for layer in self.layers)

    def features(self, name: str) -> int:
        """Return how many features of a layer have geometry."""
        return sum(one.features - one.without_geometry for one in self.layers if one.spec.name == name)


def overview(db: Database) -> list[DistrictOverview]:
    """Return all districts at a glance, by id; those that hold nothing yet come last."""
    found = [district_overview(db, district) for district in list_districts(db)]
    return sorted(found, key=lambda one: not one.layers)


def district_overview(db: Database, district: District) -> DistrictOverview:
    """Return one district at a glance."""
    found = []
    with db.transaction() as connection:
        plan = queries().plan_title_latest(connection, district_id=district.id)
        for name, spec in layers().items():
            row = queries().layer_counts_get(
                connection,
                layer_query=select_sql(name),
                district_id=district.id,
                has_illustrative=any(column.name == "illustrative" for column in spec.columns),
            )
            if row.features:
                found.append(LayerOverview(spec, row.features, row.without_geometry, row.illustrative))
    check = register_summary(db, district)
    return DistrictOverview(
        district,
        None if plan is None else (plan.document_title, plan.document_number),
        check if check.counts.estates else None,
        tuple(sorted(found, key=lambda one: one.spec.name != _FIRST)),
    )


def database_answers(db: Database) -> int:
    """Return the number of districts, which shows that the database works.

    Raises
    ------
    DatabaseUnavailableError
        It does not, and why.
    """
    with db.transaction() as connection:
        return int(queries().answers(connection))
