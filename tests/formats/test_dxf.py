"""Survey drawings: what is drawn becomes what we plan with, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import ezdxf
import numpy as np
import pandas as pd
import pytest
import shapely

from gisplanner.errors import CrsError, FileFormatError
from gisplanner.formats import dxf_entities
from gisplanner.formats.vector import read_vector
from tests.drawing_files import at, drawing, write_drawing
from tests.ingest_files import EAST, NORTH

CRS = "EPSG:4547"


def by_area(path: Path, layer: str) -> pd.DataFrame:
    frame = read_vector(path, prefer=layer, crs=CRS).frame
    return frame.assign(area=frame.geometry.area.round(1)).set_index("area")


@pytest.mark.parametrize(
    ("version", "encoding"), [("R12", "gbk"), ("R2000", "gbk"), ("R2010", "utf-8"), ("R2018", "utf-8")]
)
def test_houses_come_with_their_storeys_names_and_round_walls(tmp_path: Path, version: str, encoding: str):
    if version == "R12":  # has no LWPOLYLINE nor MTEXT; CAD programs write their older kin
        made = ezdxf.new("R12")
        made.encoding = "gbk"
        made.modelspace().add_polyline2d(
            [at(0, 0), at(40, 0), at(40, 12), at(0, 12)], close=True, dxfattribs={"layer": "房屋"}
        )
        made.modelspace().add_text("砼6", height=2).set_placement(at(10, 5))
        made.saveas(tmp_path / "a.dxf")
        houses = by_area(tmp_path / "a.dxf", "buildings")
        assert houses["floors"].tolist() == [6]
        return
    houses = by_area(write_drawing(tmp_path / "a.dxf", version, encoding), "buildings")
    half_circle = np.pi * 36 / 2
    assert sorted(houses.index) == pytest.approx([200.0, 200.0, 360 + half_circle, 480.0, 480.0], abs=1.0)
    rounded = houses[(houses.index > 400) & (houses.index < 450)]
    assert {floor for floor in houses["floors"] if pd.notna(floor)} == {6, 3, 2, 1}
    assert rounded["floors"].tolist() == [2]
    assert [name for name in houses["name"] if pd.notna(name)] == ["芙蓉花苑3栋"]
    assert set(houses["use"]) == {"一般房屋", "简单房屋", "房屋"}
    assert houses["geometry"].map(lambda shape: shape.is_valid).all()


def test_obstacles_are_sheds_walls_poles_and_trees_and_the_rest_is_told(tmp_path: Path):
    read = read_vector(write_drawing(tmp_path / "a.dxf"), prefer="obstacles", crs=CRS)
    kinds = read.frame.groupby("kind").geometry.apply(lambda shapes: sorted(shape.geom_type for shape in shapes))
    assert kinds.to_dict() == {
        "围墙": ["LineString"],
        "棚房": ["Polygon"],
        "独立树": ["Polygon"],
        "电杆": ["Point", "Point"],
    }
    assert "等高线 3" in read.notes[0]
    assert "检修井 1" in read.notes[0]
    assert "道路、路缘 1" in read.notes[0]


def test_gates_are_points_with_what_their_block_says(tmp_path: Path):
    gates = read_vector(write_drawing(tmp_path / "a.dxf"), prefer="entrances", crs=CRS).frame
    assert [(shape.x - EAST, shape.y - NORTH) for shape in gates.geometry] == [(60.0, -5.0), (113.0, -5.0)]
    assert (gates["名称"].iloc[0], gates["宽度"].iloc[0]) == ("东门", "4.2")


@pytest.mark.parametrize(
    ("version", "stated", "written"),
    [
        ("R2000", b"ANSI_1252", "gbk"),
        ("R2000", b"ANSI_936", "utf-8"),
        ("R2010", b"ANSI_936", "gbk"),
        ("R2000", b"", "gbk"),
    ],
)
def test_text_arrives_whole_whatever_the_code_page_says(tmp_path: Path, version: str, stated: bytes, written: str):
    path = write_drawing(tmp_path / "a.dxf", version, "utf-8" if version == "R2010" else "gbk")
    text = path.read_bytes().decode("utf-8" if version == "R2010" else "gbk")
    path.write_bytes(text.encode(written).replace(b"ANSI_936", stated))
    houses = read_vector(path, prefer="buildings", crs=CRS).frame
    assert [name for name in houses["name"] if pd.notna(name)] == ["芙蓉花苑3栋"]
    assert "一般房屋" in set(houses["use"])


def test_binary_drawings_read_too(tmp_path: Path):
    drawing("R2010", "utf-8").saveas(tmp_path / "a.dxf", fmt="bin")
    assert len(read_vector(tmp_path / "a.dxf", prefer="buildings", crs=CRS).frame) == 5


def test_a_drawing_has_no_reference_system_and_its_layers_can_be_named(tmp_path: Path):
    path = write_drawing(tmp_path / "a.dxf")
    with pytest.raises(CrsError):
        read_vector(path, prefer="buildings")
    contours = read_vector(path, layer="DGX", crs=CRS).frame
    assert contours.geometry.geom_type.tolist() == ["LineString"] * 3


def test_our_own_drawings_come_back_with_their_ids(tmp_path: Path):
    made = ezdxf.new("R2000")
    made.encoding = "gbk"
    made.appids.add("GISPLANNER")
    ring = made.modelspace().add_lwpolyline(
        [at(0, 0), at(9, 0), at(9, 9)], close=True, dxfattribs={"layer": "老旧小区"}
    )
    ring.set_xdata("GISPLANNER", [(1000, "NK-07")])
    made.saveas(tmp_path / "a.dxf")
    assert read_vector(tmp_path / "a.dxf", layer="老旧小区", crs=CRS).frame["code"].tolist() == ["NK-07"]


def test_blocks_that_never_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = ezdxf.new("R2000")
    for depth in range(5):
        block = made.blocks.new(f"B{depth}")
        for _ in range(8):
            if depth:
                block.add_blockref(f"B{depth - 1}", (0, 0))
            else:
                block.add_line((0, 0), (1, 1))
    made.modelspace().add_blockref("B4", (0, 0))
    made.saveas(tmp_path / "a.dxf")
    monkeypatch.setattr(dxf_entities, "MAX_ENTITIES", 1000)
    with pytest.raises(FileFormatError, match="图块"):
        read_vector(tmp_path / "a.dxf", prefer="buildings", crs=CRS)


def test_storeys_that_disagree_are_not_taken(tmp_path: Path):
    made = drawing()
    made.modelspace().add_text("砼7", height=2, dxfattribs={"layer": "JMD"}).set_placement(at(25, 5))
    made.saveas(tmp_path / "a.dxf")
    read = read_vector(tmp_path / "a.dxf", prefer="buildings", crs=CRS)
    assert read.frame["floors"].dropna().tolist().count(6) == 0
    assert any("不同的层数" in note for note in read.notes)


def test_numbers_that_are_none_are_left_out_and_told(tmp_path: Path):
    path = write_drawing(tmp_path / "a.dxf")
    made = ezdxf.readfile(path)
    made.modelspace().add_circle((1e300, 0), 1e300, dxfattribs={"layer": "JMD"})
    made.saveas(path)
    read = read_vector(path, prefer="buildings", crs=CRS)
    assert len(read.frame) == 5
    assert any("1 个图元" in note for note in read.notes)
    assert shapely.is_valid(read.frame.geometry.to_numpy()).all()


def test_a_code_nobody_could_check_is_told(tmp_path: Path):
    read = read_vector(write_drawing(tmp_path / "a.dxf"), prefer="obstacles", crs="EPSG:4547")
    assert any("独立树（2138…）" in note and "未与 CASS 编码表核对" in note for note in read.notes)
    houses = read_vector(tmp_path / "a.dxf", prefer="buildings", crs="EPSG:4547")
    assert not any("核对" in note for note in houses.notes)
