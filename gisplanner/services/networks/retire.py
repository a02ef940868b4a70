"""What became of old lines after relocation: 废弃 or 已接入新网, recorded once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, RefusedError
from gisplanner.services.networks.access import LOCAL, require_own
from gisplanner.services.networks.columns import utility_code
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

Fate = Literal["existing", "abandoned", "connected"]
FATES: Final[dict[str, Fate]] = {"废弃": "abandoned", "已接入新网": "connected", "现状": "existing"}


def retire_segments(
    db: Database,
    district: District,
    owner: str,
    utility: str,
    codes: Sequence[str],
    *,
    fate: Fate,
    on: date,
    document: str | None = None,
    note: str | None = None,
    viewer: Viewer = LOCAL,
) -> int:
    """Record what became of current lines of an owner, all or none; return how many.

    Abandoned and connected lines keep no clearance and are not to be moved; they stay on the map as what they are.

    Raises
    ------
    PermissionDeniedError
        The account may not act for the owner.
    NotFoundError
        No such current lines.
    RefusedError
        A relocation of the line is open: its end is recorded first.
    """
    require_own(viewer, district, owner, Text("登记", en="record the fate of"))
    code_of = utility_code(utility) or utility
    waiting = [
        Fault(value=one.code, hint=Text(f"迁改{one.standing}", en="not moved yet"))
        for one in stored_tasks(db, district, "relocation", owner=owner)
        if not one.done and any(one.code.endswith(f"×{owner}/{code_of}/{code}") for code in codes)
    ]
    if waiting and fate != "existing":
        raise RefusedError(Text("迁改尚未完成。", en="The relocation is not finished."), waiting)
    with db.transaction() as connection:
        place: dict[str, Any] = {"district_id": district.id, "owner": owner, "utility": code_of}
        missing = [
            Fault(column="code", value=code)
            for code in codes
            if not queries().segment_retire(connection, **place, code=code, status=fate)
        ]
        if missing:
            raise NotFoundError(Text("没有这些现行管段。", en="There are no such current lines."), missing)
        for code in codes:
            queries().segment_event_insert(
                connection,
                **place,
                code=code,
                status=fate,
                happened_on=on,
                document=document,
                note=note,
                illustrative=False,
            )
    return len(codes)


def fates(db: Database, district: District) -> list[dict[str, Any]]:
    """Return what was recorded, oldest first."""
    with db.transaction() as connection:
        rows = [row._asdict() for row in queries().segment_events(connection, district_id=district.id)]
    return [{**row, "happened_on": row["happened_on"].isoformat()} for row in rows]
