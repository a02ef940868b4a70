"""费用承担: 咸宁 names payers in a draft; 南康 names none; power equipment has no payer anywhere."""

from __future__ import annotations

import pytest

from tests.policy_facts import payer_of

SEGMENTS = [
    ("燃气管沟土建", None, "地方财政"),
    ("燃气管道设备", None, "相关企业"),
    ("二次供水", None, "产权人"),
    ("电表表后", None, "居民"),
    ("通信迁改", None, "专营单位(政府补助)"),
    ("外墙", None, "居民"),
    ("电力电缆设备", None, "文件未规定"),
    ("管沟土建", "燃气", "地方财政"),
    ("管线设施设备", "gas", "相关企业"),
    ("管线设施设备", "供水", "相关企业"),
    ("管线设施设备", "电力", "文件未规定"),
    ("二次供水设施", "供水", "产权人"),
    ("电梯加装", None, "居民"),
    ("屋面修缮", None, "居民"),
    ("管线迁改", "广电", "专营单位(政府补助)"),
    ("管沟土建", "有线电视", "地方财政"),
    ("管沟土建", "排水", "文件未规定"),
    ("管沟土建", "照明", "文件未规定"),
    ("管沟土建", "热力", "文件未规定"),
    ("道路", None, "文件未规定"),
    ("管沟土建", None, "资料不足"),
    ("公房", None, "公房产权单位"),
    ("原职工住宅小区", None, "文件未规定"),
]


@pytest.mark.requirement("R6.17", "R6.18", "R6.19", "R6.20", "R6.21", "R6.22", "R6.23", "R6.24", "R11.03")
@pytest.mark.parametrize(("item", "utility", "expected"), SEGMENTS)
def test_the_draft_of_xianning_names_payers(item: str, utility: str | None, expected: str):
    found = payer_of("xianning", item, utility)
    assert found.answer == expected
    assert found.document_status == "draft"
    assert "征求意见稿" in found.reason
    assert bool(found.quote) or expected == "文件未规定"


@pytest.mark.requirement("R6.20", "R6.22")
@pytest.mark.parametrize("item", ["通信迁改", "外墙"])
def test_a_share_that_is_not_given_is_said_to_be_missing(item: str):
    assert "比例未规定" in payer_of("xianning", item).reason


@pytest.mark.requirement("R6.24")
@pytest.mark.parametrize(("item", "utility"), [(item, utility) for item, utility, _ in SEGMENTS])
@pytest.mark.parametrize("profile", ["nankang", "jiangxi", "fenggang", "changzhou"])
def test_no_other_document_says_who_pays(profile: str, item: str, utility: str | None):
    assert payer_of(profile, item, utility).answer == "文件未规定"


@pytest.mark.requirement("R6.11")
def test_who_applies_is_not_who_pays():
    found = payer_of("nankang", "燃气入户支管")
    assert found.answer == "文件未规定"
    assert found.quote is not None
    assert "入户支管住户自行报装" in found.quote
    assert any("同步跟进燃气管道接管入户" in one.quote for one in found.also)
    assert "《赣州市推进城镇老旧小区改造实施方案》" in found.cited_not_held
