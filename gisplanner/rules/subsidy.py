"""The works a project must hold for the central subsidy (中央补助): two of 水电路气, or none of them and a lift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.policy_answer import BY_HAND, FAILS, MEETS, UNKNOWN, Answer, Verdict
from gisplanner.domain.policy_eligibility import Subsidy
from gisplanner.domain.policy_facts import EstateFacts
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import plain, stands_in
from gisplanner.text import Text

RULE: Final = "subsidy"
TITLE: Final = Text("中央补助的改造内容", en="works for the central subsidy")


@dataclass(frozen=True, slots=True)
class WorkCount:
    """How the works of a menu count: classes certainly updated, classes a person must decide, a lift, the rest."""

    certain: frozenset[str]
    doubtful: frozenset[str]
    lift: bool
    unread: tuple[str, ...]
    """Works whose words the profile does not know: they may be of any class."""


def count_works(rule: Subsidy, works: Iterable[str]) -> WorkCount:
    """Return how the works count: distinct classes, never the number of works.

    A repair of a facility, and drainage as 水, are doubtful; a class that is certain is not doubtful as well.
    """
    certain: set[str] = set()
    doubtful: set[str] = set()
    unread: list[str] = []
    lift = False
    for work in works:
        if stands_in(work, rule.lift.terms):
            lift = True
            continue
        sure, unsure = _classes(rule, work)
        certain |= sure
        doubtful |= unsure
        if not sure and not unsure and not stands_in(work, rule.other_terms):
            unread.append(work)
    return WorkCount(frozenset(certain), frozenset(doubtful - certain), lift, tuple(unread))


def _classes(rule: Subsidy, work: str) -> tuple[set[str], set[str]]:
    repaired = [word for word in rule.repair_words if plain(word) in plain(work)]
    bare = plain(work)
    for word in repaired:
        bare = bare.replace(plain(word), "")
    bare = bare.removesuffix("更新").removesuffix("改造").removesuffix("更换").removesuffix("或")
    names = {bare, plain(work)}
    sure = {one.key for one in rule.classes if any(stands_in(name, one.terms) for name in names)}
    unsure = {one.key for one in rule.classes if any(stands_in(name, one.doubtful) for name in names)}
    return (set(), sure | unsure) if repaired else (sure, unsure - sure)


def subsidy_verdict(rule: Subsidy, count: WorkCount) -> Verdict:
    """Return the verdict; what would change it is for a person to decide, what is not known is 资料不足.

    Both clauses are read literally: none of the four and a lift meets the second, one of the four and a lift
    meets neither.
    """
    sure, most = len(count.certain), len(count.certain | count.doubtful)
    if sure >= rule.minimum:
        return MEETS
    if count.unread:
        return UNKNOWN
    if most >= rule.minimum:
        return BY_HAND
    if count.lift:
        return BY_HAND if most else MEETS
    return FAILS


def subsidy(desk: Desk, estate: EstateFacts) -> Answer:
    """Return whether the works of an estate meet the clause of the central subsidy."""
    rule = desk.profile.subsidy
    if rule is None:
        return desk.silent(RULE, TITLE, estate.name)
    if not estate.works:
        return desk.answer(
            RULE, TITLE, estate.name, UNKNOWN, Text("未填改造内容", en="the works are not given"), rule
        )
    count = count_works(rule, estate.works)
    verdict = subsidy_verdict(rule, count)
    clause = rule.lift if verdict == MEETS and len(count.certain) < rule.minimum else rule
    also = (rule.lift,) if verdict == BY_HAND and count.lift else ()
    return desk.answer(RULE, TITLE, estate.name, verdict, _reason(count, verdict, rule.minimum), clause, also=also)


def _reason(count: WorkCount, verdict: Verdict, minimum: int) -> Text:
    sure, unsure = "、".join(sorted(count.certain)) or "无", "、".join(sorted(count.doubtful))
    zh, en = (
        [f"更新的类别：{sure}（{len(count.certain)} 类，需 {minimum} 类）"],
        [f"classes updated: {len(count.certain)} of at least {minimum}"],
    )
    if unsure:
        zh.append(f"是否算更新要人工认定：{unsure}")
        en.append(f"to be decided by hand: {unsure}")
    if count.lift:
        zh.append("含加装电梯")
        en.append("with a lift")
    if verdict == BY_HAND and count.lift:
        zh.append("两条都没有字面覆盖这种情形")
        en.append("neither clause covers this literally")
    if count.unread:
        words = "、".join(count.unread)
        zh.append(f"不认识的改造内容：{words}")
        en.append(f"works that were not understood: {words}")
    return Text("；".join(zh), en="; ".join(en))
