"""Where the lines of a stored district begin: telecoms at cross-connects, what nobody connects at the city road."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.upload import import_networks
from gisplanner.services.pipes.district_sources import district_sources
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
DIANXIN, YIDONG = "区电信分公司", "区移动分公司"
ESTATE = gpd.GeoDataFrame({"code": ["甲"]}, geometry=[shapely.box(EAST, NORTH, EAST + 100, NORTH + 60)], crs=4547)
ROADS = gpd.GeoDataFrame(
    {"highway": ["secondary"]},
    geometry=[shapely.LineString([(EAST - 50, NORTH - 20), (EAST + 150, NORTH - 20)])],
    crs=4547,
)


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", profile="nankang", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))


def hand_in(db: Database, district: District, folder: Path, owner: str, **points: tuple[float, float]) -> None:
    """Hand in cross-connects and a valve by name, in metres from the corner of the estate."""
    rows = ["编号,管类,附属物,X,Y"]
    rows += [
        f"{code},通信,{'阀门' if code[0] == 'V' else '光交箱'},{NORTH + y},{EAST + x}"
        for code, (x, y) in points.items()
    ]
    (folder / "点.csv").write_text("\n".join(rows), encoding="utf-8")
    import_networks(db, district, folder / "点.csv", owner=owner, crs="EPSG:4547")


def begins(db: Database, district: District) -> tuple[dict[str, set[tuple[float, float]]], list[str]]:
    found, notes = district_sources(db, district, ESTATE, ROADS)
    telecom = found[found["utility"] == "telecom"]
    at = {owner: {(p.x - EAST, p.y - NORTH) for p in rows.geometry} for owner, rows in telecom.groupby("owner")}
    return at, [str(one) for one in notes]


@pytest.mark.requirement("R6.10")
def test_telecoms_begin_at_their_own_cross_connects_or_share_those_of_others(
    db: Database, district: District, tmp_path: Path
):
    hand_in(db, district, tmp_path, DIANXIN, D1=(20, -5), D2=(80, -5), D9=(20, 900), V1=(40, -5))
    hand_in(db, district, tmp_path, YIDONG, Y1=(-30, 10))
    at, notes = begins(db, district)
    assert at[DIANXIN] == {(20, -5), (80, -5)}
    assert at[YIDONG] == {(-30, 10)}
    assert at["区联通分公司"] == at["区广电网络公司"] == {(20, -5), (80, -5), (-30, 10)}
    assert "通信从管线单位报送的 3 处光交接入（小区周边 300 米内）" in notes
    assert not any("telecom" in one for one in notes)


def test_a_connection_point_of_the_town_comes_first(db: Database, district: District, tmp_path: Path):
    hand_in(db, district, tmp_path, DIANXIN, D1=(20, -5))
    rows = f"点号,X,Y,管类,名称\nJ1,{NORTH - 20},{EAST + 50},通信,光交"
    (tmp_path / "接入.csv").write_text(rows, encoding="utf-8")
    import_features(db, district, "connection_points", tmp_path / "接入.csv", crs="EPSG:4547")
    at, notes = begins(db, district)
    assert set(map(frozenset, at.values())) == {frozenset({(50.0, -20.0)})}
    assert not any("光交" in one for one in notes)


def test_without_either_they_begin_on_the_city_road_and_it_is_said(db: Database, district: District):
    assert layer_frame(db, district, "network_points").empty
    at, notes = begins(db, district)
    assert len(at) == 4
    assert {y for places in at.values() for _, y in places} == {-20.0}
    assert [one for one in notes if "telecom" in one and "假定在离小区最近的市政道路接入" in one]
