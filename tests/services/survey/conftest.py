"""A district where somebody went out and looked: estates, a red line, facilities, rooms, leftover land."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.store.database import Database

EAST, NORTH = 576_800.0, 2_839_400.0


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Return a rectangle in metres from the corner of the test ground."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def point(east: float, north: float) -> shapely.Geometry:
    """Return a point in metres from the corner of the test ground."""
    return shapely.Point(EAST + east, NORTH + north)


def bring(db: Database, district: District, kind: str, path: Path, shapes: list[shapely.Geometry], **columns: object):
    """Import a layer the ordinary way, from a GeoPackage with Chinese headings."""
    gpd.GeoDataFrame(columns, geometry=shapes, crs=district.crs).to_file(path, layer=kind)
    return import_features(db, district, kind, path)


@pytest.fixture
def surveyed(db: Database, nankang: District, tmp_path: Path) -> District:
    """Two estates 80 m apart, the red line of a project around the first."""
    bring(
        db, nankang, "estates", tmp_path / "小区.gpkg", [box(0, 0, 100, 100), box(180, 0, 280, 100)],
        小区名称=["金赣小区", "购物中心"],
    )  # fmt: skip
    bring(
        db, nankang, "red_lines", tmp_path / "红线.gpkg", [box(-10, -10, 110, 110)],
        红线编码=["H1"], 项目名称=["金赣小区老旧小区改造工程"], 依据文件=["区发改〔2024〕1号"],
        划定日期=["2024-05-20"],
    )  # fmt: skip
    bring(
        db, nankang, "municipal_facilities", tmp_path / "设施.gpkg",
        [point(5, 5), point(50, -8), shapely.LineString([point(50, 50), point(50, 210)]), point(150, 50)],
        设施编码=["S1", "S2", "S3", "S4"], 类别=["检查井", "检查井", "雨水沟", "路灯"],
        现状=["破损", "完好", None, "完好"], 管养单位=["区城管局", None, None, None], 数量=[1, None, None, None],
        单位=["座", None, None, None],
    )  # fmt: skip
    bring(
        db, nankang, "public_rooms", tmp_path / "房屋.gpkg", [point(20, 20), box(110, 0, 130, 20), point(900, 900)],
        房屋编码=["F1", "F2", "F3"], 类别=["公共用房", "闲置房屋", "国有资产"], 名称=["门卫室", "老供销社", "粮库"],
        使用状态=["在用", "闲置", "出租"], **{"建筑面积（㎡）": [18.5, 400, None]},
    )  # fmt: skip
    bring(
        db, nankang, "leftover_land", tmp_path / "用地.gpkg",
        [box(110, 40, 130, 60), box(145, 0, 170, 20), box(600, 600, 620, 620)],
        地块编码=["L1", "L2", "L3"], 类别=["边角地", "夹心地", "插花地"],
    )  # fmt: skip
    return nankang
