"""The bundle map as text: legend totals, links by kind, cut links with their barrier, leftovers with their reason."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.bundling import Bundle, CutLink, LeftOver, Link
from gisplanner.maps.bundles import BundlePlan, bundles_map
from gisplanner.maps.context import Context

PLAN = BundlePlan(
    bundles=[Bundle(1, ("A", "B"), 2), Bundle(2, ("C", "D"), 2)],
    links=[
        Link("A", "B", 0.0, 80.0, "共边"),
        Link("C", "D", 0.0, 0.0, "共角"),
        Link("A", "D", 14.5, 0.0, "间距"),
    ],
    cut_links=[CutLink("B", "C", 12.0, "章江")],
    left_over=[LeftOver("E", "72.8 m 内没有相邻小区")],
    rules=("间距 ≤ 15 m", "阻隔图层：barriers"),
)


@pytest.fixture(scope="module")
def five(town):
    """Scenario 6: five estates by the metre, one of them without known households."""
    boxes = {
        "A": (0, 0, 100, 80), "B": (100, 0, 180, 80), "C": (192, 0, 260, 80), "D": (260, 80, 330, 150),
        "E": (400, 0, 460, 60),
    }  # fmt: skip
    rows = town.estates.head(5).assign(code=list(boxes), name=[f"{code}小区" for code in boxes])
    outlines = [shapely.affinity.translate(shapely.box(*box), 576811, 2839390) for box in boxes.values()]
    estates = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(outlines, crs=4547), crs=4547)
    estates["households"] = [1200, 30, None, 40, 5]
    return replace(town, estates=estates, context=Context())


def draw(town, plan=PLAN, **sheet):
    return bundles_map(town.estates, plan, layer=town.spec, sheet=replace(town.sheet, **sheet), context=town.context)


def data(html: str, name: str):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)[1])


def legend(html: str) -> list[list[str]]:
    table = re.search(r'<table class="legend bundles">(.*?)</table>', html, re.DOTALL)[1]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [re.findall(r"([^<>\s][^<>]*)</t[hd]>", row) for row in rows]


def test_the_legend_gives_totals_and_marks_what_is_unknown(five):
    assert legend(draw(five)) == [
        ["片区", "小区", "户", "栋", "万㎡"],
        ["片区 1", "2", "1,230", "7", "1.63"],
        ["片区 2", "2", "≥ 40", "4", "0.47"],
    ]


def test_links_carry_their_kind_and_metres(five):
    html = draw(five)
    links = data(html, "links")["features"]
    assert [one["properties"]["v"] for one in links] == [
        ["共边", "0.000 m", "80.000 m"], ["共角", "0.000 m", "0.000 m"], ["间距", "14.500 m", "0.000 m"],
    ]  # fmt: skip
    assert [one["t"] for one in data(html, "links-labels")] == ["共边 80.0 m", "共角", "间距 14.5 m"]
    assert links[0]["properties"]["n"] == "A小区 – B小区"
    assert all(one["geometry"]["type"] == "LineString" for one in links)


def test_cut_links_name_their_barrier(five):
    html = draw(five)
    assert data(html, "cut-links")["features"][0]["properties"]["v"] == ["12.000 m", "章江"]
    assert data(html, "cut-links-labels")[0]["t"] == "✕ 章江"
    assert "阻隔：章江" in html


def test_each_bundle_has_a_colour_and_a_mark_leftovers_neither(five):
    html = draw(five)
    marks = {one["t"]: (one.get("k"), one.get("f")) for one in data(html, "estate-names")}
    assert marks["A小区"] == marks["B小区"] != marks["C小区"] == marks["D小区"]
    assert marks["E小区"] == (None, None)
    facts = {one["properties"]["n"]: one["properties"]["v"][0] for one in data(html, "estates")["features"]}
    assert facts["A小区"] == "片区 1"
    assert facts["E小区"] == "未入片区：72.8 m 内没有相邻小区"


def test_a_bundle_with_a_member_that_is_not_drawn_counts_it(five):
    estates = five.estates.copy()
    estates.loc[estates["code"] == "B", estates.geometry.name] = None
    html = draw(replace(five, estates=estates))
    assert legend(html)[1][1] == "2"
    assert "未上图 1 个" in html
    assert [one["properties"]["n"] for one in data(html, "links")["features"]] == ["C小区 – D小区", "A小区 – D小区"]


def test_the_public_version_tells_no_households(five):
    html = draw(five, public=True)
    assert legend(html)[0] == ["片区", "小区", "栋", "万㎡"]
    assert "1,230" not in html
    assert "1,200" not in html
    assert "未经地图审核不得公开" in html


def test_nothing_to_bundle_is_a_page_too(five):
    empty = five.estates.iloc[:0]
    html = draw(replace(five, estates=empty), BundlePlan(bundles=()))
    assert "0 个" in html
    assert data(html, "estates")["features"] == []


def test_names_of_barriers_never_become_markup(five):
    evil = "<script>alert(1)</script>"
    plan = replace(PLAN, cut_links=[CutLink("B", "C", 12.0, evil)], left_over=[LeftOver("E", evil)], rules=(evil,))
    assert evil not in draw(five, plan)
