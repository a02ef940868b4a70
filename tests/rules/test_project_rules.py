"""Preconditions, priority, approvals, consultation, order of works and deadlines, each by its clause."""

from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.services.policy.answers import ask
from tests.policy_facts import answer, of_project

SIX = [
    "成立小区党组织",
    "多方协商共治",
    "签订居民公约",
    "拆除违法建设",
    "出资参与改造",
    "承诺接受后期物业管理并交纳费用",
]


@pytest.mark.requirement("R4.01")
def test_six_gates():
    assert of_project("xianning", "precondition.six_gates", gates=SIX).answer == "符合"
    five = of_project("xianning", "precondition.six_gates", gates={gate: gate != "出资参与改造" for gate in SIX})
    assert five.answer == "不符合"
    assert "5/6" in five.reason
    assert "未完成：出资参与改造" in five.reason
    unknown = of_project("xianning", "precondition.six_gates", gates=SIX[:5])
    assert unknown.answer == "资料不足"
    assert SIX[5] in unknown.reason


@pytest.mark.requirement("R4.01")
def test_a_gate_keeps_its_day_and_document():
    gates = {SIX[0]: {"done": True, "date": "2025-03-01", "document": "支部成立批复"}}
    assert "2025-03-01 支部成立批复" in of_project("xianning", "precondition.six_gates", gates=gates).reason


@pytest.mark.requirement("R4.02")
def test_three_vetoes_stand_apart_from_the_six():
    facts = {"project": {"gates": {**dict.fromkeys(SIX, True), "拆违": True, "众筹": False}}}
    found = [
        answer("xianning", facts, f"precondition.veto_{key}").answer
        for key in ("demolition", "crowdfunding", "complete_community")
    ]
    assert found == ["符合", "不符合", "资料不足"]
    assert answer("xianning", facts, "precondition.six_gates").answer == "符合"


@pytest.mark.requirement("R4.03")
def test_funds_before_start():
    assert of_project("nankang", "precondition.funds_before_start", gates=["落实资金来源"]).answer == "符合"
    missing = of_project("nankang", "precondition.funds_before_start", gates={"资金来源": False})
    assert missing.answer == "不符合"
    assert "项目实施" in missing.reason


@pytest.mark.requirement("R4.04")
def test_demolition_duty_shows_every_text():
    found = of_project("nankang", "precondition.demolition", gates={"拆违": False})
    assert found.answer == "不符合"
    beside = " ".join(one.quote for one in found.also)
    assert "防盗网拆除由施工单位负责" in beside
    assert "区城管局：负责防盗网、铁皮棚" in beside
    assert "违章建筑物及构筑物拆迁" in beside


@pytest.mark.requirement("R4.05")
def test_papers_before_works_in_fenggang():
    found = of_project(
        "fenggang", "precondition.pre_works", gates=["立项", "可研", "环评", "正式改造方案", "项目概算"]
    )
    assert found.answer == "资料不足"
    assert "概算审核报告" in found.reason


@pytest.mark.requirement("R4.06", "R2.17")
def test_the_central_plan_is_not_the_scope():
    facts = {"estates": [{"name": "甲", "year_built": 2005}], "project": {"gates": ["纳入中央补助计划"]}}
    assert answer("jiangxi", facts, "precondition.central_plan").answer == "符合"
    assert answer("jiangxi", facts, "eligibility").answer == "不符合"
    assert answer("jiangxi", facts, "precondition.menu_filing").answer == "资料不足"


@pytest.mark.requirement("R2.14", "R2.18")
def test_priority_has_visible_parts_each_with_its_clause():
    reply = ask("nankang", {"estates": [{"name": "甲", "strong_will": True, "flags": ["失养严重", "重点小区"]}]})
    (score,) = (one for one in reply.scores if one.key == "priority")
    assert {part.title: part.met for part in score.parts} == {
        "重点小区": True, "群众改造意愿强烈": True, "基础设施缺失或失养严重": True, "水电路气亟需更新": None,
    }  # fmt: skip
    assert (score.met, score.unknown) == (3, 1)
    assert [part.inherited for part in score.parts] == [False, True, True, True]
    assert all(part.quote for part in score.parts)


