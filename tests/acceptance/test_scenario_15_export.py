"""导出: 28 features, two of them nowhere, Chinese keys in UTF-8, and the register is the same after re-import."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.catalog.layers import layer
from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.services.export import FORMATS, export_layer
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.services.register.register import register_rows
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database

WITHOUT_OUTLINE = ("一建公司", "芙蓉新城")


@pytest.fixture
def sketched(db: Database, nankang: District) -> District:
    """The published plan, outlines sketched, two of them taken away again."""
    sketch_outlines(db, nankang)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE estate SET geom = NULL, illustrative = false WHERE name IN %s RETURNING name", (WITHOUT_OUTLINE,)
        )
        assert len(cursor.fetchall()) == 2
    return nankang


def check_same(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> None:
    """Assert that every value is the same and every corner stands where it stood, to two centimetres."""
    assert list(before.columns) == list(after.columns)
    for name in before.columns.drop("geom"):
        assert (
            before[name].astype(object).where(before[name].notna(), None).tolist()
            == after[name].astype(object).where(after[name].notna(), None).tolist()
        ), name
    there = before.geometry.notna()
    assert there.tolist() == after.geometry.notna().tolist()
    apart = shapely.hausdorff_distance(
        before.geometry[there].normalize().to_numpy(), after.geometry[there].normalize().to_numpy()
    )
    assert apart.max() < 0.02


def test_the_file_is_rfc_7946_with_chinese_keys(db: Database, sketched: District, tmp_path: Path):
    out = tmp_path / "estates.geojson"
    made = export_layer(db, sketched, "estates", "geojson", out)
    assert (made.features, made.without_geometry, made.illustrative) == (28, 2, 26)
    text = out.read_bytes().decode("utf-8")
    assert "\\u" not in text
    document = json.loads(text, parse_float=Decimal)
    assert "crs" not in document
    assert document["示意数据"] is True
    assert "〔2024〕20号" in document["来源"]
    features = document["features"]
    labels = [column.label for column in layer("estates").columns]
    assert [list(feature["properties"]) for feature in features] == [labels] * 28
    assert [one["properties"]["小区名称"] for one in features if one["geometry"] is None] == list(WITHOUT_OUTLINE)
    assert [feature["properties"]["序号"] for feature in features] == list(range(1, 29))
    assert sum(one["properties"]["总建筑面积（万平方米）"] for one in features) == Decimal("37.7674")
    assert sum(one["properties"]["户数"] for one in features) == 3433
    lonlat = shapely.get_coordinates([shapely.geometry.shape(one["geometry"]) for one in features if one["geometry"]])
    assert lonlat[:, 0].min() > 114.7
    assert lonlat[:, 0].max() < 114.85
    assert lonlat[:, 1].min() > 25.6
    assert lonlat[:, 1].max() < 25.7


@pytest.mark.parametrize("file_format", ["geojson", "gpkg", "parquet", "shp"])
def test_re_import_gives_an_identical_register(db: Database, sketched: District, tmp_path: Path, file_format: str):
    before, rows = layer_frame(db, sketched, "estates"), register_rows(db, sketched)
    out = tmp_path / f"estates{FORMATS[file_format].suffix}"
    export_layer(db, sketched, "estates", file_format, out)
    report = import_features(db, sketched, "estates", out)
    assert report.unmatched_file == ()
    assert register_rows(db, sketched) == rows
    check_same(before, layer_frame(db, sketched, "estates"))


def test_lost_outlines_come_back_from_the_file(db: Database, sketched: District, tmp_path: Path):
    before = layer_frame(db, sketched, "estates")
    out = tmp_path / "estates.geojson"
    export_layer(db, sketched, "estates", "geojson", out)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET geom = NULL, illustrative = false")
    import_features(db, sketched, "estates", out)
    check_same(before, layer_frame(db, sketched, "estates"))
    again = tmp_path / "again.geojson"
    export_layer(db, sketched, "estates", "geojson", again)
    assert again.read_bytes() == out.read_bytes()


def test_an_empty_district_gets_the_same_estates_from_the_file(db: Database, sketched: District, tmp_path: Path):
    before = layer_frame(db, sketched, "estates")
    out = tmp_path / "estates.geojson"
    export_layer(db, sketched, "estates", "geojson", out)
    empty = create_district(db, "copy", crs="EPSG:4547")
    import_features(db, empty, "estates", out)
    after = layer_frame(db, empty, "estates")
    of_a_plan = ["project", "project_code", "project_source"]
    check_same(before.drop(columns=of_a_plan), after.drop(columns=of_a_plan))
