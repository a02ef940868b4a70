"""Store what has to be done about networks, and the steps that were taken (管线事项)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import (
    KIND_TITLES,
    STATES,
    Mode,
    NetworkTask,
    TaskKind,
    may_follow,
    may_record,
)
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError, RefusedError, UsageError
from gisplanner.services.networks.access import LOCAL, may_see, require_networks_office
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

__all__ = ["Step", "TaskKind", "record_step", "store_tasks", "stored_tasks"]


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did about a task on a day.

    Attributes
    ----------
    valid_until
        Last day an arrangement holds: until when somebody watches on site (现场监护).
    mode, contractor
        Whether the owner moves its line itself or commissions somebody (自行/委托), and whom.
    placement_before, placement_after
        架空, 地下, 附墙 before; 架空规整, 下地, 原位保护, 拆除 after.
    """

    state: str
    on: date
    valid_until: date | None = None
    mode: Mode | None = None
    contractor: str | None = None
    placement_before: str | None = None
    placement_after: str | None = None
    document: str | None = None
    note: str | None = None
    illustrative: bool = False


def store_tasks(
    db: Database, district: District, tasks: Iterable[NetworkTask], *, viewer: Viewer = LOCAL
) -> tuple[int, int]:
    """Store tasks and return how many are new and how many were there already; those stay as they are.

    Raises
    ------
    PermissionDeniedError
        The account does not work on all networks.
    """
    require_networks_office(viewer, Text("下达管线事项", en="give tasks"))
    new = seen = 0
    with db.transaction() as connection:
        for task in tasks:
            added = queries().task_insert(
                connection,
                district_id=district.id,
                srid=district.srid,
                kind=task.kind,
                code=task.code,
                owner=task.owner,
                receiver=task.receiver,
                estate_code=task.estate_code,
                subject=task.subject,
                cause=task.cause,
                distance_m=task.distance_m,
                length_m=task.length_m,
                illustrative=task.illustrative,
                wkb=None if task.shape is None else shapely.to_wkb(task.shape),
            )
            new, seen = new + int(added), seen + 1 - int(added)
    return new, seen


def stored_tasks(
    db: Database, district: District, kind: TaskKind, *, owner: str | None = None, viewer: Viewer = LOCAL
) -> list[NetworkTask]:
    """Return the tasks of a kind with where they stand, by owner; an operator sees its own.

    Raises
    ------
    PermissionDeniedError
        The public sees none.
    """
    if viewer.role == "public":
        raise PermissionDeniedError(Text("管线事项不对公众开放。", en="Tasks are not for the public."))
    with db.transaction() as connection:
        rows = [row._asdict() for row in queries().tasks_current(connection, district_id=district.id, kind=kind)]
    found = [_task(kind, row) for row in rows]
    if viewer.role == "operator":
        found = [one for one in found if may_see(viewer, district, one.owner)]
    return [one for one in found if owner is None or one.owner == owner]


def record_step(
    db: Database, district: District, kind: TaskKind, code: str, step: Step, *, viewer: Viewer = LOCAL
) -> NetworkTask:
    """Record a step of a task: by its owner, or by an office.

    Raises
    ------
    NotFoundError
        No such task.
    PermissionDeniedError
        The step is not for this account: neither the owner nor an office, or its own application to approve.
    UsageError
        No such state, commissioned (委托) to nobody, or watched (现场监护) until no day.
    RefusedError
        The step does not follow from where the task stands.
    """
    _check(kind, step)
    found = next((one for one in stored_tasks(db, district, kind) if one.code == code), None)
    if found is None:
        raise NotFoundError(
            Text(f"没有这一{KIND_TITLES[kind]}事项。", en=f"There is no such {kind}."),
            [Fault(column="code", value=code)],
        )
    if not may_record(viewer.role, kind, step.state, own=may_see(viewer, district, found.owner)):
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能把 {found.owner} 的{KIND_TITLES[kind]}记为{step.state}。",
                en=f"The account {viewer.name} ({viewer.role}) may not record that step for {found.owner}.",
            )
        )
    if not may_follow(kind, found.state, step.state):
        raise RefusedError(
            Text(
                f"{code} 现为{found.standing}，不能记为{step.state}。",
                en=f"{code} is {found.standing} and cannot become {step.state}.",
            ),
            [Fault(column="state", value=step.state, allowed=" → ".join(STATES[kind]))],
        )
    with db.transaction() as connection:
        row = queries().task_id(connection, district_id=district.id, kind=kind, code=code)
        queries().task_step_insert(
            connection,
            task_id=row.id,
            state=step.state,
            happened_on=step.on,
            valid_until=step.valid_until,
            mode=step.mode,
            contractor=step.contractor,
            placement_before=step.placement_before,
            placement_after=step.placement_after,
            document=step.document,
            note=step.note,
            illustrative=step.illustrative,
        )
    return next(one for one in stored_tasks(db, district, kind) if one.code == code)


def _check(kind: TaskKind, step: Step) -> None:
    faults = []
    if step.state not in STATES[kind]:
        faults.append(Fault(column="state", value=step.state, allowed=" ".join(STATES[kind])))
    if step.mode == "委托" and not step.contractor:
        faults.append(Fault(column="contractor", hint=Text("委托时写明受托单位", en="whom was it given to?")))
    if step.state == "现场监护已安排" and step.valid_until is None:
        faults.append(Fault(column="until", hint=Text("写明监护到哪一天", en="until which day?")))
    if step.valid_until is not None and step.valid_until < step.on:
        faults.append(Fault(column="until", value=str(step.valid_until), allowed=f"≥ {step.on}"))
    if faults:
        raise UsageError(Text("办理记录不完整或有误。", en="The step is incomplete or wrong."), faults)


def _task(kind: TaskKind, row: dict[str, Any]) -> NetworkTask:
    wkb = row.pop("wkb")
    shape = None if wkb is None else shapely.from_wkb(bytes(wkb))
    return NetworkTask(kind=kind, on=row.pop("happened_on"), shape=shape, **row)
