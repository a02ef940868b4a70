from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from tests.policy_facts import answers, of_estate

REQUIRED = "menu.required"


def groups(name: str) -> dict[str, list[str]]:
    offered = profile(name).menu
    assert offered is not None
    return {group.key: [item.name for item in group.items] for group in offered.groups}


@pytest.mark.requirement("R3.01", "R3.02", "R3.03", "R3.04", "R3.05")
def test_the_four_aspects_of_jiangxi():
    found = groups("jiangxi")
    assert list(found) == ["小区面貌改观", "房屋功能改善", "基础设施改造", "居住环境改优"]
    assert [len(items) for items in found.values()] == [7, 6, 14, 7]


@pytest.mark.requirement("R3.02", "R3.03", "R3.04", "R3.05")
@pytest.mark.parametrize(
    ("work", "aspect", "expected"),
    [
        ("拆除外防盗网", "小区面貌改观", "符合"),
        ("屋面防水", "房屋功能改善", "符合"),
        ("门禁", "房屋功能改善", "资料不足"),
        ("化粪池", "基础设施改造", "符合"),
        ("雨污分流", "基础设施改造", "资料不足"),
        ("绿化", "居住环境改优", "符合"),
        ("健身器材", "居住环境改优", "资料不足"),
        ("休闲座椅", "居住环境改优", "资料不足"),
    ],
)
def test_a_work_of_jiangxi_and_its_condition(work: str, aspect: str, expected: str):
    found = of_estate("jiangxi", f"menu.{work}", works=[work])
    assert (found.answer, aspect in found.reason) == (expected, True)


@pytest.mark.requirement("R3.01", "R3.06", "R3.07", "R3.08", "R3.09", "R3.10", "R3.11", "R3.12")
def test_the_seven_categories_of_nankang_the_third_in_ten_parts():
    found = groups("nankang")
    assert len([key for key in found if key.startswith("市政配套")]) == 10
    assert [key for key in found if not key.startswith("市政配套")] == [
        "小区环境整治", "房屋修缮整治", "加装电梯", "配套设施改造建设", "公共服务设施配套建设", "小区建筑节能改造",
    ]  # fmt: skip
    menu = profile("nankang").menu
    assert menu is not None
    assert "小区面貌改观、房屋功能改善、基础设施改造、居住环境改优" in menu.quote


@pytest.mark.requirement("R3.23", "R3.09")
def test_a_condition_must_be_confirmed_for_the_site():
    assert of_estate("nankang", "menu.加装电梯", works=["加装电梯"]).answer == "资料不足"
    confirmed = of_estate("nankang", "menu.加装电梯", works=["加装电梯"], site_conditions=["加装电梯"])
    assert confirmed.answer == "符合"
    assert "《南康区加装电梯有关政策及规定》" in confirmed.cited_not_held


@pytest.mark.requirement("R3.13")
def test_emphasis_is_told():
    assert "重点突出" in of_estate("nankang", "menu.外墙", works=["外墙"]).reason
    assert "重点突出" not in of_estate("nankang", "menu.楼梯", works=["楼梯"]).reason


@pytest.mark.requirement("R3.15", "R3.16", "R3.17", "R3.18")
def test_the_lists_of_fenggang_are_whole():
    menu = profile("fenggang").menu
    assert menu is not None
    assert {group.key: len(group.items) for group in menu.groups} == {
        "居民住宅建筑必改项": 10, "居民住宅建筑提升项": 5, "小区公共区域必改项": 14, "小区公共区域提升项": 6,
    }  # fmt: skip
    for group in menu.groups:
        assert [item.name for item in group.items] == group.quote.split(";")


@pytest.mark.requirement("R3.14")
def test_a_missing_required_item_needs_a_reason():
    facts = {"estates": [{"name": "粮贸小区", "works": ["屋面修缮"], "omitted": {"防雷设施": "本栋已有避雷带"}}]}
    found = {one.subject: one.answer for one in answers("fenggang", facts, REQUIRED)}
    assert len(found) == 24
    assert found["粮贸小区：居民住宅建筑·屋面修缮"] == "符合"
    assert found["粮贸小区：居民住宅建筑·防雷设施"] == "需人工认定"
    assert found["粮贸小区：居民住宅建筑·雨污管线"] == "原则上不符合(需说明)"


@pytest.mark.requirement("R3.14")
def test_an_item_of_both_parts_must_say_which():
    both = {"estates": [{"name": "甲", "works": ["消防设施"]}]}
    assert {one.answer for one in answers("fenggang", both, REQUIRED) if "消防设施" in one.subject} == {"需人工认定"}
    one = {"estates": [{"name": "甲", "works": ["居民住宅建筑：消防设施"]}]}
    found = {
        found.subject: found.answer for found in answers("fenggang", one, REQUIRED) if "消防设施" in found.subject
    }
    assert found == {"甲：居民住宅建筑·消防设施": "符合", "甲：小区公共区域·消防设施": "原则上不符合(需说明)"}


@pytest.mark.requirement("R3.14")
def test_an_improvement_item_may_be_left_out():
    found = answers("fenggang", {"estates": [{"name": "甲", "works": []}]}, REQUIRED)
    assert len(found) == 24
    assert not any("充电设施" in one.subject or "门禁" in one.subject for one in found)


@pytest.mark.requirement("R3.19", "R3.20")
def test_changzhou_lists_ten_aspects_and_three_tiers_without_items():
    menu = profile("changzhou").menu
    assert menu is not None
    assert len(menu.groups) == 10
    assert menu.tiers == ("基础类", "完善类", "提升类")
    found = of_estate("changzhou", "menu.供水管线", works=["供水管线"])
    assert (found.answer, found.quote) == ("文件未规定", None)
    assert "《江苏省老旧小区改造（宜居住区创建）技术指南》" in found.cited_not_held


@pytest.mark.requirement("R3.21", "R3.22")
def test_three_revolutions_and_a_wider_list_that_feeds_no_subsidy():
    assert list(groups("xianning"))[:3] == ["楼道革命", "环境革命", "管理革命"]
    assert of_estate("xianning", "menu.供热", works=["供热"]).answer == "符合"
    assert of_estate("xianning", "subsidy", works=["信", "邮", "供热"]).answer == "文件未规定"
    assert of_estate("jiangxi", "subsidy", works=["信", "邮", "供热"]).answer == "不符合"


def test_a_work_that_is_in_no_menu_is_not_smuggled_in():
    found = of_estate("jiangxi", "menu.游泳馆", works=["游泳馆"])
    assert (found.answer, found.quote) == ("文件未规定", None)
