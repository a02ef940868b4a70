"""All answers of one document to one set of facts, in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.layers import UtilitySpec
from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, UNSTATED, Answer, ScoreResult
from gisplanner.domain.policy_facts import EstateFacts, Facts, ProjectFacts
from gisplanner.domain.profile import Profile
from gisplanner.rules.acceptance import acceptance, handover
from gisplanner.rules.answers import Desk
from gisplanner.rules.approvals import approvals
from gisplanner.rules.checklists import checklists
from gisplanner.rules.companies import companies
from gisplanner.rules.deadlines import deadlines, notice
from gisplanner.rules.eligibility import Overlap, eligibility
from gisplanner.rules.funding import funding
from gisplanner.rules.hitchhiking import SubsidySplit, estate_riders, outside_work, subsidy_split
from gisplanner.rules.management import management
from gisplanner.rules.menu import menu
from gisplanner.rules.payers import payer
from gisplanner.rules.scores import estate_scores, project_scores
from gisplanner.rules.sequence import sequence
from gisplanner.rules.subsidy import subsidy
from gisplanner.rules.surveys import surveys, unstated
from gisplanner.rules.unused import UnusedFact, unused_facts
from gisplanner.rules.words import plain
from gisplanner.text import Text

PLAN_UNIT: Final = "plan_unit"
STAGE: Final = "stage"


@dataclass(frozen=True, slots=True)
class PolicyAnswers:
    """What one document answers: answers, scores with their parts, and who may be applied for."""

    profile: Profile
    answers: tuple[Answer, ...]
    scores: tuple[ScoreResult, ...]
    split: SubsidySplit
    unused: tuple[UnusedFact, ...] = ()


def policy_answers(
    profile: Profile,
    facts: Facts,
    *,
    utilities: Mapping[str, UtilitySpec],
    permits: Iterable[str] = (),
    overlaps: Mapping[str, Mapping[str, Overlap]] | None = None,
) -> PolicyAnswers:
    """Return every answer the document has for these facts; nothing is stored.

    Parameters
    ----------
    utilities
        Kinds of pipeline by code, with their synonyms.
    permits
        Permits to ask about, those of other documents among them, so that silence is told as 文件未规定.
    overlaps
        Overlaps with exclusion polygons, by estate and kind.
    """
    desk = Desk(profile)
    scope = [one for estate in facts.estates for one in eligibility(desk, estate, (overlaps or {}).get(estate.name))]
    works = () if facts.project is None else facts.project.outside_works
    riders = [*estate_riders(desk, facts.estates, scope), *(outside_work(desk, work) for work in works)]
    answers = [
        *scope,
        *(one for estate in facts.estates for one in _of_estate(desk, estate)),
        *riders,
        *(payer(desk, segment, utilities) for segment in facts.segments),
        *(_of_project(desk, facts.project, permits) if facts.project is not None else ()),
        _plan_unit(desk, facts.project),
        *unstated(desk),
    ]
    scores = [score for estate in facts.estates for score in estate_scores(profile, estate)]
    if facts.project is not None:
        scores += project_scores(profile, facts.project)
    return PolicyAnswers(
        profile, tuple(answers), tuple(scores), subsidy_split(riders), tuple(unused_facts(profile, facts))
    )


def _of_estate(desk: Desk, estate: EstateFacts) -> list[Answer]:
    return [subsidy(desk, estate), *menu(desk, estate), *management(desk, estate)]


def _of_project(desk: Desk, project: ProjectFacts, permits: Iterable[str]) -> list[Answer]:
    return [
        *checklists(desk, project),
        *companies(desk, project),
        *funding(desk, project),
        *approvals(desk, project, permits),
        *deadlines(desk, project),
        *notice(desk, project),
        *surveys(desk, project),
        *sequence(desk, project),
        *acceptance(desk, project),
        *(handover(desk, asset) for asset in project.assets),
        *_stage(desk, project),
    ]


def _plan_unit(desk: Desk, project: ProjectFacts | None) -> Answer:
    title, unit = Text("方案单元", en="unit of a plan"), desk.profile.plan_unit
    stated = project or ProjectFacts()
    subject, given = stated.name, stated.plan_unit
    if unit is None:
        return desk.silent(PLAN_UNIT, title, subject)
    if given is None:
        told = Text(
            f"原文以{unit.unit}为单元；未填方案单元", en=f"the text plans by {unit.unit}; the unit is not given"
        )
        return desk.answer(PLAN_UNIT, title, subject, UNKNOWN, told, unit)
    told = Text(f"原文以{unit.unit}为单元，所填为{given}", en=f"the text plans by {unit.unit}, given is {given}")
    return desk.answer(PLAN_UNIT, title, subject, MEETS if given == unit.unit else FAILS, told, unit)


def _stage(desk: Desk, project: ProjectFacts) -> list[Answer]:
    if project.stage is None:
        return []
    title, wanted = Text("阶段", en="stage"), plain(project.stage)
    found = next((one for one in desk.profile.stages if wanted in {plain(one.name), str(one.no)}), None)
    if found is None or found.passage is None:
        names = "、".join(one.name for one in desk.profile.stages) or "无"
        told = Text(
            f"本方案没有阶段「{project.stage}」；所列阶段：{names}", en=f"no stage {project.stage}; stages: {names}"
        )
        return [desk.answer(STAGE, title, project.name, UNSTATED, told)]
    told = Text(f"第 {found.no} 阶段 {found.name}", en=f"stage {found.no}: {found.name}")
    return [desk.answer(STAGE, title, project.name, MEETS, told, found.passage)]
