"""候选条文: how much of the five profiles the text rules find in the five documents, and how much wrongly."""

from __future__ import annotations

import tomllib
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplanner.catalog.cues import cues
from gisplanner.catalog.profiles import PROFILE_DIR, profile, profile_names
from gisplanner.rules.candidate_values import value_of
from gisplanner.rules.candidates import candidates
from gisplanner.rules.passages import paragraphs
from gisplanner.rules.profile_sections import LISTS, TABLES

SECTIONS = sorted({cue.section for cue in cues()}, key=len, reverse=True)
JUDGED_BY_PEOPLE = ("contradictions", "unstated")
"""What follows from comparing passages, or from what a text does not say, is no passage to be found."""
ORGANISATION = ("phases", "duties", "offices", "assessment", "briefing")
"""Who does what is read by people from lists that have no words in common."""
SAME_MATTER = {
    "eligibility.conditions": ["eligibility.built"],
    "eligibility.exclusions": ["eligibility.conditions"],
    "payers.remarks": ["funding.principle"],
    "menu.groups": ["menu"],
}


def bare(text: str) -> str:
    return "".join(text.split())


def section_of(path: tuple[str, ...]) -> str | None:
    dotted = ".".join(path)
    if dotted.startswith((*JUDGED_BY_PEOPLE, *ORGANISATION)) or dotted.endswith("units_passage"):
        return None
    if dotted == "register.stated":
        return "goals"
    return next(one for one in SECTIONS if dotted == one or dotted.startswith(f"{one}."))


def entries(name: str) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()

    def walk(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, dict):
            if "quote" in value and "document" not in value and (section := section_of(path)):
                found.add((section, bare(value["quote"])))
            for key, one in value.items():
                walk(one, (*path, key))
        elif isinstance(value, list):
            for one in value:
                walk(one, path)

    walk(tomllib.loads((PROFILE_DIR / f"{name}.toml").read_text(encoding="utf-8")), ())
    return found


def overlap(a: str, b: str) -> bool:
    if a in b or b in a:
        return True
    longest = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return longest.size >= 0.6 * min(len(a), len(b))


def measured(name: str, shared_dir: Path) -> tuple[int, int, int, int]:
    """Entries, entries found, candidates, candidates that are no entry."""
    text = (shared_dir / "seeds" / profile(name).document.file).read_text(encoding="utf-8")
    wanted, proposed = entries(name), [(one.section, bare(one.quote)) for one in candidates(text, cues())]
    found = [
        (section, quote)
        for section, quote in wanted
        if any(other == section and overlap(passage, quote) for other, passage in proposed)
    ]
    wrong = [
        (section, passage)
        for section, passage in proposed
        if not any(
            other in (section, *SAME_MATTER.get(section, ())) and overlap(passage, quote) for other, quote in wanted
        )
    ]
    return len(wanted), len(found), len(proposed), len(wrong)


@pytest.mark.parametrize("name", profile_names())
def test_nine_in_ten_are_found_and_one_in_ten_at_most_is_wrong(name: str, shared_dir: Path):
    wanted, found, proposed, wrong = measured(name, shared_dir)
    assert wanted > 20
    assert found >= 0.9 * wanted
    assert wrong <= 0.1 * proposed


@pytest.mark.parametrize("name", profile_names())
def test_a_candidate_is_verbatim_and_says_where_it_stands(name: str, shared_dir: Path):
    text = (shared_dir / "seeds" / profile(name).document.file).read_text(encoding="utf-8")
    for one in candidates(text, cues()):
        first = one.places[0]
        assert bare(text[first.start : first.end]) == bare(one.quote)
        line = text.splitlines()[first.line - 1]
        assert bare(one.quote)[:4] in bare(text[first.start :])[:4]
        assert one.quote[0] in line


def test_every_rule_proposes_for_a_section_that_can_be_confirmed():
    assert {cue.section for cue in cues()} == set(LISTS) | set(TABLES)


