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
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.upload import import_networks
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


SHIFTED = [(114.76987, 25.65707), (114.77087, 25.65807)]
"""GCJ-02 of the right place, declared as WGS84."""


def estate(path: Path) -> Path:
    outline = shapely.box(114.7645, 25.6595, 114.7665, 25.6615)
    gpd.GeoDataFrame({"name": ["甲小区"]}, geometry=[outline], crs=4326).to_file(path)
    return path


def test_networks_pass_the_same_guard(db: Database, tmp_path: Path):
    """A shifted line of a company is suspected, told by how much, stored only after somebody said how to read it."""
    district = ensure_builtin_district(db, "nankang")
    import_features(db, district, "estates", estate(tmp_path / "e.gpkg"), add_new=True)
    gpd.GeoDataFrame({"管类": ["燃气"]}, geometry=[shapely.LineString(SHIFTED)], crs=4326).to_file(
        tmp_path / "s.gpkg"
    )
    given = (db, district, tmp_path / "s.gpkg")
    with pytest.raises(CrsError, match="疑似GCJ-02") as caught:
        import_networks(*given, owner="区深燃公司")
    shift_m = float(str(caught.value.faults[0].value).removesuffix(" m"))
    assert shift_m == pytest.approx(587.0, abs=2.0)
    assert "--crs gcj02" in str(caught.value.faults[0].hint)
    dry = import_networks(*given, owner="区深燃公司", dry_run=True)
    assert any("疑似GCJ-02" in note for note in dry.notes)
    assert layer_frame(db, district, "pipe_segments").empty

    import_networks(*given, owner="区深燃公司", crs="gcj02")
    [line] = layer_frame(db, district, "pipe_segments").geometry
    truth = gpd.GeoSeries([shapely.Point(114.765, 25.66)], crs=4326).to_crs(district.crs).iloc[0]
    assert shapely.Point(line.coords[0]).distance(truth) < 1.0
    import_networks(*given, owner="区深燃公司", trust_coordinates=True)
    [line] = layer_frame(db, district, "pipe_segments").geometry
    assert shapely.Point(line.coords[0]).distance(truth) == pytest.approx(shift_m, abs=2.0)


@pytest.mark.parametrize(
    ("places", "crs", "reason"),
    [(SWAPPED, "EPSG:4326", "经纬度颠倒"), (RIGHT, "EPSG:4547", "超出区界")],
)
def test_a_network_that_cannot_be_right_is_refused(
    db: Database, tmp_path: Path, places: list[tuple[float, float]], crs: str, reason: str
):
    district = ensure_builtin_district(db, "nankang")
    file = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"管类": ["燃气"]}, geometry=[shapely.LineString(places)], crs=crs).to_file(file)
    with pytest.raises(CrsError, match=reason):
        import_networks(db, district, file, owner="区深燃公司")
    assert layer_frame(db, district, "pipe_segments").empty
