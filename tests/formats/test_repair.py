"""Geometry rows: refused with their row, or mended with the reason and the change of area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisplanner.formats.repair import clean_geometry

SQUARE = shapely.box(0, 0, 10, 10)


def series(*geometry: object) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(geometry), crs=4547)


def test_usable_rows_stay_as_they_are():
    clean = clean_geometry(series(SQUARE, shapely.MultiPolygon([SQUARE])), ("polygon",))
    assert clean.geometry.tolist() == [SQUARE, shapely.MultiPolygon([SQUARE])]
    assert (clean.faults, clean.repaired, clean.dropped_heights) == ((), (), 0)


@pytest.mark.parametrize(
    ("geometry", "hint"),
    [
        (None, "没有图形"),
        (shapely.Polygon(), "图形为空"),
        (shapely.Point(0, 0), "图形类型不对"),
        (shapely.LineString([(0, 0), (1, 1)]), "图形类型不对"),
        (shapely.GeometryCollection([SQUARE]), "图形类型不对"),
        (shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)]), "无法修复"),
    ],
)
def test_rows_that_cannot_be_used_are_told_by_row(geometry: object, hint: str):
    clean = clean_geometry(series(SQUARE, geometry), ("polygon",), file="a.gpkg", layer="l")
    assert [(fault.row, fault.file, fault.layer) for fault in clean.faults] == [(1, "a.gpkg", "l")]
    assert hint in str(clean.faults[0].hint)


def test_a_missing_geometry_passes_where_it_may_be_missing():
    clean = clean_geometry(series(None, None), ("polygon",), may_be_missing=np.array([True, False]))
    assert [fault.row for fault in clean.faults] == [1]


def test_a_file_without_any_geometry_is_told_in_few_lines():
    faults = clean_geometry(series(*[None] * 500), ("polygon",)).faults
    assert len(faults) == 201
    assert "300" in str(faults[-1].hint)


def test_rings_are_mended_and_the_change_of_area_is_told():
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    spike = shapely.Polygon([(0, 0), (10, 0), (10, 10), (10, 20), (10, 10), (0, 10)])
    clean = clean_geometry(series(SQUARE, bow_tie, spike), ("polygon",))
    assert [(repair.row, repair.reason) for repair in clean.repaired] == [
        (1, "Self-intersection"),
        (2, "Ring Self-intersection"),
    ]
    assert clean.repaired[0].area_change_m2 == pytest.approx(2.0)
    assert clean.repaired[1].area_change_m2 == pytest.approx(0.0)
    assert clean.geometry.iloc[2].equals(SQUARE)
    assert clean.geometry.is_valid.all()


def test_parts_that_overlap_keep_their_area():
    doubled = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    clean = clean_geometry(series(doubled), ("polygon",))
    assert clean.geometry.iloc[0].area == pytest.approx(150.0)


def test_heights_are_dropped_and_counted():
    high = shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])
    clean = clean_geometry(series(high, SQUARE), ("polygon",))
    assert clean.dropped_heights == 1
    assert not clean.geometry.has_z.any()


def test_a_point_of_a_multipoint_is_a_point_and_several_are_refused():
    clean = clean_geometry(series(shapely.MultiPoint([(1, 2)]), shapely.MultiPoint([(1, 2), (3, 4)])), ("point",))
    assert clean.geometry.iloc[0] == shapely.Point(1, 2)
    assert [fault.row for fault in clean.faults] == [1]


def test_a_line_without_length_is_refused():
    clean = clean_geometry(series(shapely.LineString([(1, 1), (1, 1)])), ("line", "polygon"))
    assert [fault.row for fault in clean.faults] == [0]
