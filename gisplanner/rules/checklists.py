"""Preconditions, vetoes, consultations and documents (六个前置, 三不改造, 前期手续 …): or what is missing."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, Answer, Verdict
from gisplanner.domain.policy_facts import Gate, ProjectFacts
from gisplanner.domain.policy_works import Checklist
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

RULE: Final = "precondition"


def checklists(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return one answer for each list of the document."""
    return [checklist(desk, project, one) for one in desk.profile.checklists]


def gate_of(project: ProjectFacts, one: Checklist, item: str) -> Gate | None:
    """Return the tick of an item, however the facts call it."""
    names = (item, *one.synonyms.get(item, ()))
    return next((gate for name, gate in project.gates.items() if stands_in(name, names)), None)


def missing_items(project: ProjectFacts, one: Checklist) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the items that are not done and those nothing is known of."""
    gates = {item: gate_of(project, one, item) for item in one.items}
    return (
        tuple(item for item, gate in gates.items() if gate is not None and not gate.done),
        tuple(item for item, gate in gates.items() if gate is None),
    )


def checklist(desk: Desk, project: ProjectFacts, one: Checklist) -> Answer:
    """Return how far one list is, what is missing and what may not begin before."""
    open_items, unknown = missing_items(project, one)
    done = len(one.items) - len(open_items) - len(unknown)
    verdict: Verdict = FAILS if open_items else UNKNOWN if unknown else MEETS
    zh, en = [f"{done}/{len(one.items)}"], [f"{done}/{len(one.items)}"]
    if open_items:
        zh.append(f"未完成：{'、'.join(open_items)}")
        en.append(f"not done: {', '.join(open_items)}")
    if unknown:
        zh.append(f"未填：{'、'.join(unknown)}")
        en.append(f"not given: {', '.join(unknown)}")
    if one.before and verdict != MEETS:
        zh.append(f"完成之前不得进入「{one.before}」")
        en.append(f"{one.before} must not begin before")
    zh += [f"{item}：{told}" for item in one.items if (told := _evidence(gate_of(project, one, item)))]
    title = Text(one.title, en=one.key.replace("_", " "))
    return desk.answer(f"{RULE}.{one.key}", title, project.name, verdict, Text("；".join(zh), en="; ".join(en)), one)


def _evidence(gate: Gate | None) -> str:
    if gate is None or not gate.done:
        return ""
    return " ".join(part for part in (gate.date.isoformat() if gate.date else "", gate.document or "") if part)
