"""What still stands on the ground of works that are about to begin (拆违未清)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from gisplanner.catalog.layers import utilities
from gisplanner.domain.profile import Profile, StageSpec
from gisplanner.domain.works import REMOVED_STEP, STEPS
from gisplanner.errors import Fault
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text

WORKING_STRIP_M: Final = 1.0
"""What stands nearer to a planned line or a fire lane than this is in its way (本工具参数)."""
ADJOINING_M: Final = 10.0
"""Roads beside an estate (毗邻道路) reach this far: lines there are works of its project, too (本工具参数)."""


def standing_faults(
    connection: Connection, profile: Profile, project_id: int, stage: StageSpec, on: date
) -> list[Fault]:
    """Return what stands in the way of a stage in which the works begin; nothing for any other stage.

    A demolition with a shape is held against the planned lines of the project and the fire lanes of the plan that is
    kept, also one of a neighbouring estate; one without, or in an estate without planned lines, stands in the way of
    its whole estate.
    """
    first = next((one.no for one in profile.stages if one.progress == "under_way"), None)
    if stage.no != first:
        return []
    clause = next((one for one in profile.checklists if one.key == "demolition"), None)
    hint = None if clause is None else f"「{clause.quote}」（{clause.document}）"
    rows = queries().demolitions_open(
        connection, project_id=project_id, as_of=on, removed_step=REMOVED_STEP, reach_m=WORKING_STRIP_M,
        adjoining_m=ADJOINING_M,
    )  # fmt: skip
    return [
        Fault(
            column=Text("拆违未清", en="not pulled down"),
            value=f"{row.code} {row.estate or ''} {row.kind}".strip(),
            allowed=_told(row),
            hint=hint,
        )
        for row in rows
    ]


def _told(row: Any) -> Text:
    step = STEPS[row.step - 1]
    if row.fire_plan is not None:
        return Text(
            f"{row.code}（{row.kind}）还在“{step}”，距拟打通的消防车道（方案「{row.fire_plan}」）"
            f"{row.distance_m:.1f} m，拆除后才能在该地块施工",
            en=f"{row.code} ({row.kind}) still stands {row.distance_m:.1f} m from a fire lane of {row.fire_plan}",
        )
    if row.utility is None:
        return Text(
            f"{row.code}（{row.kind}）还在“{step}”，没有图形可以比对，按小区判定，拆除后才能在该地块施工",
            en=f"{row.code} ({row.kind}) still stands; without shapes the whole estate counts",
        )
    titles = {code: one.name for code, one in utilities().items()}
    return Text(
        f"{row.code}（{row.kind}）还在“{step}”，距拟建{titles.get(row.utility, row.utility)}管线 "
        f"{row.distance_m:.1f} m，拆除后才能在该地块施工",
        en=f"{row.code} ({row.kind}) still stands {row.distance_m:.1f} m from a planned {row.utility} line",
    )
