"""Made-up facts over every profile: no answer stands without its clause, and the clause stands in its document."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.catalog.layers import utilities
from gisplanner.catalog.profiles import documents, profile, profile_names
from gisplanner.domain.policy_answer import UNQUOTED, Verdict
from gisplanner.rules.policy import PolicyAnswers
from gisplanner.services.policy.answers import ask

PAYERS = {rule.payer for name in profile_names() for rule in profile(name).payers.rules}
WORDS = sorted(
    {term for name in profile_names() for one in profile(name).eligibility.exclusions for term in one.terms}
    | {"公共设施落后", "需改造", "重点小区", "部分城中村", "非城中村", "没有人懂的词"}
)
WORKS = sorted(
    {item.name for name in profile_names() for group in (profile(name).menu or ()).groups for item in group.items}
    | {"供水", "供电", "道路", "燃气", "加装电梯", "供水管网维修", "排水", "通信", "没有人懂的词"}
)
ITEMS = sorted(
    {
        word
        for name in profile_names()
        for key, words in profile(name).payers.synonyms.items()
        for word in (key, *words)
    }
    | {"道路", "没有人懂的词"}
)
MAYBE = st.none() | st.booleans()
ESTATES = st.fixed_dictionaries(
    {"name": st.just("某小区")},
    optional={
        "place": st.sampled_from(["城市", "县城", "乡镇", "农村", "火星"]),
        "year_built": st.integers(1950, 2024) | st.sampled_from(["80年代", "1998-2003"]),
        "households": st.integers(0, 5),
        "strong_will": MAYBE,
        "active_participation": MAYBE,
        "flags": st.lists(st.sampled_from(WORDS), max_size=3, unique=True)
        | st.dictionaries(st.sampled_from(WORDS), MAYBE, max_size=3),
        "works": st.lists(st.sampled_from(WORKS), max_size=4, unique=True),
        "buildings": st.integers(0, 3),
        "owners_committee": MAYBE,
    },
)
PROJECT_FACTS = (
    "government_led", "new_construction_land", "land_tenure_changes", "layout_changes", "joint_review_passed",
    "expert_opinion",
)  # fmt: skip
PROJECTS = st.fixed_dictionaries(
    {},
    optional={
        "dates": st.dictionaries(
            st.sampled_from(["开工", "完工", "公示开始", "公示结束"]),
            st.dates(min_value=profile("fenggang").document.issued_on, max_value=documents()["S0"].issued_on),
        ),
        "gates": st.dictionaries(st.sampled_from(["拆违", "资金", "立项", "成立小区党组织"]), st.booleans()),
        "funding": st.lists(st.fixed_dictionaries({"source": st.sampled_from(["中央补助", "彩票"])}), max_size=2),
        **dict.fromkeys(PROJECT_FACTS, MAYBE),
        "stage": st.sampled_from(["1", "拆违拆乱", "没有"]),
        "assets": st.lists(st.fixed_dictionaries({"kind": st.sampled_from(["道路", "燃气", "喷泉"])}), max_size=2),
    },
)
SEGMENTS = st.fixed_dictionaries(
    {"item": st.sampled_from(ITEMS)},
    optional={"utility": st.sampled_from([*utilities(), "供水", "广电", "火星"])},
)


def check(reply: PolicyAnswers, texts: dict[str, str] | None = None) -> None:
    for one in reply.answers:
        assert one.answer in {*get_args(Verdict), *PAYERS}, one
        assert one.quote or one.answer in UNQUOTED, one
        assert one.document_status == ("draft" if one.document == "S4" else "issued")
        assert one.inherited == (one.document != reply.profile.document.code)
        if reply.profile.name == "xianning":
            assert "征求意见稿" in one.reason
        for passage in (one, *one.also) if texts else ():
            assert passage.quote is None or "".join(passage.quote.split()) in texts[passage.document], passage


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(profile_names()), ESTATES, PROJECTS, st.lists(SEGMENTS, max_size=3))
def test_no_answer_without_its_clause(
    name: str, estate: dict[str, Any], project: dict[str, Any], segments: list[Any]
):
    dates = {key: day.isoformat() for key, day in project.get("dates", {}).items()}
    check(ask(name, {"estates": [estate], "project": {**project, "dates": dates}, "segments": segments}))


@pytest.fixture(scope="module")
def texts(shared_dir: Path) -> dict[str, str]:
    return {
        code: "".join((shared_dir / "seeds" / one.file).read_text(encoding="utf-8").split())
        for code, one in documents().items()
    }


@pytest.mark.parametrize("name", profile_names())
def test_a_grid_of_facts_quotes_only_what_the_documents_say(name: str, texts: dict[str, str]):
    for year in (None, 1985, 2000, 2001, 2003, 2006):
        for will in (None, True, False):
            for flags in (None, [], ["城中村"], ["征迁"], ["公共设施落后"]):
                estate = {
                    "name": "某小区", "place": "城市", "year_built": year, "strong_will": will,
                    "active_participation": will, "flags": flags, "works": WORKS, "households": 9, "willing": 6,
                }  # fmt: skip
                check(ask(name, {"estates": [estate], "project": {}}), texts)
    segments = [{"item": item, "utility": utility} for item in ITEMS for utility in (None, *utilities())]
    check(ask(name, {"segments": segments}), texts)


@pytest.mark.parametrize("name", profile_names())
def test_unknown_facts_are_never_green(name: str):
    reply = ask(name, {"estates": [{"name": "某小区"}], "project": {}})
    green = {one.rule for one in reply.answers if one.answer == "符合"}
    # 南康 waives this review without any condition; everything else needs facts.
    assert green <= {"approval.施工图审查"}
