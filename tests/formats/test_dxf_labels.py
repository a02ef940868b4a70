"""Names in a drawing: along a line and upright, not on top of each other, inside an area."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import ezdxf
import geopandas as gpd
import pytest
import shapely
from shapely import LineString, MultiLineString, Point, box

from gisplanner.domain.layers import ColumnSpec
from gisplanner.formats.dxf_labels import HEIGHT_M, Labels
from gisplanner.formats.dxf_writer import write_dxf
from gisplanner.formats.layer_table import LayerTable

NAME = "给水 DN160 覆土1.00"


@pytest.mark.parametrize(
    ("ends", "turn"),
    [([(0, 0), (80, 0)], 0), ([(80, 0), (0, 0)], 0), ([(0, 0), (0, 80)], 90), ([(0, 80), (0, 0)], 90),
     ([(0, 0), (60, 60)], 45), ([(60, 60), (0, 0)], 45), ([(0, 60), (60, 0)], -45)],
)  # fmt: skip
def test_a_name_lies_along_its_line_and_is_never_upside_down(ends: list[tuple[float, float]], turn: float):
    place = Labels().place(LineString(ends), NAME)
    assert abs(place.turn_deg) == pytest.approx(abs(turn))
    assert -90.0 <= place.turn_deg <= 90.0
    assert Point(place.x, place.y).distance(LineString(ends).centroid) == pytest.approx(0.0)
    assert place.centred


def test_a_name_stands_on_the_longest_straight_not_in_a_bend():
    bent = MultiLineString([[(0, 0), (4, 0), (4, 60), (9, 60)], [(100, 0), (120, 0)]])
    place = Labels().place(bent, NAME)
    assert (place.x, place.y, abs(place.turn_deg)) == pytest.approx((4, 30, 90))


def test_names_of_lines_in_one_trench_stand_one_after_the_other():
    labels = Labels()
    places = [labels.place(LineString([(0, y), (160, y)]), NAME) for y in (0.0, 0.4, 0.8, 1.2)]
    middles = sorted(place.x for place in places)
    assert min(b - a for a, b in pairwise(middles)) >= 15.0
    crowded = labels.place(LineString([(60, 0.4), (100, 0.4)]), NAME)
    assert crowded.x == pytest.approx(80.0), "where none is free, the middle"


def test_an_area_a_point_and_a_line_of_no_length_have_their_name_at_a_point():
    for shape in (box(0, 0, 10, 10), Point(3, 4), LineString([(1, 1), (1, 1)])):
        place = Labels().place(shape, NAME)
        assert (place.turn_deg, place.height_m, place.centred) == (0.0, HEIGHT_M, False)
        assert shapely.distance(shape, Point(place.x, place.y)) == 0.0


def test_the_drawing_holds_them_so(tmp_path: Path):
    columns = tuple(
        ColumnSpec(name=name, label=label, type="text") for name, label in (("line", "编号"), ("name", "名称"))
    )
    frame = gpd.GeoDataFrame(
        {"line": ["1", "2"], "name": ["给水", "燃气"]},
        geometry=[LineString([(0, 0), (0, 50)]), LineString([(1, 50), (1, 0)])],
        crs=4547,
    )
    write_dxf(tmp_path / "a.dxf", LayerTable("lines", "管线", "line", "line", columns, frame, {}))
    texts = ezdxf.readfile(tmp_path / "a.dxf").modelspace().query("TEXT[layer=='管线_注记']")
    told = {one.dxf.text: (abs(one.dxf.rotation), one.dxf.halign, one.dxf.align_point.x) for one in texts}
    assert {name: (turn, x) for name, (turn, _, x) in told.items()} == {"给水": (90.0, 0.0), "燃气": (90.0, 1.0)}
    assert all(halign for _, halign, _ in told.values())
