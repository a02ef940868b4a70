"""Whether an estate is in the scope of a document (改造范围), item by item and as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.clause import Clause
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
from gisplanner.domain.policy_eligibility import Condition, EstateFact, Exclusion
from gisplanner.domain.policy_facts import EstateFacts
from gisplanner.rules.answers import Desk
from gisplanner.rules.built_year import built_verdict, era_candidates
from gisplanner.rules.flags import flag_state
from gisplanner.rules.willingness import least_willing, willingness_verdict
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

OVERALL: Final = "eligibility"

_SCOPE = Text("改造范围", en="scope of renovation")
_YEAR = Text("建成年代", en="year of completion")
_PLACE = Text("地点", en="place")
_WILL = Text("居民改造意愿", en="willingness of residents")
_FACTS: Final[dict[EstateFact, Text]] = {
    "strong_will": Text("居民改造意愿强烈", en="residents strongly want it"),
    "active_participation": Text("参与积极性高", en="residents take an active part"),
}
_GRAVITY: Final = (FAILS, UNKNOWN, BY_HAND, FAILS_IN_PRINCIPLE)
"""Which verdict decides the whole; an item the document is silent on decides nothing."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far an estate lies in the polygons of one kind of exclusion (棚改 / 征迁), measured on the map."""

    kind: str
    area_m2: float
    tolerance_m2: float

    @property
    def excluded(self) -> bool:
        """Whether the overlap is more than drawing tolerance."""
        return self.area_m2 > self.tolerance_m2


@dataclass(frozen=True, slots=True)
class _Item:
    answer: Answer
    clause: Clause | None
    band: str | None = None


def eligibility(desk: Desk, estate: EstateFacts, overlaps: Mapping[str, Overlap] | None = None) -> list[Answer]:
    """Return the answer on the whole, then one for each thing the document asks of an estate.

    Parameters
    ----------
    overlaps
        Overlaps measured with stored exclusion polygons, by kind; a kind that is not given was not measured.
    """
    items = [
        _place(desk, estate),
        *_built(desk, estate),
        *(_condition(desk, estate, one) for one in desk.profile.eligibility.conditions),
        *(_exclusion(desk, estate, one, (overlaps or {}).get(one.overlay or "")) for one in _exclusions(desk)),
        _willingness(desk, estate),
    ]
    return [_overall(desk, estate, items), *(item.answer for item in items), _era(desk, estate)]


def _exclusions(desk: Desk) -> Sequence[Exclusion]:
    return desk.profile.eligibility.exclusions


def _place(desk: Desk, estate: EstateFacts) -> _Item:
    rule, limit = f"{OVERALL}.place", desk.profile.eligibility.place
    if limit is None:
        return _Item(desk.silent(rule, _PLACE, estate.name), None)
    verdict: Verdict = UNKNOWN
    if estate.place is None:
        reason = Text("未填地点", en="the place is not given")
    elif stands_in(estate.place, limit.within):
        verdict, reason = MEETS, Text(f"地点：{estate.place}", en=f"place: {estate.place}")
    elif stands_in(estate.place, limit.outside):
        verdict, reason = (
            FAILS,
            Text(f"{estate.place}不在原文所列地点之内", en=f"{estate.place} is not among the places of the text"),
        )
    else:
        allowed = "、".join((*limit.within, *limit.outside))
        reason = Text(
            f"地点「{estate.place}」不能判断，可填：{allowed}",
            en=f"the place {estate.place} cannot be judged; known: {allowed}",
        )
    return _Item(desk.answer(rule, _PLACE, estate.name, verdict, reason, limit), limit)


