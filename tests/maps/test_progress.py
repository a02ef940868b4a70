"""The progress map as text: what it tells, what it never tells."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from gisplanner.domain.progress import StageMoment
from gisplanner.maps.demonstration import DemonstrationArea
from gisplanner.maps.progress import progress_map

DONE = 7
SPACE_NAMES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/1999/xhtml")
LIBRARY_LINKS = ("https://leafletjs.com", "https://github.com/brunob/leaflet.fullscreen")


def draw(town, **sheet):
    return progress_map(
        town.estates, town.state, layer=town.spec, sheet=replace(town.sheet, **sheet), context=town.context
    )


def data(html: str, name: str):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)[1])


@pytest.fixture(scope="module")
def finished(town):
    return town.with_stages({"芙蓉新城": DONE}).without_outline("新园小区", "怡然居小区")


class Addresses(HTMLParser):
    """Collects every address an element of the page would make a browser ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [
            value for name, value in attrs if name in {"src", "href", "srcset", "action", "data"} and value
        ]


def test_percentages_name_weight_and_baseline_and_count_estates_without_outline(finished):
    html = draw(finished)
    tables = {table["label"]: table for table in data(html, "weights")}
    assert {name: table["completed"] for name, table in tables.items()} == {
        "小区数": "3.6 %", "户数": "33.2 %", "栋数": "56.8 %", "面积": "45.8 %",
    }  # fmt: skip
    assert tables["小区数"]["completed_part"] == "1/28 个"
    assert tables["面积"]["completed_part"] == "17.3/37.7674 万㎡"
    for name, table in tables.items():
        assert table["basis"] == f"按{name}计，基线：计划第 1 版（〔2024〕20号）"
    for percentage in ("3.6 %", "33.2 %", "56.8 %", "45.8 %"):
        assert f"<td>{percentage}</td>" in html


def test_estates_without_outline_are_named(finished):
    html = draw(finished)
    assert "未上图 2 个" in html
    assert "怡然居小区、新园小区" in html
    assert len(data(html, "estates")["features"]) == 26
    assert len(data(html, "register")) == 28


def test_a_map_with_nothing_to_draw_says_so_and_how_to_mend_it(finished):
    assert "本区还没有图形" not in draw(finished)
    bare = finished.without_outline(*finished.estates["name"])
    html = progress_map(bare.estates, bare.state, layer=bare.spec, sheet=bare.sheet)
    assert "本区还没有图形" in html
    assert "未上图 28 个" in html


def test_an_estate_without_record_is_not_drawn_as_the_first_stage(town):
    html = draw(town.with_stages({"一建公司": 1}))
    looks = {one["properties"]["n"]: one["properties"]["c"] for one in data(html, "estates")["features"]}
    assert looks["一建公司"] == 1
    assert set(looks.values()) == {0, 1}
    values = {one["properties"]["n"]: one["properties"]["v"][0] for one in data(html, "estates")["features"]}
    assert (values["一建公司"], values["芙蓉新城"]) == ("摸底调查", "无进度记录")


def test_without_plan_and_figures_nothing_is_called_a_percentage(town):
    blank = tuple(replace(one, households=None) for one in town.state.estates)
    html = draw(replace(town, state=replace(town.state, baseline=None, estates=blank)))
    households = data(html, "weights")[1]
    assert households["started"] == households["completed"] == "资料不足"
    assert households["note"] == "28 个小区无户数，未计入"
    assert "台账现状（尚无下达计划）" in html


def test_no_element_asks_for_an_address(finished):
    html = draw(finished)
    parser = Addresses()
    parser.feed(html)
    assert parser.found == []
    assert "@import" not in html
    addresses = set(re.findall(r"""https?://[^\s"'<>)\\]+""", html))
    assert {one for one in addresses if not one.startswith(SPACE_NAMES) and one not in LIBRARY_LINKS} == set()
    assert "connect-src 'none'" in html


def test_tianditu_only_with_a_key(finished):
    html = draw(finished, tianditu_key="0123456789abcdef")
    assert "tianditu.gov.cn/DataServer?T=vec_w" in html
    assert "tk=0123456789abcdef" in html.replace("\\u0026", "&").replace("&amp;", "&")
    assert "tianditu" not in draw(finished).replace("底图：天地图", "")


