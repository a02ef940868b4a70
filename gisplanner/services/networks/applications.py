"""Applications to dig up roads and to connect (道路开挖、管道接入、市政用电接入), with where each stands."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, Literal

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.errors import Fault, RefusedError, UsageError
from gisplanner.services.networks.access import LOCAL, require_own
from gisplanner.services.networks.tasks import Step, record_step, store_tasks, stored_tasks
from gisplanner.store.database import Database
from gisplanner.text import Text

Matter = Literal["道路开挖", "管道接入", "市政用电接入"]
DIGGING: Final[Matter] = "道路开挖"
MATTERS: Final[tuple[Matter, ...]] = (DIGGING, "管道接入", "市政用电接入")
"""「对涉及道路开挖、管道接入、市政用电接入等事项的及时进行审批」"""
AUTHORITY: Final = "区城管局"


def apply_for(
    db: Database,
    district: District,
    matter: str,
    code: str,
    *,
    owner: str,
    subject: str,
    on: date,
    estate_code: str | None = None,
    authority: str = AUTHORITY,
    shape: Any = None,
    document: str | None = None,
    illustrative: bool = False,
    viewer: Viewer = LOCAL,
) -> NetworkTask:
    """Hand in an application; it stands as 已申请 from that day.

    Parameters
    ----------
    matter
        道路开挖, 管道接入 or 市政用电接入.
    code
        Number of the application.
    shape
        Where, in the district's metric CRS.

    Raises
    ------
    PermissionDeniedError
        The account may not act for the owner.
    UsageError
        No such matter.
    RefusedError
        There is an application of that number.
    """
    require_own(viewer, district, owner, Text("申请", en="apply for"))
    if matter not in MATTERS:
        raise UsageError(
            Text(f"没有申请事项 {matter}。", en=f"There is no matter {matter}."),
            [Fault(column="matter", value=matter, allowed=" ".join(MATTERS))],
        )
    task = NetworkTask(
        "application",
        code,
        owner,
        subject,
        matter,
        receiver=authority,
        estate_code=estate_code,
        illustrative=illustrative,
        shape=shape,
    )
    added, _ = store_tasks(db, district, [task])
    if not added:
        raise RefusedError(Text(f"申请 {code} 已经有了。", en=f"There is an application {code} already."))
    return record_step(
        db, district, "application", code, Step("已申请", on, document=document, illustrative=illustrative)
    )


def applications(db: Database, district: District, *, viewer: Viewer = LOCAL) -> dict[str, Any]:
    """Return all applications an account may see, with how many stand where."""
    found = stored_tasks(db, district, "application", viewer=viewer)
    states = sorted({one.standing for one in found})
    return {
        "applications": [one.record() for one in found],
        "states": {state: sum(one.standing == state for one in found) for state in states},
    }