def _built(desk: Desk, estate: EstateFacts) -> list[_Item]:
    rule, built = f"{OVERALL}.built_year", desk.profile.eligibility.built
    if built is None:
        return [_Item(desk.silent(rule, _YEAR, estate.name), None)]
    found = built_verdict(built, estate.year_built)
    clause: Clause = found.band or built
    band = None if found.band is None else found.band.name
    reason = _built_reason(estate.year_built, found.verdict, band, crosses=found.crosses)
    required = () if found.band is None else found.band.requires
    verdict, reason = _with_required(estate, required, found.verdict, reason)
    stated = {one.fact for one in desk.profile.eligibility.conditions}
    return [
        _Item(desk.answer(rule, _YEAR, estate.name, verdict, reason, clause), clause, band),
        *(
            _fact(desk, estate, fact, clause, rule=f"{OVERALL}.{fact}", title=_FACTS[fact])
            for fact in required
            if fact not in stated
        ),
    ]


def _with_required(
    estate: EstateFacts, required: Sequence[EstateFact], verdict: Verdict, reason: Text
) -> tuple[Verdict, Text]:
    """Take back a verdict on the year while what the text demands of such years is not known or does not hold."""
    facts: dict[EstateFact, bool | None] = {fact: getattr(estate, fact) for fact in required}
    open_facts = [fact for fact, value in facts.items() if not value]
    if not open_facts:
        return verdict, reason
    names = "、".join(_FACTS[fact] for fact in open_facts)
    english = ", ".join(_FACTS[fact].en for fact in open_facts)
    told = Text(f"{reason}，但须{names}", en=f"{reason.en}, if {english}")
    return (FAILS if False in facts.values() else UNKNOWN), told


def _built_reason(years: tuple[int, int] | None, verdict: Verdict, band: str | None, *, crosses: bool) -> Text:
    if years is None:
        return Text("未填建成时间", en="the year of completion is not given")
    told = str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"
    if crosses:
        return Text(f"{told} 跨过年限，需确定年份", en=f"{told} crosses the limit; give the year")
    if verdict == MEETS and band:
        return Text(f"{told} 年建成：{band}", en=f"built {told}: {band}")
    if verdict == BY_HAND:
        return Text(
            f"{told} 年建成：边界待认定，原文两种读法都通",
            en=f"built {told}: on the boundary, both readings are possible",
        )
    if verdict == MEETS:
        return Text(f"{told} 年建成：按本区设定的读法", en=f"built {told}: by the reading this district has set")
    return Text(f"{told} 年建成：不在年限之内", en=f"built {told}: outside the limit")


def _condition(desk: Desk, estate: EstateFacts, one: Condition) -> _Item:
    rule, title = f"{OVERALL}.{one.key}", Text(one.title, en=one.key.replace("_", " "))
    if one.fact is not None:
        return _fact(desk, estate, one.fact, one, rule=rule, title=title)
    state = flag_state(estate, one.terms, one.contrary)
    verdict: Verdict = {"yes": MEETS, "no": FAILS, "doubtful": BY_HAND, "unknown": UNKNOWN}[state]  # type: ignore[assignment]
    return _Item(desk.answer(rule, title, estate.name, verdict, _told(state), one), one)


def _fact(desk: Desk, estate: EstateFacts, fact: EstateFact, clause: Clause, *, rule: str, title: Text) -> _Item:
    value: bool | None = getattr(estate, fact)
    verdict: Verdict = UNKNOWN if value is None else MEETS if value else FAILS
    state = "unknown" if value is None else "yes" if value else "no"
    return _Item(desk.answer(rule, title, estate.name, verdict, _told(state), clause), clause)


def _told(state: str) -> Text:
    said = {
        "yes": Text("所填为：是", en="stated: yes"),
        "no": Text("所填为：否", en="stated: no"),
        "doubtful": Text("所填标注含糊或相互矛盾", en="the flags are vague or contradict each other"),
        "unknown": Text("未填", en="not given"),
    }
    return said[state]


