"""Gates (前置): what must be in hand before a project may enter a stage, judged by the clauses of the document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from gisplanner.domain.policy_answer import MEETS, UNKNOWN, Answer
from gisplanner.domain.policy_facts import AcceptanceFacts, Gate, ProjectFacts
from gisplanner.domain.policy_works import Survey
from gisplanner.domain.profile import Profile, StageSpec
from gisplanner.domain.progress import ProjectFact
from gisplanner.rules.acceptance import defects, parties
from gisplanner.rules.answers import Desk
from gisplanner.rules.checklists import checklist
from gisplanner.rules.deadlines import NOTICE_END, notice
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

CHECKLIST: Final = "checklist"
SURVEY: Final = "survey"
NOTICE: Final = "notice"
ACCEPTANCE: Final = "acceptance"


def project_facts(name: str, recorded: Iterable[ProjectFact]) -> ProjectFacts:
    """Return what is recorded of a project in the form in which rules are asked.

    Signatures and defects form lists: with none recorded, nobody has signed and nothing is open.
    """
    facts = tuple(recorded)
    return ProjectFacts(
        name=name,
        dates={one.name: one.happened_on for one in facts if one.kind == "date" and one.done},
        gates={
            one.name: Gate(done=one.done, date=one.happened_on, document=one.evidence)
            for one in facts
            if one.kind == "gate"
        },
        acceptance=AcceptanceFacts(
            signed=tuple(one.name for one in facts if one.kind == "signature" and one.done),
            open_defects=sum(one.kind == "defect" and not one.done for one in facts),
        ),
    )


def open_gates(profile: Profile, stage: StageSpec, project: ProjectFacts, on: date) -> list[Answer]:
    """Return the answers that forbid ``project`` to enter ``stage`` on a day; empty when every gate is passed."""
    return [one for one in gates(profile, stage, project, on) if one.answer != MEETS]


def gates(profile: Profile, stage: StageSpec, project: ProjectFacts, on: date) -> list[Answer]:
    """Return one answer for each thing that must be in hand before ``stage``, passed or not.

    Parameters
    ----------
    project
        What is recorded up to ``on``.
    on
        The day on which the stage is to be entered; a public notice must have run its working days by then.
    """
    desk = Desk(profile)
    return [answer for need in stage.needs for answer in _answers(desk, need, project, on)]


def _answers(desk: Desk, need: str, project: ProjectFacts, on: date) -> list[Answer]:
    what, _, key = need.partition(".")
    profile = desk.profile
    if what == CHECKLIST:
        return [checklist(desk, project, one) for one in profile.checklists if one.key == key]
    if what == SURVEY:
        return [_held(desk, project, one) for one in profile.surveys if one.key == key]
    if what == NOTICE:
        return notice(desk, project.model_copy(update={"dates": {**project.dates, NOTICE_END: on}}))
    if profile.acceptance is None:
        return []
    if what == ACCEPTANCE:
        return [parties(desk, project, profile.acceptance)]
    return defects(desk, project, profile.acceptance)


def _held(desk: Desk, project: ProjectFacts, one: Survey) -> Answer:
    name, title = f"{SURVEY}.{one.key}", Text(one.title, en=one.key.replace("_", " "))
    tick = next((gate for key, gate in project.gates.items() if stands_in(key, (one.key, one.title))), None)
    if tick is None or not tick.done:
        told = Text(f"没有「{one.title}」的记录", en="this round of consultation is not recorded")
        return desk.answer(name, title, project.name, UNKNOWN, told, one)
    told = Text(f"已于 {tick.date} 完成", en=f"held on {tick.date}")
    return desk.answer(name, title, project.name, MEETS, told, one)


def need_names(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Return the names under which things are recorded, by need, for those that are asked by name."""
    lists = {f"{CHECKLIST}.{one.key}": one.items for one in profile.checklists}
    rounds = {f"{SURVEY}.{one.key}": (one.title,) for one in profile.surveys}
    return {**lists, **rounds}
