"""The eligibility map in Chromium with the network cut: each answer has its own look, unknown is never green."""

from __future__ import annotations

import geopandas as gpd
import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.maps.eligibility import LOOKS, EligibilityPlan, eligibility_map
from gisplanner.rules.answers import Desk
from gisplanner.rules.eligibility import eligibility
from gisplanner.rules.facts import read_facts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

IN_SCOPE = {"place": "城市", "strong_will": True, "flags": ["公共设施落后"]}
YEARS = {"金赣小区": 1990, "芙蓉花苑": 2000, "购物中心": 2004}


@pytest.fixture(scope="module")
def plan(town) -> EligibilityPlan:
    stated = [{"name": name, **({**IN_SCOPE, "year_built": YEARS[name]} if name in YEARS else {})}
              for name in town.estates["name"]]  # fmt: skip
    desk = Desk(profile("nankang"))
    answers = [eligibility(desk, estate) for estate in read_facts({"estates": stated}).estates]
    return EligibilityPlan(
        document=desk.profile.document.title,
        answers=dict(zip(town.estates["code"], answers, strict=True)),
        requests=[("东山街道", "光明社区", "火车站家属房", "建成年代", "街道、社区（调查摸底）")],
    )


def test_each_answer_has_its_own_look(town, plan, open_page):
    block = town.estates.geometry[town.estates["name"] == "购物中心"]
    areas = gpd.GeoDataFrame({"name": [None], "kind": ["棚改"]}, geometry=block.buffer(5).to_list(), crs=4547)
    html = eligibility_map(
        town.estates, plan, layer=town.spec, sheet=town.sheet, exclusions=areas, context=town.context
    )
    opened = open_page(html)
    page = opened.page
    assert (len(opened.requests), opened.errors) == (1, [])
    fills = page.evaluate(
        "[...document.querySelectorAll('.leaflet-estates-pane path')].map(one => one.getAttribute('fill'))"
    )
    assert {fill: fills.count(fill) for fill in set(fills)} == {
        LOOKS["符合"].fill: 1, LOOKS["需人工认定"].fill: 1, LOOKS["不符合"].fill: 1, LOOKS["资料不足"].fill: 25,
    }  # fmt: skip
    assert page.locator(".leaflet-exclusions-pane path").count() == 1
    page.click("details.answers summary")
    row = page.locator("details.answers tr", has_text="芙蓉花苑").first
    assert "建成于 2000 年以前" in row.inner_text()
    assert "推定" in row.inner_text()
    page.click("details.requests summary")
    assert "火车站家属房" in page.locator("details.requests").inner_text()


def test_the_looks_differ_in_sign_as_well_as_in_colour():
    assert len({look.mark for look in LOOKS.values()}) == len({look.fill for look in LOOKS.values()}) == len(LOOKS)
    assert LOOKS["资料不足"].dashed


@pytest.mark.requirement("R10.10")
def test_the_public_page_opens_without_a_request_and_has_no_list(town, plan, open_page):
    sheet = town.sheet.__class__(town.sheet.title, town.sheet.drawn_on, public=True)
    page = open_page(eligibility_map(town.estates, plan, layer=town.spec, sheet=sheet)).page
    assert page.locator("details.requests").count() == 0
    assert "资料不足的项" not in page.locator("body").inner_text()
