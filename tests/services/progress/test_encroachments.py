"""Structures on roads and green are listed with the square metres they take; what has no outline is told apart."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.progress.encroachments import encroachments
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

EAST, NORTH = 576_811.0, 2_839_390.0


def box(*bounds: float) -> shapely.Geometry:
    west, south, east, north = bounds
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def stored(db: Database, district: District, table: str, **columns: list) -> None:
    frame = gpd.GeoDataFrame(columns, geometry="geom", crs=4547)
    with db.transaction() as connection:
        copy_features(connection, table, district, frame, [name for name in columns if name != "geom"])


@pytest.mark.requirement("R7.06", "R7.07")
def test_what_stands_on_roads_and_green_is_measured(db: Database, nankang: District, tmp_path: Path):
    road = shapely.LineString([(EAST, NORTH), (EAST + 100, NORTH)])
    lane = shapely.LineString([(EAST, NORTH + 50), (EAST + 100, NORTH + 50)])
    stored(db, nankang, "road", code=["1", "2"], name=["人民路", "小巷"], width_m=[8.0, None], geom=[road, lane])
    stored(
        db, nankang, "obstacle",
        code=["A", "B", "C", "D"], kind=["违章建筑", "铁皮棚", "防盗网", "围墙"], removable=[True, True, True, False],
        geom=[box(10, 2, 20, 6), box(40, 20, 50, 30), shapely.Point(EAST, NORTH), box(60, 0, 70, 4)],
    )  # fmt: skip
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO demolition (district_id, srid, code, estate_id, kind, geom) "
            "SELECT 'nankang', 4547, 'W1', id, '违章搭建', %s FROM estate WHERE code = 'NK2024-021' RETURNING id) "
            "INSERT INTO demolition_event (demolition_id, step, happened_on) SELECT id, 1, '2024-06-01' FROM made",
            [f"SRID=4547;{box(80, -4, 82, 0).wkt}"],
        )
    green = tmp_path / "green.geojson"
    gpd.GeoDataFrame({"name": ["中心绿地"]}, geometry=[box(45, 20, 60, 40)], crs=4547).to_crs(4326).to_file(green)
    told = encroachments(db, nankang, green=green)
    assert [(one.code, one.ground, one.name) for one in told.found] == [
        ("B", "绿地", "中心绿地"), ("A", "道路", "人民路"), ("W1", "道路", "人民路"),
    ]  # fmt: skip
    assert [one.area_m2 for one in told.found] == pytest.approx([50.0, 20.0, 8.0], abs=0.02)
    assert (told.structures, told.without_shape, told.roads_without_width) == (4, 1, 1)
    assert told.found[0].units == ("区城管局",)
    assert len(told.found[1].units) > 1, "several texts: a person decides"
    assert len(encroachments(db, nankang).found) == 2
