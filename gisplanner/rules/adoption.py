"""Which renewal area a bundle becomes: the one it continues, else a new one under a code never used before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from gisplanner.domain.renewal import RenewalArea

Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the district has already, by which bundles get their codes and names.

    Attributes
    ----------
    areas
        Renewal areas as they are.
    used_codes
        Codes that stand or stood for an area.
    projects
        Estates of each project of the register, by the project's name.
    names
        Names of estates by code, the weightier estate first where it matters.
    weight
        Households of each estate; the largest estate gives a bundle its name.
    """

    areas: Sequence[RenewalArea]
    used_codes: Collection[str]
    projects: Groups
    names: Mapping[str, str]
    weight: Mapping[str, float]


def adopted_areas(bundles: Groups, around: Surroundings) -> list[RenewalArea]:
    """Return the renewal area of each bundle, in the bundles' order.

    A bundle continues the area whose code it bears, as long as they share an estate; else the one it shares most
    estates with, each area being continued once. Others get the bundle's own id as code where that is a name of the
    register (P08), else the next free number.

    Examples
    --------
    >>> around = Surroundings([], [], {"甲苑老旧小区改造工程": ["a"]}, {"a": "甲苑", "b": "乙苑", "c": "丙苑"},
    ...                       {"a": 9, "b": 1})
    >>> for area in adopted_areas({"1": ["a"], "2": ["b", "c"]}, around):
    ...     print(area.code, area.name, area.remark)
    PQ01 甲苑片区 甲苑老旧小区改造工程
    PQ02 乙苑片区 乙苑及周边老旧小区改造工程
    """
    old = {area.code: area.estates for area in around.areas}
    continued = continuing(bundles, old)
    projects = continuing(bundles, around.projects)
    kept = {area.code: area for area in around.areas}
    used = {*around.used_codes, *old}
    free = (code for code in (f"PQ{number:02d}" for number in count(1)) if code not in used)
    made = []
    for bundle, estates in bundles.items():
        code = continued.get(bundle)
        if code is None:
            code = bundle if not bundle.isdecimal() and bundle not in used else next(free)
            used.add(code)
        lead = max(estates, key=lambda one: (around.weight.get(one, 0.0), -estates.index(one)))
        called = around.names.get(lead, lead)
        before = kept.get(code)
        name = before.name if before is not None and lead in before.estates else f"{called}片区"
        ending = "老旧小区改造工程" if len(estates) == 1 else "及周边老旧小区改造工程"
        made.append(RenewalArea(code, name, projects.get(bundle) or f"{called}{ending}", tuple(estates)))
    return made


def continuing(bundles: Groups, groups: Groups) -> dict[str, str]:
    """Return which of ``groups`` each bundle continues: equal names that share an estate first, then most in common.

    Examples
    --------
    >>> continuing({"1": "ab", "2": "c"}, {"P": "bc", "2": "c"})
    {'2': '2', '1': 'P'}
    """
    shared = {
        (bundle, group): len(set(estates) & set(members))
        for bundle, estates in bundles.items()
        for group, members in groups.items()
    }
    order = sorted(
        (pair for pair, common in shared.items() if common),
        key=lambda pair: (pair[0] != pair[1], -shared[pair], pair),
    )
    found: dict[str, str] = {}
    for bundle, group in order:
        if bundle not in found and group not in found.values():
            found[bundle] = group
    return found
