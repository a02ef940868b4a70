"""Where a plan keeps less than the tables ask (例外): by which reduction, which clause, who answers for it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from gisplanner.domain.clearance import ClearanceConflict
from gisplanner.rules.reductions import BUILDING, Reduction
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.text import Text

_TOLERANCE_M = 0.001


def violations(result: PipesPlan) -> list[ClearanceConflict]:
    """Return the conflicts nobody answers for; none in a plan that holds."""
    lanes = result.lanes
    return [*lanes.report.conflicts, *(one for one in lanes.excepted if _covering(result, one) is None)]


def exceptions_document(result: PipesPlan) -> list[dict[str, Any]]:
    """Return every reduction that is used, by clause: how often, how little is left, with whose word."""
    return [
        {
            "clause": clause,
            "a": one.a,
            "b": one.b,
            "required_m": conflicts[0].required_m,
            "accepted_m": one.to_m,
            "least_m": round(min(conflict.measured_m for conflict in conflicts), 3),
            "places": len(conflicts),
            "length_m": round(sum(conflict.length_m for conflict in conflicts), 3),
            "measure": one.measure,
            "reason": one.because,
            "accepted_by": one.accepted_by,
            "document": one.document,
        }
        for (one, clause), conflicts in _used(result).items()
    ]


def exceptions_told(result: PipesPlan) -> list[Text]:
    """Return the reductions that are used in words."""
    return [
        Text(
            f"例外：{one['a']}–{one['b']} 净距 {one['required_m']:g} m 减至 {one['accepted_m']:g} m，"
            f"{one['places']} 处（{one['clause']}；{one['measure']}；{one['accepted_by']}）",
            en=f"exception: {one['a']}–{one['b']} {one['required_m']:g} m down to {one['accepted_m']:g} m in "
            f"{one['places']} places ({one['clause']}; {one['measure']}; {one['accepted_by']})",
        )
        for one in exceptions_document(result)
    ]


def _used(result: PipesPlan) -> dict[tuple[Reduction, str], list[ClearanceConflict]]:
    found: dict[tuple[Reduction, str], list[ClearanceConflict]] = defaultdict(list)
    for conflict in result.lanes.excepted:
        one = _covering(result, conflict)
        if one is not None:
            found[one, conflict.rule.shown].append(conflict)
    return dict(sorted(found.items(), key=lambda item: (item[0][0].a, item[0][0].b, item[0][1])))


def _covering(result: PipesPlan, conflict: ClearanceConflict) -> Reduction | None:
    if conflict.kind not in {"horizontal", "building"}:
        return None
    names = [_utility(result, conflict.a), BUILDING if conflict.kind == "building" else _utility(result, conflict.b)]
    return next(
        (
            one
            for one in (exemption.reduction() for exemption in result.hand.exceptions)
            if one.holds(*names) and conflict.measured_m >= one.to_m - _TOLERANCE_M
        ),
        None,
    )


def _utility(result: PipesPlan, line: int | str | None) -> str:
    """Return the utility of a planned line, or of an existing one by its name."""
    if isinstance(line, int):
        return result.lanes.lines[line].utility
    existing = result.ground.existing
    names = {} if existing is None else {f"existing-{name}": code for name, code in existing["utility"].items()}
    return str(names.get(str(line), ""))
