"""A cross-section shows what lies where: offsets, depths, walls, gaps, and says what nobody knows."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import InputError, PermissionDeniedError, UsageError
from gisplanner.services.networks.section import cross_section_at, section_picture, write_section
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
PLACE = (EAST + 50.0, NORTH + 1.0)


@pytest.fixture
def lane(town: District, hand_in: Callable[..., Any], put: Callable[..., None]) -> District:
    hand_in(
        "燃气公司", ([(0, 0), (100, 0)], {"管类": "燃气", "压力": "低压", "管径": "DN110", "埋深": 0.8, "编号": "G1"})
    )
    hand_in("水司", ([(0, 0.4), (100, 0.4)], {"管类": "给水", "管径": "DN160", "埋深": 1.0, "编号": "W1"}))
    hand_in("电信", ([(0, 3), (100, 3)], {"管类": "通信", "编号": "T1", "管径": "300×200"}))
    put("buildings", [shapely.box(40, 5, 60, 15)], code=["B1"])
    return town


def test_offsets_depths_and_walls(db: Database, lane: District):
    found = cross_section_at(db, lane, PLACE, half_width_m=8.0)
    assert [(one.id.split("/")[0], abs(one.offset_m), one.depth_m) for one in found.cut.lines] == [
        ("电信", 2.0, None),
        ("水司", 0.6, 1.0),
        ("燃气公司", 1.0, 0.8),
    ]
    assert found.cut.gaps[0].clear_m == pytest.approx(2.6 - 0.15 - 0.08, abs=0.002)
    assert [(abs(a), abs(b), name) for a, b, name in found.cut.walls] == [(8.0, 4.0, "B1")]
    assert [(one.kind, one.measured_m) for one in found.conflicts if one.kind == "horizontal"] == [
        ("horizontal", 0.265)
    ]
    turned = cross_section_at(db, lane, PLACE, bearing_deg=0.0, half_width_m=8.0)
    assert [one.id.split("/")[0] for one in turned.cut.lines] == ["燃气公司", "水司", "电信"]


def test_what_cannot_be_judged_is_never_called_kept(db: Database, lane: District, hand_in: Callable[..., Any]):
    found = cross_section_at(db, lane, PLACE, half_width_m=8.0)
    assert found.remarks()["电信/telecom/T1"] == "水平净距满足，覆土资料不足"
    hand_in("热力公司", ([(40, -4), (60, 2.5)], {"管类": "热力", "管径": "DN100", "编号": "H1"}))
    crossed = cross_section_at(db, lane, PLACE, half_width_m=8.0)
    assert crossed.remarks()["热力公司/heat/H1"] == "资料不足"
    assert {one["id"]: one["remark"] for one in crossed.document()["lines"]} == crossed.remarks()


def test_the_place_may_be_given_in_degrees(db: Database, lane: District):
    lonlat = gpd.GeoSeries([shapely.Point(PLACE)], crs=4547).to_crs(4326).iloc[0]
    found = cross_section_at(db, lane, (lonlat.x, lonlat.y), half_width_m=8.0)
    assert found.cut.at == pytest.approx(PLACE, abs=0.01)
    assert len(found.document()["lines"]) == 3


def test_the_picture_is_the_same_twice_and_of_the_kind_asked_for(db: Database, lane: District, tmp_path: Path):
    found = cross_section_at(db, lane, PLACE, half_width_m=8.0)
    svg = section_picture(found, "甲巷")
    assert svg == section_picture(found, "甲巷")
    assert svg.startswith(b"<?xml")
    assert b"<text" not in svg
    write_section(found, tmp_path / "断面.png", "甲巷")
    data = (tmp_path / "断面.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert (data[:4], width) == (b"\x89PNG", 1760)
    assert height > 500
    with pytest.raises(UsageError):
        write_section(found, tmp_path / "断面.gif", "甲巷")


def test_who_may_see_it_and_where_there_is_nothing(db: Database, lane: District):
    company = Viewer("电信", "operator", {"owner": ("电信",)})
    seen = cross_section_at(db, lane, PLACE, half_width_m=8.0, viewer=company)
    assert [one.id.split("/")[0] for one in seen.cut.lines] == ["电信", "水司", "燃气公司"]
    stranger = Viewer("广电", "operator", {"owner": ("广电",)})
    with pytest.raises(InputError, match="50 米内没有管线"):
        cross_section_at(db, lane, PLACE, viewer=stranger)
    with pytest.raises(PermissionDeniedError):
        cross_section_at(db, lane, PLACE, viewer=Viewer("public"))
    with pytest.raises(InputError):
        cross_section_at(db, lane, PLACE, half_width_m=0.0)
