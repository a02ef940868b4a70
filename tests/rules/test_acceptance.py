"""Acceptance, handover and management, each by its clause."""

from __future__ import annotations

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.rules.acceptance import required_parties
from tests.policy_facts import of_estate, of_project


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


@pytest.mark.requirement("R12.01")
def test_two_texts_on_who_organises_acceptance_in_nankang():
    found = of_project("nankang", "acceptance.organiser", acceptance={"organiser": "项目建设单位"})
    assert found.answer == "符合"
    assert any("由项目实施单位组织相关单位进行验收" in one.quote for one in found.also)


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


@pytest.mark.requirement("R13.04")
def test_the_maintained_assets_stand_beside_the_handover():
    found = of_project("nankang", "handover", assets=[{"kind": "充电设施"}])
    assert any("健身设施、充电设施、安防系统、消防设施及水电表移交缴费等" in one.quote for one in found.also)


@pytest.mark.requirement("R13.01")
@pytest.mark.parametrize(("buildings", "expected"), [(1, "符合"), (8, "需人工认定"), (None, "资料不足")])
def test_only_a_single_building_is_decided_by_the_text(buildings: int | None, expected: str):
    found = of_estate("nankang", "management", buildings=buildings)
    assert found.answer == expected
    assert found.document == "S0"


@pytest.mark.requirement("R13.01", "R13.03")
@pytest.mark.parametrize("name", ["jiangxi", "fenggang", "changzhou", "xianning"])
def test_a_mode_of_management_is_for_a_person_to_judge(name: str):
    assert of_estate(name, "management").answer == "资料不足"
    assert of_estate(name, "management", management="物业管理").answer == "需人工认定"


@pytest.mark.requirement("R13.02", "R13.03")
@pytest.mark.parametrize(
    ("name", "who"),
    [("jiangxi", "社区或者居委会代行"), ("nankang", "社区或者居委会代行"), ("changzhou", "物业管理委员会")],
)
def test_without_an_owners_committee(name: str, who: str):
    found = of_estate(name, "management.fallback", owners_committee=False)
    assert (found.answer, who in found.reason) == ("符合", True)
    assert of_estate(name, "management.fallback").answer == "资料不足"
