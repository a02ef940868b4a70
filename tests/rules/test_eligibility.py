from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplanner.catalog.profiles import profile
from gisplanner.domain.policy_eligibility import Built
from gisplanner.rules.answers import Desk
from gisplanner.rules.built_year import built_verdict
from gisplanner.rules.eligibility import OVERALL, Overlap, eligibility
from gisplanner.rules.facts import read_facts
from gisplanner.rules.willingness import least_willing, reaches
from tests.policy_facts import of_estate


@pytest.mark.requirement("R2.03", "R2.02")
@pytest.mark.parametrize(
    ("flag", "rule"),
    [("棚改", "shantytown"), ("自建房", "self_built"), ("城中村", "urban_village"), ("非住宅", "not_residential")],
)
def test_a_flag_excludes_and_a_list_without_it_does_not(flag: str, rule: str):
    name = f"eligibility.{rule}"
    assert of_estate("jiangxi", name, flags=[flag]).answer == "不符合"
    assert of_estate("jiangxi", name, flags=[]).answer == "符合"
    assert of_estate("jiangxi", name).answer == "资料不足"
    assert of_estate("jiangxi", name, flags={"别的": True}).answer == "资料不足"
    assert of_estate("jiangxi", name, flags={flag: False}).answer == "符合"
    assert of_estate("jiangxi", OVERALL, flags=[flag]).answer == "不符合"


def test_a_vague_or_contradictory_flag_is_for_a_person():
    assert of_estate("jiangxi", "eligibility.urban_village", flags=["部分城中村"]).answer == "需人工认定"
    assert of_estate("jiangxi", "eligibility.urban_village", flags=["城中村", "非城中村"]).answer == "需人工认定"


@pytest.mark.requirement("R2.02", "R2.06")
@pytest.mark.parametrize(
    ("name", "kind", "rule"), [("jiangxi", "棚改", "shantytown"), ("changzhou", "征迁", "clearance")]
)
@pytest.mark.parametrize(("area_m2", "expected"), [(0.0, "符合"), (0.9, "符合"), (250.0, "不符合")])
def test_an_overlap_above_the_tolerance_excludes(name: str, kind: str, rule: str, area_m2: float, expected: str):
    (estate,) = read_facts({"estates": [{"name": "某小区"}]}).estates
    answers = eligibility(Desk(profile(name)), estate, {kind: Overlap(kind, area_m2, tolerance_m2=1.0)})
    (found,) = (one for one in answers if one.rule == f"eligibility.{rule}")
    assert found.answer == expected
    assert f"{area_m2:.1f} ㎡" in found.reason


@pytest.mark.requirement("R2.01")
@pytest.mark.parametrize(
    ("place", "expected"), [("县城", "符合"), ("乡镇", "不符合"), ("火星", "资料不足"), (None, "资料不足")]
)
def test_an_ordinary_town_is_not_in_the_scope_of_jiangxi(place: str | None, expected: str):
    assert of_estate("jiangxi", "eligibility.place", place=place).answer == expected


@pytest.mark.requirement("R2.01")
def test_bad_facilities_are_never_inferred_from_silence():
    assert of_estate("jiangxi", "eligibility.poor_facilities", flags=[]).answer == "资料不足"
    assert of_estate("jiangxi", "eligibility.poor_facilities", flags=["公共设施落后"]).answer == "符合"
    assert of_estate("jiangxi", "eligibility.poor_facilities", flags={"公共设施落后": False}).answer == "不符合"


@pytest.mark.requirement("R2.07")
@pytest.mark.parametrize(("year", "expected"), [(2000, "符合"), (2001, "不符合")])
def test_the_year_2000_is_in_for_xianning(year: int, expected: str):
    found = of_estate("xianning", "eligibility.built_year", year_built=year)
    assert (found.answer, found.document_status) == (expected, "draft")


@pytest.mark.requirement("R2.01")
def test_the_reading_of_the_boundary_can_be_set():
    built = profile("jiangxi").eligibility.built
    assert built is not None
    decided = Built.model_validate({**built.model_dump(), "doubtful_reading": "符合"})
    assert built_verdict(decided, (2000, 2000)).verdict == "符合"
    assert of_estate("jiangxi", "eligibility.built_year", year_built=2000).answer == "需人工认定"


@pytest.mark.requirement("R2.09")
@pytest.mark.parametrize(
    ("year", "expected"),
    [(1985, "需人工认定"), (1995, "需人工认定"), (2003, "符合"), (1975, "文件未规定"), (None, "资料不足")],
)
def test_bands_of_decades_overlap_and_print_their_edges(year: int | None, expected: str):
    found = of_estate("fenggang", "era_band", year_built=year)
    assert found.answer == expected
    assert found.quote == "根据80年代、80—90年代、90年代后三个时间段"
    if year == 1985:
        assert "80年代（1980–1989）、80—90年代（1980–1999）" in found.reason


def test_a_district_that_sets_its_reading_needs_no_code(tmp_path: Path):
    text = """
        name = "d"
        title = "d"
        extends = "jiangxi"
        inherits = ["eligibility"]
        [document]
        code = "D1"
        title = "d"
        status = "issued"
        [eligibility.built]
        doubtful_reading = "不符合"
        doubtful_years = [2000]
        quote = "2000年以前"
        bands = []
    """
    file = tmp_path / "d.toml"
    file.write_text(text, encoding="utf-8")
    found = of_estate(str(file), "eligibility.built_year", year_built=2000)
    assert (found.answer, found.document, found.inherited) == ("不符合", "D1", False)
    assert of_estate(str(file), "eligibility.urban_village", flags=["城中村"]).inherited


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_two_thirds_is_exact(households: int, willing: int):
    assert reaches(willing, households, numerator=2, denominator=3) == (3 * willing >= 2 * households)
    least = least_willing(households, numerator=2, denominator=3)
    assert reaches(least, households, numerator=2, denominator=3)
    assert least == 0 or not reaches(least - 1, households, numerator=2, denominator=3)


@given(st.integers(1900, 2100), st.integers(0, 60))
def test_a_range_is_decided_only_if_every_year_of_it_is(first: int, length: int):
    built = profile("jiangxi").eligibility.built
    assert built is not None
    single = {built_verdict(built, (year, year)).verdict for year in range(first, first + length + 1)}
    whole = built_verdict(built, (first, first + length)).verdict
    assert whole == (single.pop() if len(single) == 1 else "资料不足")
