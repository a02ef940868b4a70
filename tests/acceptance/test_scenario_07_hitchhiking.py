"""反搭车: what is built may hold three estates, what is applied for only those in scope."""

from __future__ import annotations

from typing import Any

import pytest

from gisplanner.services.policy.answers import ask

IN_SCOPE = {"place": "城市", "year_built": 1990, "strong_will": True, "flags": ["公共设施落后"]}


@pytest.fixture
def facts() -> dict[str, Any]:
    return {
        "estates": [
            {"name": "A", **IN_SCOPE, "works": ["供水管线"]},
            {"name": "B", **IN_SCOPE},
            {"name": "C", **IN_SCOPE, "flags": ["公共设施落后", "城中村"]},
        ],
        "project": {
            "name": "片区一",
            "outside_works": [
                {"item": "城市道路", "name": "道路", "touches": True},
                {"item": "公园", "touches": False, "connected": False},
                {"item": "停车场", "name": "远处停车场", "touches": False, "connected": False},
                {"item": "供气", "name": "不明管线"},
            ],
        },
    }


@pytest.mark.requirement("R2.12", "R2.13", "R2.03", "R2.02")
def test_only_estates_in_scope_are_applied_for(facts: dict[str, Any]):
    split = ask("jiangxi", facts).split
    assert split.physical == ("A", "B", "C")
    assert split.applied == ("A", "B")
    assert split.excluded == ("C",)
    assert split.related_works == ("道路",)
    assert split.suspected_works == ("公园", "远处停车场")


@pytest.mark.requirement("R2.12")
def test_an_estate_that_is_not_decided_is_not_applied_for(facts: dict[str, Any]):
    del facts["estates"][1]["year_built"]
    split = ask("nankang", facts).split
    assert (split.applied, split.undecided) == (("A",), ("B",))


@pytest.mark.requirement("R2.13")
def test_outside_works_quote_the_list_of_the_text(facts: dict[str, Any]):
    found = {one.subject: one for one in ask("jiangxi", facts).answers if one.rule == "outside_work"}
    assert [found[name].answer for name in ("道路", "公园", "不明管线")] == ["符合", "需人工认定", "资料不足"]
    assert "直接相关" in found["道路"].reason
    assert "疑似搭车" in found["公园"].reason
    assert all(one.quote and one.quote.startswith("与小区直接相关的城市道路") for one in found.values())
