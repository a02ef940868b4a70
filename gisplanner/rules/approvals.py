"""Permits that need not be obtained (免办手续): only what this document says, never another province's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gisplanner.domain.policy_answer import BY_HAND, FAILS, MEETS, UNKNOWN, Answer
from gisplanner.domain.policy_facts import ProjectFacts
from gisplanner.domain.policy_works import Exemption
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

RULE: Final = "approval"
_TITLE = Text("免办手续", en="exemption from a permit")
_CONDITIONS: Final[dict[tuple[str, bool], str]] = {
    ("government_led", True): "政府主导",
    ("new_construction_land", False): "不新增建设用地",
    ("land_tenure_changes", False): "不涉及土地权属变化",
    ("layout_changes", False): "不改变规划布局",
    ("joint_review_passed", True): "设计方案经联合评审通过",
    ("expert_opinion", True): "已有专家论证意见",
}


def permits_of(exemptions: Iterable[Exemption]) -> tuple[str, ...]:
    """Return the permits that a document speaks of, each once, in its order."""
    return tuple(dict.fromkeys(one.permit for one in exemptions))


def approvals(desk: Desk, project: ProjectFacts, permits: Iterable[str]) -> list[Answer]:
    """Return for each permit whether this document exempts the project: 符合 means it need not be obtained.

    Parameters
    ----------
    permits
        Permits to ask about; one that this document does not name is 文件未规定.
    """
    return [_permit(desk, project, permit) for permit in dict.fromkeys((*permits, *project.permits))]


def _permit(desk: Desk, project: ProjectFacts, permit: str) -> Answer:
    rule = f"{RULE}.{permit}"
    own = next((one for one in desk.profile.exemptions if stands_in(permit, (one.permit,))), None)
    if own is None:
        return _perhaps(desk, project, permit, rule)
    facts: dict[str, bool | None] = {name: getattr(project, name) for name in own.when}
    broken = [name for name, wanted in own.when.items() if facts[name] is not None and facts[name] != wanted]
    unknown = [name for name, value in facts.items() if value is None]
    subject = f"{project.name}：{permit}"
    if broken:
        names = "、".join(_condition(name, wanted=own.when[name]) for name in broken)
        reason = Text(f"免办条件不成立：{names}", en="the condition of the exemption does not hold")
        return desk.answer(rule, _TITLE, subject, FAILS, reason, own)
    if unknown:
        names = "、".join(_condition(name, wanted=own.when[name]) for name in unknown)
        reason = Text(f"未填是否：{names}", en=f"not given: {', '.join(unknown)}")
        return desk.answer(rule, _TITLE, subject, UNKNOWN, reason, own)
    return desk.answer(rule, _TITLE, subject, MEETS, Text(f"{own.words}{permit}", en=f"{permit} is exempt"), own)


def _perhaps(desk: Desk, project: ProjectFacts, permit: str, rule: str) -> Answer:
    subject = f"{project.name}：{permit}"
    maybe = next((one for one in desk.profile.exemptions if stands_in(permit, one.perhaps)), None)
    if maybe is None:
        return desk.silent(rule, _TITLE, subject)
    reason = Text(
        f"原文说{maybe.words}{maybe.permit}等，没有逐一列名，是否包括{permit}需人工认定",
        en=f"the text names no single permits; whether {permit} is meant must be decided by hand",
    )
    return desk.answer(rule, _TITLE, subject, BY_HAND, reason, maybe)


def _condition(name: str, *, wanted: bool) -> str:
    return _CONDITIONS.get((name, wanted), f"{name} = {wanted}")
