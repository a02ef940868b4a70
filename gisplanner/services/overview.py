"""What is stored, at a glance: districts, their registers against the plan, their layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gisplanner.catalog.layers import layers, select_sql
from gisplanner.domain.accounts import NETWORK_OFFICES, Viewer
from gisplanner.domain.district import District
from gisplanner.domain.layers import LayerSpec
from gisplanner.domain.register import RegisterCheck
from gisplanner.services.districts import list_districts
from gisplanner.services.register.register import register_summary
from gisplanner.store.database import Database
from gisplanner.store.migrations import installed_checksums, sql_checksums
from gisplanner.store.queries import queries

_FIRST: Final = "estates"
_SEE_WHOLE_PLAN: Final = NETWORK_OFFICES | {"reviewer"}
"""To whom a register stands beside the plan as a whole; a part of it would only look like a mismatch."""


@dataclass(frozen=True, slots=True)
class LayerOverview:
    """How many features a layer of a district has, how many of them without geometry or illustrative (示意)."""

    spec: LayerSpec
    features: int
    without_geometry: int
    illustrative: int


@dataclass(frozen=True, slots=True)
class DistrictOverview:
    """A district at a glance.

    ``check`` holds its register against the plan; ``None`` without one, or for who does not see the whole plan.

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


def overview(db: Database, viewer: Viewer) -> list[DistrictOverview]:
    """Return the districts of ``viewer`` at a glance: most estates on the map first, then by id, empty ones last."""
    seen = db.seen_by(viewer)
    found = [district_overview(seen, district, viewer) for district in list_districts(seen)]
    return sorted(found, key=lambda one: (not one.layers, -one.features("estates")))


def district_overview(db: Database, district: District, viewer: Viewer) -> DistrictOverview:
    """Return one district at a glance, in a database as ``viewer`` sees it."""
    found = []
    with db.transaction() as connection:
        plan = queries().plan_title_latest(connection, district_id=district.id)
        for name, spec in layers().items():
            if not spec.seen_by(viewer):
                continue
            row = queries().layer_counts_get(
                connection,
                layer_query=select_sql(name),
                district_id=district.id,
                has_illustrative=any(column.name == "illustrative" for column in spec.columns),
            )
            if row.features:
                found.append(LayerOverview(spec, row.features, row.without_geometry, row.illustrative))
    check = register_summary(db, district) if viewer.role in _SEE_WHOLE_PLAN else None
    return DistrictOverview(
        district,
        None if plan is None else (plan.document_title, plan.document_number),
        check if check is not None and check.counts.estates else None,
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


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the program can work on its database; how long a job has waited, ``None`` while none does."""

    schema_up_to_date: bool
    oldest_waiting_job_s: float | None

    @property
    def ready(self) -> bool:
        """Return whether requests can be served."""
        return self.schema_up_to_date


def readiness(db: Database) -> Readiness:
    """Return whether the program can work on its database.

    Raises
    ------
    DatabaseUnavailableError
        It cannot be reached, and why.
    """
    up_to_date = installed_checksums(db) == sql_checksums()
    if not up_to_date:
        return Readiness(schema_up_to_date=False, oldest_waiting_job_s=None)
    with db.transaction() as connection:
        waited = queries().job_longest_wait(connection)
    return Readiness(schema_up_to_date=True, oldest_waiting_job_s=None if waited is None else float(waited))
