"""Who gives way where two lines come too close (避让)."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.clearance_tables import YieldRule, YieldStep
from gisplanner.planning.pipes.clearance.lines import Lines

_GRAVITY: Final = frozenset({"sewage", "storm", "drain"})
_FLEXIBLE: Final = frozenset({"power", "telecom", "lighting"})


def who_yields(lines: Lines, a: int, b: int, steps: tuple[YieldStep, ...]) -> tuple[int | None, YieldStep | None]:
    """Return the line that gives way and the step of the order that says so; ``None`` where none does."""
    for step in steps:
        one, other = _firmness(lines, a, step.rule), _firmness(lines, b, step.rule)
        if one is not None and other is not None and one != other:
            return (a if one < other else b), step
    return None, None


def _firmness(lines: Lines, line: int, rule: YieldRule) -> float | None:
    """Return how firmly a line stands under a rule; the lesser yields; ``None`` where it says nothing of it."""
    utility, status = lines.utility[line], lines.status[line]
    if rule == "pressure_to_gravity":
        return None if utility in _FLEXIBLE else float(utility in _GRAVITY)
    if rule == "flexible_to_rigid":
        return float(utility not in _FLEXIBLE)
    if rule == "new_to_existing":
        return None if status is None else float(status != "planned")
    if rule == "temporary_to_permanent":
        return None if status is None else float(status != "temporary")
    diameter = float(lines.diameter_mm[line])
    return diameter if diameter == diameter else None  # noqa: PLR0124 - NaN is not itself
