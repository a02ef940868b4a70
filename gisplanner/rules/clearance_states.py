"""The states a line or a thing can be in (类别): the classes of the tables it may belong to, by what is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from gisplanner.domain.clearance import LineFacts
from gisplanner.domain.clearance_tables import PRESSURES, LineClass, Range, Standards

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


def cases_of(facts: LineFacts, standards: Standards) -> Iterator[Case]:
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


def object_cases(kind: str, utility: str | None, voltage_kv: float | None, standards: Standards) -> Iterator[Case]:
    """Yield the states a thing can be in, by what it may carry.

    Examples
    --------
    >>> from gisplanner.catalog.clearances import clearance_standards
    >>> [case] = object_cases("pole", "power", 0.4, clearance_standards())
    >>> [sorted(classes) for classes in case]
    [['pole_to_10kv', 'pole_to_1kv']]
    """
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