UNSEEN = """某县2023年城镇老旧小区改造实施方案

一、总体要求
根据《某省城镇老旧小区改造导则》（某建〔2022〕8号），制定本方案。
（一）改造范围。改造对象为2005年底前建成的城镇住宅小区，已列入征收计划的不纳入改造范围。
（二）意愿。同意改造的户数须达到总户数的三分之二，方可申报。
二、资金
户内水管更换由居民承担；道路工程由县财政承担。
三、公示
设计方案公示不少于7个工作日。
四、实施步骤
（一）调查。三月底前完成。
（二）施工。按图施工。
（三）竣工验收。由建设单位组织街道、社区、监理单位等进行联合验收。
"""


def test_an_unseen_document_gives_its_years_shares_days_payers_and_stages():
    found = candidates(UNSEEN, cues())
    by_section = {
        section: [one for one in found if one.section == section] for section in {one.section for one in found}
    }
    assert by_section["eligibility.built"][0].value == {
        "bands": [{"name": "2005年底前建成", "until": 2005, "quote": by_section["eligibility.built"][0].quote}]
    }
    assert by_section["eligibility.willingness"][0].value == {"numerator": 2, "denominator": 3, "strength": "hard"}
    assert by_section["public_notice"][0].value == {"working_days": 7}
    assert [one.value["payer"] for one in by_section["payers.rules"] if one.value] == ["居民", "县财政"]
    assert [one.quote for one in by_section["stages"]] == ["调查", "施工", "竣工验收"]
    assert [one.quote for one in by_section["cited"]] == ["《某省城镇老旧小区改造导则》（某建〔2022〕8号）"]
    assert len(by_section["acceptance"]) == 1
    assert by_section["eligibility.exclusions"][0].places[0].line == 5


def test_a_heading_on_its_own_line_is_no_part_of_the_sentence():
    text = "二、内容\n（一）工作目标\n计划完成17个老旧小区。"
    assert [one.text for one in paragraphs(text)] == ["二、内容", "（一）工作目标", "计划完成17个老旧小区。"]
    assert [one.quote for one in candidates(text, cues())] == ["计划完成17个老旧小区"]


def test_a_text_about_something_else_proposes_nothing():
    assert candidates("今天天气很好。我们去公园散步，晚上吃面条；回家看书。\n\n第二天下雨。", cues()) == []


def test_lines_cut_by_a_page_are_one_sentence_and_headings_stay_apart():
    text = "一、主要任务\n\n推动改造工作品质\n\n\n化。\n1. 甲：乙。\n2. 丙：丁。"
    assert [one.text for one in paragraphs(text)] == [
        "一、主要任务",
        "推动改造工作品质化。",
        "1.甲：乙。",
        "2.丙：丁。",
    ]


@pytest.mark.parametrize(
    ("section", "quote", "value"),
    [
        ("eligibility.built", "老旧小区建成于2000年以前", {"until": 1999}),
        ("eligibility.built", "2000年底前建成的小区", {"until": 2000}),
        ("eligibility.built", "对2000年后2005年底前建成的小区", {"since": 2001, "until": 2005}),
    ],
)
def test_year_limits(section: str, quote: str, value: dict[str, int]):
    read = value_of(section, quote)
    assert read is not None
    assert {key: read["bands"][0][key] for key in value} == value
    assert read.get("doubtful_years") == ([2000] if "以前" in quote else None)


@given(st.text(alphabet="一二（）()。；：、1.．\n 小区改造2000年底前建成由居民承担《》〔〕*", max_size=120))
def test_any_text_is_read_without_a_slip_and_verbatim(text: str):
    for one in candidates(text, cues()):
        for place in one.places:
            assert 0 <= place.start < place.end <= len(text)
        first = one.places[0]
        kept = "".join(character for character in text[first.start : first.end] if character not in "*#_`")
        assert bare(kept) == bare(one.quote)
