"""Coordinates of the public version, places for names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gisplanner.errors import CrsError
from gisplanner.maps.outlines import as_degrees, coarsened, name_points

EAST, NORTH = 576811.0, 2839390.0


@given(
    st.floats(0, 500), st.floats(0, 500), st.floats(0.5, 80), st.floats(0.5, 80), st.sampled_from([5.0, 10.0, 25.0])
)  # fmt: skip
def test_every_coordinate_lands_on_the_grid_and_nothing_disappears(x, y, width, height, grid):
    outline = shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)
    moved = coarsened(np.array([outline]), grid)[0]
    assert moved.is_valid
    assert moved.area > 0
    steps = shapely.get_coordinates(moved) / grid
    assert np.abs(steps - steps.round()).max() < 1e-6
    assert moved.hausdorff_distance(outline) <= grid * 2**0.5


def test_a_line_shorter_than_the_grid_keeps_a_place():
    moved = coarsened(np.array([shapely.LineString([(EAST + 1, NORTH + 1), (EAST + 3, NORTH + 2)])]), 10.0)[0]
    assert moved.geom_type == "LineString"
    assert moved.length == 10.0


def test_missing_geometry_stays_missing():
    assert coarsened(np.array([None], dtype=object), 10.0)[0] is None


def test_degrees_have_the_decimals_a_page_needs():
    series = gpd.GeoSeries([shapely.Point(EAST, NORTH)], crs=4547)
    point, public = as_degrees(series)[0], as_degrees(series, grid_m=10.0)[0]
    assert (point.x, point.y) == pytest.approx((114.765, 25.660), abs=2e-4)
    assert round(point.x, 6) == point.x
    assert round(public.y, 5) == public.y


def test_degrees_in_are_refused():
    with pytest.raises(CrsError):
        as_degrees(gpd.GeoSeries([shapely.Point(114.765, 25.660)], crs=4326))


def test_a_name_stands_inside_a_bent_outline():
    bent = shapely.box(0, 0, 100, 100).difference(shapely.box(0, 10, 90, 100))
    place = name_points(gpd.GeoSeries([bent], crs=4547))[0]
    assert bent.contains(place)
    assert bent.boundary.distance(place) > 4.5
