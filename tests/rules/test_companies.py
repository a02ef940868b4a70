"""What the document asks of the pipeline companies: budgets within the estimate, design with the rest."""

from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.rules.answers import Desk
from gisplanner.rules.duties import done_by
from gisplanner.services.policy.answers import ask
from tests.policy_facts import answers, of_project

KINDS = ("供电", "通信", "广电", "供水", "燃气", "排水", "照明")


def budgets(**of_kind: int | None) -> list[dict[str, object]]:
    return [{"kind": kind, "budget_cny": of_kind.get(kind, 100)} for kind in KINDS]


@pytest.mark.requirement("R6.26")
@pytest.mark.parametrize(
    ("estimate", "gas", "expected", "told"),
    [
        (5_000, 100, "符合", "概算总费用 5000 元，7 类专营单位预算合计 700 元"),
        (699, 100, "不符合", "概算没有包含"),
        (5_000, None, "资料不足", "未填：燃气"),
        (None, 100, "资料不足", "概算总费用 未填"),
        (500, None, "不符合", "未填：燃气"),
    ],
)
def test_the_estimate_holds_the_budgets_of_all_companies(
    estimate: int | None, gas: int | None, expected: str, told: str
):
    found = of_project("changzhou", "companies.budgets", plan_cost_cny=estimate, companies=budgets(燃气=gas))
    assert (found.answer, told in found.reason) == (expected, True)
    assert found.quote == "供电、通信、广电、供水、燃气、排水、照明等专营单位改造内容资金预算一同纳入概算总费用中"


@pytest.mark.requirement("R6.27")
@pytest.mark.parametrize(
    ("late", "confirmed", "expected", "told"),
    [
        ("2026-03-01", "2026-03-01", "符合", "方案 2026-03-01 确认"),
        ("2026-03-02", "2026-03-01", "不符合", "晚于此日：供水 2026-03-02"),
        (None, "2026-03-01", "资料不足", "未填：供水"),
        ("2026-03-01", None, "资料不足", "未填方案确认的日期"),
    ],
)
def test_no_company_settles_its_design_after_the_rest(
    late: str | None, confirmed: str | None, expected: str, told: str
):
    parts = [{"kind": kind, "designed_on": late if kind == "供水" else "2026-02-01"} for kind in KINDS]
    dates = {} if confirmed is None else {"确认改造方案": confirmed}
    found = of_project("changzhou", "companies.design", companies=parts, dates=dates)
    assert (found.answer, told in found.reason) == (expected, True)
    assert found.quote == "各部门和专营单位同步确定改造内容，同步开展设计"


def test_what_no_rule_reads_is_told():
    asked = {"project": {"companies": [{"kind": "供热", "budget_cny": 1}], "dates": {"设计定稿": "2026-03-01"}}}
    assert {(one.fact, one.word) for one in ask("changzhou", asked).unused} == {("companies", "供热")}
    assert ("companies", "供热") in {(one.fact, one.word) for one in ask("nankang", asked).unused}
    assert not answers("nankang", asked, "companies.budgets")


@pytest.mark.requirement("R6.28")
def test_companies_of_jiangxi_put_in_money_of_their_own():
    found = of_project("jiangxi", "funding.source", funding=[{"source": "管线单位投资", "amount_cny": 300_000}])
    assert (found.answer, found.reason) == ("符合", "原文列有此来源：管线单位，300000 元")
    assert found.quote == "管线单位要落实责任，通过直接投资、落实资产收益等方式参与老旧小区改造"


@pytest.mark.requirement("R6.31")
@pytest.mark.parametrize(("ticked", "expected"), [(True, "符合"), (False, "不符合"), (None, "资料不足")])
def test_sewage_is_checked_before_the_acceptance_in_changzhou(ticked: bool | None, expected: str):
    found = of_project("changzhou", "precondition.sewage_connection", gates={"污水接入符合性检查": ticked})
    assert found.answer == expected
    assert ("完成之前不得进入「项目竣工验收」" in found.reason) is (ticked is not True)
    assert (found.quote or "").startswith("农村工作局负责协调")


@pytest.mark.requirement("R6.32")
def test_in_fenggang_the_data_centre_moves_telecom_lines():
    found = done_by(Desk(profile("fenggang")), "某小区弱电", "弱电线路迁改")
    assert (found.answer, found.reason) == ("符合", "县大数据发展中心")
    assert found.quote == "县大数据发展中心：负责通信等弱电线路改迁及技术指导和督促协调"
