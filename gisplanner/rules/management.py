"""The mode of long-term management (长效管理) of an estate, as far as the text decides it."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.policy_answer import BY_HAND, MEETS, UNKNOWN, Answer
from gisplanner.domain.policy_facts import EstateFacts
from gisplanner.domain.policy_works import ManagementRule
from gisplanner.rules.answers import Desk
from gisplanner.text import Text

RULE: Final = "management"
FALLBACK: Final = "management.fallback"
_TITLE = Text("长效管理模式", en="mode of management")
_FALLBACK_TITLE = Text("未成立业主自治组织时", en="without an owners' committee")


def management(desk: Desk, estate: EstateFacts) -> list[Answer]:
    """Return the mode, and what holds while there is no owners' committee (业主自治组织)."""
    cases: dict[str, ManagementRule] = {}
    for one in desk.profile.management:
        cases.setdefault(one.case, one)
    answers = [_mode(desk, estate, cases)]
    if "no_owners_committee" in cases:
        answers.append(_fallback(desk, estate, cases["no_owners_committee"]))
    return answers


def _mode(desk: Desk, estate: EstateFacts, cases: dict[str, ManagementRule]) -> Answer:
    single = cases.get("single_building")
    if single is not None:
        if estate.buildings is None:
            reason = Text("未填栋数", en="the number of buildings is not given")
            return desk.answer(RULE, _TITLE, estate.name, UNKNOWN, reason, single)
        if estate.buildings == 1:
            reason = Text(f"独栋：{single.mode}", en=f"a single building: {single.mode}")
            return desk.answer(RULE, _TITLE, estate.name, MEETS, reason, single)
        reason = Text(
            f"{estate.buildings} 栋：「规模以上」「规模小」原文没有数字",
            en=f"{estate.buildings} buildings: the text gives no number for large or small",
        )
        return desk.answer(RULE, _TITLE, estate.name, BY_HAND, reason, single)
    general = cases.get("any")
    if general is None:
        return desk.silent(RULE, _TITLE, estate.name)
    if estate.management is None:
        reason = Text(f"原文：{general.mode}；未填管理模式", en=f"the text: {general.mode}; the mode is not given")
        return desk.answer(RULE, _TITLE, estate.name, UNKNOWN, reason, general)
    reason = Text(
        f"原文：{general.mode}；所填「{estate.management}」是否相符由人认定",
        en=f"the text: {general.mode}; whether {estate.management} is that must be decided by hand",
    )
    return desk.answer(RULE, _TITLE, estate.name, BY_HAND, reason, general)


def _fallback(desk: Desk, estate: EstateFacts, rule: ManagementRule) -> Answer:
    if estate.owners_committee is None:
        reason = Text("未填是否成立业主自治组织", en="whether there is an owners' committee is not given")
        return desk.answer(FALLBACK, _FALLBACK_TITLE, estate.name, UNKNOWN, reason, rule)
    if estate.owners_committee:
        reason = Text("已成立业主自治组织，不适用", en="there is one, so this does not apply")
    else:
        reason = Text(f"未成立：{rule.mode}", en=f"there is none: {rule.mode}")
    return desk.answer(FALLBACK, _FALLBACK_TITLE, estate.name, MEETS, reason, rule)
