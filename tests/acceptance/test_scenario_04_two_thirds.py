"""三分之二: in whole numbers, soft, and only where the document has it."""

from __future__ import annotations

import pytest

from tests.policy_facts import of_estate

RULE = "eligibility.willingness"


@pytest.mark.requirement("R2.08")
@pytest.mark.parametrize(
    ("households", "willing", "expected"),
    [
        (3, 2, "符合"),
        (107, 71, "原则上不符合(需说明)"),
        (107, 72, "符合"),
        (256, 170, "原则上不符合(需说明)"),
        (256, 171, "符合"),
        (0, 0, "资料不足"),
    ],
)
def test_two_thirds_in_fenggang(households: int, willing: int, expected: str):
    found = of_estate("fenggang", RULE, households=households, willing=willing)
    assert found.answer == expected
    assert found.quote == "原则上居民改造意愿户数占小区总数的2/3"


@pytest.mark.requirement("R2.08")
@pytest.mark.parametrize("profile", ["nankang", "jiangxi", "changzhou", "xianning"])
def test_no_other_document_has_this_rule(profile: str):
    found = of_estate(profile, RULE, households=107, willing=72)
    assert (found.answer, found.quote) == ("文件未规定", None)
    assert "本方案无此规则" in found.reason