def _exclusion(desk: Desk, estate: EstateFacts, one: Exclusion, overlap: Overlap | None) -> _Item:
    rule = f"{OVERALL}.{one.key}"
    title = Text(f"排除情形「{one.title}」", en=f"exclusion: {one.key.replace('_', ' ')}")
    state = flag_state(estate, one.terms, absent_means_no=True)
    reason = _told(state)
    if overlap is not None:
        measured = Text(
            f"与所存{one.overlay}范围重叠 {overlap.area_m2:.1f} ㎡（容差 {overlap.tolerance_m2:g} ㎡）",
            en=f"{overlap.area_m2:.1f} m² in the stored {one.key} areas (tolerance {overlap.tolerance_m2:g} m²)",
        )
        reason = Text(f"{measured}；标注 {reason}", en=f"{measured.en}; flags: {reason.en}")
        state = "yes" if overlap.excluded else "no" if state == "unknown" else state
    verdict: Verdict = {"yes": FAILS, "no": MEETS, "doubtful": BY_HAND, "unknown": UNKNOWN}[state]  # type: ignore[assignment]
    return _Item(desk.answer(rule, title, estate.name, verdict, reason, one), one)


def _willingness(desk: Desk, estate: EstateFacts) -> _Item:
    rule, share = f"{OVERALL}.willingness", desk.profile.eligibility.willingness
    if share is None:
        return _Item(desk.silent(rule, _WILL, estate.name), None)
    verdict = willingness_verdict(share, estate.willing, estate.households)
    if estate.households == 0:
        reason = Text("总户数为 0，没有比例可言", en="there are no households, so there is no share")
    elif estate.households is None or estate.willing is None:
        reason = Text("未填总户数或意愿户数", en="households or willing households are not given")
    else:
        least = least_willing(estate.households, numerator=share.numerator, denominator=share.denominator)
        reason = Text(
            f"{estate.households} 户中 {estate.willing} 户愿意，至少需 {least} 户",
            en=f"{estate.willing} of {estate.households} households are willing, {least} are needed",
        )
    return _Item(desk.answer(rule, _WILL, estate.name, verdict, reason, share), share)


def _era(desk: Desk, estate: EstateFacts) -> Answer:
    rule, title, bands = "era_band", Text("建成时间段", en="band of decades"), desk.profile.eligibility.era_bands
    if bands is None:
        return desk.silent(rule, title, estate.name)
    if estate.year_built is None:
        return desk.answer(
            rule, title, estate.name, UNKNOWN, _built_reason(None, UNKNOWN, None, crosses=False), bands
        )
    possible, verdict = era_candidates(bands, estate.year_built)
    if not possible:
        return desk.answer(
            rule, title, estate.name, UNSTATED, Text("早于所列时间段", en="earlier than the bands of the text"), bands
        )
    names = "、".join(f"{band.name}（{band.possible[0]}–{band.possible[1]}）" for band in possible)
    return desk.answer(rule, title, estate.name, verdict, Text(f"时间段：{names}", en=f"bands: {names}"), bands)


def _overall(desk: Desk, estate: EstateFacts, items: Sequence[_Item]) -> Answer:
    asked = [item for item in items if item.clause is not None]
    if not asked:
        return desk.silent(OVERALL, _SCOPE, estate.name)
    band = next((item.band for item in items if item.band), None)
    for verdict in _GRAVITY:
        deciding = [item for item in asked if item.answer.answer == verdict]
        if deciding:
            names = "、".join(str(item.answer.title) for item in deciding)
            english = ", ".join(item.answer.title.en for item in deciding)
            return desk.answer(
                OVERALL,
                _SCOPE,
                estate.name,
                verdict,
                Text(f"{verdict}的项：{names}", en=f"decided by: {english}"),
                deciding[0].clause,
            )
    names = "、".join(str(item.answer.title) for item in asked)
    english = ", ".join(item.answer.title.en for item in asked)
    told = f"；类别：{band}" if band else ""
    return desk.answer(
        OVERALL,
        _SCOPE,
        estate.name,
        MEETS,
        Text(f"原文所列各项都符合：{names}{told}", en=f"all that the text asks is met: {english}{told}"),
        asked[0].clause if band is None else next(item.clause for item in items if item.band),
    )