@pytest.mark.requirement("R2.15")
def test_readiness_for_central_money():
    reply = ask("jiangxi", {"project": {"gates": {"审批手续完善": True, "前期工作推进快": False}}})
    (score,) = (one for one in reply.scores if one.key == "readiness")
    assert (score.met, score.unknown, len(score.parts)) == (1, 0, 2)


@pytest.mark.requirement("R10.01")
@pytest.mark.parametrize(
    ("end", "expected"),
    [("2022-04-07", "不符合"), ("2022-04-08", "不符合"), ("2022-04-11", "符合"), (None, "资料不足")],
)
def test_five_working_days_over_qingming(end: str | None, expected: str):
    dates = {"公示开始": "2022-04-01"} | ({"公示结束": end} if end else {})
    found = of_project("changzhou", "notice", dates=dates)
    assert found.answer == expected
    assert "2022-04-11" in found.reason
    assert "2022-04-08" in found.reason
    assert found.quote is not None
    assert "公示时间不少于5个工作日" in found.quote


@pytest.mark.requirement("R10.01")
@pytest.mark.parametrize("name", ["nankang", "jiangxi", "fenggang", "xianning"])
def test_no_other_document_asks_for_a_notice(name: str):
    assert of_project(name, "notice", dates={"公示开始": "2022-04-01"}).answer == "文件未规定"


@pytest.mark.requirement("R10.02")
def test_letters_issued_returned_agreed():
    found = of_project(
        "changzhou",
        "survey.opinion_letters",
        surveys=[{"key": "居民意见征求书", "issued": 100, "returned": 90, "agreed": 80}],
    )
    assert found.answer == "符合"
    assert "发放 100，收回 90，同意 80" in found.reason
    assert of_project("changzhou", "survey.opinion_letters").answer == "资料不足"


@pytest.mark.requirement("R10.05")
def test_nankang_asks_twice():
    reply = ask("nankang", {"project": {}})
    assert [one.rule for one in reply.answers if one.rule.startswith("survey.") and not one.inherited] == [
        "survey.needs",
        "survey.design",
    ]


@pytest.mark.requirement("R10.03", "R10.04", "R10.07", "R10.08")
@pytest.mark.parametrize(
    ("name", "key", "count"),
    [
        ("changzhou", "departments", 10),
        ("changzhou", "joint_review", 6),
        ("fenggang", "supervision", 2),
        ("xianning", "approval_chain", 4),
    ],
)
def test_consultation_lists(name: str, key: str, count: int):
    (rule,) = (one for one in profile(name).checklists if one.key == key)
    assert len(rule.items) == count
    assert of_project(name, f"precondition.{key}", gates=list(rule.items)).answer == "符合"
    assert of_project(name, f"precondition.{key}", gates=list(rule.items[1:])).answer == "资料不足"
    assert of_project(name, f"precondition.{key}", gates={rule.items[0]: False}).answer == "不符合"


@pytest.mark.requirement("R14.01", "R14.02", "R14.03")
@pytest.mark.parametrize(
    ("name", "permit", "facts", "expected"),
    [
        ("nankang", "土地手续", {"new_construction_land": False}, "符合"),
        ("nankang", "土地手续", {"new_construction_land": True}, "不符合"),
        ("nankang", "土地手续", {}, "资料不足"),
        ("nankang", "施工图审查", {}, "符合"),
        ("nankang", "施工许可", {"government_led": True, "expert_opinion": True}, "文件未规定"),
        ("nankang", "建设工程规划许可证", {"new_construction_land": False}, "需人工认定"),
        ("changzhou", "规划条件", {"government_led": True}, "符合"),
        ("changzhou", "规划条件", {"government_led": False}, "不符合"),
        ("changzhou", "建设工程规划许可证", {"government_led": True}, "资料不足"),
        ("changzhou", "环评手续", {"government_led": True}, "文件未规定"),
        ("xianning", "施工许可", {"land_tenure_changes": False, "layout_changes": False}, "符合"),
        ("xianning", "施工许可", {"land_tenure_changes": True}, "不符合"),
        ("jiangxi", "施工许可", {"government_led": True}, "文件未规定"),
        ("fenggang", "施工许可", {"government_led": True}, "文件未规定"),
    ],
)
def test_exemptions_are_never_borrowed(name: str, permit: str, facts: dict[str, bool], expected: str):
    found = of_project(name, f"approval.{permit}", **facts)
    assert found.answer == expected
    assert found.document == profile(name).document.code


