"""Frames go into tables whole: nulls, text with tabs, lists, any number of rows."""

from __future__ import annotations

from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features


def frame(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry="geom", crs=4547)


def test_values_arrive_as_they_were(db: Database):
    district = create_district(db, "a", crs="EPSG:4547")
    box = shapely.box(500000.1234567, 2839390, 500100, 2839490)
    rows = frame(
        code=["1", "2", "3"],
        name=["甲\t乙\n丙\\N", None, ""],
        households=[3.0, np.nan, 0],
        needs=[["排水", 'a"b\\c'], None, []],
        floor_area_10k_m2=[Decimal("37.7670"), None, Decimal("0.1")],
        geom=[box, None, shapely.MultiPolygon([box])],
    )
    columns = ["code", "name", "households", "needs", "floor_area_10k_m2"]
    with db.transaction() as connection:
        assert copy_features(connection, "estate", district, rows, columns) == 3
    stored = layer_frame(db, district, "estates")
    assert stored["name"].tolist()[0] == "甲\t乙\n丙\\N"
    assert pd.isna(stored["name"].iloc[1])
    assert stored["name"].iloc[2] == ""
    assert stored["households"].iloc[0] == 3
    assert pd.isna(stored["households"].iloc[1])
    assert stored["needs"].tolist() == [["排水", 'a"b\\c'], None, []]
    assert [str(value) for value in stored["floor_area_10k_m2"]] == ["37.7670", "None", "0.1"]
    assert stored.geometry.iloc[0].equals_exact(box, 0)
    assert stored.geometry.iloc[1] is None
    assert stored.crs.to_epsg() == 4547


def test_many_rows_go_in_in_pieces(db: Database):
    district = create_district(db, "a", crs="EPSG:4547")
    n = 45_001
    points = shapely.points(np.arange(n), np.zeros(n))
    rows = frame(code=[str(i) for i in range(n)], geom=points)
    with db.transaction() as connection:
        assert copy_features(connection, "entrance", district, rows, ["code"]) == n
    assert len(layer_frame(db, district, "entrances")) == n


def test_a_frame_in_another_system_is_refused(db: Database):
    district = create_district(db, "a", crs="EPSG:4548")
    with db.transaction() as connection, pytest.raises(ValueError, match="EPSG:4548"):
        copy_features(connection, "entrance", district, frame(code=["1"], geom=[shapely.Point(0, 0)]), ["code"])
