"""Money: which sources the document names, what must be tied to a project, and whether the plan can be afforded."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, UNSTATED, Answer, Verdict
from gisplanner.domain.policy_facts import FundFacts, ProjectFacts
from gisplanner.domain.policy_works import FundingCheck, FundSource
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

RULE: Final = "funding"
_SOURCE = Text("资金来源", en="source of money")
_ATTACHED = Text("补助资金落实到具体项目", en="subsidy tied to a project")
_AFFORD = Text("财政承受能力", en="what the budget can bear")


def funding(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return one answer for each source of the project, then for each check of money."""
    sources = [answer for one in project.funding or () for answer in _source(desk, project, one)]
    checks = [_affordable(desk, project, one) for one in desk.profile.funding.checks if one.key == "affordability"]
    return [*sources, *checks]


def source_of(desk: Desk, word: str) -> FundSource | None:
    """Return the source of the document that a word means."""
    return next((one for one in desk.profile.funding.sources if stands_in(word, (one.key, *one.terms))), None)


def _source(desk: Desk, project: ProjectFacts, fund: FundFacts) -> list[Answer]:
    subject, known = f"{project.name}：{fund.source}", source_of(desk, fund.source)
    if known is None:
        told = Text("原文没有列出这一资金来源", en="the text does not name this source")
        return [desk.answer(f"{RULE}.source", _SOURCE, subject, UNSTATED, told)]
    amount = (
        Text("未填金额", en="no amount")
        if fund.amount_cny is None
        else Text(f"{fund.amount_cny} 元", en=f"{fund.amount_cny} CNY")
    )
    told = Text(f"原文列有此来源：{known.key}，{amount}", en=f"a source of the text: {known.key}, {amount.en}")
    answers = [desk.answer(f"{RULE}.source", _SOURCE, subject, MEETS, told, known)]
    if known.attached_to_project:
        tied = fund.project is not None
        told = (
            Text(f"落实到项目：{fund.project}", en=f"tied to the project {fund.project}")
            if tied
            else Text("没有写明落实到哪个项目", en="not tied to any project")
        )
        answers.append(desk.answer(f"{RULE}.attached", _ATTACHED, subject, MEETS if tied else FAILS, told, known))
    return answers


def _affordable(desk: Desk, project: ProjectFacts, rule: FundingCheck) -> Answer:
    name, cost, limit = f"{RULE}.affordability", project.plan_cost_cny, project.fiscal_limit_cny
    if cost is None or limit is None:
        told = Text("未填计划投资或财政承受限额", en="the plan's cost or the fiscal limit is not given")
        return desk.answer(name, _AFFORD, project.name, UNKNOWN, told, rule)
    verdict: Verdict = MEETS if cost <= limit else FAILS
    told = Text(f"计划 {cost} 元，限额 {limit} 元", en=f"plan {cost} CNY, limit {limit} CNY")
    return desk.answer(name, _AFFORD, project.name, verdict, told, rule)
