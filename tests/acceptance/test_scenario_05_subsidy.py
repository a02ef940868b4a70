"""补助: two classes of 水电路气, or none of them and a lift; one and a lift is a hole in the text."""

from __future__ import annotations

import pytest

from tests.policy_facts import of_estate

FIRST = "改造内容须包括对水、电、路、气4项设施中至少2项进行更新"
SECOND = "虽未对水、电、路、气设施更新，但包括加装电梯"


@pytest.mark.requirement("R2.10", "R2.11", "R3.22", "R4.06")
@pytest.mark.parametrize("profile", ["jiangxi", "nankang"])
@pytest.mark.parametrize(
    ("works", "expected", "clause"),
    [
        (["供水", "供电"], "符合", FIRST),
        (["道路"], "不符合", FIRST),
        (["加装电梯"], "符合", SECOND),
        (["道路", "加装电梯"], "需人工认定", FIRST),
        (["通信", "供热"], "不符合", FIRST),
        (["供水主管", "二次供水", "一户一表(水)"], "不符合", FIRST),
    ],
)
def test_works_of_a_menu(profile: str, works: list[str], expected: str, clause: str):
    found = of_estate(profile, "subsidy", works=works)
    assert found.answer == expected
    assert found.quote is not None
    assert clause in found.quote
    assert found.document == "S1"
    assert found.inherited is (profile == "nankang")


@pytest.mark.requirement("R2.11")
def test_the_hole_shows_both_clauses():
    found = of_estate("jiangxi", "subsidy", works=["道路", "加装电梯"])
    assert found.quote is not None
    assert FIRST in found.quote
    assert SECOND in found.quote


@pytest.mark.requirement("R2.10")
@pytest.mark.parametrize(
    "works",
    [["供水管网维修", "供电"], ["排水", "供电"], ["雨污分流", "加装电梯"], ["老旧供水主管维修或更换", "供电"]],
)
def test_repair_and_drainage_are_for_a_person_to_decide(works: list[str]):
    assert of_estate("jiangxi", "subsidy", works=works).answer == "需人工认定"


@pytest.mark.parametrize(("works", "expected"), [(None, "资料不足"), ([], "资料不足"), (["海绵城市"], "资料不足")])
def test_what_is_not_understood_is_never_counted(works: list[str] | None, expected: str):
    assert of_estate("jiangxi", "subsidy", works=works).answer == expected


@pytest.mark.parametrize("profile", ["fenggang", "changzhou", "xianning"])
def test_the_clause_is_not_lent_to_other_documents(profile: str):
    assert of_estate(profile, "subsidy", works=["供水", "供电"]).answer == "文件未规定"
