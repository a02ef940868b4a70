"""KML in: nothing but KML gets through to GDAL, which takes XML for whatever it mentions."""

from __future__ import annotations

from pathlib import Path

import pyogrio
import pytest

from gisplanner.errors import FileFormatError
from gisplanner.formats.vector import read_vector

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
LINE = (
    "<Placemark><name>{}</name><LineString><coordinates>114.7650,25.6600 114.7655,25.6600</coordinates>"
    "</LineString></Placemark>"
)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>管线</name>{}</Folder></Document></kml>'
REACHES = (
    '<OGRVRTDataSource><OGRVRTLayer name="管线"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
)


def kml(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("口令\nhunter2\n", "utf-8")
    return path


def test_a_file_that_gdal_takes_for_a_door_to_other_files_is_refused(tmp_path: Path, secret: Path):
    door = REACHES.format(secret).replace('name="管线"', 'name="secret"')
    file = kml(tmp_path / "a.kml", f"{HEAD}<!-- <kml > -->{door}")
    assert "hunter2" in str(pyogrio.raw.read(file)[3]), "GDAL by itself goes through it"
    with pytest.raises(FileFormatError, match="不是 KML") as refused:
        read_vector(file)
    assert "hunter2" not in str(refused.value.as_dict())


@pytest.mark.parametrize(
    "text",
    [
        HEAD + KML.format(LINE.format("甲") + "<!-- " + REACHES.format("/etc/passwd") + " -->"),
        HEAD + "<!-- " + REACHES.format("/etc/passwd") + " -->" + KML.format(LINE.format("甲")),
        HEAD + "<?x <OGRWFSDataSource><URL>http://127.0.0.1:1/</URL> ?>" + KML.format(LINE.format("甲")),
        HEAD + KML.format(LINE.format("<![CDATA[甲]]>") + "<Snippet><![CDATA[<OGRVRTDataSource>]]></Snippet>"),
    ],
    ids=["comment inside", "comment before", "instruction", "text"],
)
def test_what_stands_beside_the_elements_is_left_out(tmp_path: Path, text: str):
    found = read_vector(kml(tmp_path / "a.kml", text))
    assert (found.layer, found.frame["Name"].tolist()) == ("管线", ["甲"])
    assert found.frame.geometry.iloc[0].length == pytest.approx(0.0005)


@pytest.mark.parametrize(
    "text",
    [
        REACHES.format("/etc/passwd"),
        HEAD + KML.format("") + REACHES.format("/etc/passwd"),
        HEAD + "<a><kml/></a>",
        HEAD + '<!DOCTYPE kml [<!ENTITY a "ha">]>' + KML.format(LINE.format("&a;")),
        HEAD + '<!DOCTYPE kml [<!ENTITY a SYSTEM "/etc/hostname">]>' + KML.format(LINE.format("&a;")),
        HEAD + KML.format("<Placemark>"),
        HEAD.replace("UTF-8", "no-such-code") + KML.format(""),
        HEAD + KML.format("<Folder>" * 100_000 + "</Folder>" * 100_000),
        "",
    ],
    ids=["other root", "two roots", "not the root", "entity", "outside", "broken", "code", "deep", "empty"],
)
def test_what_is_no_kml_is_refused(tmp_path: Path, text: str):
    with pytest.raises(FileFormatError):
        read_vector(kml(tmp_path / "a.kml", text or " "))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_text_in_other_encodings_is_read(tmp_path: Path, encoding: str):
    named = HEAD.replace("UTF-8", encoding.removesuffix("-sig"))
    name = "é" if encoding == "latin-1" else "煤气管"
    found = read_vector(kml(tmp_path / "a.kml", named + KML.format(LINE.format(name)).replace("管线", "a"), encoding))
    assert found.frame["Name"].tolist() == [name]


def test_a_file_without_folders_names_its_layer_after_itself(tmp_path: Path):
    found = read_vector(kml(tmp_path / "管线.kml", HEAD + f"<kml>{LINE.format('甲')}</kml>"))
    assert found.layer == "管线"
