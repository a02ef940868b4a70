"""先地下后地上 and 综合改一次: the order of works on one piece of ground."""

from __future__ import annotations

from collections.abc import Sequence as Many
from typing import Final

from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, Answer
from gisplanner.domain.policy_facts import ProjectFacts, ScheduledWork
from gisplanner.domain.policy_works import Sequence
from gisplanner.rules.answers import Desk
from gisplanner.text import Text

RULE: Final = "sequence"
_TITLES: Final = {
    "underground_first": Text("先地下后地上", en="underground before surface"),
    "one_dig": Text("综合改一次", en="one dig"),
}


def sequence(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return both rules against the schedule; works on different ground never meet."""
    rules = {one.key: one for one in desk.profile.sequences}
    return [
        _rule(desk, project, rules[key]) if key in rules else desk.silent(f"{RULE}.{key}", title, project.name)
        for key, title in _TITLES.items()
    ]


def _rule(desk: Desk, project: ProjectFacts, rule: Sequence) -> Answer:
    name, title = f"{RULE}.{rule.key}", _TITLES[rule.key]
    if not project.schedule:
        reason = Text("未填施工安排", en="the schedule is not given")
        return desk.answer(name, title, project.name, UNKNOWN, reason, rule)
    pairs = (
        surface_before_trench(project.schedule) if rule.key == "underground_first" else dug_again(project.schedule)
    )
    if not pairs:
        reason = Text("同一地块的次序符合", en="the order on each piece of ground is right")
        return desk.answer(name, title, project.name, MEETS, reason, rule)
    told = "；".join(f"{first.ground}：{first.item} 之后又做 {second.item}" for first, second in pairs)
    english = "; ".join(f"{first.ground}: {second.item} after {first.item}" for first, second in pairs)
    return desk.answer(name, title, project.name, FAILS, Text(told, en=english), rule)


def surface_before_trench(schedule: Many[ScheduledWork]) -> list[tuple[ScheduledWork, ScheduledWork]]:
    """Return pairs on one ground where surface works start before underground works have ended."""
    return [
        (surface, below)
        for surface in schedule
        for below in schedule
        if surface.ground == below.ground
        and (surface.layer, below.layer) == ("地上", "地下")
        and surface.starts_on < below.ends_on
    ]


def dug_again(schedule: Many[ScheduledWork]) -> list[tuple[ScheduledWork, ScheduledWork]]:
    """Return pairs on one ground where something is dug up after surface works have ended."""
    return [
        (surface, dig)
        for surface in schedule
        for dig in schedule
        if surface.ground == dig.ground
        and surface.layer == "地上"
        and dig.excavates
        and dig is not surface
        and dig.ends_on > surface.ends_on
    ]
