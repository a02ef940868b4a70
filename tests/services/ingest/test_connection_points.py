"""Where the town's lines can be joined (市政接入点): any geometry file, or a table of points; plans begin there."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.errors import GeometryError, InputError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.services.uploads.kinds import UPLOAD_KINDS
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))


def stored(db: Database, district: District) -> dict[str, tuple[str, str | None]]:
    frame = layer_frame(db, district, "connection_points").astype(object)
    frame = frame.where(frame.notna(), None)
    return dict(zip(frame["code"], zip(frame["utility"], frame["name"], strict=True), strict=True))


def test_a_geometry_file_and_again(db: Database, district: District, tmp_path: Path):
    frame = gpd.GeoDataFrame(
        {"编号": ["J1", "J2"], "管类": ["给水", "污水"], "名称": ["红旗大道阀门井", None]},
        geometry=[shapely.Point(EAST, NORTH), shapely.Point(EAST + 20, NORTH)],
        crs=4547,
    )
    frame.to_file(tmp_path / "接入.gpkg")
    report = import_features(db, district, "connection_points", tmp_path / "接入.gpkg")
    assert report.counts.added == 2
    assert stored(db, district) == {"J1": ("water", "红旗大道阀门井"), "J2": ("sewage", None)}
    assert import_features(db, district, "connection_points", tmp_path / "接入.gpkg").counts.unchanged == 2


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_table_of_points(db: Database, district: District, tmp_path: Path, encoding: str):
    rows = ["点号,X,Y,管类,名称", f"J1,{NORTH},{EAST},燃气,调压站", f"J2,{NORTH},{EAST + 9},通信,光交"]
    (tmp_path / "接入.csv").write_bytes("\n".join(rows).encode(encoding))
    import_features(db, district, "connection_points", tmp_path / "接入.csv", crs="EPSG:4547")
    assert stored(db, district) == {"J1": ("gas", "调压站"), "J2": ("telecom", "光交")}


def test_what_is_no_point_of_a_network_is_told(db: Database, district: District, tmp_path: Path):
    rows = ["点号,X,Y,管类", f"J1,{NORTH},{EAST},磁悬浮"]
    (tmp_path / "接入.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        import_features(db, district, "connection_points", tmp_path / "接入.csv", crs="EPSG:4547")
    assert [(one.column, one.value) for one in caught.value.faults] == [("管类", "磁悬浮")]
    (tmp_path / "接入.csv").write_text(f"点号,X,Y,管类\nJ1,{NORTH},{EAST},\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        import_features(db, district, "connection_points", tmp_path / "接入.csv", crs="EPSG:4547")
    assert [(one.row, one.column) for one in caught.value.faults] == [(0, "utility")]
    blank = gpd.GeoDataFrame({"管类": ["给水", " "]}, geometry=[shapely.Point(EAST, NORTH)] * 2, crs=4547)
    blank.to_file(tmp_path / "空白.gpkg")
    with pytest.raises(InputError) as caught:
        import_features(db, district, "connection_points", tmp_path / "空白.gpkg")
    assert [(one.row, one.column) for one in caught.value.faults] == [(1, "utility")]
    line = gpd.GeoDataFrame(
        {"管类": ["给水"]}, geometry=[shapely.LineString([(EAST, NORTH), (EAST, NORTH + 9)])], crs=4547
    )
    line.to_file(tmp_path / "线.gpkg")
    with pytest.raises(GeometryError):
        import_features(db, district, "connection_points", tmp_path / "线.gpkg")
    assert stored(db, district) == {}
    assert ".csv" in UPLOAD_KINDS["connection_points"].suffixes
