"""Maps as readers meet them: opened from a file in Chromium with the network cut."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import shapely

from gisplanner.domain.bundling import Bundle, CutLink, LeftOver, Link
from gisplanner.domain.progress import StageMoment
from gisplanner.maps.bundles import BundlePlan, bundles_map
from gisplanner.maps.progress import progress_map

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BOXES = """selector => [...document.querySelectorAll(selector)].map(one => {
    const box = one.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom];
})"""


def draw(town, **sheet):
    return progress_map(
        town.estates, town.state, layer=town.spec, sheet=replace(town.sheet, **sheet), context=town.context
    )


def overlapping(boxes, slack=0.5):
    areas = [shapely.box(*box).buffer(-slack) for box in boxes]
    return [(a, b) for a in range(len(areas)) for b in range(a) if areas[a].intersects(areas[b])]


@pytest.fixture(scope="module")
def staged(town):
    names = [name for name in town.estates["name"] if name != "芙蓉新城"]
    return town.with_stages({"芙蓉新城": 7} | {name: at % 6 + 1 for at, name in enumerate(names[:18])})


def test_it_opens_without_a_single_request_and_draws_every_estate(staged, open_page):
    opened = open_page(draw(staged.without_outline("新园小区")))
    page = opened.page
    assert page.evaluate("gisplanner.groups.estates.getLayers().length") == 27
    assert page.locator(".leaflet-estates-pane path").count() == 27
    fills = set(
        page.evaluate("[...document.querySelectorAll('.leaflet-estates-pane path')].map(p => p.getAttribute('fill'))")
    )
    assert fills == {"#fbfbfa", *(stage.colour for stage in staged.state.stages)}
    assert page.locator(".leaflet-base-buildings-pane path").count() == 1
    assert page.locator(".leaflet-base-roads-pane path").count() == 5
    for control in (
        ".north",
        ".leaflet-control-scale",
        ".leaflet-control-measure",
        ".leaflet-control-layers",
        ".leaflet-fullscreen-icon",
    ):
        assert page.locator(control).first.is_visible(), control
    assert page.locator(".warnings").inner_text() == "示意数据：图中标为示意的要素不是测绘成果"
    assert "未上图 1 个" in page.locator("#side").inner_text()
    assert "制图日期 2024-09-02" in page.locator(".foot").inner_text()
    assert len(opened.requests) == 1
    assert opened.errors == []


def test_names_never_overlap_at_any_zoom(staged, open_page):
    page = open_page(draw(staged)).page
    seen = []
    for zoom in (14, 15, 16, 17, 18):
        page.evaluate(f"gisplanner.map.setZoom({zoom}, {{animate: false}})")
        boxes = page.evaluate(BOXES, ".label")
        assert overlapping(boxes) == []
        assert boxes
        seen.append(page.locator(".label-estate").count())
    assert seen[1] < seen[3]
    page.evaluate("gisplanner.map.fitBounds(gisplanner.groups.estates.getBounds(), {animate: false})")
    assert "芙蓉新城" in page.locator(".labels").inner_text()
    assert page.locator(".label-estate").count() >= 20


def test_the_weight_switch_changes_rates_table_and_words(staged, open_page):
    page = open_page(draw(staged)).page
    completed = page.locator("#rate-completed")
    assert completed.inner_text() == "3.6 %"
    told = {}
    for name in ("户数", "栋数", "面积", "小区数"):
        page.get_by_label(name, exact=True).check()
        told[name] = completed.inner_text()
        assert page.locator("#rate-basis").inner_text().startswith(f"按{name}计，基线：计划第 1 版")
        assert page.locator("#stage-share").inner_text() == f"占比（按{name}）"
        assert page.locator("tr[data-stage='7'] .percent").inner_text() == told[name]
    assert told == {"户数": "33.2 %", "栋数": "56.8 %", "面积": "45.8 %", "小区数": "3.6 %"}


def test_search_finds_an_estate_and_opens_its_popup(staged, open_page):
    opened = open_page(draw(staged.without_outline("新园小区")))
    page = opened.page
    page.locator("#search").fill("新城")
    page.locator("#search-found button").click()
    facts = page.locator(".facts")
    facts.wait_for()
    text = facts.inner_text()
    for expected in ("芙蓉新城", "当前阶段", "长效管理", "1,141 户", "建成时间", "未填"):
        assert expected in text
    page.locator("#search").fill("新园")
    assert "未上图" in page.locator("#search-found").inner_text()
    page.locator("#search").fill("没有这个")
    assert "没有名称含“没有这个”的小区" in page.locator("#search-found").inner_text()
    assert opened.errors == []


def test_a_click_on_an_estate_opens_its_facts_as_text(town, open_page):
    evil = "<img src=x onerror=window.hit=1>"
    opened = open_page(draw(town.renamed("芙蓉新城", evil)))
    page = opened.page
    page.evaluate("gisplanner.map.fitBounds(gisplanner.groups.estates.inOrder[27].getBounds(), {animate: false})")
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".facts h2").wait_for()
    assert page.locator(".facts h2").inner_text() == evil
    assert page.evaluate("window.hit") is None
    assert len(opened.requests) == 1


def test_layers_can_be_switched_off_and_on(staged, open_page):
    page = open_page(draw(staged)).page
    page.locator(".leaflet-control-layers").hover()
    names = page.locator(".leaflet-control-layers-list label").all_inner_texts()
    assert {"小区", "小区名称", "道路", "楼栋"} <= {name.strip() for name in names}
    page.locator(".leaflet-control-layers-list").get_by_text("小区名称").click()
    assert page.locator(".label-estate").count() == 0
    page.locator(".leaflet-control-layers-list").get_by_text("小区名称").click()
    assert page.locator(".label-estate").count() > 0


def test_measuring_gives_metres(staged, open_page):
    opened = open_page(draw(staged))
    page = opened.page
    page.locator(".leaflet-control-measure").hover()
    page.locator(".leaflet-control-measure .js-start").click()
    box = page.locator(".folium-map").bounding_box()
    for share in (0.4, 0.6):
        page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5)
    assert "米" in page.locator(".leaflet-control-measure .results").inner_text()
    assert len(opened.requests) == 1
    assert opened.errors == []


def test_on_a_phone_nothing_runs_over_and_no_button_covers_another(staged, open_page):
    opened = open_page(draw(staged), width=390, height=844, phone=True)
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.body.scrollHeight") <= 844
    controls = page.evaluate(BOXES, ".leaflet-control")
    controls = [box for box in controls if box[2] > box[0]]
    assert overlapping(controls) == []
    assert all(box[0] >= 0 and box[2] <= 390 for box in controls)
    folded = page.locator(".folium-map").bounding_box()["height"]
    assert folded > 300
    page.locator(".side-toggle").click()
    assert not page.locator("#side").is_visible()
    assert page.locator(".folium-map").bounding_box()["height"] > folded + 200
    assert opened.errors == []


def test_it_prints_on_one_a3_sheet_at_a_round_scale(staged, open_page, tmp_path):
    page = open_page(draw(staged.without_outline("新园小区"))).page
    sheet = tmp_path / "sheet.pdf"
    page.pdf(path=sheet, prefer_css_page_size=True, print_background=True)
    facts = subprocess.run(["pdfinfo", sheet], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Pages:\s+1\b", facts)
    wide, high = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", facts).groups())
    assert (round(wide / 72 * 25.4), round(high / 72 * 25.4)) == (420, 297)
    text = subprocess.run(["pdftotext", "-layout", sheet, "-"], check=True, capture_output=True, text=True).stdout
    for expected in ("赣州市南康区老旧小区改造图", "芙蓉新城", "长效管理", "新园小区", "A3"):
        assert expected in text
    assert re.search(r"比例尺\s*1:\d 000", text)
    assert page.evaluate("document.documentElement.className") == ""


def test_ten_thousand_estates_open_within_three_seconds(town, open_page):
    many = town.estates.iloc[np.arange(10_000) % 28].reset_index(drop=True)
    many["code"] = [f"NK-{at:05d}" for at in range(len(many))]
    columns, rows = np.divmod(np.arange(10_000), 100)
    corner = shapely.box(0, 0, 80, 60).difference(shapely.box(40, 30, 80, 60))
    many["geom"] = [
        shapely.affinity.translate(corner, 576811 + 100 * column, 2839390 + 80 * row)
        for column, row in zip(columns.tolist(), rows.tolist(), strict=True)
    ]
    many = many.set_geometry("geom", crs=4547)
    states = tuple(
        replace(town.state.estates[at % 28], estate_code=code, stage_no=at % 7 + 1, progress="under_way")
        for at, code in enumerate(many["code"])
    )
    html = draw(replace(town, estates=many, state=replace(town.state, estates=states)))
    assert len(html.encode()) <= 10e6
    opened = open_page(html)
    # Thread time, not the wall clock: what else runs on the machine must not decide.
    meter = opened.page.context.new_cdp_session(opened.page)
    meter.send("Performance.enable", {"timeDomain": "threadTicks"})
    opened.page.reload()
    spent = {one["name"]: one["value"] for one in meter.send("Performance.getMetrics")["metrics"]}
    assert spent["TaskDuration"] <= 2.0
    assert opened.page.locator(".leaflet-estates-pane canvas").count() == 1
    assert opened.page.evaluate("gisplanner.groups.estates.getLayers().length") == 10_000
    assert opened.errors == []


def test_the_bundle_map_draws_links_and_leads_to_a_bundle(town, open_page):
    codes = dict(zip(town.estates["name"], town.estates["code"], strict=True))
    a, b, c = codes["芙蓉花苑"], codes["购物中心"], codes["金赣小区"]
    plan = BundlePlan(
        bundles=[Bundle(1, (a, b), 2), Bundle(2, (codes["芙蓉新城"],), 1)],
        links=[Link(a, b, 16.0, 0.0, "间距")],
        cut_links=[CutLink(b, c, 16.0, "迎宾大道")],
        left_over=[LeftOver(c, "被迎宾大道隔断")],
    )
    opened = open_page(bundles_map(town.estates, plan, layer=town.spec, sheet=town.sheet, context=town.context))
    page = opened.page
    assert page.locator(".leaflet-links-pane path").count() == 1
    assert page.locator(".leaflet-cut-links-pane path").get_attribute("stroke-dasharray") == "2 5"
    page.evaluate(
        "gisplanner.map.fitBounds(gisplanner.groups.links.getBounds()"
        ".extend(gisplanner.groups['cut-links'].getBounds()), {animate: false})"
    )
    assert "间距 16.0 m" in page.locator(".label-link").all_inner_texts()
    assert "✕ 迎宾大道" in page.locator(".label-cut").all_inner_texts()
    before = page.evaluate("gisplanner.map.getZoom()")
    page.locator("tr[data-view]").nth(1).click()
    page.wait_for_function(f"gisplanner.map.getZoom() !== {before}")
    assert page.locator(".label-estate .mark").first.inner_text() in {"1", "2"}
    assert overlapping(page.evaluate(BOXES, ".label")) == []
    assert opened.errors == []
    assert len(opened.requests) == 1


@pytest.mark.requirement("R10.10")
def test_the_time_slider_shows_each_day_as_it_was(staged, open_page):
    codes = ["P0", "P1", "P2"]
    dealt = tuple(replace(one, project_code=codes[at % 3]) for at, one in enumerate(staged.state.estates))
    state = replace(staged.state, estates=dealt)
    first = date(2024, 6, 1)
    moments = [
        StageMoment(code, no, first + timedelta(12 * no + at)) for at, code in enumerate(codes) for no in (1, 5)
    ]
    page = open_page(
        progress_map(
            staged.estates,
            state,
            layer=staged.spec,
            sheet=staged.sheet,
            context=staged.context,
            moments=moments,
        )
    ).page
    fills = (
        "[...new Set([...document.querySelectorAll('.leaflet-estates-pane path')].map(p => p.getAttribute('fill')))]"
    )
    today = page.evaluate(fills), page.inner_text("#rate-started")
    move = (
        "day => { const one = document.getElementById('day'); one.value = day; "
        "one.dispatchEvent(new Event('input')); }"
    )
    page.evaluate(move, len(codes) - 1)
    assert page.inner_text("#day-shown") == str(first + timedelta(12 + len(codes) - 1))
    assert page.evaluate(fills) == [staged.state.stages[0].colour]
    assert page.inner_text("#rate-started") == "0.0 %"
    page.evaluate(move, 10_000)
    assert (page.evaluate(fills), page.inner_text("#day-shown")) == (today[0], staged.state.as_of.isoformat())
