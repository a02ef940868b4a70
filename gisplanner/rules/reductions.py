"""Smaller clearances with safety measures (采取安全措施后减小净距): declared beforehand for a whole plan.

GB 50289-2016 4.1.9 lets distances be reduced where the width forbids them and measures are taken (未核对原文); who
takes which measure by which paper is part of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gisplanner.domain.clearance_tables import ClearanceRule, Standards

BUILDING = "building"


@dataclass(frozen=True, slots=True)
class Reduction:
    """A smaller net distance in plan for all lines of two utilities, or of one and buildings.

    Attributes
    ----------
    a, b
        Codes of utilities; ``b`` may be ``building``.
    to_m
        Down to what distance.
    measure, because, accepted_by, document
        What is done instead, why the clause cannot be kept, who answers for it, by which paper.
    """

    a: str
    b: str
    to_m: float
    measure: str
    because: str
    accepted_by: str
    document: str | None = None

    def holds(self, one: str, other: str) -> bool:
        """Return whether it speaks of this pair.

        Examples
        --------
        >>> Reduction("sewage", "building", 1.5, "加固", "巷窄", "指挥部").holds("building", "sewage")
        True
        """
        return sorted((self.a, self.b)) == sorted((one, other))


def reduced(standards: Standards, reductions: Sequence[Reduction]) -> Standards:
    """Return the tables with the smaller distances; rows that are mandatory (强制) stay as they are."""
    if not reductions:
        return standards
    rows = tuple(_reduced_row(standards, row, reductions) for row in standards.horizontal)
    return standards.model_copy(update={"horizontal": rows})


def mandatory_rows(standards: Standards, one: Reduction) -> list[ClearanceRule]:
    """Return the mandatory rows that a reduction would break."""
    return [
        row
        for row in standards.horizontal
        if row.obligation == "强制" and row.min_m > one.to_m and _speaks_of(standards, row, one)
    ]


def _reduced_row(standards: Standards, row: ClearanceRule, reductions: Sequence[Reduction]) -> ClearanceRule:
    lower = [one.to_m for one in reductions if row.obligation != "强制" and _speaks_of(standards, row, one)]
    least = min([row.min_m, *lower])
    return row if least == row.min_m else row.model_copy(update={"min_m": least, "preferred_m": None})


def _speaks_of(standards: Standards, row: ClearanceRule, one: Reduction) -> bool:
    sides = [_classes(standards, name) for name in (one.a, one.b)]
    return any(row.a in a and row.b in b for a, b in (sides, sides[::-1]))


def _classes(standards: Standards, name: str) -> frozenset[str]:
    if name == BUILDING:
        return frozenset({BUILDING})
    return frozenset(key for key, known in standards.classes.items() if name in known.utilities)
