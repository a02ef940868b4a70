"""Scenario 11, the part of the clearance conflict: gas and water 0.40 m apart where 0.5 m is asked."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.services.networks.conflicts import conflicts_of_file

EAST, NORTH = 576_811.0, 2_839_390.0
GAS = [(0, 0), (100, 0)]
WATER = [(0, 0.4), (60, 0.4), (100, 3)]


def lines(crs: int = 4547) -> gpd.GeoDataFrame:
    geometry = [shapely.LineString([(EAST + x, NORTH + y) for x, y in points]) for points in (GAS, WATER)]
    made = gpd.GeoDataFrame({"id": ["燃气", "给水"], "utility": ["gas", "water"]}, geometry=geometry, crs=4547)
    return made.to_crs(crs)


@pytest.mark.parametrize("crs", [4547, 4490])
def test_the_conflict_is_reported_with_its_length_and_clause(tmp_path: Path, crs: int):
    file = tmp_path / "管线.gpkg"
    lines(crs).to_file(file, layer="pipes")
    document = conflicts_of_file(file, layer="pipes").document()
    [found] = document["conflicts"]
    assert document["crs"] == "EPSG:4547"
    assert (found["a"], found["b"], found["kind"], found["verdict"]) == ("燃气", "给水", "horizontal", "确定")
    assert (found["measured_m"], found["required_m"]) == (pytest.approx(0.40, abs=0.0011), 0.5)
    assert found["length_m"] == pytest.approx(61.5, abs=0.1)
    assert found["status"] == "未核对原文"


def test_at_a_rule_of_40_cm_there_is_none():
    standards = clearance_standards()
    rows = [row.model_copy(update={"min_m": 0.4, "preferred_m": None}) for row in standards.horizontal]
    report = check_clearances(lines(), standards.model_copy(update={"horizontal": tuple(rows)}))
    assert report.conflicts == ()