@pytest.mark.requirement("R3.25", "R3.26")
def test_underground_first_and_one_dig():
    trench = {
        "item": "燃气沟槽",
        "ground": "东巷",
        "layer": "地下",
        "starts_on": "2022-05-10",
        "ends_on": "2022-05-20",
        "excavates": True,
    }
    paving = {
        "item": "沥青路面",
        "ground": "东巷",
        "layer": "地上",
        "starts_on": "2022-05-01",
        "ends_on": "2022-05-05",
    }
    wrong = {"schedule": [trench, paving]}
    right = {"schedule": [trench, {**paving, "starts_on": "2022-05-21", "ends_on": "2022-05-25"}]}
    elsewhere = {"schedule": [trench, {**paving, "ground": "西巷"}]}
    for rule in ("sequence.underground_first", "sequence.one_dig"):
        assert of_project("changzhou", rule, **wrong).answer == "不符合"
        assert of_project("changzhou", rule, **right).answer == "符合"
        assert of_project("changzhou", rule, **elsewhere).answer == "符合"
        assert of_project("changzhou", rule).answer == "资料不足"
        assert of_project("nankang", rule, **wrong).answer == "文件未规定"


@pytest.mark.requirement("R8.02", "R8.03")
def test_two_deadlines_apply_to_nankang_and_the_parents_are_inferred():
    facts = {"project": {"dates": {"开工": "2024-09-01", "完工": "2025-01-10"}}}
    started = answer("nankang", facts, "deadline.start_by_august")
    assert (started.answer, started.inherited) == ("原则上不符合(需说明)", True)
    assert "晚 1 天" in started.reason
    assert "晚 10 天" in answer("nankang", facts, "deadline.done_in_plan_year").reason
    festival = answer("nankang", facts, "deadline.done_by_spring_festival")
    assert (festival.answer, festival.inherited) == ("符合", True)


@pytest.mark.requirement("R2.19")
def test_an_index_that_is_named_and_not_given_is_never_filled_in():
    found = answer("changzhou", {}, "unstated.area_index")
    assert found.answer == "文件未规定"
    assert found.quote == "符合省级宜居示范居住区面积指标的城镇老旧小区"


def test_a_stage_is_one_of_the_document():
    assert of_project("nankang", "stage", stage="拆违拆乱").answer == "符合"
    assert of_project("nankang", "stage", stage="评估完善").answer == "文件未规定"
    assert of_project("xianning", "stage", stage="1").answer == "文件未规定"


@pytest.mark.requirement("R5.07")
@pytest.mark.parametrize(
    ("name", "unit"),
    [("jiangxi", "小区"), ("nankang", "小区"), ("fenggang", "小区"), ("changzhou", "小区"), ("xianning", "片区")],
)
def test_the_unit_of_a_plan(name: str, unit: str):
    assert of_project(name, "plan_unit", plan_unit=unit).answer == "符合"
    assert of_project(name, "plan_unit", plan_unit="片区" if unit == "小区" else "小区").answer == "不符合"
    assert of_project(name, "plan_unit").answer == "资料不足"


def test_an_order_the_text_does_not_set_is_not_called_a_gate():
    for name in ("jiangxi", "nankang", "fenggang", "changzhou", "xianning"):
        for rule in profile(name).checklists:
            if rule.before is not None:
                assert any(word in rule.quote for word in ("前", "不改造", "条件后"))
