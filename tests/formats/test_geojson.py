"""GeoJSON by the letter of RFC 7946, read back by GDAL, and back in metres where it was."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import jsonschema
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import CrsError
from gisplanner.formats.geojson import feature_collection, json_text, write_geojson

EAST, NORTH = 576_811.0, 2_839_390.0
COLUMNS = [
    ColumnSpec(name="code", label="小区编码"),
    ColumnSpec(name="name", label="小区名称"),
    ColumnSpec(name="households", label="户数", type="integer"),
    ColumnSpec(name="area", label="总建筑面积（万平方米）", type="decimal"),
    ColumnSpec(name="needs", label="改造需求", type="text_list"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
    ColumnSpec(name="built", label="建成", type="date"),
]

POSITION = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": 73, "maximum": 136},
        {"type": "number", "minimum": 3, "maximum": 54},
    ],
    "minItems": 2,
    "maxItems": 2,
}


def arrays(item: dict, least: int = 1) -> dict:
    return {"type": "array", "items": item, "minItems": least}


def shape(kind: str, coordinates: dict) -> dict:
    return {
        "type": "object",
        "properties": {"type": {"const": kind}, "coordinates": coordinates},
        "required": ["type", "coordinates"],
        "additionalProperties": False,
    }


RING = arrays(POSITION, 4)
RFC_7946 = {
    "type": "object",
    "properties": {
        "type": {"const": "FeatureCollection"},
        "crs": False,
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": ["string", "number"]},
                    "properties": {"type": ["object", "null"]},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            shape("Point", POSITION),
                            shape("MultiPoint", arrays(POSITION)),
                            shape("LineString", arrays(POSITION, 2)),
                            shape("MultiLineString", arrays(arrays(POSITION, 2))),
                            shape("Polygon", arrays(RING)),
                            shape("MultiPolygon", arrays(arrays(RING))),
                        ]
                    },
                },
                "required": ["type", "properties", "geometry"],
                "not": {
                    "anyOf": [{"required": ["coordinates"]}, {"required": ["geometries"]}, {"required": ["features"]}]
                },
            },
        },
    },
    "required": ["type", "features"],
    "not": {
        "anyOf": [
            {"required": ["coordinates"]},
            {"required": ["geometries"]},
            {"required": ["geometry"]},
            {"required": ["properties"]},
        ]
    },
}


def check_rfc_7946(text: str) -> dict:
    """Return the document after the rules of the RFC that a schema can tell and those it cannot."""
    document = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    jsonschema.Draft202012Validator(RFC_7946).validate(document)
    for feature in document["features"]:
        geometry = feature["geometry"]
        if geometry and geometry["type"].endswith("Polygon"):
            polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
            for outer, *holes in polygons:
                assert all(ring[0] == ring[-1] for ring in (outer, *holes))
                assert shapely.LinearRing(outer).is_ccw
                assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
    for line in text.splitlines():
        coordinates = line.partition('"coordinates"')[2]
        assert not re.search(r"\.\d{8,}", coordinates)
        assert "e" not in coordinates.lower()
    return document


def frame(geometry: list, crs: int | None = 4547) -> gpd.GeoDataFrame:
    n = len(geometry)
    return gpd.GeoDataFrame(
        {
            "code": [f"N{i}" for i in range(n)],
            "name": ['一建公司"甲"\\\n区'] * n,
            "households": [118.0, *[np.nan] * (n - 1)],
            "area": pd.Series([Decimal("37.7674"), *[None] * (n - 1)], dtype=object),
            "needs": [["排水", "道路"], *[None] * (n - 1)],
            "illustrative": [True, *[False] * (n - 1)],
            "built": [date(1998, 5, 1), *[None] * (n - 1)],
            "geom": geometry,
        },
        geometry="geom",
        crs=crs,
    )


def clockwise_box_with_hole() -> shapely.Polygon:
    outer = [(EAST, NORTH), (EAST, NORTH + 80), (EAST + 100, NORTH + 80), (EAST + 100, NORTH)]
    hole = [(EAST + 10, NORTH + 10), (EAST + 20, NORTH + 10), (EAST + 20, NORTH + 20), (EAST + 10, NORTH + 20)]
    return shapely.Polygon(outer, [hole])


def test_every_kind_of_geometry_obeys_the_rfc():
    box = clockwise_box_with_hole()
    assert not box.exterior.is_ccw
    geometry = [
        box,
        None,
        shapely.MultiPolygon([box, shapely.box(EAST + 200, NORTH, EAST + 300, NORTH + 50)]),
        shapely.Point(EAST, NORTH),
        shapely.LineString([(EAST, NORTH), (EAST + 7, NORTH)]),
        shapely.MultiLineString([[(EAST, NORTH), (EAST + 7, NORTH)], [(EAST, NORTH + 1), (EAST + 7, NORTH + 1)]]),
        shapely.MultiPoint([(EAST, NORTH), (EAST + 7, NORTH)]),
    ]
    made = feature_collection(frame(geometry), COLUMNS, id_column="code", members={"名称": "老旧小区"})
    document = check_rfc_7946(made.text)
    assert [feature["id"] for feature in document["features"]] == [f"N{i}" for i in range(7)]
    assert document["名称"] == "老旧小区"
    assert document["features"][1]["geometry"] is None
    assert (made.features, made.without_geometry, made.repairs) == (7, 1, ())
    lon, lat = document["features"][3]["geometry"]["coordinates"]
    assert (round(lon, 3), round(lat, 3)) == (114.765, 25.660)


def test_values_are_written_as_they_are():
    text = feature_collection(frame([None, None]), COLUMNS, id_column="code").text
    assert '"总建筑面积（万平方米）": 37.7674,' in text
    assert "\\u" not in text
    first, second = json.loads(text, parse_float=Decimal)["features"]
    assert first["properties"] == {
        "小区编码": "N0",
        "小区名称": '一建公司"甲"\\\n区',
        "户数": 118,
        "总建筑面积（万平方米）": Decimal("37.7674"),
        "改造需求": ["排水", "道路"],
        "示意数据": True,
        "建成": "1998-05-01",
    }
    assert list(second["properties"]) == [column.label for column in COLUMNS]
    assert [second["properties"][key] for key in ("户数", "总建筑面积（万平方米）", "改造需求", "建成")] == [None] * 4


def test_without_rows_it_is_still_a_collection():
    made = feature_collection(frame([None]).iloc[:0], COLUMNS, id_column="code", members={"名称": "空"})
    assert check_rfc_7946(made.text) == {"type": "FeatureCollection", "名称": "空", "features": []}


def test_the_same_rows_give_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        write_geojson(tmp_path / name, frame([clockwise_box_with_hole(), None]), COLUMNS, id_column="code")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_ring_that_the_grid_would_break_is_rebuilt_and_told():
    # A spike 2 mm wide: its two sides fall on the same grid points.
    spike = shapely.Polygon(
        [(0, 0), (100, 0), (100, 50), (50.001, 50), (50.0005, 90), (50, 50), (0, 50)],
    )
    speck = shapely.box(0, 0, 0.001, 0.001)
    moved = [shapely.transform(one, lambda points: points + np.array([EAST, NORTH])) for one in (spike, speck)]
    made = feature_collection(frame([*moved, None]), COLUMNS, id_column="code")
    document = check_rfc_7946(made.text)
    assert [(one.id, one.reason) for one in made.repairs] == [("N0", "rings"), ("N1", "collapsed")]
    written = shapely.geometry.shape(document["features"][0]["geometry"])
    assert written.is_valid
    back = gpd.GeoSeries([written], crs=4326).to_crs(4547).iloc[0]
    assert back.area == pytest.approx(moved[0].area, abs=1.5)
    assert document["features"][1]["geometry"] is None
    assert made.without_geometry == 2


def test_no_number_has_more_than_seven_decimals_even_where_geos_prints_more():
    point = gpd.GeoSeries([shapely.Point(108.7946889, 25.6835407)], crs=4326)
    made = feature_collection(frame(list(point), 4326), COLUMNS, id_column="code")
    assert '"coordinates":[108.7946889,25.6835407]' in made.text


def test_heights_are_left_out_and_told():
    made = feature_collection(frame([shapely.Point(EAST, NORTH, 12.5)]), COLUMNS, id_column="code")
    check_rfc_7946(made.text)
    assert [(one.id, one.reason) for one in made.repairs] == [("N0", "z")]


def test_without_a_reference_system_nothing_is_written(tmp_path: Path):
    with pytest.raises(CrsError):
        write_geojson(tmp_path / "a", frame([shapely.Point(1, 2)], crs=None), COLUMNS, id_column="code")
    assert not (tmp_path / "a").exists()


def test_gdal_reads_it(tmp_path: Path):
    path = tmp_path / "小区.geojson"
    write_geojson(path, frame([clockwise_box_with_hole(), None]), COLUMNS, id_column="code")
    told = subprocess.run(["ogrinfo", "-al", str(path)], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert "Feature Count: 2" in told.stdout
    assert 'ID["EPSG",4326]' in told.stdout
    assert "总建筑面积（万平方米） (Real) = 37.7674" in told.stdout
    assert "改造需求 (StringList) = (2:排水,道路)" in told.stdout
    assert "户数 (Integer) = 118" in told.stdout


offsets = st.floats(min_value=0, max_value=3000, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(offsets, offsets), min_size=3, max_size=12), st.sampled_from([4545, 4547, 4549]))
def test_metres_come_back_within_a_centimetre(points: list[tuple[float, float]], crs: int):
    hull = shapely.MultiPoint([(EAST + x, NORTH + y) for x, y in points]).convex_hull
    made = feature_collection(frame([hull], crs), COLUMNS, id_column="code")
    document = check_rfc_7946(made.text)
    if made.repairs:
        return
    written = shapely.geometry.shape(document["features"][0]["geometry"])
    back = gpd.GeoSeries([written], crs=4326).to_crs(crs).iloc[0]
    assert shapely.hausdorff_distance(back, hull) < 0.01


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_decimals_are_exact(value: Decimal):
    assert json.loads(json_text(value), parse_float=Decimal, parse_int=Decimal) == value


@given(st.text())
def test_any_text_survives(value: str):
    encoded = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert json.loads(json_text(encoded)) == encoded
