"""Which clearance a pair of lines needs (净距要求): the rule that applies decides, others are advice.

What is not known of a line leaves several classes possible; the requirement is then the interval over all of them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from gisplanner.domain.clearance import LineFacts, Requirement
from gisplanner.domain.clearance_tables import SURFACES, ClearanceRule, CoverRule, Place, Standards
from gisplanner.rules.clearance_states import Case, Classes, Profile, cases_of, object_cases


class ClearanceBook:
    """The tables, looked up by what is known of two lines; every answer is computed once.

    Parameters
    ----------
    standards
        The tables.

    Examples
    --------
    >>> from gisplanner.catalog.clearances import clearance_standards
    >>> book = ClearanceBook(clearance_standards())
    >>> water = book.profile(LineFacts("water", diameter_mm=150))
    >>> sewer = book.profile(LineFacts("sewage", diameter_mm=300))
    >>> found = book.horizontal(water, "municipal_road", sewer, "municipal_road")
    >>> found.lower_m, found.upper_m, found.lower_rule.cited
    (1.0, 1.0, 'GB 50289-2016 4.1.9')
    >>> unknown = book.profile(LineFacts("water"))
    >>> found = book.horizontal(unknown, "municipal_road", sewer, "municipal_road")
    >>> found.lower_m, found.upper_m
    (1.0, 1.5)
    """

    def __init__(self, standards: Standards) -> None:
        self.standards = standards
        self._horizontal = _by_pair(standards.horizontal)
        self._vertical = _by_pair(standards.vertical)
        self._profiles: dict[LineFacts, Profile] = {}
        self._found: dict[tuple[object, ...], Requirement | None] = {}
        self._reach: dict[Profile, float] = {}
        self._objects: dict[tuple[str, str | None, float | None], Profile] = {}

    def profile(self, facts: LineFacts) -> Profile:
        """Return the classes a line can belong to."""
        if facts not in self._profiles:
            self._profiles[facts] = frozenset(cases_of(facts, self.standards))
        return self._profiles[facts]

    def horizontal(self, a: Profile, place_a: Place, b: Profile, place_b: Place) -> Requirement | None:
        """Return the net distance in plan that two lines need, or ``None`` where no row covers them."""
        return self._pair("horizontal", self._horizontal, (a, place_a), (b, place_b))

    def vertical(self, a: Profile, place_a: Place, b: Profile, place_b: Place) -> Requirement | None:
        """Return the net distance in height that two lines need where they cross."""
        return self._pair("vertical", self._vertical, (a, place_a), (b, place_b))

    def to_object(
        self, line: Profile, place: Place, kind: str, utility: str | None = None, voltage_kv: float | None = None
    ) -> Requirement | None:
        """Return the net distance in plan that a line needs from an object, e.g. ``building``.

        Parameters
        ----------
        utility, voltage_kv
            What a pole carries; not known, the requirement is the interval over all that it may be.
        """
        thing = self._objects.get((kind, utility, voltage_kv))
        if thing is None:
            thing = frozenset(object_cases(kind, utility, voltage_kv, self.standards))
            self._objects[kind, utility, voltage_kv] = thing
        return self._pair("horizontal", self._horizontal, (line, place), (thing, place))

    def cover(self, line: Profile, place: Place, surface: str | None) -> Requirement | None:
        """Return the cover (覆土) a line needs under a surface; unknown surface gives an interval."""
        key = ("cover", line, place, surface)
        if key not in self._found:
            surfaces = _surfaces(place) if surface is None else (surface,)
            cases = [self._cover_case(case, place, one) for case in line for one in surfaces]
            self._found[key] = _combined(cases)
        return self._found[key]

    def reach_m(self, line: Profile) -> float:
        """Return the greatest net distance in plan that any row asks of a line to another line."""
        if line not in self._reach:
            mine = {name for case in line for classes in case for name in classes}
            asked = [
                max(row.min_m, row.preferred_m or 0.0)
                for row in self.standards.horizontal
                if (row.a in mine or row.b in mine) and not self._of_object(row)
            ]
            self._reach[line] = max(asked, default=0.0)
        return self._reach[line]

    def _of_object(self, row: ClearanceRule) -> bool:
        return any(self.standards.classes[name].object is not None for name in (row.a, row.b))

    def _pair(
        self, kind: str, rows: _Rows, one: tuple[Profile, Place], other: tuple[Profile, Place]
    ) -> Requirement | None:
        key = (kind, frozenset({one, other}))
        if key not in self._found:
            places = sorted({one[1], other[1]})
            self._found[key] = _combined(
                [
                    self._case(rows, case_a, case_b, place)
                    for case_a in one[0]
                    for case_b in other[0]
                    for place in places
                ]
            )
        return self._found[key]

    def _case(self, rows: _Rows, a: Case, b: Case, place: Place) -> Requirement | None:
        asked = [self._decided(rows, one, other, place) for one in a for other in b]
        known = [one for one in asked if one is not None]
        if not known:
            return None
        strictest = max(known, key=_strictness)
        left = any(one is None or one.open_ended for one in asked)
        return _with_open_end(strictest, open_ended=left)

    def _decided(self, rows: _Rows, a: Classes, b: Classes, place: Place) -> Requirement | None:
        found = [row for pair in itertools.product(a, b) for row in rows.get(frozenset(pair), ())]
        here = [row for row in dict.fromkeys(found) if row.where in (place, "any")]
        decisive = _first_standard([row for row in here if row.condition is None], self.standards.order[place])
        if not decisive:
            return None
        rule = max(decisive, key=lambda row: (row.min_m, row.id))
        return Requirement(
            lower_m=rule.min_m,
            upper_m=rule.min_m,
            lower_rule=rule,
            upper_rule=rule,
            open_ended=any(row.lower_only_for in (a | b) for row in decisive),
            preferred_m=max((row.preferred_m for row in decisive if row.preferred_m), default=None),
            advice=tuple(row for row in here if row not in decisive and row.min_m > rule.min_m),
        )

    def _cover_case(self, case: Case, place: Place, surface: str) -> Requirement | None:
        asked = []
        for classes in case:
            here = [
                row
                for row in self.standards.cover
                if row.pipe in classes and row.surface == surface and row.where in (place, "any")
            ]
            decisive = _first_standard(here, self.standards.cover_order[place])
            if decisive:
                rule = max(decisive, key=lambda row: (row.min_m, row.id))
                advice = tuple(row for row in here if row not in decisive and row.min_m > rule.min_m)
                asked.append(Requirement(rule.min_m, rule.min_m, rule, rule, advice=advice))
        return max(asked, key=_strictness, default=None)


_Rows = dict[frozenset[str], list[ClearanceRule]]


def _by_pair(rows: Iterable[ClearanceRule]) -> _Rows:
    found: _Rows = defaultdict(list)
    for row in rows:
        found[frozenset((row.a, row.b))].append(row)
    return dict(found)


Row = TypeVar("Row", ClearanceRule, CoverRule)


def _first_standard(rows: Sequence[Row], order: Sequence[str]) -> list[Row]:
    """Return the rows of the first standard in ``order`` that has any."""
    for standard in order:
        mine = [row for row in rows if row.standard == standard]
        if mine:
            return mine
    return []


def _strictness(requirement: Requirement) -> tuple[float, str]:
    return requirement.upper_m, requirement.upper_rule.id


def _with_open_end(one: Requirement, *, open_ended: bool) -> Requirement:
    return replace(one, open_ended=open_ended)


def _combined(cases: Sequence[Requirement | None]) -> Requirement | None:
    known = [one for one in cases if one is not None]
    if not known:
        return None
    least = min(known, key=lambda one: (one.lower_m, one.lower_rule.id))
    most = max(known, key=_strictness)
    preferred = [one.preferred_m for one in known if one.preferred_m is not None]
    advice = {row.id: row for one in known for row in one.advice if row.min_m > most.upper_m}
    return Requirement(
        lower_m=least.lower_m,
        upper_m=most.upper_m,
        lower_rule=least.lower_rule,
        upper_rule=most.upper_rule,
        open_ended=len(known) < len(cases) or any(one.open_ended for one in known),
        preferred_m=max(preferred, default=None),
        advice=tuple(advice[key] for key in sorted(advice)),
    )


def _surfaces(place: Place) -> tuple[str, ...]:
    return SURFACES[:3] if place == "courtyard" else SURFACES[:2]
