"""All processes there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError
from gisplanner.services.jobs.plans import PLANS
from gisplanner.services.jobs.processes import Process
from gisplanner.services.uploads.process import IMPORT
from gisplanner.text import Text

PROCESSES: Final[Mapping[str, Process]] = MappingProxyType({one.id: one for one in (*PLANS, IMPORT)})


def process_for(viewer: Viewer, name: str) -> Process:
    """Return a process that ``viewer`` may run.

    Raises
    ------
    NotFoundError
        There is no such process.
    PermissionDeniedError
        The account may not run it.
    """
    process = PROCESSES.get(name)
    if process is None:
        raise NotFoundError(
            Text(f"没有过程 {name}。", en=f"There is no process {name}."),
            [Fault(column="processID", value=name, allowed="、".join(PROCESSES))],
        )
    if viewer.role not in process.roles:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能运行{process.title}。",
                en=f"The account {viewer.name} ({viewer.role}) may not run {name}.",
            ),
            [Fault(column="processID", value=name)],
        )
    return process
