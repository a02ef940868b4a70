"""The pipeline companies' part of a project (专营单位): budgets within the estimate, design settled with the rest."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, Answer, Verdict
from gisplanner.domain.policy_facts import CompanyFacts, ProjectFacts
from gisplanner.domain.policy_works import CompanyRule
from gisplanner.rules.answers import Desk
from gisplanner.rules.deadlines import day_of
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

RULE: Final = "companies"
DESIGN_SETTLED: Final = "方案确认"
_TITLES: Final = {
    "budgets": Text("专营单位预算纳入概算", en="companies' budgets within the estimate"),
    "design": Text("专营单位同步设计", en="companies design at the same time"),
}


def companies(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return one answer for each thing the document asks of the companies."""
    check = {"budgets": _budgets, "design": _design}
    return [check[rule.key](desk, project, rule) for rule in desk.profile.companies]


def company_of(project: ProjectFacts, kind: str) -> CompanyFacts | None:
    """Return what is told of a kind of company."""
    return next((one for one in project.companies if stands_in(kind, (one.kind,))), None)


def _budgets(desk: Desk, project: ProjectFacts, rule: CompanyRule) -> Answer:
    """Every kind has a budget, and the estimate holds their sum."""
    told = {kind: company_of(project, kind) for kind in rule.kinds}
    budgets = {kind: one.budget_cny for kind, one in told.items() if one and one.budget_cny is not None}
    total, estimate = sum(budgets.values(), Decimal(0)), project.plan_cost_cny
    missing = [kind for kind in rule.kinds if kind not in budgets]
    known = "未填" if estimate is None else f"{estimate} 元"
    zh = f"概算总费用 {known}，{len(budgets)} 类专营单位预算合计 {total} 元"
    en = f"estimate {estimate or 'not given'}, budgets of {len(budgets)} kinds of company {total} CNY"
    verdict: Verdict = MEETS
    if estimate is not None and estimate < total:
        verdict, zh, en = FAILS, f"{zh}，概算没有包含", f"{en}: the estimate does not hold them"
    elif missing or estimate is None:
        verdict = UNKNOWN
    return _answer(desk, project, rule, verdict, (zh, en), missing)


def _design(desk: Desk, project: ProjectFacts, rule: CompanyRule) -> Answer:
    """No company settles its design after the design of the project was confirmed."""
    settled, told = day_of(project, DESIGN_SETTLED), {kind: company_of(project, kind) for kind in rule.kinds}
    days = {kind: one.designed_on for kind, one in told.items() if one and one.designed_on is not None}
    missing = [kind for kind in rule.kinds if kind not in days]
    if settled is None:
        nothing = "未填方案确认的日期", "the day the design was confirmed is not given"
        return _answer(desk, project, rule, UNKNOWN, nothing, missing)
    late = [f"{kind} {day}" for kind, day in days.items() if day > settled]
    zh, en = f"方案 {settled} 确认", f"design confirmed on {settled}"
    verdict: Verdict = FAILS if late else UNKNOWN if missing else MEETS
    if late:
        zh, en = f"{zh}，晚于此日：{'、'.join(late)}", f"{en}, later: {', '.join(late)}"
    return _answer(desk, project, rule, verdict, (zh, en), missing)


def _answer(  # noqa: PLR0917 - an answer, and what is not given
    desk: Desk, project: ProjectFacts, rule: CompanyRule, verdict: Verdict, told: tuple[str, str], missing: list[str]
) -> Answer:
    zh, en = told
    if missing:
        zh, en = f"{zh}；未填：{'、'.join(missing)}", f"{en}; not given: {', '.join(missing)}"
    return desk.answer(f"{RULE}.{rule.key}", _TITLES[rule.key], project.name, verdict, Text(zh, en=en), rule)
