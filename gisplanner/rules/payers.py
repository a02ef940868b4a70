"""Who pays for a segment (费用承担): the payer the text names, or 文件未规定. Nothing is ever filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gisplanner.domain.clause import Passage
from gisplanner.domain.layers import UtilitySpec
from gisplanner.domain.policy_answer import UNKNOWN, UNSTATED, Answer
from gisplanner.domain.policy_facts import SegmentFacts
from gisplanner.domain.policy_works import PayerRemark, Payers
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import plain, stands_in
from gisplanner.text import Text

RULE: Final = "payer"
_TITLE = Text("费用承担", en="who pays")


def utility_code(word: str, utilities: Mapping[str, UtilitySpec]) -> str | None:
    """Return the code of a utility from its code, name or a synonym; ``None`` when it is not known."""
    for code, spec in utilities.items():
        if stands_in(word, (code, spec.name, spec.english, *spec.synonyms)):
            return code
    return None


def segment_of(segment: SegmentFacts, payers: Payers, utilities: Mapping[str, UtilitySpec]) -> tuple[str, str | None]:
    """Return the canonical item and the utility code; ``燃气管沟土建`` says both in one word."""
    code = None if segment.utility is None else utility_code(segment.utility, utilities)
    whole = _canonical(segment.item, payers)
    if whole is not None:
        return whole, code
    for other, spec in utilities.items():
        for word in sorted((spec.name, *spec.synonyms), key=len, reverse=True):
            rest = plain(segment.item).removeprefix(plain(word))
            item = _canonical(rest, payers) if rest != plain(segment.item) else None
            if item is not None and code in {None, other}:
                return item, other
    return segment.item, code


def payer(desk: Desk, segment: SegmentFacts, utilities: Mapping[str, UtilitySpec]) -> Answer:
    """Return the payer of a segment with the clause; passages that do not say who pays are shown beside it."""
    payers = desk.profile.payers
    item, code = segment_of(segment, payers, utilities)
    rule = f"{RULE}.{item}"
    subject = segment.name or "".join((segment.utility or "", segment.item))
    if segment.utility is not None and code is None:
        told = Text(f"不认识的管线种类「{segment.utility}」", en=f"unknown utility {segment.utility}")
        return desk.answer(rule, _TITLE, subject, UNKNOWN, told)
    of_item = [one for one in payers.rules if stands_in(item, one.items)]
    for one in of_item:
        if not one.utilities or (code or "") in one.utilities:
            share = f"（{one.share}）" if one.share else ""
            reason = Text(f"{item}：{one.payer}承担{share}", en=f"{item}: paid by {one.payer}{share}")
            return desk.answer(rule, _TITLE, subject, one.payer, reason, one)
    if code is None and of_item:
        told = Text("未填管线种类", en="the utility is not given")
        return desk.answer(rule, _TITLE, subject, UNKNOWN, told, of_item[0])
    return _silent(desk, rule, subject, item, code)


def _silent(desk: Desk, rule: str, subject: str, item: str, code: str | None) -> Answer:
    remarks = [one for one in desk.profile.payers.remarks if _concerns(one, item, code)]
    reason = Text(
        "原文没有写明由谁出资" + "".join(f"；{one.says}" for one in remarks),
        en="the text does not say who pays",
    )
    specific = next((one for one in remarks if one.items), None)
    also: Sequence[Passage] = [passage for one in remarks if one is not specific for passage in (one, *one.also)]
    return desk.answer(rule, _TITLE, subject, UNSTATED, reason, specific, also=also)


def _concerns(one: PayerRemark, item: str, code: str | None) -> bool:
    return (not one.items or stands_in(item, one.items)) and (not one.utilities or code in one.utilities)


def _canonical(item: str, payers: Payers) -> str | None:
    of_rules = {name for rule in payers.rules for name in rule.items}
    of_remarks = {name for remark in payers.remarks for name in remark.items}
    named = of_rules | of_remarks | set(payers.synonyms)
    for name in sorted(named):
        if stands_in(item, (name, *payers.synonyms.get(name, ()))):
            return name
    return None
