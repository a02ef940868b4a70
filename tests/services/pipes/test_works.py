"""Works of a plan on days: opened once, nobody shut in, a named measure where a street cannot be passed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ezdxf
import geopandas as gpd
import pytest
import shapely
from openpyxl import load_workbook

from gisplanner.services.pipes.outputs import full_sentences, write_plan_book
from gisplanner.services.pipes.pictures import write_plan_dxf
from gisplanner.services.pipes.plan import PipesPlan, plan_pipes
from gisplanner.services.pipes.quantities import quantities, trenches
from gisplanner.services.pipes.works import Works, plan_works
from gisplanner.services.pipes.works_document import works_document

START, DEADLINE = date(2024, 9, 2), date(2024, 12, 31)


def lane(tmp_path: Path, width_m: float, *, more_roads: tuple[shapely.LineString, ...] = ()) -> PipesPlan:
    """Two houses on a lane between the blocks along a city road."""
    tmp_path.mkdir(exist_ok=True)
    wall = width_m / 2.0
    roads = [shapely.LineString([(0, -60), (0, 60)]), shapely.LineString([(0, 0), (80, 0)]), *more_roads]
    layers = {
        "buildings": gpd.GeoDataFrame(
            {"id": ["south", "north", "block 1", "block 2"]},
            geometry=[
                shapely.box(20, -wall - 12, 76, -wall),
                shapely.box(20, wall, 76, wall + 12),
                shapely.box(5, -60, 18, 0.1 - wall),
                shapely.box(5, wall - 0.1, 18, 58),
            ],
        ),
        "roads": gpd.GeoDataFrame(
            {
                "name": ["大街", "小巷", "后街"][: len(roads)],
                "highway": ["residential", "service", "service"][: len(roads)],
            },
            geometry=roads,
        ),
        "sources": gpd.GeoDataFrame({"utility": ["water", "power"]}, geometry=[shapely.Point(0, -50)] * 2),
    }
    path = tmp_path / "lane.gpkg"
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(576811, 2839390), crs="EPSG:4547").to_file(path, layer=name, driver="GPKG")
    return plan_pipes(path, time_limit_s=3)


def test_the_workbook_speaks_to_people_and_prints_whole(tmp_path: Path) -> None:
    plan = lane(tmp_path / "wide", 12.0)
    write_plan_book(plan, plan_works(plan, START, DEADLINE), "nankang", tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    assert {row[2] for row in book["割接计划"].iter_rows(min_row=2, values_only=True)} == {"给水", "电力"}
    assert {row[1] for row in book["工程量"].iter_rows(min_row=2, values_only=True)} == {"全部", "给水", "电力"}
    assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in book)
    notices = book["分楼栋通知"]
    [notice] = [row for row in notices.iter_rows(min_row=2) if row[0].value == "north"]
    text = str(notice[1].value)
    assert text.endswith("当日恢复。")
    signs = sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
    shown = float(notices.row_dimensions[notice[0].row].height or 0) / 15.0 * notices.column_dimensions["B"].width
    assert shown >= signs


def test_corridor_metres_and_excavated_metres_are_told_apart(tmp_path: Path) -> None:
    plan = lane(tmp_path / "wide", 12.0)
    rows = quantities(plan)
    [once] = [row for row in rows if row.kind == "管沟走廊"]
    [total] = [row for row in rows if row.kind == "沟槽合计"]
    assert once.amount == pytest.approx(plan.lanes.plan.joint_m)
    assert total.amount == pytest.approx(sum(row.amount for row in rows if row.kind == "沟槽"))
    assert total.amount == pytest.approx(sum(one.length_m for one in trenches(plan)))
    assert "一次开挖" in once.detail
    assert "口径不同" in total.detail


def test_the_drawing_names_mains_as_people_do_and_nothing_twice(tmp_path: Path) -> None:
    plan = lane(tmp_path / "wide", 12.0)
    write_plan_dxf(plan, tmp_path / "plan.dxf")
    drawing = ezdxf.readfile(tmp_path / "plan.dxf")
    assert not drawing.audit().errors
    said = [str(one.dxf.text) for one in drawing.modelspace().query("TEXT[layer=='管线方案_注记']")]
    mains = plan.lines[plan.lines["part"] == "main"]
    assert len(said) == mains.geometry.to_wkb().nunique() < len(plan.lines)
    assert all(one.startswith(("给水 ", "电力 ")) for one in said)
    layers = {one.dxf.layer for one in drawing.modelspace().query("LWPOLYLINE")}
    assert layers == {"管线方案_给水", "管线方案_电力"}


def test_the_text_tells_calendar_and_payers(tmp_path: Path) -> None:
    plan = lane(tmp_path / "wide", 12.0)
    works = plan_works(plan, START, DEADLINE)
    told = full_sentences(plan, works, "xianning")
    lines = str(told).splitlines()
    [days] = [line for line in lines if line.startswith("施工：2024-09-02 开工")]
    assert f"{works.calendar.working_days} 个工作日" in days
    assert f"开挖 {len(works.sections)} 处（各家分别 " in days
    cut = len(works.calendar.outages)
    assert any(line.startswith(f"  割接 {cut} 栋·次") and "期限 2024-12-31" in line for line in lines)
    [paid] = [line for line in lines if line.startswith("出资")]
    assert "地方财政" in paid
    assert "文件未规定" in paid
    assert f"{cut} cut-overs" in told.en
    assert not any(line.startswith(("施工", "出资")) for line in str(full_sentences(plan, None, None)).splitlines())


def replaced(works: Works) -> set[tuple[str, str]]:
    return {(one.building, one.use) for one in works.replaced}


@pytest.mark.requirement("R3.25", "R3.26")
def test_a_narrow_lane_has_named_measures_and_a_wide_one_is_passed(tmp_path: Path) -> None:
    narrow = plan_works(lane(tmp_path / "narrow", 4.4), START, DEADLINE)
    assert replaced(narrow) == {("north", "fire"), ("south", "fire")}
    told = works_document(narrow)
    assert (told["faults"], told["shut_in"]) == ([], [])
    assert all("消防车停「" in one["measure"] and "出水带" in one["measure"] for one in told["replacements"])
    assert {one["first"] for one in told["replacements"]} <= {one["first"] for one in told["works"]}
    assert replaced(plan_works(lane(tmp_path / "wide", 12.0), START, DEADLINE)) == set()


def test_another_way_round_needs_no_measure(tmp_path: Path) -> None:
    back = shapely.LineString([(80, 0), (95, 0), (95, 60), (0, 60)])
    works = plan_works(lane(tmp_path, 4.4, more_roads=(back,)), START, DEADLINE)
    assert ("north", "walk") not in replaced(works)
    assert works.shut == {"walk": (), "fire": ()}


def test_notices_by_building_and_excavations(tmp_path: Path) -> None:
    works = plan_works(lane(tmp_path, 6.0), START, DEADLINE)
    told = works_document(works)
    assert [one["building"] for one in told["notices"]] == ["block 1", "block 2", "north", "south"]
    first = told["notices"][0]
    assert "停水" in first["text"]
    assert "停电" in first["text"]
    assert len({one["day"] for one in first["outages"]}) == len(first["outages"]) == 2
    assert told["excavations"]["joint"] < told["excavations"]["separate"]
    assert told["proven"]
