"""Preconditions, money, approvals, consultation, acceptance, handover and management, each by its clause."""

from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.rules.acceptance import required_parties
from gisplanner.services.policy.answers import ask
from tests.policy_facts import answer, answers, of_estate, of_project

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


@pytest.mark.requirement("R12.01")
def test_joint_acceptance_asks_for_all_seven_operators_and_shows_both_texts():
    rule = profile("nankang").acceptance
    assert rule is not None
    required = required_parties(rule)
    assert len(required) == 14
    short = [party for party in required if party != "区供电公司"]
    found = of_project("nankang", "acceptance", acceptance={"signed": short})
    assert found.answer == "不符合"
    assert "区供电公司" in found.reason
    assert found.quote is not None
    assert "各管线单位" in found.quote
    assert any(one.quote.startswith("〔责任单位：区住建局、区广电网络公司") for one in found.also)
    assert of_project("nankang", "acceptance", acceptance={"signed": list(required)}).answer == "符合"
    assert of_project("nankang", "acceptance").answer == "资料不足"


@pytest.mark.requirement("R12.02")
@pytest.mark.parametrize(("defects", "expected"), [(0, "符合"), (2, "不符合"), (None, "资料不足")])
def test_open_defects_block(defects: int | None, expected: str):
    assert of_project("nankang", "defects", acceptance={"open_defects": defects}).answer == expected


@pytest.mark.requirement("R12.01", "R12.06", "R12.08", "R12.09", "R12.10")
@pytest.mark.parametrize(
    ("name", "organiser", "parties"),
    [
        ("nankang", "项目建设单位", 14),
        ("jiangxi", "县（市、区）政府确定的实施单位", 6),
        ("fenggang", "建设单位", 5),
        ("changzhou", "街道", 5),
        ("xianning", "建设单位", 3),
    ],
)
def test_each_document_has_its_organiser_and_parties(name: str, organiser: str, parties: int):
    rule = profile(name).acceptance
    assert rule is not None
    assert (rule.organiser, len(required_parties(rule))) == (organiser, parties)
    assert of_project(name, "acceptance.organiser", acceptance={"organiser": organiser}).answer == "符合"
    assert of_project(name, "acceptance.organiser", acceptance={"organiser": "某公司"}).answer == "不符合"


@pytest.mark.requirement("R12.03", "R12.06")
@pytest.mark.parametrize(
    ("name", "key", "item"),
    [
        ("nankang", "after_acceptance", "竣工财务决算"),
        ("nankang", "settlement_audit", "结算审计"),
        ("changzhou", "acceptance_documents", "勘察质量合格文件"),
    ],
)
def test_papers_around_acceptance(name: str, key: str, item: str):
    found = of_project(name, f"precondition.{key}", gates={item: False})
    assert (found.answer, item in found.reason) == ("不符合", True)


@pytest.mark.requirement("R12.04", "R12.05")
@pytest.mark.parametrize(
    ("asset", "expected", "receiver"),
    [
        ({"kind": "健身设施"}, "符合", "属地街道、社区"),
        ({"kind": "燃气"}, "符合", "各管线专营单位"),
        ({"kind": "道路", "in_municipal_road": True}, "符合", "市政管养单位"),
        ({"kind": "道路", "in_municipal_road": False}, "符合", "属地街道、社区"),
        ({"kind": "道路"}, "资料不足", ""),
        ({"kind": "喷泉"}, "文件未规定", ""),
    ],
)
def test_handover_by_kind_and_place(asset: dict[str, object], expected: str, receiver: str):
    found = of_project("nankang", "handover", assets=[asset])
    assert (found.answer, receiver in found.reason) == (expected, True)


@pytest.mark.requirement("R13.01")
@pytest.mark.parametrize(("buildings", "expected"), [(1, "符合"), (8, "需人工认定"), (None, "资料不足")])
def test_only_a_single_building_is_decided_by_the_text(buildings: int | None, expected: str):
    found = of_estate("nankang", "management", buildings=buildings)
    assert found.answer == expected
    assert found.document == "S0"


@pytest.mark.requirement("R13.02", "R13.03")
@pytest.mark.parametrize(
    ("name", "who"),
    [("jiangxi", "社区或者居委会代行"), ("nankang", "社区或者居委会代行"), ("changzhou", "物业管理委员会")],
)
def test_without_an_owners_committee(name: str, who: str):
    found = of_estate(name, "management.fallback", owners_committee=False)
    assert (found.answer, who in found.reason) == ("符合", True)
    assert of_estate(name, "management.fallback").answer == "资料不足"


@pytest.mark.requirement("R13.04")
def test_the_maintained_assets_stand_beside_the_handover():
    found = of_project("nankang", "handover", assets=[{"kind": "充电设施"}])
    assert any("健身设施、充电设施、安防系统、消防设施及水电表移交缴费等" in one.quote for one in found.also)


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


@pytest.mark.requirement("R13.01", "R13.03")
@pytest.mark.parametrize("name", ["jiangxi", "fenggang", "changzhou", "xianning"])
def test_a_mode_of_management_is_for_a_person_to_judge(name: str):
    assert of_estate(name, "management").answer == "资料不足"
    assert of_estate(name, "management", management="物业管理").answer == "需人工认定"


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


@pytest.mark.requirement("R12.01")
def test_two_texts_on_who_organises_acceptance_in_nankang():
    found = of_project("nankang", "acceptance.organiser", acceptance={"organiser": "项目建设单位"})
    assert found.answer == "符合"
    assert any("由项目实施单位组织相关单位进行验收" in one.quote for one in found.also)
