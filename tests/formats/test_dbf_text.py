"""Shapefiles as they really come: Chinese text arrives whole, or the file is refused with the reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.errors import FileFormatError
from gisplanner.formats.dbf_text import decode_table
from gisplanner.formats.vector import read_vector
from tests.ingest_files import box

NAMES = ["芙蓉花苑", "怡然居小区", None]
UTF8, GBK = "UTF-8", "GBK"


def shapefile(
    folder: Path, encoding: str, *, cpg: str | None = None, ldid: int | None = None, names: list[str | None] = NAMES
) -> Path:
    """Write a Shapefile whose bytes are in ``encoding`` whatever it says about itself."""
    path = folder / "小区.shp"
    shapes = [box(100 * i, 0) for i in range(len(names))]
    gpd.GeoDataFrame({"名称": names, "n": range(len(names))}, geometry=shapes, crs=4547).to_file(
        path, encoding=encoding
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = ldid or 0
    path.with_suffix(".dbf").write_bytes(dbf)
    return path


CASES = [
    (GBK, None, 0),
    (GBK, None, 0x4D),
    (GBK, None, 0x57),
    (GBK, None, 0x03),
    (GBK, "GBK", 0),
    (GBK, "936", 0),
    (GBK, "ANSI 936", 0x57),
    (GBK, "GB18030", 0),
    (GBK, "GB2312", 0),
    (GBK, "UTF-8", 0),
    (GBK, "OEM", 0x57),
    (GBK, "ISO-8859-1", 0),
    (GBK, "1252", 0),
    (GBK, "no such code page", 0),
    (GBK, "", 0),
    ("GB18030", None, 0),
    (UTF8, None, 0),
    (UTF8, "UTF-8", 0),
    (UTF8, "65001", 0x57),
    (UTF8, "GBK", 0x4D),
    (UTF8, "936", 0),
    (UTF8, "OEM", 0),
    (UTF8, "ISO-8859-1", 0x57),
]


@pytest.mark.parametrize(("encoding", "cpg", "ldid"), CASES)
def test_chinese_text_arrives_whole_whatever_the_file_says(tmp_path: Path, encoding: str, cpg: str | None, ldid: int):
    read = read_vector(shapefile(tmp_path, encoding, cpg=cpg, ldid=ldid))
    assert [None if pd.isna(name) else name for name in read.frame["名称"]] == NAMES
    assert read.frame["n"].tolist() == [0, 1, 2]


def test_what_the_file_said_wrongly_is_told(tmp_path: Path):
    assert "GBK" in read_vector(shapefile(tmp_path, GBK, cpg="UTF-8")).notes[0]
    assert read_vector(shapefile(tmp_path, GBK, cpg="GBK")).notes == ()


def test_a_demanded_encoding_is_taken_at_its_word_or_refused(tmp_path: Path):
    path = shapefile(tmp_path, GBK, cpg="UTF-8")
    assert read_vector(path, encoding="936").frame["名称"].iloc[0] == "芙蓉花苑"
    with pytest.raises(FileFormatError) as caught:
        read_vector(path, encoding="UTF-8")
    assert caught.value.faults[0].column == "--encoding"
    with pytest.raises(FileFormatError, match="klingon"):
        read_vector(path, encoding="klingon")


def test_rare_characters_need_the_file_to_say_gbk(tmp_path: Path):
    rare = ["堃喆犇骉", "淼垚"]
    stated = read_vector(shapefile(tmp_path, GBK, cpg="GBK", names=rare))
    assert stated.frame["名称"].tolist() == rare
    mostly = [*rare, "南康区东山街道东山社区泰康东路一期改造小区红旗大道百家姓和谐城蓉江街道芙蓉新城沿江西路旭山街道"]
    assert read_vector(shapefile(tmp_path, GBK, names=mostly)).frame["名称"].tolist() == mostly


def test_what_can_be_two_things_is_refused(tmp_path: Path):
    path = shapefile(tmp_path, GBK, names=["x", "y"])
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("名称".encode("gbk"), b"\xff\xfe\x80\x81"))
    with pytest.raises(FileFormatError, match="编码") as caught:
        read_vector(path)
    assert caught.value.faults[0].column == "--encoding"


def test_western_text_stays_western_when_the_file_says_so(tmp_path: Path):
    folder = tmp_path / "w"
    folder.mkdir()
    path = folder / "a.shp"
    gpd.GeoDataFrame({"name": ["Straße", "Köln"]}, geometry=[box(0, 0), box(9, 0)], crs=4547).to_file(
        path, encoding="ISO-8859-1"
    )
    path.with_suffix(".cpg").write_text("ISO-8859-1")
    assert read_vector(path).frame["name"].tolist() == ["Straße", "Köln"]


def test_headings_cut_inside_a_character_lose_only_that_character(tmp_path: Path):
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"ABCDEFGHIJ": ["甲"]}, geometry=[box(0, 0)], crs=4547).to_file(path, encoding=UTF8)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"ABCDEFGHIJ", "小区名称".encode()[:10]))
    read = read_vector(path)
    assert (read.frame.columns[0], read.cut_names) == ("小区名", ("小区名",))
    assert read.frame["小区名"].tolist() == ["甲"]


@pytest.mark.parametrize("encoding", [UTF8, GBK])
def test_values_cut_inside_a_character_lose_only_that_character(tmp_path: Path, encoding: str):
    path = tmp_path / "a.shp"
    long = "小区" * 20
    gpd.GeoDataFrame({"name": [long, "甲"]}, geometry=[box(0, 0), box(9, 0)], crs=4547).to_file(
        path, encoding=encoding
    )
    dbf, text = path.with_suffix(".dbf"), long.encode(encoding)
    raw = dbf.read_bytes()
    dbf.write_bytes(raw.replace(text, b"x" + text[:-1]))  # a letter more pushes half a character over the edge
    read = read_vector(path, encoding=encoding)
    assert read.frame["name"].tolist() == [f"x{long[:-1]}", "甲"]
    assert "半个字" in read.notes[-1]


def test_a_zip_with_wrong_cpg_reads_like_the_loose_file(tmp_path: Path):
    shapefile(tmp_path, GBK, cpg="UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("小区.*"):
            archive.write(part, part.name)
    assert read_vector(tmp_path / "a.zip").frame["名称"].tolist()[:2] == NAMES[:2]


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, codec="gb2312"), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(HAN, min_size=1, max_size=6),
    st.sampled_from(["gbk", "utf-8"]),
    st.sampled_from([None, "gb18030", "utf-8", "iso8859-1", "cp437", "cp1252"]),
)
def test_everyday_chinese_is_never_gibberish(words: list[str], encoding: str, stated: str | None):
    raw = pd.DataFrame(
        {"名称".encode(encoding).decode("latin-1"): [w.encode(encoding).decode("latin-1") for w in words]}
    )
    try:
        made = decode_table(raw, file="a.shp", stated=stated, demanded=None).table
    except FileFormatError:
        return  # too little to tell: refused is as good as right, gibberish is not
    assert made.columns.tolist() == ["名称"]
    assert made["名称"].tolist() == words
