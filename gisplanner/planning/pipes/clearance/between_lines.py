"""Lines against lines: net distance in plan where they run side by side, in height where they cross."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from gisplanner.domain.clearance import AdvisedClearance, ClearanceConflict, Requirement, UnknownClearance
from gisplanner.domain.clearance_tables import ClearanceRule
from gisplanner.planning.pipes.clearance.judging import (
    UNCOVERED_WITHIN_M,
    Asked,
    Verdicts,
    asked_of,
    judge,
)
from gisplanner.planning.pipes.clearance.lines import Floats, Ints, Lines, Mask
from gisplanner.planning.pipes.clearance.pairs import JOINT_M, Pairs, near_a_joint, near_pairs
from gisplanner.planning.pipes.clearance.stretches import places_of, too_close_m
from gisplanner.planning.pipes.clearance.yielding import who_yields
from gisplanner.rules.clearances import ClearanceBook

_BEND: Final = 2.0
"""A way through short pieces this many times the distance looked at is still the same bend."""

Kind = Literal["horizontal", "vertical"]


@dataclass(frozen=True, slots=True)
class Findings:
    """Records of one kind of check and how many pairs were compared."""

    conflicts: list[ClearanceConflict]
    unknown: list[UnknownClearance]
    advice: list[AdvisedClearance]
    compared: int


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Pairs, what they are asked and what they are; ``length_m`` of those that conflict, by position."""

    kind: Kind
    a: Ints
    b: Ints
    asked: Asked
    found: Verdicts
    measured_m: Floats
    length_m: dict[int, float]

    def told(self, chosen: Mask) -> Iterator[tuple[int, int, int]]:
        """Yield position and both lines of the pairs that are chosen."""
        for position in np.flatnonzero(chosen).tolist():
            yield position, int(self.a[position]), int(self.b[position])

    def places(self, lines: Lines, chosen: Mask) -> list[tuple[float, float]]:
        """Return where the pairs that are chosen are nearest."""
        at = places_of(lines.geometry[self.a[chosen]], lines.geometry[self.b[chosen]])
        return [(x, y) for x, y in at.tolist()]


def pairs_to_compare(lines: Lines, book: ClearanceBook) -> Pairs:
    """Return the pairs that are near enough for any row to speak of them."""
    asked = np.array([max(book.reach_m(kind.profile), UNCOVERED_WITHIN_M) for kind in lines.kinds])
    widest = float(lines.radius_m.max(initial=0.0))
    loosest = float(lines.tolerance_m.max(initial=0.0))
    own = asked[lines.kind] if len(lines) else np.zeros(0)
    reach = np.maximum(own + lines.radius_m + widest + lines.tolerance_m + loosest, JOINT_M)
    return near_pairs(lines, reach)


def side_by_side(lines: Lines, pairs: Pairs, book: ClearanceBook) -> Findings:
    """Check the net distance in plan of all pairs that do not cross."""
    free = ~pairs.joined & ~_one_trench(lines, pairs) & (~pairs.meets | pairs.alongside)
    chosen = np.flatnonzero(free)
    a, b = pairs.a[chosen], pairs.b[chosen]
    asked = asked_of(
        lines.kind[a], lines.kind[b], lambda one, other: _required(lines, book, "horizontal", one, other)
    )
    radii = lines.radius_m[a] + lines.radius_m[b]
    measured = pairs.distance_m[chosen] - radii
    tolerance = lines.tolerance_m[a] + lines.tolerance_m[b]
    found = judge(asked, measured, tolerance)
    told = found.sure | found.possible | found.unknown | found.advised
    bend = np.zeros(len(chosen), dtype=bool)
    limit = np.where(np.isnan(found.limit_m), UNCOVERED_WITHIN_M, found.limit_m)
    bend[told] = near_a_joint(lines, pairs, chosen[told], _BEND * (limit + radii)[told])
    found = _without(found, bend)
    conflicts = np.flatnonzero(found.sure | found.possible)
    within = found.limit_m + radii + np.where(found.sure, 0.0, tolerance)
    length = too_close_m(lines.geometry[a[conflicts]], lines.geometry[b[conflicts]], within[conflicts])
    lengths = dict(zip(conflicts.tolist(), length.tolist(), strict=True))
    return _findings(lines, _Compared("horizontal", a, b, asked, found, measured, lengths), book)


