"""Record that a clearance below its clause is accepted (例外登记): by whom, on what ground, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.clearance import ClearanceConflict
from gisplanner.domain.clearance_exception import ClearanceException, key_of
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, RefusedError, UsageError
from gisplanner.services.networks.access import LOCAL, owners_seen, require_networks_office
from gisplanner.services.networks.conflicts import conflicts_of_district
from gisplanner.services.networks.exception_records import stored_exceptions
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_NEEDED = ("measure", "ground", "document", "accepted_by")


def accept_conflict(
    db: Database,
    district: District,
    a: str,
    b: str | None,
    kind: str,
    *,
    measure: str,
    ground: str,
    document: str,
    accepted_by: str,
    on: date,
    until: date,
    accepted_m: float | None = None,
    illustrative: bool = False,
    viewer: Viewer = LOCAL,
) -> ClearanceException:
    """Accept one conflict of the district with a safety measure; from then on it is no open one.

    Parameters
    ----------
    a, b, kind
        The pair as the list of conflicts has it.
    accepted_m
        Down to what distance; ``None`` is what is there now.

    Raises
    ------
    PermissionDeniedError
        The account does not work on all networks.
    NotFoundError
        There is no such conflict.
    RefusedError
        The clause is mandatory (强制), or the pair is nearer than what would be accepted.
    UsageError
        Something is left out, or the last day lies before the first.
    """
    require_networks_office(viewer, Text("登记例外", en="record exceptions"))
    told = {"measure": measure, "ground": ground, "document": document, "accepted_by": accepted_by}
    missing = [Fault(column=name, hint=Text("必填", en="needed")) for name in _NEEDED if not told[name].strip()]
    if until < on:
        missing.append(Fault(column="until", value=str(until), allowed=f"≥ {on}"))
    if missing:
        raise UsageError(Text("例外登记不完整。", en="The exception is not complete."), missing)
    conflict = _conflict(db, district, a, b, kind)
    accepted = conflict.measured_m if accepted_m is None else accepted_m
    _refuse(conflict, accepted)
    made = ClearanceException(
        a=str(conflict.a),
        b=None if conflict.b is None else str(conflict.b),
        kind=conflict.kind,
        required_m=conflict.required_m,
        accepted_m=accepted,
        clause=conflict.rule.cited,
        measure=measure,
        ground=ground,
        document=document,
        accepted_by=accepted_by,
        accepted_on=on,
        valid_until=until,
        illustrative=illustrative,
        status=conflict.rule.status,
    )
    _insert(db, district, made, "granted")
    return made


def withdraw_exception(
    db: Database, district: District, a: str, b: str | None, kind: str, *, on: date, viewer: Viewer = LOCAL
) -> ClearanceException:
    """Withdraw an exception: the conflict is open again; what was accepted stays on record.

    Raises
    ------
    PermissionDeniedError
        The account does not work on all networks.
    NotFoundError
        Nothing was accepted for this pair.
    """
    require_networks_office(viewer, Text("撤回例外", en="withdraw exceptions"))
    found = next((one for one in stored_exceptions(db, district) if one.key == key_of(a, b, kind)), None)
    if found is None:
        raise NotFoundError(Text("没有这一例外登记。", en="There is no such exception."), [Fault(value=f"{a} {b}")])
    gone = replace(found, accepted_on=on, valid_until=max(on, found.valid_until))
    _insert(db, district, gone, "withdrawn")
    return gone


def exceptions_document(db: Database, district: District, *, on: date, viewer: Viewer = LOCAL) -> dict[str, Any]:
    """Return all exceptions with whether they hold on a day and whether their conflict is still there.

    An operator sees those of its own lines.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    seen = owners_seen(viewer, district, Text("查看例外登记", en="see exceptions"))
    found = conflicts_of_district(db, district, on=on)
    there = {key_of(str(one.a), None if one.b is None else str(one.b), one.kind) for one in found.report.conflicts}
    covering = {one.key for conflict in found.report.conflicts if (one := found.accepted(conflict)) is not None}
    return {
        "on": on.isoformat(),
        "exceptions": [
            {
                **one.document_record(),
                "in_force": one.accepted_on <= on <= one.valid_until,
                "conflict_exists": one.key in there,
                "covers": one.key in covering,
            }
            for one in found.exceptions.values()
            if seen(one.a.split("/")[0]) or (one.b is not None and seen(one.b.split("/")[0]))
        ],
        "open": sum(seen(str(one.a).split("/")[0]) or seen(str(one.b).split("/")[0]) for one in found.open_conflicts),
    }


def _conflict(db: Database, district: District, a: str, b: str | None, kind: str) -> ClearanceConflict:
    wanted = key_of(a, b, kind)
    for one in conflicts_of_district(db, district).report.conflicts:
        if key_of(str(one.a), None if one.b is None else str(one.b), one.kind) == wanted:
            return one
    raise NotFoundError(
        Text("没有这一处冲突。", en="There is no such conflict."),
        [Fault(column=kind, value=f"{a} {b or ''}".strip())],
    )


def _refuse(conflict: ClearanceConflict, accepted_m: float) -> None:
    if conflict.rule.obligation == "强制":
        raise RefusedError(
            Text(
                f"{conflict.rule.shown} 是强制性条文，不能以安全措施减小。",
                en=f"{conflict.rule.cited} is mandatory and leaves no room for exceptions.",
            )
        )
    if accepted_m > conflict.measured_m or accepted_m >= conflict.required_m:
        raise RefusedError(
            Text(
                f"实际 {conflict.measured_m:g} m，要求 {conflict.required_m:g} m，"
                f"接受到 {accepted_m:g} m 不覆盖这一处。",
                en=f"It is {conflict.measured_m:g} m; {accepted_m:g} m would not cover it "
                f"(required {conflict.required_m:g} m).",
            )
        )


def _insert(db: Database, district: District, one: ClearanceException, state: str) -> None:
    with db.transaction() as connection:
        queries().exception_insert(
            connection,
            district_id=district.id,
            a=one.a,
            b=one.b,
            kind=one.kind,
            state=state,
            required_m=one.required_m,
            accepted_m=one.accepted_m,
            clause=one.clause,
            measure=one.measure,
            ground=one.ground,
            document=one.document,
            accepted_by=one.accepted_by,
            accepted_on=one.accepted_on,
            valid_until=one.valid_until,
            illustrative=one.illustrative,
        )
