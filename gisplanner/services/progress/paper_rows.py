"""Rows of the tables of papers (文书表格): estates, demolitions, reviewers, parties, defects, what is handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from gisplanner.domain.papers import Rows
from gisplanner.domain.policy_answer import MEETS
from gisplanner.domain.policy_facts import Asset
from gisplanner.domain.profile import Profile
from gisplanner.domain.works import REMOVED_STEP, STEPS
from gisplanner.rules.acceptance import handover, required_parties
from gisplanner.rules.answers import Desk as PolicyDesk
from gisplanner.rules.deadlines import NOTICE_START, event_words, notice_days
from gisplanner.rules.words import stands_in
from gisplanner.services.progress.paper_desk import Desk

_BLANK_ROWS: Final = 24
_LEAST_ROWS: Final = 6
UNSTATED_RECEIVER: Final = "（待定）"


def rows_of(kind: Rows, desk: Desk) -> list[dict[str, Any]]:
    """Return the rows of a kind, numbered; a table to be written by hand gets empty rows."""
    rows = list(_ROWS[kind](desk))
    return [{"no": number, **row} for number, row in enumerate(rows, start=1)]


def shown(value: Any) -> str:
    """Return a value for a cell; what is not known is —, never zero.

    Examples
    --------
    >>> shown(None), shown(Decimal("2.50")), shown(True)
    ('—', '2.5', '是')
    """
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _estates(desk: Desk) -> Iterator[dict[str, Any]]:
    for one in desk.members:
        states = desk.filing.get(one.estate_code, {})
        filed = sum(state == "已备案" for state in states.values())
        asked = 0 if desk.profile is None else len(desk.profile.operators)
        yield {
            "name": one.name or one.estate_code,
            "community": shown(one.community),
            "buildings": shown(one.buildings),
            "households": shown(one.households),
            "filing": f"{filed}/{asked}" if asked else "—",
        }


def _demolitions(desk: Desk) -> Iterator[dict[str, Any]]:
    for estate in desk.members:
        for case in desk.book.demolitions.get(estate.estate_code, ()):
            if case.step >= REMOVED_STEP:
                continue
            units = [] if desk.profile is None else removers(desk.profile, case.kind)
            yield {
                "code": case.code,
                "estate": estate.name or estate.estate_code,
                "kind": case.kind,
                "name": shown(case.name),
                "area_m2": shown(case.area_m2),
                "step": STEPS[case.step - 1],
                "due_on": shown(case.due_on),
                "units": case.unit or "；".join(units) or "文件未规定",
            }


def removers(profile: Profile, kind: str) -> list[str]:
    """Return every unit a text makes responsible for pulling a kind of structure down, in the order of the text."""
    return list(dict.fromkeys(one.unit for one in profile.duties if stands_in(kind, one.removes)))


def _reviewers(desk: Desk) -> Iterator[dict[str, Any]]:
    lists = () if desk.profile is None else tuple(one for one in desk.profile.checklists if one.kind == "review")
    names = [item.removesuffix("评审") for one in lists for item in one.items]
    for name in names or [""] * _LEAST_ROWS:
        yield {"name": name or " "}


def _parties(desk: Desk) -> Iterator[dict[str, Any]]:
    rule = None if desk.profile is None else desk.profile.acceptance
    signed = {one.name: one.happened_on for one in desk.facts if one.kind == "signature" and one.done}
    for name in () if rule is None else required_parties(rule):
        day = next((day for word, day in signed.items() if stands_in(word, (name,))), None)
        yield {"name": name, "signed": shown(day)}


def _defects(desk: Desk) -> Iterator[dict[str, Any]]:
    found = [one for one in desk.facts if one.kind == "defect" and not one.done]
    for one in found:
        yield {"name": one.name, "on": shown(one.happened_on)}
    for _ in range(0 if found else _LEAST_ROWS):
        yield {"name": " ", "on": " "}


def _handover(desk: Desk) -> Iterator[dict[str, Any]]:
    for estate in desk.members:
        for one in desk.book.handover.get(estate.estate_code, ()):
            yield {
                "estate": estate.name or estate.estate_code,
                "name": one.name,
                "quantity": f"{shown(one.quantity)} {one.unit or ''}".strip(),
                "in_road": shown(one.in_municipal_road),
                "receiver": one.receiver or receiver(desk.profile, one),
                "handed_over": shown(one.handed_over),
            }


def receiver(profile: Profile | None, entry: Any) -> str:
    """Return who takes a facility over by the text, or that it must be agreed."""
    if profile is None:
        return UNSTATED_RECEIVER
    asset = Asset(kind=entry.kind, name=entry.name, in_municipal_road=entry.in_municipal_road)
    answer = handover(PolicyDesk(profile), asset)
    return str(answer.reason).removeprefix("移交").split("【")[0] if answer.answer == MEETS else UNSTATED_RECEIVER


def _residents(_desk: Desk) -> Iterator[dict[str, Any]]:
    for _ in range(_BLANK_ROWS):
        yield {}


def _figures(desk: Desk) -> Iterator[dict[str, Any]]:
    (estate,) = desk.members
    told = desk.book.figures.get(estate.estate_code, {})
    cases = desk.book.demolitions.get(estate.estate_code)
    yield {"name": "栋数", "value": shown(estate.buildings)}
    yield {"name": "户数", "value": shown(estate.households)}
    yield {"name": "建筑面积（万㎡）", "value": shown(estate.floor_area_10k_m2)}
    for name in (
        "建成时间",
        "产权性质",
        "公共用房、国有资产",
        "闲置房屋",
        "楼层数",
        "屋面漏水（栋）",
        "化粪池（个）",
    ):
        yield {"name": name, "value": " "}
    for kind in ("同意户数", "燃气报装意向"):
        yield {"name": kind, "value": shown(told.get(kind, {}).get(""))}
    yield {"name": "违章构筑物（处）", "value": shown(None if cases is None else len(cases))}
    for item, votes in sorted(told.get("需求票数", {}).items(), key=lambda one: -one[1]):
        yield {"name": f"需求：{item}（票）", "value": shown(votes)}


_ROWS: Final[dict[Rows, Callable[[Any], Iterator[dict[str, Any]]]]] = {
    "estates": _estates,
    "demolitions": _demolitions,
    "reviewers": _reviewers,
    "parties": _parties,
    "defects": _defects,
    "handover": _handover,
    "residents": _residents,
    "figures": _figures,
}


def notice(desk: Desk) -> dict[str, str]:
    """Return the days of a public notice (公示) by both ways of counting; blanks where no first day is recorded."""
    blank = "　　年　　月　　日"
    rule = None if desk.profile is None else desk.profile.public_notice
    words = event_words(NOTICE_START)
    start = next(
        (one.happened_on for one in desk.facts if one.kind == "date" and one.done and stands_in(one.name, words)),
        None,
    )
    told = {
        "working_days": "　" if rule is None else str(rule.working_days),
        "start": shown(start) if start else blank,
    }
    if rule is None or start is None:
        return {**told, "strict": blank, "lenient": blank, "needed": blank}
    days = notice_days(rule, start)
    if days is None:
        unknown = f"（{start.year} 年放假安排未收录）"
        return {**told, "strict": unknown, "lenient": unknown, "needed": unknown}
    return {**told, "strict": str(days.strict), "lenient": str(days.lenient), "needed": str(days.needed)}
