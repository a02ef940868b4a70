"""Poles and kerbs of a district and of a file: pairs from the rules, what no row covers is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.networks.conflicts import conflicts_of_district, conflicts_of_file, write_conflict_sheets
from gisplanner.services.networks.exceptions import accept_conflict
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database
from tests.services.networks.conftest import EAST, NORTH


@pytest.fixture
def street(db: Database, town: District, hand_in: Callable[..., Any], put: Callable[..., None], tmp_path: Path):
    """A gas main along a city road, poles beside it by a table of points and by a survey of obstacles, and a kerb."""
    road = {"位置": "市政道路", "埋设方式": "直埋"}
    hand_in("燃气", ([(0, 0), (100, 0)], {"管类": "燃气", "压力": "低压", "编号": "G1", **road}))
    points = "点号,管类,附属物,电压,WKT\n"
    for code, kind, volts, x, y in (
        ("D1", "电力", "10", 20, 0.9),
        ("D2", "电力", "35", 40, 0.9),
        ("D3", "通信", "", 60, 0.9),
    ):
        points += f"{code},{kind},电杆,{volts},POINT ({EAST + x} {NORTH + y})\n"
    (tmp_path / "杆.csv").write_text(points, encoding="gb18030")
    import_networks(db, town, tmp_path / "杆.csv", owner="供电", crs="EPSG:4547")
    put("obstacles", [shapely.Point(80, 0.8), shapely.LineString([(0, 1.4), (100, 1.4)])],
        kind=["路灯杆", "路缘石"], code=["O1", "K1"])  # fmt: skip
    return town


def test_poles_of_points_and_obstacles_and_kerbs_are_pairs(db: Database, street: District, tmp_path: Path):
    found = conflicts_of_district(db, street)
    told = {(one.kind, one.b): (one.verdict, one.measured_m, one.required_m) for one in found.report.conflicts}
    assert told == {
        ("pole", "供电/power/D1"): ("确定", 0.9, 1.0),
        ("pole", "供电/telecom/D3"): ("确定", 0.9, 1.0),
        ("pole", "O1"): ("确定", 0.8, 1.0),
        ("kerb", "K1"): ("确定", 1.4, 1.5),
    }
    assert [(one.kind, one.b, one.missing) for one in found.report.unknown] == [("pole", "供电/power/D2", ("rule",))]
    assert "距路缘石" in str(found.sentences())
    write_conflict_sheets(found, tmp_path / "冲突.xlsx")
    today = date.today()  # noqa: DTZ011 - an exception holds from today on
    accept_conflict(
        db, street, "燃气/gas/G1", "K1", "kerb", measure="加套管", ground="路窄", document="函1", accepted_by="王工",
        on=today, until=today + timedelta(days=30),
    )  # fmt: skip
    assert len(conflicts_of_district(db, street).open_conflicts) == 3


def test_layers_of_a_file(tmp_path: Path):
    path = tmp_path / "x.gpkg"
    pipe = gpd.GeoDataFrame(
        {"utility": ["water"], "where": ["municipal_road"]},
        geometry=[shapely.LineString([(0, 0), (50, 0)])],
        crs=4547,
    )
    pipe.to_file(path, layer="pipes")
    poles = {"id": ["P1", "P2"], "管类": ["照明", None]}
    gpd.GeoDataFrame(poles, geometry=[shapely.Point(9, 0.3), shapely.Point(19, 0.3)], crs=4547).to_file(
        path, layer="poles"
    )
    kerb = gpd.GeoDataFrame({"id": ["K1"]}, geometry=[shapely.LineString([(0, 1), (50, 1)])], crs=4547)
    kerb.to_file(path, layer="kerbs")
    found = conflicts_of_file(path, layer="pipes", poles_layer="poles", kerbs_layer="kerbs").report
    assert [(one.kind, one.b, one.required_m) for one in found.conflicts] == [
        ("pole", "P1", 0.5),
        ("pole", "P2", 0.5),
        ("kerb", "K1", 1.5),
    ]
    assert conflicts_of_file(path, layer="pipes").report.conflicts == ()
