"""The coordinate guard: each way coordinates go wrong is told by its name, and what is right passes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.formats.coordinates import MAX_LISTED_ROWS, coordinate_faults, summary_of

NANKANG = (114.4, 25.4, 115.0, 26.1)
LON = st.floats(114.4, 115.0)
LAT = st.floats(25.4, 26.1)
FEW = settings(max_examples=40, deadline=None)  # PROJ looks a pair of systems up for each example


def points(*places: tuple[float, float], crs: int = 4326) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.Point(place) for place in places], crs=crs)


def hints(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(fault.hint) for fault in coordinate_faults(frame, NANKANG, file="a.gpkg", layer="l")]


@FEW
@given(LON, LAT, st.sampled_from([4326, 4490, 4547, 4548, 3857]))
def test_what_lies_in_the_district_passes_in_every_system(lon: float, lat: float, crs: int):
    assert coordinate_faults(points((lon, lat)).to_crs(crs), NANKANG) == []


@FEW
@given(LON, LAT)
def test_swapped_degrees_are_always_recognised(lon: float, lat: float):
    assert "经纬度颠倒" in hints(points((lat, lon)))[0]


@FEW
@given(LON, LAT)
def test_northing_first_is_always_recognised(lon: float, lat: float):
    metric = points((lon, lat)).to_crs(4547).geometry.iloc[0]
    assert "坐标轴颠倒" in hints(points((metric.y, metric.x), crs=4547))[0]


@FEW
@given(LON, LAT, st.booleans())
def test_degrees_declared_as_metres_are_always_recognised(lon: float, lat: float, swapped: bool):
    place = (lat, lon) if swapped else (lon, lat)
    hint = hints(points(place, crs=4547))[0]
    assert "超出区界" in hint
    assert "度" in hint


@FEW
@given(LON, LAT)
def test_metres_declared_as_degrees_are_always_recognised(lon: float, lat: float):
    metric = points((lon, lat)).to_crs(4547).set_crs(4326, allow_override=True)
    hint = hints(metric)[0]
    assert "坐标是米" in hint
    assert "超出区界" in hint


@FEW
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_anything_else_is_inside_or_told(lon: float, lat: float):
    west, south, east, north = NANKANG
    inside = west <= lon <= east and south <= lat <= north
    near = abs(lon - west) < 1e-6 or abs(lon - east) < 1e-6 or abs(lat - south) < 1e-6 or abs(lat - north) < 1e-6
    assert near or bool(hints(points((lon, lat)))) is not inside


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_told_by_row(bad: float):
    line = shapely.LineString([(114.7, 25.6), (114.7, 25.7)])
    broken = shapely.transform(line, lambda xy: np.array([[114.7, bad], [114.7, 25.7]]))
    frame = gpd.GeoDataFrame(geometry=[line, broken, line], crs=4326)
    faults = coordinate_faults(frame, NANKANG)
    assert [(fault.row, str(fault.hint)) for fault in faults] == [(1, "坐标不是有限的数")]


def test_a_few_rows_outside_are_told_one_by_one_and_a_whole_file_once():
    inside, outside = (114.7, 25.6), (116.0, 25.6)
    faults = coordinate_faults(points(inside, outside, inside, inside, outside), NANKANG, file="a.gpkg", layer="l")
    assert [fault.row for fault in faults] == [1, 4]
    assert faults[0].allowed == "114.4–115°E, 25.4–26.1°N"
    all_out = coordinate_faults(points(*[outside] * 500), NANKANG)
    assert len(all_out) == 1
    assert "500 行" in str(all_out[0].hint)
    many = points(*[outside] * (MAX_LISTED_ROWS + 1), *[inside] * 1000)
    assert len(coordinate_faults(many, NANKANG)) == 1


def test_rows_with_different_causes_are_told_apart():
    inside, outside, swapped = (114.7, 25.6), (116.0, 25.6), (25.6, 114.7)
    faults = coordinate_faults(points(inside, inside, inside, outside, swapped), NANKANG)
    assert sorted((fault.row, str(fault.hint)[:5]) for fault in faults) == [(3, "超出区界"), (4, "经纬度颠倒")]
    assert summary_of(faults) == "坐标被拒绝：经纬度颠倒、超出区界。"
    assert "swapped" in summary_of(faults).en


def test_an_outline_that_reaches_over_the_edge_is_outside_and_missing_ones_are_passed_over():
    frame = gpd.GeoDataFrame(geometry=[shapely.box(114.9, 25.5, 115.1, 25.6), None, shapely.Polygon()], crs=4326)
    assert [fault.row for fault in coordinate_faults(frame, NANKANG)] == [0]
