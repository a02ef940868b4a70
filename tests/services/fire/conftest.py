"""A district of two estates imported from files with Chinese headings: scenario 13 twice, with gates and networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import LineString, Point, affinity, box

from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database
from tests.acceptance.test_scenario_13_fire import ORIGIN

EAST_OF_IT = (200.0, 0.0)


def placed(shapes: list[Any], shift: tuple[float, float] = (0.0, 0.0)) -> list[Any]:
    return [affinity.translate(shape, ORIGIN[0] + shift[0], ORIGIN[1] + shift[1]) for shape in shapes]


def both(shapes: list[Any]) -> list[Any]:
    return [*placed(shapes), *placed(shapes, EAST_OF_IT)]


def frame(geometry: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4547")


def tables() -> dict[str, gpd.GeoDataFrame]:
    """In the first estate a shed is in the way; in the second a gate that is locked at night, and a parked car."""
    walls = [box(0, 40, 30, 60), box(34.2, 40, 80, 60)]
    return {
        "estates": frame(both([box(0, 0, 80, 100)]), 小区编码=["甲", "乙"], 小区名称=["金赣小区", "新园小区"]),
        "buildings": frame(
            both([box(14, 6, 50, 18), box(10, 70, 50, 82)]),
            **{
                "楼栋编码": ["甲1", "甲2", "乙1", "乙2"],
                "层数": [6, None, 11, 6],
                "户数": [24, 36, 44, 40],
                "高度（米）": [18.0, None, 33.0, 18.0],
                "灭火器（具）": [9, 4, 22, None],
            },
        ),
        "obstacles": frame(
            [*both(walls), *placed([box(33.5, 45, 34.2, 50)]), *placed([box(30, 52, 34.2, 52.3)], EAST_OF_IT),
             *placed([box(31.5, 42, 33.3, 46.5)], EAST_OF_IT)],
            **{
                "障碍物编码": ["墙1", "墙2", "墙3", "墙4", "棚1", "门1", "车1"],
                "类别": ["围墙", "围墙", "围墙", "围墙", "违章建筑", "电动门", "停放车辆"],
                "可拆除": ["否", "否", "否", "否", "是", "否", "否"],
                "可移位": [None, None, None, None, None, "是", "是"],
                "拆除费用（元）": [None, None, None, None, 8000, 500, 100],
                "权属": [None, None, None, None, "居民自建", "物业", "居民"],
                "开放时段": [None, None, None, None, None, "06:00-22:00", "22:00-06:00"],
                "钥匙保管人": [None, None, None, None, None, None, None],
                "净高（米）": [2.5, 2.5, 2.5, 2.5, 2.8, None, None],
            },
        ),
        "entrances": frame(
            both([Point(60, 0)]),
            **{
                "出入口编码": ["口1", "口2"],
                "名称": ["南门", "南门"],
                "净宽（米）": [6.0, 6.0],
                "净高（米）": [4.5, None],
                "开放时段": ["全天", "全天"],
                "钥匙保管人": ["门卫王师傅", None],
            },
        ),
    }  # fmt: skip


@pytest.fixture
def stored(db: Database, tmp_path: Path) -> tuple[Database, District]:
    """The district with everything in the register."""
    district = create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    for kind, table in tables().items():
        path = tmp_path / f"{kind}.gpkg"
        table.to_file(path, layer="data", driver="GPKG")
        import_features(db, district, kind, path, add_new=kind == "estates")
    return db, district


def lay_networks(db: Database, district: District, folder: Path) -> None:
    """Put a duct and a septic tank below the lane of the first estate, a power line and a hydrant beside it."""
    files = {
        "区电信分公司": frame(
            placed([LineString([(20, 30), (60, 30)])]), 编码=["缆1"], 管线种类=["通信"], 埋设方式=["管块"]
        ),
        "区供电公司": frame(
            placed([LineString([(28, 20), (28, 90)])]),
            编码=["线1"], 管线种类=["电力"], 埋设方式=["架空"], 电压=[10.0],
        ),
        "区水务公司": frame(
            placed([Point(32, 50), Point(3, 97), Point(70, 3)]),
            编码=["井1", "井2", "栓1"], 管线种类=["污水", "污水", "给水"], 附属物=["化粪池", "检查井", "消火栓"],
        ),
    }  # fmt: skip
    for owner, table in files.items():
        path = folder / f"{owner}.gpkg"
        table.to_file(path, layer="data", driver="GPKG")
        import_networks(db, district, path, owner=owner)
