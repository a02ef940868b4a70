"""Coordinates of phone maps: recognised only against what is stored, converted on request, never guessed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.crs import shift, unshift
from gisplanner.domain.district import District
from gisplanner.errors import CrsError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from tests.ingest_files import box, point, write

BOUNDS = (114.4, 25.4, 115.0, 26.1)
TRUE = (114.76500, 25.66000)
SHOWN = (114.76987, 25.65707)
"""What a phone map shows for the true point."""


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=BOUNDS)


@pytest.fixture
def surveyed(db: Database, district: District, tmp_path: Path) -> District:
    """The district with one surveyed road through the true point."""
    road = shapely.LineString([TRUE, (TRUE[0] + 0.0003, TRUE[1])])
    import_features(
        db, district, "roads", write(tmp_path / "survey.gpkg", [road], crs=4326, code=["s"], name=["红旗路"])
    )
    return district


def line_at(place: tuple[float, float], tmp_path: Path, **columns: object) -> Path:
    line = shapely.LineString([place, (place[0] + 0.0003, place[1])])
    return write(tmp_path / "phone.gpkg", [line], crs=4326, **columns)


def kinds(report: object) -> list[str]:
    return [finding.kind for finding in report.findings]  # type: ignore[attr-defined]


def test_a_line_of_a_phone_map_is_recognised_and_nothing_is_stored(db: Database, surveyed: District, tmp_path: Path):
    path = line_at(SHOWN, tmp_path, code=["x"])
    with pytest.raises(CrsError, match="疑似GCJ-02，偏移约 587 m") as caught:
        import_features(db, surveyed, "roads", path)
    assert "--crs gcj02" in str(caught.value.faults[0].hint)
    assert layer_frame(db, surveyed, "roads")["code"].tolist() == ["s"]
    tried = import_features(db, surveyed, "roads", path, dry_run=True)
    assert kinds(tried) == ["datum_suspected"]
    assert "587 m" in tried.findings[0].message


def test_converted_on_request_it_lands_within_a_metre(db: Database, surveyed: District, tmp_path: Path):
    report = import_features(db, surveyed, "roads", line_at(SHOWN, tmp_path, code=["x"]), crs="gcj02")
    assert kinds(report) == []
    stored = layer_frame(db, surveyed, "roads").set_index("code").geometry
    assert shapely.Point(stored["x"].coords[0]).distance(shapely.Point(stored["s"].coords[0])) < 1.0


def test_a_person_may_confirm_what_looks_shifted(db: Database, surveyed: District, tmp_path: Path):
    report = import_features(db, surveyed, "roads", line_at(SHOWN, tmp_path), trust_coordinates=True)
    assert (report.counts.added, kinds(report)) == (1, [])


def test_honest_coordinates_pass_and_a_wrong_declaration_is_refused(db: Database, surveyed: District, tmp_path: Path):
    path = line_at(TRUE, tmp_path, code=["x"])
    with pytest.raises(CrsError, match="不是 gcj02") as caught:
        import_features(db, surveyed, "roads", path, crs="gcj02")
    assert "去掉 --crs" in str(caught.value.faults[0].hint)
    assert kinds(import_features(db, surveyed, "roads", path)) == []


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_names_tell_where_neighbours_are_everywhere(db: Database, district: District, tmp_path: Path, datum: str):
    shapes = [box(150 * i, 150 * j) for i in range(12) for j in range(12)]
    names = [f"甲{i}苑" for i in range(144)]
    import_features(db, district, "estates", write(tmp_path / "e.gpkg", shapes, name=names))
    true = gpd.GeoSeries(shapes, crs=4547).to_crs(4326)
    moved = gpd.GeoDataFrame({"name": names}, geometry=shift(true, datum))
    moved.to_file(tmp_path / "p.gpkg")
    with pytest.raises(CrsError, match={"gcj02": "疑似GCJ-02", "bd09": "疑似BD-09"}[datum]):
        import_features(db, district, "estates", tmp_path / "p.gpkg")


def test_without_names_neighbours_fit_wherever_one_looks(db: Database, district: District, tmp_path: Path):
    shapes = [box(150 * i, 150 * j) for i in range(12) for j in range(12)]
    import_features(
        db, district, "estates", write(tmp_path / "e.gpkg", shapes, name=[f"甲{i}苑" for i in range(144)])
    )
    true = gpd.GeoSeries(shapes, crs=4547).to_crs(4326)
    gpd.GeoDataFrame({"floors": [6] * 144}, geometry=shift(true, "gcj02")).to_file(tmp_path / "b.gpkg")
    report = import_features(db, district, "buildings", tmp_path / "b.gpkg")
    assert "coordinates_unverified" in kinds(report)


def test_projected_rows_of_a_phone_map_are_recognised_too(db: Database, surveyed: District, tmp_path: Path):
    metric = gpd.read_file(line_at(SHOWN, tmp_path)).to_crs(4547)
    metric.to_file(tmp_path / "m.gpkg")
    with pytest.raises(CrsError, match="疑似GCJ-02") as caught:
        import_features(db, surveyed, "roads", tmp_path / "m.gpkg")
    assert "换成经纬度" in str(caught.value.faults[0].hint)


def test_where_nothing_can_tell_it_is_said(db: Database, district: District, tmp_path: Path):
    report = import_features(db, district, "entrances", write(tmp_path / "g.gpkg", [point(0, 0)]))
    assert kinds(report)[-1] == "coordinates_unverified"
    assert "无法核对坐标" in report.sentences()


def test_far_away_estates_accuse_nobody(db: Database, surveyed: District, tmp_path: Path):
    report = import_features(db, surveyed, "buildings", write(tmp_path / "b.gpkg", [box(9000, 9000)]))
    assert "coordinates_unverified" in kinds(report)


def test_outside_china_nothing_is_shifted(db: Database, tmp_path: Path):
    village = create_district(db, "v", crs="EPSG:32632", bounds_lonlat=(7.0, 48.0, 9.0, 49.0))
    file = write(tmp_path / "b.gpkg", [shapely.box(8.0, 48.4, 8.001, 48.401)], crs=4326)
    assert "coordinates_unverified" not in kinds(import_features(db, village, "buildings", file))


@pytest.mark.parametrize(
    ("place", "crs", "said"),
    [((25.66, 114.765), 4326, "经纬度颠倒"), ((114.765, 25.66), 4547, "超出区界"), ((118.0, 32.0), 4326, "超出区界")],
)
def test_swapped_and_degrees_as_metres_are_refused(
    db: Database, surveyed: District, tmp_path: Path, place: tuple[float, float], crs: int, said: str
):
    line = shapely.LineString([place, (place[0] + 0.0003, place[1])])
    with pytest.raises(CrsError, match=said):
        import_features(db, surveyed, "roads", write(tmp_path / "x.gpkg", [line], crs=crs))
    assert len(layer_frame(db, surveyed, "roads")) == 1


@settings(max_examples=60, deadline=None)
@given(st.floats(74, 135), st.floats(18, 53), st.sampled_from(["gcj02", "bd09"]))
def test_back_conversion_is_right_to_a_millimetre(lon: float, lat: float, datum: str):
    true = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326)
    back = unshift(shift(true, datum), datum).iloc[0]
    metres = np.hypot((back.x - lon) * 111_320, (back.y - lat) * 111_320)
    assert metres < 0.001
