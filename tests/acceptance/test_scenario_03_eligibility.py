"""资格: without a year nothing is decided; the year 2000 is a boundary; 常州 asks for more than the year."""

from __future__ import annotations

import pytest

from gisplanner.rules.eligibility import OVERALL
from gisplanner.services.policy.answers import ask
from tests.policy_facts import of_estate
from tests.register_files import published_lines

YEAR = "eligibility.built_year"


@pytest.mark.requirement("R2.01")
@pytest.mark.parametrize("profile", ["jiangxi", "nankang"])
def test_the_published_register_has_no_years_so_nothing_is_decided(profile: str):
    header, *rows = published_lines()
    name = header.index("小区名称")
    reply = ask(profile, {"estates": [{"name": row[name]} for row in rows]})
    overall = [one.answer for one in reply.answers if one.rule == OVERALL]
    assert overall == ["资料不足"] * 28
    assert {one.inherited for one in reply.answers if one.rule == OVERALL} == {profile == "nankang"}


@pytest.mark.requirement("R2.01")
@pytest.mark.parametrize(("year", "expected"), [(1998, "符合"), (2000, "需人工认定"), (2001, "不符合")])
def test_before_2000_in_jiangxi(year: int, expected: str):
    found = of_estate("jiangxi", YEAR, year_built=year)
    assert found.answer == expected
    assert found.quote == "建成于 2000 年以前"
    assert found.document_file == "S1-jiangxi-2019.txt"


@pytest.mark.requirement("R2.04", "R2.05", "R2.06")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"year_built": 2003, "strong_will": True, "active_participation": True, "flags": []}, "符合"),
        ({"year_built": 2003, "strong_will": True, "flags": []}, "资料不足"),
        ({"year_built": 2003, "active_participation": True, "flags": []}, "资料不足"),
        ({"year_built": 2003, "strong_will": True, "active_participation": False, "flags": []}, "不符合"),
        ({"year_built": 2006, "strong_will": True, "active_participation": True, "flags": []}, "不符合"),
        ({"year_built": 1998}, "资料不足"),
        ({"year_built": 1998, "strong_will": True}, "资料不足"),
        ({"year_built": 1998, "flags": []}, "资料不足"),
        ({"year_built": 1998, "strong_will": True, "flags": []}, "符合"),
        ({"year_built": 1998, "strong_will": True, "flags": ["征迁"]}, "不符合"),
    ],
)
def test_changzhou_has_two_classes_and_a_definition(facts: dict[str, object], expected: str):
    found = of_estate("changzhou", OVERALL, **facts)
    assert found.answer == expected
    assert found.quote
    assert found.document_file == "S3-changzhou-2022.txt"


@pytest.mark.requirement("R2.04", "R2.05")
@pytest.mark.parametrize(("year", "name"), [(2000, "重点改造"), (2001, "改善提升"), (2005, "改善提升")])
def test_changzhou_names_the_class(year: int, name: str):
    found = of_estate("changzhou", OVERALL, year_built=year, strong_will=True, active_participation=True, flags=[])
    assert name in found.reason
    assert found.quote is not None
    assert name in found.quote
