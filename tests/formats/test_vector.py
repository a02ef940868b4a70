"""Every kind of file opens through one door, and a broken one is answered with its reason."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from gisplanner.errors import CrsError, FileFormatError, GeometryError, GisPlannerError, NotFoundError
from gisplanner.formats import zipped
from gisplanner.formats.vector import READERS, SUPPORTED, read_vector

BOX = shapely.box(576811, 2839390, 576911, 2839470)


def frame(crs: object = 4547, **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns or {"name": ["甲", None]}, geometry=[BOX, None], crs=crs)


def zip_of(path: Path, folder: Path, *, but: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            if file.suffix != but:
                archive.write(file, f"数据/{file.name}")
    return path


def shapefile(tmp_path: Path, crs: object = 4547, encoding: str = "UTF-8") -> Path:
    folder = tmp_path / "shp"
    folder.mkdir()
    frame(crs).to_file(folder / "estates.shp", encoding=encoding)
    return folder


WRITERS = {
    ".gpkg": lambda path: frame().to_file(path, layer="estates"),
    ".geojson": lambda path: frame().to_crs(4326).to_file(path),
    ".json": lambda path: frame().to_crs(4326).to_file(path, driver="GeoJSON"),
    ".parquet": lambda path: frame().to_parquet(path),
    ".geoparquet": lambda path: frame().to_parquet(path),
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_each_format_gives_its_rows_in_order_with_gaps_kept(tmp_path: Path, suffix: str):
    path = tmp_path / f"estates{suffix}"
    WRITERS[suffix](path)
    read = read_vector(path, prefer="estates")
    assert read.frame["name"].tolist()[0] == "甲"
    assert pd.isna(read.frame["name"].iloc[1])
    assert read.frame.geometry.iloc[1] is None
    assert read.frame.to_crs(4547).geometry.iloc[0].equals_exact(BOX, 0.01)
    assert list(read.frame.index) == [0, 1]
    assert len(read.sha256) == 64


def test_a_zipped_shapefile_reads_from_a_chinese_folder(tmp_path: Path):
    read = read_vector(zip_of(tmp_path / "estates.zip", shapefile(tmp_path)), prefer="estates")
    assert (read.layer, read.crs.to_epsg(), read.frame["name"].iloc[0]) == ("estates", 4547, "甲")


def test_a_zip_whose_names_are_in_gbk_reads(tmp_path: Path):
    path = zip_of(tmp_path / "a.zip", shapefile(tmp_path))
    # Python cannot write such names: GBK bytes of the same length go in, and the mark of UTF-8 comes off.
    packed = path.read_bytes().replace("数据".encode(), "数据啊".encode("gbk"))
    path.write_bytes(packed.replace(b"\x14\x00\x00\x08", b"\x14\x00\x00\x00"))
    with zipfile.ZipFile(path, metadata_encoding="gbk") as archive:
        assert {member.filename.split("/")[0] for member in archive.infolist()} == {"数据啊"}
    assert len(read_vector(path, prefer="estates").frame) == 2


def test_a_shapefile_in_a_folder_reads_and_one_without_its_parts_names_them(tmp_path: Path):
    folder = shapefile(tmp_path)
    assert len(read_vector(folder / "estates.shp").frame) == 2
    (folder / "estates.dbf").unlink()
    with pytest.raises(FileFormatError, match=r"\.dbf"):
        read_vector(folder / "estates.shp")
    with pytest.raises(FileFormatError, match=r"\.dbf"):
        read_vector(zip_of(tmp_path / "a.zip", folder))


def test_the_layer_is_the_one_asked_for_else_the_namesake_else_the_only_one(tmp_path: Path):
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="小区")
    assert read_vector(path, prefer="estates").layer == "小区"
    frame().to_file(path, layer="roads")
    with pytest.raises(NotFoundError) as caught:
        read_vector(path, prefer="estates")
    assert caught.value.faults[0].allowed == "小区（2 行）、roads（2 行）"
    assert read_vector(path, prefer="roads").layer == "roads"
    assert read_vector(path, prefer="roads", layer="小区").layer == "小区"
    with pytest.raises(NotFoundError):
        read_vector(path, layer="楼栋")


@pytest.mark.parametrize("name", ["a.dwg", "a.rar", "a", "a.txt"])
def test_an_unsupported_file_is_told_what_is_supported(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"AC1032")
    with pytest.raises(FileFormatError) as caught:
        read_vector(tmp_path / name)
    assert caught.value.faults[0].allowed == SUPPORTED


def test_files_that_are_not_there_or_empty_or_folders(tmp_path: Path):
    with pytest.raises(NotFoundError):
        read_vector(tmp_path / "a.gpkg")
    (tmp_path / "b.gpkg").touch()
    with pytest.raises(FileFormatError, match="空文件"):
        read_vector(tmp_path / "b.gpkg")
    (tmp_path / "c.gpkg").mkdir()
    with pytest.raises(FileFormatError):
        read_vector(tmp_path / "c.gpkg")


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("content", [b"nonsense", b"\x00" * 64, b"PK\x03\x04", b"{}", b"<osm>"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, suffix: str, content: bytes):
    path = tmp_path / f"estates{suffix}"
    path.write_bytes(content)
    with pytest.raises(GisPlannerError) as caught:
        read_vector(path, prefer="estates")
    assert isinstance(caught.value, FileFormatError)
    assert caught.value.faults[0].file == path.name


def test_a_cut_off_geojson_is_refused(tmp_path: Path):
    path = tmp_path / "a.geojson"
    frame().to_crs(4326).to_file(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileFormatError, match="GeoJSON"):
        read_vector(path)


def test_a_table_without_geometry_is_no_layer(tmp_path: Path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="t")
    with pytest.raises(FileFormatError, match="没有图形图层"):
        read_vector(path, prefer="estates")
    with pytest.raises(FileFormatError, match="没有图形"):
        read_vector(path, layer="t")


@pytest.mark.parametrize("name", ["../../estates.shp", "/tmp/estates.shp", "a/../../estates.shp", "..\\estates.shp"])
def test_a_zip_that_points_out_of_itself_is_refused(tmp_path: Path, name: str):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(FileFormatError, match="不安全") as caught:
        read_vector(tmp_path / "a.zip")
    assert caught.value.faults[0].value == name


def test_a_zip_bomb_is_refused_before_and_while_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = zip_of(tmp_path / "a.zip", shapefile(tmp_path))
    monkeypatch.setattr(zipped, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(FileFormatError, match="过大"):
        read_vector(path)
    monkeypatch.setattr(zipped, "MAX_UNPACKED_BYTES", 1 << 20)
    with zipfile.ZipFile(path) as archive, pytest.raises(FileFormatError, match="解压后过大"):
        zipped._unpack(path, archive, archive.getinfo("数据/estates.shp"), tmp_path / "out", 10)


def test_a_zip_without_shapefile_a_damaged_and_an_encrypted_one(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", b"x")
    with pytest.raises(FileFormatError, match="没有 Shapefile"):
        read_vector(tmp_path / "a.zip")
    whole = zip_of(tmp_path / "b.zip", shapefile(tmp_path)).read_bytes()
    locked = bytearray(whole)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(mark, at + 4)
    (tmp_path / "c.zip").write_bytes(locked)
    with pytest.raises(FileFormatError, match="不安全") as caught:
        read_vector(tmp_path / "c.zip")
    assert "密码" in (caught.value.faults[0].hint or "")
    damaged = bytearray(whole)
    at = damaged.find(b".shp") + 10
    damaged[at : at + 20] = b"\xff" * 20
    (tmp_path / "d.zip").write_bytes(damaged)
    with pytest.raises(FileFormatError):
        read_vector(tmp_path / "d.zip")


def test_an_encoding_may_be_demanded_and_is_held_to(tmp_path: Path):
    folder = shapefile(tmp_path, encoding="GBK")
    (folder / "estates.cpg").write_text("UTF-8")
    path = zip_of(tmp_path / "a.zip", folder)
    assert read_vector(path, encoding="GBK").frame["name"].iloc[0] == "甲"
    for encoding in ("UTF-8", "no-such-encoding"):
        with pytest.raises(FileFormatError) as caught:
            read_vector(path, encoding=encoding)
        assert caught.value.faults[0].column == "--encoding"


def test_a_file_without_crs_asks_for_one(tmp_path: Path):
    path = zip_of(tmp_path / "a.zip", shapefile(tmp_path), but=".prj")
    with pytest.raises(CrsError) as caught:
        read_vector(path)
    assert "--crs EPSG:n" in str(caught.value)
    assert caught.value.faults[0].allowed == "EPSG:n | gcj02 | bd09 | local:NAME"
    assert read_vector(path, crs="EPSG:4547").crs.to_epsg() == 4547
    with pytest.raises(CrsError):
        read_vector(path, crs="EPSG:999999")


def test_a_declared_crs_must_not_contradict_the_file(tmp_path: Path):
    path = tmp_path / "a.gpkg"
    frame().to_file(path)
    with pytest.raises(CrsError, match="矛盾"):
        read_vector(path, crs="EPSG:4548")
    with pytest.raises(CrsError, match="矛盾"):
        read_vector(path, crs="gcj02")
    assert read_vector(path, crs="EPSG:4547").declared_crs == "EPSG:4547"


def test_two_names_of_one_system_do_not_contradict(tmp_path: Path):
    path = zip_of(tmp_path / "a.zip", shapefile(tmp_path))  # the .prj is ESRI's wording
    assert read_vector(path, crs="EPSG:4547").crs.to_epsg() == 4547
    degrees = tmp_path / "b.gpkg"
    frame().to_crs(4490).to_file(degrees)
    assert read_vector(degrees, crs="EPSG:4326").crs.to_epsg() == 4490


def test_a_geojson_without_crs_member_may_be_declared(tmp_path: Path):
    path = tmp_path / "a.geojson"
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(BOX)}],
            }
        )
    )
    assert read_vector(path).crs.to_epsg() == 4326
    assert read_vector(path, crs="EPSG:4547").frame.crs.to_epsg() == 4547


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "GCJ02"])
def test_shifted_coordinates_come_back_to_wgs84(tmp_path: Path, datum: str):
    # WGS84 115.85, 28.65 as two other libraries (gcoord, prcoords) shift it.
    shifted = {"gcj02": (115.854917, 28.646664), "bd09": (115.861480, 28.652324)}[datum.lower()]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "Point", "coordinates": [*shifted, 12.0]}))
    read = read_vector(path, crs=datum)
    metric = read.frame.geometry.to_crs(4548).iloc[0]
    true = gpd.GeoSeries([shapely.Point(115.85, 28.65)], crs=4326).to_crs(4548).iloc[0]
    assert read.crs.to_epsg() == 4326
    assert metric.distance(true) < 1.0


def test_geometry_that_is_no_simple_feature_is_refused_by_row(tmp_path: Path):
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="estates")
    tin = bytes.fromhex("01F80300000100000001F90300000100000004000000" + "0000000000000000" * 12)
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        header = b"GP\x00\x01" + (4547).to_bytes(4, "little")
        connection.execute("UPDATE estates SET geom = ? WHERE fid = 2", (header + tin,))
    connection.close()
    with pytest.raises(GeometryError) as caught:
        read_vector(path)
    assert [fault.row for fault in caught.value.faults] == [1]


def test_a_file_made_from_openstreetmap_keeps_its_credit(tmp_path: Path):
    path = tmp_path / "a.gpkg"
    frame(osm_type=["way", "way"], osm_id=[1, 2]).to_file(path)
    assert "OpenStreetMap" in (read_vector(path).credit or "")
    frame().to_file(tmp_path / "b.gpkg")
    assert read_vector(tmp_path / "b.gpkg").credit is None