def test_names_are_no_templates(town):
    html = draw(town.renamed("一建公司", "{{ 7*7 }}").without_outline("{{ 7*7 }}"), title="图 {{ 7*7 }}{% if %}")
    assert "<p>{{ 7*7 }}</p>" in html
    assert "<title>图 {{ 7*7 }}{% if %}</title>" in html


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><b>&amp;"])
def test_names_never_become_markup(town, name):
    html = draw(town.renamed("一建公司", name).without_outline(name, "新园小区"), title=f"图 {name}")
    assert name not in html
    assert html.count("<script>") == html.count("</script>") - html.count('<script type="application/json"')
    assert any(one["n"] == name.strip() for one in data(html, "register"))


def test_the_public_version_has_no_households_no_buildings_and_no_exact_place(finished, town):
    html = draw(finished, public=True)
    assert "未经地图审核不得公开" in html
    assert "10 米网格" in html
    assert "示意数据" in html
    assert "households" not in html
    households = data(html, "weights")[1]
    assert households["completed"] == "33.2 %"
    assert households["started_part"] == households["completed_part"] == ""
    assert {stage["amount"] for stage in households["stages"]} == {"不公布"}
    assert "户数" not in html.split("gisplanner.features(")[1].split("looks")[0]
    for households in {str(value) for value in town.estates["households"] if value > 200}:
        assert not re.search(
            rf"(?<![\d.]){households}(?![\d.])", "".join(json.dumps(data(html, k)) for k in ("estates", "weights"))
        )
    assert 'id="base-buildings"' not in html
    exact = {
        tuple(at) for one in data(draw(finished), "estates")["features"] for at in one["geometry"]["coordinates"][0]
    }
    public = {tuple(at) for one in data(html, "estates")["features"] for at in one["geometry"]["coordinates"][0]}
    assert not exact & public
    assert all(len(str(value).partition(".")[2]) <= 5 for at in public for value in at)


def test_the_grid_of_the_public_version_is_a_parameter(finished):
    assert "50 米网格" in draw(finished, public=True, public_grid_m=50.0)


def test_an_estate_without_a_name_is_found_but_has_no_name_on_the_map(town):
    html = draw(town.renamed("一建公司", None))
    assert data(html, "estates")["features"][0]["properties"]["n"] == "未命名（NK-001）"
    assert data(html, "register")[0]["n"] == "未命名（NK-001）"
    assert len(data(html, "estate-names")) == 27


def test_same_data_same_bytes(finished):
    assert draw(finished) == draw(finished)


def test_a_district_without_any_outline_still_gives_a_page(town):
    bare = town.estates.assign(geom=None, illustrative=False).set_geometry("geom", crs=4547)
    html = draw(replace(town, estates=bare))
    assert "未上图 28 个" in html
    assert data(html, "estates")["features"] == []


@pytest.mark.requirement("R5.05", "R5.06")
def test_demonstration_areas_stand_in_the_legend_and_what_has_no_estate_is_named(town):
    code = str(town.estates["code"].iloc[0])
    areas = [DemonstrationArea("示范一片", (code,), None), DemonstrationArea("无名片区", (), None)]
    html = progress_map(town.estates, town.state, layer=town.spec, sheet=town.sheet, areas=areas)
    assert re.search(r"示范片区：示范一片\s*</th>", html)
    assert "台账没有对应小区的：无名片区" in html


def test_amounts_are_written_exactly(town):
    told = town.with_stages({"老市委家属楼": 5})
    area = next(
        Decimal(str(value))
        for name, value in zip(town.estates["name"], town.estates["floor_area_10k_m2"], strict=True)
        if name == "老市委家属楼"
    )
    assert data(draw(told), "weights")[3]["stages"][5]["amount"] == f"{area.normalize():f}"


def test_the_public_slider_does_not_tell_households_day_by_day(town):
    codes = sorted({str(one.project_code) for one in town.state.estates})
    moments = [StageMoment(code, 5, date(2024, 6, 1) + timedelta(at)) for at, code in enumerate(codes)]
    pages = {
        public: data(
            progress_map(
                town.estates, town.state, layer=town.spec, sheet=replace(town.sheet, public=public),
                context=town.context, moments=moments,
            ),
            "past",
        )
        for public in (True, False)
    }  # fmt: skip
    told = {public: [day[1]["started"] for day in past["tables"]] for public, past in pages.items()}
    assert set(told[True][:-1]) == {"不公布"}
    assert "不公布" not in told[False]
    assert all("户" not in row["amount"] for day in pages[True]["tables"] for row in day[1]["stages"])
