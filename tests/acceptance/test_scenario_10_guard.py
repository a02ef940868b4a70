"""Scenario 10, the refusals: coordinates in the wrong order or of the wrong unit never get in."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.errors import CrsError
from gisplanner.services.districts import ensure_builtin_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.store.database import Database

SWAPPED = [(25.66, 114.765), (25.661, 114.766)]
RIGHT = [(114.765, 25.66), (114.766, 25.661)]


def line(path: Path, places: list[tuple[float, float]], crs: str) -> Path:
    gpd.GeoDataFrame({"name": ["管线路由"]}, geometry=[shapely.LineString(places)], crs=crs).to_file(path)
    return path


def stored(db: Database) -> int:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM road) + (SELECT count(*) FROM import_batch) AS n")
        return int(cursor.fetchone().n)


@pytest.mark.parametrize(
    ("places", "crs", "reason"),
    [
        (SWAPPED, "EPSG:4326", "经纬度颠倒"),
        (RIGHT, "EPSG:4547", "超出区界"),
        (SWAPPED, "EPSG:4547", "超出区界"),
        ([(115.9, 25.66), (115.9, 25.67)], "EPSG:4326", "超出区界"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused_with_its_reason(
    db: Database, tmp_path: Path, places: list[tuple[float, float]], crs: str, reason: str
):
    district = ensure_builtin_district(db, "nankang")
    with pytest.raises(CrsError, match=reason) as caught:
        import_features(db, district, "roads", line(tmp_path / "a.gpkg", places, crs))
    document = json.dumps(caught.value.as_dict(), ensure_ascii=False)
    assert reason in document
    assert stored(db) == 0


def test_the_same_line_in_the_right_order_gets_in(db: Database, tmp_path: Path):
    district = ensure_builtin_district(db, "nankang")
    import_features(db, district, "roads", line(tmp_path / "a.gpkg", RIGHT, "EPSG:4326"))
    assert stored(db) == 2