def crossings(lines: Lines, pairs: Pairs, book: ClearanceBook) -> Findings:
    """Check the net distance in height of all pairs that cross."""
    chosen = np.flatnonzero(pairs.meets & ~pairs.joined & ~pairs.alongside & ~_one_trench(lines, pairs))
    a, b = pairs.a[chosen], pairs.b[chosen]
    depth_a, depth_b = lines.depth_m[a], lines.depth_m[b]
    upper_height = np.select(
        [depth_a < depth_b, depth_a > depth_b],
        [lines.height_m[a], lines.height_m[b]],
        np.maximum(lines.height_m[a], lines.height_m[b]),
    )
    measured = np.abs(depth_a - depth_b) - upper_height
    asked = asked_of(lines.kind[a], lines.kind[b], lambda one, other: _required(lines, book, "vertical", one, other))
    deep = ~np.isnan(measured)
    found = judge(asked, np.where(deep, measured, np.inf), np.zeros(len(chosen)))
    uncovered = np.array([asked.requirements[number] is None for number in asked.number], dtype=bool)
    found = Verdicts(found.sure, found.possible, ~deep | uncovered, found.advised & False, found.limit_m)
    return _findings(lines, _Compared("vertical", a, b, asked, found, measured, {}), book)


def _one_trench(lines: Lines, pairs: Pairs) -> Mask:
    return np.asarray((lines.trench[pairs.a] >= 0) & (lines.trench[pairs.a] == lines.trench[pairs.b]), dtype=bool)


def _required(lines: Lines, book: ClearanceBook, what: Kind, one: int, other: int) -> Requirement | None:
    a, b = lines.kinds[one], lines.kinds[other]
    ask = book.horizontal if what == "horizontal" else book.vertical
    return ask(a.profile, a.place, b.profile, b.place)


def _without(found: Verdicts, left_out: Mask) -> Verdicts:
    kept = ~left_out
    return Verdicts(
        found.sure & kept, found.possible & kept, found.unknown & kept, found.advised & kept, found.limit_m
    )


def _findings(lines: Lines, pairs: _Compared, book: ClearanceBook) -> Findings:
    return Findings(_conflicts(lines, pairs, book), _uncovered(lines, pairs), _advised(lines, pairs), len(pairs.a))


def _conflicts(lines: Lines, pairs: _Compared, book: ClearanceBook) -> list[ClearanceConflict]:
    chosen = pairs.found.sure | pairs.found.possible
    made = []
    for (position, one, other), place in zip(pairs.told(chosen), pairs.places(lines, chosen), strict=True):
        requirement = pairs.asked.of(position)
        sure = bool(pairs.found.sure[position])
        yields, step = who_yields(lines, one, other, book.standards.yields)
        made.append(
            ClearanceConflict(
                a=lines.ids[one],
                b=lines.ids[other],
                kind=pairs.kind,
                verdict="确定" if sure else "可能",
                measured_m=_rounded(pairs.measured_m[position]),
                required_m=requirement.lower_m if sure else requirement.upper_m,
                rule=requirement.lower_rule if sure else requirement.upper_rule,
                length_m=_rounded(pairs.length_m.get(position, 0.0)),
                at=place,
                yields=None if yields is None else lines.ids[yields],
                yield_step=step,
                advice=requirement.advice,
            )
        )
    return made


def _uncovered(lines: Lines, pairs: _Compared) -> list[UnknownClearance]:
    chosen = pairs.found.unknown
    made = []
    for (position, one, other), place in zip(pairs.told(chosen), pairs.places(lines, chosen), strict=True):
        value = float(pairs.measured_m[position])
        missing = ["rule"] if _not_covered(pairs.asked, position) else []
        if math.isnan(value):
            missing.insert(0, "depth_m")
        clear = None if math.isnan(value) else _rounded(value)
        made.append(UnknownClearance(lines.ids[one], lines.ids[other], pairs.kind, tuple(missing), clear, place))
    return made


def _not_covered(asked: Asked, position: int) -> bool:
    requirement = asked.requirements[asked.number[position]]
    return requirement is None or requirement.open_ended


def _advised(lines: Lines, pairs: _Compared) -> list[AdvisedClearance]:
    made = []
    for position, one, other in pairs.told(pairs.found.advised):
        requirement = pairs.asked.of(position)
        rule, preferred = requirement.upper_rule, requirement.preferred_m
        if isinstance(rule, ClearanceRule) and preferred is not None:
            measured = _rounded(pairs.measured_m[position])
            made.append(AdvisedClearance(lines.ids[one], lines.ids[other], "horizontal", measured, preferred, rule))
    return made


def _rounded(value: float) -> float:
    return round(float(value), 3) + 0.0
