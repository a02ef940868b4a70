"""Check a register against the totals its document states (台账核对), without ever changing a value.

Sums are exact: heads in integers, floor area in decimals. A blank figure is unknown, never zero: it is left out of
the sum and counted in ``missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Final, TypeVar

from gisplanner.domain.register import (
    SCATTERED,
    Duplicate,
    Mismatch,
    ProjectGroup,
    RegisterCheck,
    RegisterRow,
    RegisterTotals,
    Suspicion,
)
from gisplanner.rules.estate_names import normalised_name

FIGURES: Final = tuple(field.name for field in fields(RegisterTotals))
"""The totals a plan states, in the order they are reported."""

SUSPICIOUS_FLOOR_AREA_PER_HOUSEHOLD_M2: Final = Decimal(40)
"""Tool parameter (本工具参数), used where no profile sets its own."""

_M2_PER_10K_M2: Final = 10_000
_SHOWN: Final = Decimal("0.1")
_Number = TypeVar("_Number", int, Decimal)


def check_register(
    rows: Sequence[RegisterRow],
    *,
    stated: RegisterTotals,
    suspicious_below_m2: Decimal = SUSPICIOUS_FLOOR_AREA_PER_HOUSEHOLD_M2,
    project_codes: Mapping[str, str] | None = None,
    with_boundary: int = 0,
) -> RegisterCheck:
    """Reconcile ``rows`` with the ``stated`` totals and list what to ask about.

    Parameters
    ----------
    rows
        The register, in its order.
    stated
        Totals of the document; ``None`` where it states none (that figure is not compared).
    suspicious_below_m2
        Floor area per household below which an estate is asked about (存疑), in ㎡.
    project_codes
        Code of each project by its name; without it projects carry their number in the register.
    with_boundary
        How many estates have a surveyed outline; a file has none.

    Returns
    -------
    RegisterCheck
        Counts, differences, projects, doubts, duplicates and what is missing.

    Examples
    --------
    >>> row = RegisterRow(1, "甲街道", "乙社区", "丙小区", 20, 1, Decimal("0.13"), "丙工程", "stated", 2)
    >>> check = check_register([row], stated=RegisterTotals(households=21))
    >>> check.mismatches[0].difference
    -1
    >>> check.consistent
    False
    """
    counts = totals(rows)
    return RegisterCheck(
        counts=counts,
        stated=stated,
        mismatches=_mismatches(stated, counts),
        projects=project_groups(rows, project_codes or {}),
        suspicious=_suspicious(rows, suspicious_below_m2),
        duplicates=_duplicates(rows),
        missing=_missing(rows, with_boundary),
        scattered=sum(row.kind == SCATTERED for row in rows),
    )


def totals(rows: Sequence[RegisterRow]) -> RegisterTotals:
    """Return what the rows add up to; a figure that no row states is ``None``.

    Examples
    --------
    >>> totals([]).estates
    0
    """
    return RegisterTotals(
        estates=len(rows),
        communities=len({(row.subdistrict, row.community) for row in rows}),
        subdistricts=len({row.subdistrict for row in rows}),
        buildings=_sum(row.buildings for row in rows),
        households=_sum(row.households for row in rows),
        floor_area_10k_m2=_sum(row.floor_area_10k_m2 for row in rows),
    )


def project_groups(rows: Sequence[RegisterRow], codes: Mapping[str, str]) -> tuple[ProjectGroup, ...]:
    """Return the projects of the register in order of first appearance, each with its estates and sums."""
    members: dict[str, list[RegisterRow]] = {}
    for row in rows:
        members.setdefault(row.project, []).append(row)
    return tuple(
        ProjectGroup(
            code=codes.get(name, f"P{number:02d}"),
            name=name,
            estates=tuple(row.estate for row in group),
            source=tuple(row.project_source for row in group),
            communities=tuple(dict.fromkeys(row.community for row in group)),
            households=_sum(row.households for row in group),
            buildings=_sum(row.buildings for row in group),
            floor_area_10k_m2=_sum(row.floor_area_10k_m2 for row in group),
        )
        for number, (name, group) in enumerate(members.items(), start=1)
    )


def _sum(values: Iterable[_Number | None]) -> _Number | None:
    total: _Number | None = None
    for value in values:
        if value is not None:
            total = value if total is None else total + value
    return total


def _mismatches(stated: RegisterTotals, counts: RegisterTotals) -> tuple[Mismatch, ...]:
    found = []
    for figure in FIGURES:
        said, computed = getattr(stated, figure), getattr(counts, figure)
        if said is not None and said != computed:
            found.append(Mismatch(figure, said, computed, None if computed is None else computed - said))
    return tuple(found)


def _suspicious(rows: Sequence[RegisterRow], below_m2: Decimal) -> tuple[Suspicion, ...]:
    found = []
    for row in rows:
        if row.floor_area_10k_m2 is None or not row.households:
            continue
        per_household_m2 = row.floor_area_10k_m2 * _M2_PER_10K_M2 / row.households
        if per_household_m2 < below_m2:
            shown = per_household_m2.quantize(_SHOWN, rounding=ROUND_HALF_UP)
            found.append(Suspicion(row.estate, "floor_area_per_household_m2", shown))
    return tuple(found)


def _duplicates(rows: Sequence[RegisterRow]) -> tuple[Duplicate, ...]:
    alike: dict[str, list[RegisterRow]] = {}
    for row in rows:
        alike.setdefault(normalised_name(row.estate), []).append(row)
    pairs = [pair for group in alike.values() for pair in combinations(group, 2)]
    return tuple(
        Duplicate(a.estate, b.estate, (a.source_row, b.source_row), "same" if _place(a) == _place(b) else "near")
        for a, b in sorted(pairs, key=lambda pair: (pair[0].source_row, pair[1].source_row))
    )


def _place(row: RegisterRow) -> tuple[str, str, str]:
    return (row.subdistrict, row.community, row.estate)


def _missing(rows: Sequence[RegisterRow], with_boundary: int) -> dict[str, int]:
    missing = {
        "year_built": sum(row.year_built is None for row in rows),
        "ownership": sum(row.ownership is None for row in rows),
        "boundary": len(rows) - with_boundary,
    }
    for figure in ("households", "buildings", "floor_area_10k_m2"):
        blank = sum(getattr(row, figure) is None for row in rows)
        if blank:
            missing[figure] = blank
    return missing
