"""Money, each by its clause: what the budget bears, the sources a document names, what it is tied to."""

from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.services.policy.answers import ask
from tests.policy_facts import answers, of_project


@pytest.mark.requirement("R2.16", "R11.10")
@pytest.mark.parametrize(("limit", "expected"), [(100, "符合"), (99, "不符合"), (None, "资料不足")])
@pytest.mark.parametrize("name", ["jiangxi", "nankang"])
def test_the_plan_against_what_the_budget_bears(name: str, limit: int | None, expected: str):
    found = answers(name, {"project": {"plan_cost_cny": 100, "fiscal_limit_cny": limit}}, "funding.affordability")
    assert {one.answer for one in found} == {expected}


SOURCES = {
    "nankang": ["中央奖补", "省级奖补", "市级奖补", "区级财政", "专项债", "社会资本", "管线单位", "居民出资"],
    "jiangxi": ["居民出资", "单位投资", "市场运作", "财政奖补", "住宅专项维修资金", "公共收益"],
    "fenggang": ["个人出资", "单位捐资", "物业维修基金", "小区公共收益"],
    "changzhou": ["专营单位", "居民出资", "专项债"],
    "xianning": ["城市基础设施配套费", "土地出让收入", "彩票公益金", "新增一般债券", "超长期国债"],
}


@pytest.mark.requirement("R11.01", "R11.04", "R11.05", "R11.06", "R11.08", "R11.09", "R11.14")
@pytest.mark.parametrize(
    ("name", "source"), [(name, source) for name, all_of in SOURCES.items() for source in all_of]
)
def test_a_source_the_document_names(name: str, source: str):
    found = answers(name, {"project": {"funding": [{"source": source, "amount_cny": 5}]}}, "funding.source")
    assert [one.answer for one in found] == ["符合"]


@pytest.mark.requirement("R11.01")
def test_a_source_that_no_text_names():
    found = of_project("nankang", "funding.source", funding=[{"source": "彩票"}])
    assert (found.answer, found.quote) == ("文件未规定", None)


@pytest.mark.requirement("R11.02")
def test_central_money_is_tied_to_a_project():
    loose = of_project("jiangxi", "funding.attached", funding=[{"source": "中央补助"}])
    tied = of_project("jiangxi", "funding.attached", funding=[{"source": "中央补助", "project": "P01"}])
    assert (loose.answer, tied.answer) == ("不符合", "符合")
    assert loose.quote == "中央补助资金应落实到具体项目"


@pytest.mark.requirement("R11.03")
@pytest.mark.parametrize("name", ["jiangxi", "changzhou", "xianning", "nankang"])
def test_who_benefits_pays_is_a_principle_with_its_quote(name: str):
    principle = profile(name).funding.principle
    assert principle is not None
    assert "谁出资" in principle.quote


@pytest.mark.requirement("R11.11")
def test_money_cannot_be_drawn_for_what_is_out_of_scope():
    reply = ask("changzhou", {"estates": [{"name": "甲", "year_built": 2010}]})
    (found,) = (one for one in reply.answers if one.rule == "hitchhiking")
    assert (found.answer, reply.split.applied) == ("不符合", ())
    assert found.quote is not None
    assert "严格防止各类挪用、套取资金的行为" in found.quote
