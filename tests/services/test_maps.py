"""Scenario 15 on a real database: what the maps of a stored district tell, to the planner and to the public."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.services.bundling.propose import BundleRules, bundle_district
from gisplanner.services.districts import create_district
from gisplanner.services.maps import MapOptions, map_bundles, map_progress
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.progress_steps import carry_to

DAY = date(2024, 12, 31)


def data(html: str, name: str):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)[1])


@pytest.fixture
def under_way(db: Database, nankang: District) -> District:
    """The published plan, sketched; only 芙蓉新城 is done; two estates have lost their outlines."""
    sketch_outlines(db, nankang)
    carry_to(db, nankang, "芙蓉新城老旧小区改造工程", 7, on=date(2024, 11, 1), illustrative=True)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET geom = NULL, illustrative = false WHERE name IN ('新园小区', '怡然居小区')")
    return nankang


def test_scenario_15_the_public_progress_map(db: Database, under_way: District):
    html = map_progress(db, under_way, as_of=DAY, options=MapOptions(public=True))
    completed = {one["label"]: one["completed"] for one in data(html, "weights")}
    assert completed == {"小区数": "3.6 %", "户数": "33.2 %", "栋数": "56.8 %", "面积": "45.8 %"}
    for told in (
        "未上图 2 个",
        "示意数据",
        "示例进度",
        "未经地图审核不得公开",
        "截至 2024-12-31",
        "计划第 1 版（〔2024〕20号）",
    ):
        assert told in html
    assert "households" not in html
    assert "1,141" not in html
    embedded = "".join(json.dumps(data(html, name)) for name in ("estates", "estate-names", "register", "weights"))
    assert not re.search(r"(?<![\d.])1141(?!\d)", embedded)
    assert 'id="base-buildings"' not in html
    for layer in ("connection_point", "obstacle"):
        assert layer not in html


def test_the_planners_map_names_sources_and_figures(db: Database, under_way: District):
    html = map_progress(db, under_way, as_of=DAY)
    assert "《赣州市南康区推进2024年城镇老旧小区改造实施方案》（〔2024〕20号）" in html
    assert "1,141 户" in html
    assert len(data(html, "estates")["features"]) == 26
    assert data(html, "base-buildings")[0]["sign"] == "building"
    assert {one["sign"] for one in data(html, "base-barriers")} == {"water", "rail"}


def test_before_its_day_a_stage_does_not_count(db: Database, under_way: District):
    html = map_progress(db, under_way, as_of=date(2024, 10, 31))
    assert {one["completed"] for one in data(html, "weights")} == {"0.0 %"}


def test_the_bundle_map_shows_the_result_it_is_given(db: Database, under_way: District):
    result = bundle_district(db, under_way, BundleRules(gap_m=15.0, min_size=100, iterations=200), size_column="户数")
    html = map_bundles(db, under_way, result)
    assert len(data(html, "links")["features"]) == len(result.links)
    assert html.count("<tr data-view=") == len(result.bundles)
    assert "片区规模（按户数）不小于 100" in html
    for left in result.left_over:
        assert left.reason in html


def test_an_empty_district_gives_a_page_that_says_so(db: Database):
    empty = create_district(db, "guixi", crs="EPSG:4548", name="贵溪市")
    html = map_progress(db, empty)
    assert "贵溪市老旧小区改造进度图" in html
    assert {one["completed"] for one in data(html, "weights")} == {"资料不足"}
    assert "0 个" in map_bundles(db, empty, bundle_district(db, empty))


def test_a_grid_of_nothing_is_refused():
    with pytest.raises(InputError):
        MapOptions(public=True, public_grid_m=0.0)


@pytest.mark.requirement("R8.03")
def test_what_is_behind_a_deadline_has_a_red_line_and_a_sign(db: Database, under_way: District):
    for day, behind in ((date(2024, 8, 31), False), (date(2024, 9, 1), True), (date(2025, 1, 1), True)):
        html = map_progress(db, under_way, as_of=day)
        assert ("（滞后）" in html) is behind
        assert ("#d7191c" in html) is behind
