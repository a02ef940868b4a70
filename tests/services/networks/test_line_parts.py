"""Lines before and after their meters with who pays, and drains by what they carry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from openpyxl import load_workbook

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import PermissionDeniedError
from gisplanner.planning.pipes.meter_parts import parts_at_meters
from gisplanner.services.districts import create_district
from gisplanner.services.networks.line_parts import line_parts, write_line_parts
from gisplanner.store.database import Database

WATER = "水司"


@pytest.fixture
def town(db: Database) -> District:
    """The draft of 咸宁 says who pays."""
    return create_district(db, "a", crs="EPSG:4547", profile="xianning", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))


@pytest.fixture
def estate(town: District, hand_in: Callable[..., Any], put: Callable[..., None]) -> District:
    put("estates", [shapely.box(0, -30, 200, 60), shapely.box(400, -30, 600, 60)], name=["甲小区", "乙小区"],
        code=["E1", "E2"])  # fmt: skip
    put("buildings", [shapely.box(30, 20, 50, 30)], code=["B1"], estate_code=["E1"])
    water = {"管类": "给水", "管径": "DN100"}
    hand_in(
        WATER,
        ([(0, 0), (90, 0)], {**water, "编号": "W1"}),
        ([(40, 0), (40, 20)], {**water, "编号": "W2"}),
        ([(100, 0), (120, 0)], {**water, "编号": "W3", "管段性质": "表后管"}),
        ([(450, 0), (470, 0)], {"管类": "合流", "编号": "H1", "管径": "DN400"}),
        ([(0, -10), (60, -10)], {"管类": "污水", "编号": "S1"}),
        ([(0, -20), (50, -20)], {"管类": "雨水", "编号": "R1"}),
    )
    return town


@pytest.mark.requirement("R6.12")
def test_main_meter_and_after_meter_are_segments_with_their_payers(
    db: Database, estate: District, put_meters: Callable[..., None], tmp_path: Path
):
    put_meters(WATER, [(40, 12)])
    found = line_parts(db, estate, estate="甲小区")
    told = [(one.part, one.stated, one.length_m, one.count, one.payer) for one in found.rows]
    assert told == [
        ("main", False, 90.0, 1, "相关企业"),
        ("service", False, 12.0, 1, "相关企业"),
        ("meter", True, 0.0, 1, "文件未规定"),
        ("after_meter", False, 8.0, 1, "居民"),
        ("after_meter", True, 20.0, 1, "居民"),
    ]
    assert "水表、电表表后" in str(found.rows[-1].answer and found.rows[-1].answer.quote)
    write_line_parts(found, tmp_path / "分段.xlsx")
    book = load_workbook(tmp_path / "分段.xlsx")
    assert book.sheetnames == ["分段与出资", "排水体制", "合流管"]
    cells = [cell.value for row in book["分段与出资"].iter_rows() for cell in row]
    assert {"主管", "表前支管", "水表", "表后管", "推定", "文件注明", "居民"} <= set(cells)


@pytest.mark.requirement("R6.13")
def test_combined_drains_are_listed_and_estates_say_whether_they_are_separated(
    db: Database, estate: District, put: Callable[..., None], hand_in: Callable[..., Any]
):
    document = line_parts(db, estate).document()
    states = {one["estate"]: one["state"] for one in document["drains"]}
    assert states == {"甲小区": "分流", "乙小区": "合流"}
    [one] = document["combined"]
    assert (one["estate"], one["code"], one["section"], one["length_m"]) == ("乙小区", "H1", "DN400", 20.0)
    assert line_parts(db, estate, estate="E1").document()["combined"] == []
    # Where estates lie side by side, asking for one does not draw in the lines of the other.
    put("estates", [shapely.box(200, -30, 240, 60)], name=["丙小区"], code=["E3"])
    hand_in("排水公司", ([(205, 0), (235, 0)], {"管类": "合流", "编号": "H2"}))
    assert [one.code for one in line_parts(db, estate, estate="甲小区").drains.combined] == []
    assert [one.code for one in line_parts(db, estate, estate="E3").drains.combined] == ["H2"]


def test_a_company_sees_its_own_parts_only(db: Database, estate: District):
    assert line_parts(db, estate, viewer=Viewer("燃", "operator", {"owner": ("燃气公司",)})).rows == ()
    assert line_parts(db, estate, viewer=Viewer("水", "operator", {"owner": (WATER,)})).rows
    with pytest.raises(PermissionDeniedError):
        line_parts(db, estate, viewer=Viewer("街", "subdistrict", {"subdistrict": ("东山街道",)}))


def test_networks_without_meters_and_meters_in_series():
    street = shapely.LineString([(0, 0), (90, 0)])
    assert [one.part for one in parts_at_meters([street], [], [])] == ["main"]
    assert parts_at_meters([], [], []) == []
    branch = shapely.LineString([(40, 0), (40, 30)])
    meters = [shapely.Point(40, 10), shapely.Point(40, 20)]
    parts = [(one.part, one.shape.length) for one in parts_at_meters([street, branch], meters, [])]
    assert parts == [("main", 90.0), ("service", 10.0), ("after_meter", 10.0), ("after_meter", 10.0)]
