"""Rounds in which residents are asked (征求意见), and what the document names without giving it (点到而未给出)."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, UNSTATED, Answer, Verdict
from gisplanner.domain.policy_facts import ProjectFacts
from gisplanner.domain.policy_works import Survey
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

SURVEY: Final = "survey"
UNSTATED_RULE: Final = "unstated"


def surveys(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return one answer for each round the document asks for, with the counts of letters."""
    return [_round(desk, project, one) for one in desk.profile.surveys]


def _round(desk: Desk, project: ProjectFacts, one: Survey) -> Answer:
    name, title = f"{SURVEY}.{one.key}", Text(one.title, en=one.key.replace("_", " "))
    held = next((facts for facts in project.surveys if stands_in(facts.key, (one.key, one.title))), None)
    if held is None or held.issued is None:
        reason = Text("未填发放份数", en="the number of letters issued is not given")
        return desk.answer(name, title, project.name, UNKNOWN, reason, one)
    shown = ["未填" if count is None else str(count) for count in (held.issued, held.returned, held.agreed)]
    verdict: Verdict = MEETS if held.issued else FAILS
    reason = Text(
        f"发放 {shown[0]}，收回 {shown[1]}，同意 {shown[2]}",
        en=f"issued {held.issued}, returned {held.returned}, agreed {held.agreed}",
    )
    return desk.answer(name, title, project.name, verdict, reason, one)


def unstated(desk: Desk) -> list[Answer]:
    """Return what the document names without its content: always 文件未规定, with the passage that names it."""
    reason = Text(
        "原文只提到，没有给出内容；本工具不代为填写", en="named in the text without its content; never filled in"
    )
    return [
        desk.answer(
            f"{UNSTATED_RULE}.{one.key}",
            Text(one.title, en=one.key.replace("_", " ")),
            desk.profile.title,
            UNSTATED,
            reason,
            one,
        )
        for one in desk.profile.unstated
    ]
