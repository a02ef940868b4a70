"""Who is responsible, by each document: units in its words, contradicting texts side by side."""

from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.rules.answers import Desk
from gisplanner.rules.duties import phase_of, removed_by, stage_units

NANKANG = {
    1: ("蓉江街办", "东山街办", "南水街办", "区住建局", "区城管局", "各社区居委会", "各杆线管网单位"),
    2: ("区住建局", "蓉江街办", "东山街办", "南水街办", "各社区居委会"),
    3: ("区住建局", "蓉江街办", "东山街办", "南水街办", "各社区居委会"),
    4: ("蓉江街办", "东山街办", "南水街办", "区城管局", "区自然资源分局", "区“两违办”", "区住建局", "各社区居委会"),
    5: (
        "区住建局", "区供电公司", "区自来水公司", "区广电网络公司", "区移动分公司", "区电信分公司", "区联通分公司",
        "区深燃公司",
    ),
    6: ("区住建局", "区广电网络公司", "区移动分公司", "区电信分公司", "区联通分公司"),
    7: ("蓉江街办", "东山街办", "南水街办", "各社区居委会"),
}  # fmt: skip


def units_of(name: str, no: int):
    loaded = profile(name)
    return stage_units(loaded, loaded.stages[no - 1])


@pytest.mark.requirement("R9.01", "R9.02", "R9.03", "R9.04", "R9.06")
@pytest.mark.parametrize("no", NANKANG)
def test_each_stage_of_nankang_has_the_units_of_the_text(no: int):
    told = units_of("nankang", no)
    assert told.units == NANKANG[no]
    assert told.passage is not None
    assert told.passage.quote == "责任单位：" + "、".join(NANKANG[no])


@pytest.mark.requirement("R9.05")
def test_the_acceptance_asks_for_the_three_companies_its_list_leaves_out():
    told = units_of("nankang", 6)
    assert set(told.required_as_well) == {"区供电公司", "区自来水公司", "区深燃公司"}
    assert told.conflict is not None
    assert [one.quote[:6] for one in told.conflict.texts] == ["〔责任单位：", "设计单位、施"]
    assert all(not units_of("nankang", no).required_as_well for no in (1, 2, 3, 4, 5, 7))


@pytest.mark.requirement("R9.14", "R9.15", "R7.08")
def test_in_fenggang_a_council_of_companies_owns_the_project():
    by_unit = {one.unit: one for one in profile("fenggang").duties}
    assert by_unit["县国有企业理事会"].role == "项目业主单位"
    assert {
        "县住建局",
        "县大数据发展中心",
        "龙泉镇",
        "县发改局",
        "县财政局",
        "县综合行政执法局",
        "县自然资源局",
        "县水务局",
    } < set(by_unit)
    assert "县国有企业理事会" in units_of("fenggang", 4).units
    assert removed_by(Desk(profile("fenggang")), "W1", "违章建筑").answer == "符合"


@pytest.mark.requirement("R9.16", "R9.17", "R7.09")
def test_in_changzhou_the_subdistrict_carries_every_stage():
    assert all("各街道" in units_of("changzhou", no).units for no in range(1, 8))
    by_unit = {one.unit: one.quote for one in profile("changzhou").duties}
    assert "领导小组办公室设在建设局" in by_unit["建设局"]
    assert "处理小区内的违法建设行为" in by_unit["综合执法局"]


@pytest.mark.requirement("R9.18")
def test_in_xianning_housing_leads():
    assert [one.role for one in profile("xianning").duties] == ["牵头管总"]


@pytest.mark.requirement("R9.07")
def test_one_office_and_seven_groups_without_a_person():
    offices = profile("nankang").offices
    assert [one.name for one in offices] == [
        "办公室", "调查摸底组", "拆除工作组", "项目建设组", "信访维稳组", "宣传和舆情处置组", "管线管网整治组",
        "工作保障组",
    ]  # fmt: skip
    assert len(offices[-1].units) == 20


@pytest.mark.requirement("R9.08", "R9.09", "R9.10", "R9.11", "R9.12", "R9.13", "R7.05")
def test_each_bureau_has_its_duty():
    roles = {one.unit: one.role for one in profile("nankang").duties}
    assert roles["区财政局"] == "资金监督、预算备案"
    assert roles["区发改委"] == "立项、上级资金"
    assert roles["区公安交管大队"] == "交通管制"
    assert roles["区公安局"] == "监控布点"
    assert roles["区审计局"] == "结算审计"
    assert roles["区妇联"] == "儿童友好"
    assert roles["区消防救援大队"] == "消防设备"


@pytest.mark.requirement("R8.14", "R8.15")
def test_three_phases_lie_over_the_seven_stages_each_in_steps_of_its_own():
    loaded = profile("nankang")
    assert [phase_of(loaded, stage).name for stage in loaded.stages] == ["前期阶段"] * 3 + ["实施阶段"] * 3 + [
        "管护阶段"
    ]
    steps = [one.quote.partition(".")[2] for phase in loaded.phases for one in phase.steps]
    assert steps == [
        "征集改造需求",
        "科学规划设计",
        "开展招投标",
        "以拆促改",
        "管线改造",
        "工程建设和监管",
        "竣工验收",
    ]
    assert phase_of(profile("changzhou"), profile("changzhou").stages[0]) is None


@pytest.mark.requirement("R7.07")
@pytest.mark.parametrize(
    ("kind", "answer", "texts"),
    [
        ("防盗网", "需人工认定", 2),
        ("铁皮棚", "符合", 1),
        ("凸出灶台", "文件未规定", 0),
        ("违章建筑", "需人工认定", 3),
    ],
)
def test_who_removes_what_is_decided_by_a_person_where_texts_differ(kind: str, answer: str, texts: int):
    told = removed_by(Desk(profile("nankang")), "W1", kind)
    assert told.answer == answer
    named = {one.unit for one in profile("nankang").duties if kind in one.removes}
    assert len(named) == texts
    assert all(unit in str(told.reason) for unit in named)


@pytest.mark.requirement("R8.11", "R1.15")
def test_the_goal_of_changzhou_ends_with_the_five_years():
    goal = profile("changzhou").goals[0]
    assert (goal.estates, str(goal.floor_area_10k_m2), goal.by.isoformat()) == (17, "34", "2025-12-31")


@pytest.mark.requirement("R8.12")
def test_xianning_asks_before_during_and_after():
    assert [one.key for one in profile("xianning").surveys] == ["before", "during", "after"]


@pytest.mark.requirement("R14.05")
def test_changzhou_assesses_five_things():
    assert profile("changzhou").assessment.items == (
        "征求民意", "施工专项抽查", "专营单位协调", "改造总体效果", "后续长效管理措施",
    )  # fmt: skip
