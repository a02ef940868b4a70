"""反搭车: what may be in an application for subsidy, and what is only drawn on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gisplanner.domain.policy_answer import (
    BY_HAND,
    FAILS,
    FAILS_IN_PRINCIPLE,
    MEETS,
    UNKNOWN,
    UNSTATED,
    Answer,
    Verdict,
)
from gisplanner.domain.policy_facts import EstateFacts, OutsideWork
from gisplanner.rules.answers import Desk
from gisplanner.rules.eligibility import OVERALL
from gisplanner.rules.menu import menu
from gisplanner.rules.words import stands_in
from gisplanner.text import Text, in_language

RULE: Final = "hitchhiking"
OUTSIDE: Final = "outside_work"
INSIDE: Final = "inside_work"
_TITLE = Text("反搭车", en="no free riders")
_OUTSIDE_TITLE = Text("小区外的改造内容", en="works outside the estates")
_INSIDE_TITLE = Text("小区内的改造内容", en="works inside the estates")


@dataclass(frozen=True, slots=True)
class SubsidySplit:
    """The members of a bundle by what may be applied for.

    ``physical`` is what is built and mapped; only ``applied`` may stand in an application and in its totals.
    ``undecided`` are kept out until their answer is 符合.
    """

    physical: tuple[str, ...]
    applied: tuple[str, ...]
    excluded: tuple[str, ...]
    undecided: tuple[str, ...]
    related_works: tuple[str, ...]
    suspected_works: tuple[str, ...]


def estate_riders(desk: Desk, estates: Sequence[EstateFacts], scope: Sequence[Answer]) -> list[Answer]:
    """Return for each estate whether it may be in the application, from the answers on the scope."""
    ban = desk.profile.anti_hitchhiking
    overall = {one.subject: one for one in scope if one.rule == OVERALL}
    answers = []
    for estate in estates:
        known = overall[estate.name]
        if ban is None:
            answers.append(desk.silent(RULE, _TITLE, estate.name))
        elif known.answer in {FAILS, FAILS_IN_PRINCIPLE}:
            reason = Text(
                f"不符合改造范围（{known.reason}），可以上图，不得列入补助申报",
                en=f"out of scope ({known.reason.en}): may be mapped, must not be applied for",
            )
            answers.append(desk.answer(RULE, _TITLE, estate.name, FAILS, reason, ban))
        elif known.answer == MEETS:
            reason = Text("符合改造范围，可列入申报", en="in scope, may be applied for")
            answers.append(desk.answer(RULE, _TITLE, estate.name, MEETS, reason, ban))
        else:
            verdict: Verdict = BY_HAND if known.answer == BY_HAND else UNKNOWN
            reason = Text(
                f"改造范围一项为{known.answer}，定下之前不列入申报",
                en="the scope is not decided; not applied for until it is",
            )
            answers.append(desk.answer(RULE, _TITLE, estate.name, verdict, reason, ban))
    return answers


def outside_work(desk: Desk, work: OutsideWork) -> Answer:
    """Return whether works outside the estates are directly related (直接相关) or suspected of riding along."""
    rule, subject = desk.profile.outside_works, work.name or work.item
    if rule is None:
        return desk.silent(OUTSIDE, _OUTSIDE_TITLE, subject)
    kind = next((one.name for one in rule.kinds if stands_in(work.item, (one.name, *one.terms))), None)
    if kind is None:
        reason = Text("疑似搭车：不在原文所列的设施之内", en="suspected: not among the facilities of the text")
        return desk.answer(OUTSIDE, _OUTSIDE_TITLE, subject, BY_HAND, reason, rule)
    if work.touches or work.connected:
        how = Text("接触小区", en="touches an estate") if work.touches else Text("与小区管网相连", en="is connected")
        reason = Text(f"直接相关：{kind}，{how}", en=f"directly related: {kind}, {how.en}")
        return desk.answer(OUTSIDE, _OUTSIDE_TITLE, subject, MEETS, reason, rule)
    if work.touches is None or (work.connected is None and kind != "城市道路"):
        reason = Text(
            f"{kind}：未填是否接触小区或与其管网相连", en=f"{kind}: how it lies to the estates is not given"
        )
        return desk.answer(OUTSIDE, _OUTSIDE_TITLE, subject, UNKNOWN, reason, rule)
    reason = Text(f"疑似搭车：{kind}，不接触小区也不相连", en=f"suspected: {kind}, neither touches nor is connected")
    return desk.answer(OUTSIDE, _OUTSIDE_TITLE, subject, BY_HAND, reason, rule)


def inside_work(desk: Desk, work: OutsideWork, home: Answer) -> Answer:
    """Return whether a work inside an estate may be applied for: the estate must be, and the menu must have it.

    Parameters
    ----------
    home
        What :func:`estate_riders` answered for the estate.
    """
    subject = work.name or work.item
    if home.answer != MEETS:
        return rides_on(desk, work, home)
    ban = desk.profile.anti_hitchhiking
    found = menu(desk, EstateFacts.model_validate({"name": home.subject, "works": [work.item]}))[0]
    if found.answer == UNSTATED and ban is not None:
        told = Text(f"疑似搭车：{found.reason}", en=f"suspected: {in_language(found.reason, 'en')}")
        return desk.answer(INSIDE, _INSIDE_TITLE, subject, BY_HAND, told, ban)
    return replace(found, rule=INSIDE, title=_INSIDE_TITLE, subject=subject)


def rides_on(desk: Desk, work: OutsideWork, home: Answer) -> Answer:
    """Return that a work belongs only to an estate which is not applied for, so that it is kept out with it."""
    ban, subject = desk.profile.anti_hitchhiking, work.name or work.item
    if ban is None:
        return desk.silent(INSIDE, _INSIDE_TITLE, subject)
    reason = Text(
        f"所属小区 {home.subject} 不列入申报（{home.answer}）",
        en=f"belongs to {home.subject}, which is not applied for",
    )
    return desk.answer(INSIDE, _INSIDE_TITLE, subject, home.answer, reason, ban)


def subsidy_split(answers: Sequence[Answer]) -> SubsidySplit:
    """Return who is applied for, from the answers of :func:`estate_riders` and :func:`outside_work`."""
    estates = [one for one in answers if one.rule == RULE]
    works = [one for one in answers if one.rule == OUTSIDE]
    return SubsidySplit(
        physical=tuple(one.subject for one in estates),
        applied=tuple(one.subject for one in estates if one.answer == MEETS),
        excluded=tuple(one.subject for one in estates if one.answer == FAILS),
        undecided=tuple(one.subject for one in estates if one.answer not in {MEETS, FAILS}),
        related_works=tuple(one.subject for one in works if one.answer == MEETS),
        suspected_works=tuple(one.subject for one in works if one.answer == BY_HAND),
    )
