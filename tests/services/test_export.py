"""Every format is read back by GDAL's own programs and by libraries, and holds what was stored."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import ezdxf
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from ezdxf.lldxf.encoding import decode_dxf_unicode

from gisplanner.catalog.layers import layer, layers
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import InputError, NotFoundError, RefusedError
from gisplanner.formats.geopackage_writer import write_geopackage, write_geoparquet
from gisplanner.formats.layer_table import LayerTable
from gisplanner.formats.shapefile_writer import write_shapefile
from gisplanner.services.districts import create_district
from gisplanner.services.export import FORMATS, Format, export_layer
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

EAST, NORTH = 576_811.0, 2_839_390.0
NASTY = '=HYPERLINK("http://x","点")'
OUTSIDE_GBK = "㐀小区😀"


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def store(db: Database, district: District, table: str, geometry: list, **columns: list) -> None:
    frame = gpd.GeoDataFrame({**columns, "geom": geometry}, geometry="geom", crs=district.srid)
    with db.transaction() as connection:
        copy_features(connection, table, district, frame, list(columns))


@pytest.fixture
def district(db: Database) -> District:
    """A district with four estates (one a part short of every figure, one of two parts) and some of every layer."""
    made = create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    estates = [box(0, 0, 100, 80), None, shapely.MultiPolygon([box(192, 0, 68, 80), box(300, 0, 20, 20)]), None]
    store(
        db,
        made,
        "estate",
        estates,
        code=["1", "2", "3", "4"],
        seq=[1, 2, 3, 4],
        name=["一建公司", NASTY, "老&工<商>", None],
        households=[118, None, 20, 7],
        buildings=[6, 1, 1, 1],
        floor_area_10k_m2=[Decimal("37.7674"), None, Decimal("0.10"), Decimal("1.5")],
        needs=[["排水", "道路"], None, [], None],
        illustrative=[True, False, True, False],
    )
    barriers = [
        shapely.LineString([(EAST + 186, NORTH - 50), (EAST + 186, NORTH + 200)]),
        box(500, 0, 30, 300),
        shapely.Point(EAST, NORTH),
    ]
    store(db, made, "barrier", barriers, code=["a", "b", "c"], kind=["railway", "river", "gate"])
    store(db, made, "building", [box(10, 10, 40, 12)], code=["b1"], name=["1栋"], floors=[6], households=[24])
    store(db, made, "connection_point", [shapely.Point(EAST, NORTH)], code=["w1"], utility=["water"])
    return made


def ogrinfo(path: Path | str) -> str:
    told = subprocess.run(["ogrinfo", "-ro", "-al", str(path)], capture_output=True, text=True, check=True)
    assert "ERROR" not in told.stderr
    return told.stdout


def test_each_format_of_the_contract_has_a_file_kind():
    assert set(FORMATS) == set(get_args(Format)) == {"geojson", "gpkg", "shp", "dxf", "xlsx", "parquet", "kml"}


@pytest.mark.parametrize("file_format", list(FORMATS))
def test_every_layer_goes_into_every_format(db: Database, district: District, tmp_path: Path, file_format: Format):
    for name in layers():
        out = tmp_path / f"{name}{FORMATS[file_format].suffix}"
        made = export_layer(db, district, name, file_format, out)
        assert out.stat().st_size > 0
        assert made.crs == ("EPSG:4326" if file_format in {"geojson", "kml"} else "EPSG:4547")
        if name == "estates":
            assert (made.features, made.without_geometry, made.illustrative) == (4, 2, 2)
    assert len(list(tmp_path.iterdir())) == len(layers())


def test_geopackage(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "小区.gpkg"
    made = export_layer(db, district, "estates", "gpkg", out)
    told = ogrinfo(out)
    assert "Feature Count: 4" in told
    assert 'ID["EPSG",4547]' in told
    assert "Geometry: Multi Polygon" in told
    assert "总建筑面积（万平方米） (Real) = 37.7674" in told
    assert "IDENTIFIER=老旧小区" in told
    assert "示意数据：是" in told
    back = gpd.read_file(out, layer="estates")
    assert back["小区名称"].tolist()[:3] == ["一建公司", NASTY, "老&工<商>"]
    assert pd.isna(back["户数"].iloc[1])
    assert [None if pd.isna(value) else value for value in back["改造需求"]] == ["排水;道路", None, "", None]
    assert back.geometry.iloc[0].equals_exact(shapely.MultiPolygon([box(0, 0, 100, 80)]), 0)
    assert back.geometry.iloc[1] is None
    assert any("改造需求" in loss for loss in made.losses)


def test_geoparquet_keeps_decimals_and_lists(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.parquet"
    made = export_layer(db, district, "estates", "parquet", out)
    assert made.losses == ()
    back = gpd.read_parquet(out)
    assert back.crs.to_epsg() == 4547
    assert back["总建筑面积（万平方米）"].tolist() == [Decimal("37.7674"), None, Decimal("0.1000"), Decimal("1.5000")]
    assert list(back["改造需求"].iloc[0]) == ["排水", "道路"]
    assert back["改造需求"].iloc[1] is None
    assert back.geometry.iloc[0].equals_exact(box(0, 0, 100, 80), 0)
    geo = json.loads(pyarrow.parquet.read_schema(out).metadata[b"geo"])
    assert geo["columns"][geo["primary_column"]]["encoding"] == "WKB"


def test_shapefile_names_fit_and_are_told(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.zip"
    made = export_layer(db, district, "estates", "shp", out)
    assert made.fields["总建筑面积（万平方米）"] == "总建筑面积"
    with zipfile.ZipFile(out) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".shp", ".shx", ".dbf", ".prj", ".cpg", ".txt"}
        assert archive.read("estates.cpg").decode().strip() in {"GBK", "936"}
        fields = archive.read("fields.txt").decode()
    assert "总建筑面积 = 总建筑面积（万平方米）" in fields
    assert "示意数据：是" in fields
    told = ogrinfo(f"/vsizip/{out}")
    assert "Feature Count: 4" in told
    assert "小区名称 (String) = 一建公司" in told
    assert "总建筑面积 (Real) = 37.7674" in re.sub(r"(37\.7674)0+\b", r"\1", told)
    back = pyogrio.read_dataframe(f"/vsizip/{out}")
    assert back.geometry.notna().tolist() == [True, False, True, False]
    assert back.geometry.iloc[0].normalize().equals_exact(box(0, 0, 100, 80).normalize(), 1e-9)
    assert pd.isna(back["户数"].iloc[1])
    assert any("总建筑面积（万平方米）→总建筑面积" in loss for loss in made.losses)


def test_shapefile_with_letters_outside_gbk_is_utf8(db: Database, district: District, tmp_path: Path):
    store(db, district, "building", [box(0, 0, 9, 9)], code=["b2"], name=[OUTSIDE_GBK])
    made = export_layer(db, district, "buildings", "shp", tmp_path / "a.zip")
    assert "楼栋名称" not in made.fields or len(made.fields["楼栋名称"].encode()) <= 10
    back = pyogrio.read_dataframe(f"/vsizip/{tmp_path / 'a.zip'}")
    assert OUTSIDE_GBK in back[made.fields.get("楼栋名称", "楼栋名称")].tolist()


def test_shapefile_cuts_long_text_between_letters_and_says_so(db: Database, district: District, tmp_path: Path):
    store(db, district, "building", [box(0, 0, 9, 9)], code=["b2"], name=["栋" * 200])
    made = export_layer(db, district, "buildings", "shp", tmp_path / "a.zip")
    back = pyogrio.read_dataframe(f"/vsizip/{tmp_path / 'a.zip'}")
    assert "栋" * 127 in back["楼栋名称"].tolist()
    assert any("254" in loss and "楼栋名称" in loss for loss in made.losses)


def test_shapefile_of_mixed_geometry_is_one_file_a_kind(db: Database, district: District, tmp_path: Path):
    export_layer(db, district, "barriers", "shp", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = {name for name in archive.namelist() if name.endswith(".shp")}
    assert names == {"barriers_line.shp", "barriers_polygon.shp", "barriers_point.shp"}
    told = ogrinfo(f"/vsizip/{tmp_path / 'a.zip'}")
    assert told.count("Feature Count: 1") == 3


def test_sheet_holds_text_as_text(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.xlsx"
    export_layer(db, district, "estates", "xlsx", out)
    book = openpyxl.load_workbook(out)
    sheet = book["老旧小区"]
    heads = [cell.value for cell in sheet[1]]
    at = {head: heads.index(head) + 1 for head in heads}
    nasty = sheet.cell(3, at["小区名称"])
    assert (nasty.value, nasty.data_type, nasty.quotePrefix) == (NASTY, "s", True)
    with zipfile.ZipFile(out) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<v>37.7674</v>" in xml
    assert sheet.cell(2, at["户数"]).value == 118
    assert sheet.cell(3, at["户数"]).value is None
    wkt = sheet.cell(2, at["轮廓（WKT，EPSG:4547）"]).value
    assert shapely.from_wkt(wkt).equals(box(0, 0, 100, 80))
    assert round(sheet.cell(2, at["中心经度（度）"]).value, 3) == 114.766
    assert sheet.cell(3, at["中心经度（度）"]).value is None
    notes = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert notes["名称"] == "甲区老旧小区"
    assert notes["户数"] == "户"


def test_sheet_leaves_out_an_outline_too_long_for_a_cell_and_says_so(
    db: Database, district: District, tmp_path: Path
):
    angles = np.linspace(0, 2 * np.pi, 3000)[:-1]
    round_one = shapely.Polygon(np.c_[EAST + 50 * np.cos(angles), NORTH + 50 * np.sin(angles)])
    store(db, district, "building", [round_one], code=["round"])
    made = export_layer(db, district, "buildings", "xlsx", tmp_path / "a.xlsx")
    assert any("round" in loss for loss in made.losses)


def test_kml_is_read_by_gdal_and_says_what_it_is(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.kml"
    export_layer(db, district, "estates", "kml", out)
    told = ogrinfo(out)
    assert "Feature Count: 4" in told
    assert "户数 (Integer) = 118" in told
    assert "总建筑面积（万平方米） (Real) = 37.7674" in told
    root = ET.parse(out).getroot()
    space = {"k": "http://www.opengis.net/kml/2.2"}
    marks = root.findall(".//k:Placemark", space)
    assert [mark.findtext("k:name", namespaces=space) for mark in marks] == ["一建公司", NASTY, "老&工<商>", None]
    assert [bool(mark.findall(".//k:coordinates", space)) for mark in marks] == [True, False, True, False]
    assert "示意数据：是" in (root.findtext(".//k:Document/k:description", namespaces=space) or "")
    lon, lat = (float(part) for part in root.findtext(".//k:coordinates", namespaces=space).split()[0].split(","))
    assert (114 < lon < 115, 25 < lat < 26) == (True, True)


def test_dxf_has_closed_outlines_in_metres_and_names(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.dxf"
    made = export_layer(db, district, "estates", "dxf", out)
    drawing = ezdxf.readfile(out)
    assert not drawing.audit().errors
    assert drawing.units == ezdxf.units.M
    outlines = drawing.modelspace().query("LWPOLYLINE")
    assert len(outlines) == 3
    assert all(outline.closed and outline.dxf.layer == "老旧小区_小区" for outline in outlines)
    assert min(outlines[0].get_points("xy")) == (EAST, NORTH)
    assert outlines[0].get_xdata("GISPLANNER")[0].value == "1"
    labels = [text.dxf.text for text in drawing.modelspace().query('TEXT[layer=="老旧小区_注记"]')]
    assert labels == ["一建公司", "老&工<商>"]
    notes = [text.dxf.text for text in drawing.modelspace().query('TEXT[layer=="说明"]')]
    assert "示意数据：是" in notes
    assert "坐标系：EPSG:4547" in notes
    assert any("2 个没有图形" in loss for loss in made.losses)
    told = ogrinfo(out)
    assert "Layer (String) = 老旧小区_注记" in told
    assert "Text (String) = 一建公司" in told


def test_dxf_keeps_letters_outside_its_code_page(db: Database, district: District, tmp_path: Path):
    store(db, district, "building", [box(0, 0, 9, 9)], code=["b2"], name=[OUTSIDE_GBK])
    made = export_layer(db, district, "buildings", "dxf", tmp_path / "a.dxf")
    texts = [text.dxf.text for text in ezdxf.readfile(tmp_path / "a.dxf").modelspace().query("TEXT")]
    assert "㐀小区□" in [decode_dxf_unicode(text) for text in texts]
    assert any(OUTSIDE_GBK in loss for loss in made.losses)


def test_dxf_puts_each_kind_on_its_own_drawing_layer(db: Database, district: District, tmp_path: Path):
    export_layer(db, district, "barriers", "dxf", tmp_path / "a.dxf")
    drawing = ezdxf.readfile(tmp_path / "a.dxf")
    kinds = {entity.dxftype(): entity.dxf.layer for entity in drawing.modelspace() if entity.dxftype() != "TEXT"}
    assert kinds["POINT"] == "阻隔_gate"
    assert {layer.dxf.name for layer in drawing.layers} >= {"阻隔_railway", "阻隔_river", "阻隔_gate"}


@pytest.mark.parametrize("days", [[date(2024, 1, 31), None], [None, None]], ids=["known", "unknown"])
def test_a_day_is_a_day_and_no_moment(tmp_path: Path, days: list[date | None]):
    columns = (ColumnSpec(name="code", label="编码"), ColumnSpec(name="seen_on", label="日期", type="date"))
    rows = {"code": ["1", "2"], "seen_on": days}
    frame = gpd.GeoDataFrame(rows, geometry=[shapely.Point(EAST, NORTH), None], crs=4547)
    table = LayerTable("seen", "所见", "point", "code", columns, frame)
    for write, name in ((write_geopackage, "a.gpkg"), (write_shapefile, "a.zip")):
        write(tmp_path / name, table)
        told = pyogrio.read_info(tmp_path / name)
        assert dict(zip(told["fields"], told["ogr_types"], strict=True))["日期"] == "OFTDate", name
        back = pyogrio.read_dataframe(tmp_path / name)["日期"]
        assert [None if pd.isna(day) else day.date() for day in back] == days, name
    write_geoparquet(tmp_path / "a.parquet", table)
    assert pyarrow.parquet.read_table(tmp_path / "a.parquet")["日期"].to_pylist() == days


def test_geojson_of_the_same_data_is_the_same_file(db: Database, district: District, tmp_path: Path):
    for name in ("a.geojson", "b.geojson"):
        export_layer(db, district, "estates", "geojson", tmp_path / name)
    content = (tmp_path / "a.geojson").read_bytes()
    assert content == (tmp_path / "b.geojson").read_bytes()
    document = json.loads(content)
    assert document["名称"] == "甲区老旧小区"
    assert document["示意数据"] is True
    assert document["来源"] == "未注明"


def test_the_public_version_is_coarse_and_has_no_private_column(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.geojson"
    made = export_layer(db, district, "estates", "geojson", out, public=True, public_grid_m=50)
    document = json.loads(out.read_text())
    assert made.public
    assert document["声明"] == "未经地图审核不得公开"
    private = {column.label for column in layer("estates").columns if not column.public}
    assert private
    assert "户数" in private
    for feature in document["features"]:
        assert not private & set(feature["properties"])
    shape = shapely.geometry.shape(document["features"][0]["geometry"])
    metres = gpd.GeoSeries([shape], crs=4326).to_crs(4547).iloc[0]
    off_grid = np.abs(shapely.get_coordinates(metres) / 50 - np.round(shapely.get_coordinates(metres) / 50)) * 50
    assert off_grid.max() < 0.02


def test_what_cannot_be_exported_is_refused_and_nothing_is_written(db: Database, district: District, tmp_path: Path):
    out = tmp_path / "a.geojson"
    with pytest.raises(RefusedError):
        export_layer(db, district, "connection_points", "geojson", out, public=True)
    with pytest.raises(NotFoundError):
        export_layer(db, district, "nonsense", "geojson", out)
    with pytest.raises(InputError, match="文件夹不存在"):
        export_layer(db, district, "estates", "gpkg", tmp_path / "none" / "a.gpkg")
    for grid in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InputError):
            export_layer(db, district, "estates", "geojson", out, public=True, public_grid_m=grid)
    assert list(tmp_path.iterdir()) == []
