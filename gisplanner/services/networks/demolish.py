"""What stands on gas lines becomes a case of demolition (占压转拆违), tied to line and structure, never twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import shapely

from gisplanner.catalog.gas_zones import gas_zones
from gisplanner.domain.accounts import OFFICES, Viewer
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.domain.works import REMOVED_STEP, STEPS
from gisplanner.errors import PermissionDeniedError
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL
from gisplanner.services.networks.gas_safety import gas_safety
from gisplanner.services.networks.tasks import Step, record_step, store_tasks
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

HOUSE: Final = "占压建筑（待认定）"
"""Kind of a case whose structure is a building: whether it is illegal, or the line has to move, is to be decided."""
_MAY: Final = OFFICES | {"reviewer"}
"""指挥部办公室、住建局; 城管、自然资源、两违办."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of everything built over gas lines.

    Attributes
    ----------
    made, joined
        Cases that are new, and findings put under a case that was there.
    removed
        Findings whose structure has been pulled down since.
    outside
        Findings in no estate: no case can be made of them.
    links
        Every finding with its case, as stored.
    """

    made: int
    joined: int
    removed: int
    outside: tuple[NetworkTask, ...]
    links: tuple[Any, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "made": self.made,
            "joined": self.joined,
            "removed": self.removed,
            "outside": [one.record() for one in self.outside],
            "cases": [
                {
                    "demolition": one.demolition,
                    "kind": one.kind,
                    "estate": one.estate,
                    "step": STEPS[one.step - 1],
                    "unit": one.unit,
                    "owner": one.owner,
                    "line": one.subject,
                    "cause": one.cause,
                    "clause": one.clause,
                    "state": one.state,
                }
                for one in self.links
            ],
        }

    def sentences(self) -> Text:
        """Return the list for a person."""
        zh = [f"占压燃气管 {len(self.links)} 处，新列拆违 {self.made} 件，已拆除 {self.removed} 处。"]
        zh += [
            f"  {one.demolition}（{STEPS[one.step - 1]}）：{one.owner} {one.subject}，{one.cause}，{one.clause}"
            for one in self.links
        ]
        if self.outside:
            zh.append(f"另有 {len(self.outside)} 处不在任何小区内，未列入。")
        return Text("\n".join(zh), en=f"{len(self.links)} structures on gas lines, {self.made} new cases.")


def feed_demolitions(
    db: Database, district: District, *, on: date, illustrative: bool = False, viewer: Viewer = LOCAL
) -> Fed:
    """Make a case of demolition (摸底) of everything built over gas lines, and bring both up to where they stand.

    A structure that is a case already stays that case. A case that reached 拆除 closes the finding; a building whose
    lines have all moved is none any more.

    Raises
    ------
    PermissionDeniedError
        The account neither works on the whole district nor on demolitions.
    """
    if viewer.role not in _MAY:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能列入拆违。",
                en=f"The account {viewer.name} ({viewer.role}) may not make cases of demolition.",
            )
        )
    found = gas_safety(db, district).encroachments
    store_tasks(db, district, found)
    places = _places(db, district)
    outside = [one for one in found if one.estate_code is None]
    made = joined = 0
    with db.transaction() as connection:
        queries().demolition_lock(connection, district_id=district.id)
        estates = {row.code: row.id for row in queries().works_estates(connection, district_id=district.id)}
        linked = {row.task for row in queries().demolition_links(connection, district_id=district.id)}
        for task in found:
            if task.estate_code is None or task.code in linked:
                continue
            code, kind, at = places[task.code.rsplit("×", maxsplit=1)[0]]
            case, new = _case(connection, district, (code, kind, at), task, estates, on=on, illustrative=illustrative)
            queries().demolition_link_insert(
                connection, demolition_id=case, district_id=district.id, code=task.code, clause=gas_zones().shown
            )
            made, joined = made + int(new), joined + int(not new)
    removed = _follow(db, district, on)
    with db.transaction() as connection:
        links = tuple(queries().demolition_links(connection, district_id=district.id))
    return Fed(made, joined, removed, tuple(outside), links)


def _case(
    connection: Connection,
    district: District,
    thing: tuple[str, str, Any],
    task: NetworkTask,
    estates: Mapping[str, int],
    *,
    on: date,
    illustrative: bool,
) -> tuple[int, bool]:
    """Return the row of the case of a structure, and whether it is new."""
    code, kind, at = thing
    there = next(iter(queries().demolition_find(connection, district_id=district.id, codes=[code])), None)
    if there is not None:
        return int(there.id), False
    case = queries().demolition_insert(
        connection,
        district_id=district.id,
        srid=district.srid,
        code=code,
        estate_id=estates[str(task.estate_code)],
        kind=kind,
        name=f"占压 {task.owner} {task.subject}，距管壁 {task.distance_m:g} m",
        area_m2=None,
        east_m=at.x,
        north_m=at.y,
        illustrative=illustrative or task.illustrative,
    )
    queries().demolition_event_insert(
        connection,
        demolition_id=case,
        step=1,
        happened_on=on,
        due_on=None,
        unit=None,
        document=gas_zones().shown,
        illustrative=illustrative or task.illustrative,
    )
    return int(case), True


def _follow(db: Database, district: District, on: date) -> int:
    """Record on the findings what became of their cases; return how many structures have been pulled down."""
    with db.transaction() as connection:
        links = list(queries().demolition_links(connection, district_id=district.id))
    removed = 0
    for one in links:
        if one.state == "待处置":
            record_step(db, district, "encroachment", one.task, Step("已列入拆除", on, document=one.demolition))
        if one.step >= REMOVED_STEP and one.state in {"待处置", "已列入拆除"}:
            record_step(
                db, district, "encroachment", one.task, Step("已拆除", one.happened_on, document=one.demolition)
            )
        removed += one.step >= REMOVED_STEP
    return removed


def _places(db: Database, district: District) -> dict[str, tuple[str, str, Any]]:
    """Return code, kind and place of the case each structure becomes, by the structure's code."""
    houses, things = layer_frame(db, district, "buildings"), layer_frame(db, district, "obstacles")
    found = {
        str(row.code): (f"占压-{row.code}", HOUSE, shapely.point_on_surface(row.geom)) for row in houses.itertuples()
    }
    return found | {
        str(row.code): (str(row.code), str(row.kind), shapely.point_on_surface(row.geom))
        for row in things.itertuples()
    }
