"""Fire plans as files: read back, and the station's page opened in a real browser and ticked."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import ezdxf
import geopandas as gpd
import numpy as np
import pytest
import shapely
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright
from shapely import LineString, box

from gisplanner.cli.main import main
from gisplanner.errors import UsageError
from gisplanner.planning.fire.arcs import radius_m
from gisplanner.services.fire.outputs import write_fire_plan
from gisplanner.services.fire.plan import FirePlan, plan_fire
from gisplanner.services.fire.wishes import FireWishes
from tests.acceptance.test_scenario_13_fire import frame, layers, write
from tests.planning.fire.test_arcs import flattened


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> FirePlan:
    made = layers()
    made["obstacles"]["kind"] = ["围墙", "围墙", "违章建筑"]
    return plan_fire(write(tmp_path_factory.mktemp("fire") / "estate.gpkg", made))


def test_the_drawing_reads_back(plan: FirePlan, tmp_path: Path) -> None:
    write_fire_plan(plan, tmp_path / "l.dxf")
    space = ezdxf.readfile(tmp_path / "l.dxf").modelspace()
    drawn = {entity.dxf.layer for entity in space}
    kinds = ("车道中线", "车道范围", "拆移", "最窄处", "小区范围", "出入口", "保留障碍")
    assert {f"消防车道_{kind}" for kind in kinds} <= drawn
    site = [one for one in space.query("LWPOLYLINE") if one.dxf.layer == "消防车道_小区范围"]
    around = shapely.union_all([shapely.Polygon([point[:2] for point in one.get_points()]) for one in site])
    assert around.equals_exact(plan.ground.site.union_all(), 1e-3, normalize=True)
    walls = [one for one in space.query("LWPOLYLINE") if one.dxf.layer == "消防车道_保留障碍"]
    assert len(walls) == len(plan.ground.obstacles) - len(plan.removals)
    write_fire_plan(plan, tmp_path / "l.geojson")
    assert len(gpd.read_file(tmp_path / "l.geojson")) > 5


def test_bends_are_true_arcs_of_the_legal_radius(plan: FirePlan, tmp_path: Path) -> None:
    write_fire_plan(plan, tmp_path / "l.dxf")
    drawn = list(ezdxf.readfile(tmp_path / "l.dxf").modelspace().query("LWPOLYLINE"))
    lines = [one for one in drawn if one.dxf.layer == "消防车道_车道中线"]
    edges = [one for one in drawn if one.dxf.layer == "消防车道_车道范围"]
    assert len(lines) == len(edges) == len(plan.lanes)
    assert any(one.has_arc for one in lines)
    written = [one.dxf.text for one in ezdxf.readfile(tmp_path / "l.dxf").modelspace().query("TEXT")]
    assert [one for one in written if one.startswith("车道 ")] == [f"车道 {k + 1}" for k in range(len(lines))]
    assert "净宽 4.200" in written
    for line, edge, path, lane in zip(lines, edges, plan.lines, plan.lanes, strict=True):
        drawn_as = LineString(flattened(np.array(line.get_points("xyb"))))
        assert shapely.hausdorff_distance(drawn_as, path.line, densify=0.5) < 0.05
        assert len(line) < shapely.count_coordinates(path.line) / 3
        assert edge.closed
        assert edge.has_arc is line.has_arc
        if not lane.tight_bends:
            radii = [radius_m(np.array(a), np.array(b)) for a, b in pairwise(line.get_points("xyb"))]
            assert min(radii) >= lane.legal_radius_m - 0.1


def test_the_brigades_workbook_says_who_and_where_it_comes_from(plan: FirePlan, tmp_path: Path) -> None:
    write_fire_plan(plan, tmp_path / "b.xlsx")
    book = load_workbook(tmp_path / "b.xlsx")
    assert book.sheetnames[:3] == ["楼栋", "车道", "车辆通行"]
    cells = {str(cell.value) for row in book["拆移清单（按责任单位）"].iter_rows() for cell in row}
    assert "需人工认定" in cells
    assert "棚1" in cells
    buildings = [[cell.value for cell in row] for row in book["楼栋"].iter_rows()]
    assert ["2", "否", "是", "否", "是"] in [row[:5] for row in buildings]
    assert any("国家标准参数" in str(cell) for row in buildings for cell in row)
    driven = [cell.value for row in book["车辆通行"].iter_rows() for cell in row]
    assert "资料不足" in driven
    # Nobody told of hydrants: that is not none.
    quantities = {row[0].value: row[1].value for row in book["标线与设施"].iter_rows()}
    assert (quantities["现有消火栓（个）"], plan.document()["hydrants"]["existing"]) == ("资料不足", None)


def test_the_page_of_the_station_names_gates_and_lanes(plan: FirePlan, tmp_path: Path) -> None:
    write_fire_plan(plan, tmp_path / "p.html")
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    marks = set(re.findall(r">([^<>]+)</text></g>", page))
    cells = set(re.findall(r"<td>([^<]*)</td>", page))
    gate = str(plan.ground.entrances.index[0])
    assert gate in cells
    assert f"{gate} 6 m" in marks
    narrowest = min(plan.lanes, key=lambda lane: lane.pinch_mm)
    assert any(re.fullmatch(rf"[\d、等]*\b{narrowest.id}\b[\d、等]*：4\.200", mark) for mark in marks)
    # Nobody told of hydrants: that is not none. Of extinguishers one building is known.
    assert plan.ground.hydrants is None
    assert "资料不足" in cells
    assert not any(cell.startswith("现有 0") for cell in cells)


def test_a_width_just_below_is_not_rounded_up(tmp_path: Path) -> None:
    made = layers(obstacles=frame(
        [box(0, 40, 30, 60), box(33.999, 40, 80, 60)], id=["W1", "W2"], removable=[False, False], cost=[None, None],
        owner=[None, None], kind=["围墙", "围墙"],
    ))  # fmt: skip
    plan = plan_fire(write(tmp_path / "estate.gpkg", made), FireWishes(width_m=3.9))
    write_fire_plan(plan, tmp_path / "p.html")
    assert "：3.999</text>" in (tmp_path / "p.html").read_text(encoding="utf-8")


def _tick(page_file: Path, pdf: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(page_file.as_uri())
        assert page.inner_text("#answer") == "2 栋可达，费用 8,000"
        assert "4.200 m" in page.inner_text("aside")
        assert page.inner_text("#ticks label").strip() == "棚1 违章建筑 8,000 元"
        page.locator("path#o0").click()
        assert page.inner_text("#answer") == "1 栋可达，费用 0"
        page.locator("#ticks input").check()
        assert page.inner_text("#answer") == "2 栋可达，费用 8,000"
        page.locator("#ticks input").uncheck()
        assert page.inner_text("#answer") == "1 栋可达，费用 0"
        assert page.get_attribute("#b1", "class") == "b never"
        page.pdf(path=pdf, prefer_css_page_size=True)
        browser.close()


@pytest.mark.browser
def test_the_page_of_the_station_answers_a_tick(plan: FirePlan, tmp_path: Path) -> None:
    write_fire_plan(plan, tmp_path / "芙蓉花苑.html")
    text = (tmp_path / "芙蓉花苑.html").read_text(encoding="utf-8")
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    with ThreadPoolExecutor(max_workers=1) as thread:  # the driver wants a thread without an event loop
        thread.submit(_tick, tmp_path / "芙蓉花苑.html", tmp_path / "a3.pdf").result()
    pdf = (tmp_path / "a3.pdf").read_bytes()
    assert b"/Count 1" in pdf


def test_another_suffix_is_refused(plan: FirePlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError):
        write_fire_plan(plan, tmp_path / "l.pdf")
    path = write(tmp_path / "estate.gpkg", layers())
    main(["fire", "plan", "--file", str(path), "--curve", "5000", "--out", str(tmp_path / "a.html"), "--out",
          str(tmp_path / "a.dxf")])  # fmt: skip
    assert (tmp_path / "a.html").exists()
    assert (tmp_path / "a.dxf").exists()
    assert "按水带 45 m 计" in capsys.readouterr().out
