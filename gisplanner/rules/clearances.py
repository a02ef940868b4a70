"""Which clearance a pair of lines needs (净距要求): the rule that applies decides, others are advice.

What is not known of a line leaves several classes possible; the requirement is then the interval over all of them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from gisplanner.domain.clearance import LineFacts, Requirement
from gisplanner.domain.clearance_tables import (
    PRESSURES,
    SURFACES,
    ClearanceRule,
    CoverRule,
    LineClass,
    Place,
    Range,
    Standards,
)

Classes = frozenset[str]
Case = frozenset[Classes]
"""One possible state of a line; several class sets in it mean that the stricter counts (中压 without A or B)."""
Profile = frozenset[Case]
"""All possible states of a line."""

CABLES: Final = frozenset({"power", "lighting", "telecom"})
_STREET_LIGHT_KV: Final = 0.4
_MEDIUM: Final = ("medium_b", "medium_a")
_MATERIALS: Final = ("steel", "pe", "other")
_STEP: Final = 1e-3


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
            self._profiles[facts] = frozenset(_cases(facts, self.standards))
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
            thing = frozenset(_object_cases(kind, utility, voltage_kv, self.standards))
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


def _cases(facts: LineFacts, standards: Standards) -> Iterator[Case]:
    """Yield the states a line can be in; states of the same classes are one."""
    diameters = [facts.diameter_mm] if facts.diameter_mm is not None else _samples(standards.diameter_ends)
    pressures = _pressures(facts)
    for diameter, voltage, laying, material in itertools.product(
        diameters, _voltages(facts, standards), _layings(facts), _materials(facts)
    ):
        state = replace(facts, diameter_mm=diameter, voltage_kv=voltage, laying=laying, material=material)
        for stricter_of in pressures:
            yield frozenset(_classes(replace(state, pressure=one), standards) for one in stricter_of)


def _classes(state: LineFacts, standards: Standards) -> Classes:
    return frozenset(name for name, one in standards.classes.items() if _belongs(one, state))


def _object_cases(kind: str, utility: str | None, voltage_kv: float | None, standards: Standards) -> Iterator[Case]:
    """Yield the states an object can be in, by what it may carry."""
    classes = {name: one for name, one in standards.classes.items() if one.object == kind}
    carried = sorted({name for one in classes.values() for name in one.utilities})
    for one in (carried or [""]) if utility is None else [utility]:
        volts = [voltage_kv] if voltage_kv is not None else [_STREET_LIGHT_KV]
        if one == "power" and voltage_kv is None:
            volts = list(_samples(standards.voltage_ends))
        for value in volts:
            yield frozenset(
                {
                    frozenset(
                        name
                        for name, of in classes.items()
                        if (not of.utilities or one in of.utilities) and _holds(of.voltage_kv, value or 0.0)
                    )
                }
            )


def _belongs(one: LineClass, state: LineFacts) -> bool:
    return (
        one.object is None
        and state.utility in one.utilities
        and state.laying in one.laying
        and (not one.pressures or state.pressure in one.pressures)
        and (not one.materials or state.material in one.materials)
        and _holds(one.diameter_mm, state.diameter_mm or 0.0)
        and _holds(one.voltage_kv, state.voltage_kv or 0.0)
    )


def _holds(limits: Range | None, value: float) -> bool:
    return limits is None or limits.holds(value)


def _pressures(facts: LineFacts) -> list[tuple[str | None, ...]]:
    if facts.utility != "gas":
        return [(None,)]
    if facts.pressure == "medium":
        return [_MEDIUM]
    return [(one,) for one in PRESSURES] if facts.pressure is None else [(facts.pressure,)]


def _voltages(facts: LineFacts, standards: Standards) -> list[float]:
    if facts.voltage_kv is not None:
        return [facts.voltage_kv]
    if facts.utility == "power":
        return _samples(standards.voltage_ends)
    return [_STREET_LIGHT_KV]


def _layings(facts: LineFacts) -> tuple[str, ...]:
    if facts.laying is not None:
        return (facts.laying,)
    return ("buried", "duct") if facts.utility in CABLES else ("buried",)


def _materials(facts: LineFacts) -> tuple[str, ...]:
    return _MATERIALS if facts.material is None else (facts.material,)


def _samples(ends: Sequence[float]) -> list[float]:
    """Return one number from every stretch between the ends, and the ends."""
    return [value for end in ends for value in (end - _STEP, end, end + _STEP)] or [0.0]
