"""A corpus of broken and odd files: each is read right or refused with its reason; and readers that meet chaos."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gisplanner.errors import FileFormatError, GisPlannerError, InputError
from gisplanner.formats.vector import READERS, read_vector
from tests.drawing_files import drawing, write_drawing
from tests.ingest_files import box

CRS = "EPSG:4547"
Made = Callable[[Path], Path]


def frame(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns or {"名称": ["芙蓉花苑"]}, geometry=[box(0, 0)], crs=4547)


def gpkg(folder: Path, table: gpd.GeoDataFrame | None = None) -> Path:
    path = folder / "a.gpkg"
    (frame() if table is None else table).to_file(path, layer="buildings")
    return path


def geojson(folder: Path, document: object) -> Path:
    path = folder / "a.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": properties, "geometry": geometry}],
    }


def shp(folder: Path, encoding: str = "GBK", **columns: object) -> Path:
    made = folder / "s"
    made.mkdir(exist_ok=True)
    frame(**columns).to_file(made / "a.shp", encoding=encoding)
    return made / "a.shp"


def zipped(path: Path, *, but: str = "", prefix: str = "") -> Path:
    target = path.parent.parent / "a.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for part in sorted(path.parent.iterdir()):
            if part.suffix != but:
                archive.write(part, prefix + part.name)
    return target


def changed(path: Path, change: Callable[[bytearray], object]) -> Path:
    data = bytearray(path.read_bytes())
    made = change(data)
    path.write_bytes(bytes(made if isinstance(made, bytes | bytearray) else data))
    return path


def with_cpg(path: Path, text: str) -> Path:
    path.with_suffix(".cpg").write_text(text)
    return path


def without(path: Path, *suffixes: str) -> Path:
    for suffix in suffixes:
        path.with_suffix(suffix).unlink()
    return path


def renamed(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


def all_parts(path: Path, name: Made) -> Path:
    parts = [part.rename(name(part)) for part in sorted(path.parent.iterdir())]
    return parts[0]


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def dxf(folder: Path, old: bytes = b"", new: bytes = b"", version: str = "R2000") -> Path:
    path = write_drawing(folder / "a.dxf", version, "gbk" if version == "R2000" else "utf-8")
    return changed(path, lambda data: bytes(data).replace(old, new)) if old else path


def truncated_dxf(folder: Path, share: float) -> Path:
    path = write_drawing(folder / "a.dxf")
    return changed(path, lambda data: data[: int(len(data) * share)])


POLYGON = shapely.geometry.mapping(shapely.box(114.7, 25.6, 114.701, 25.601))

READ: dict[str, Made] = {
    "gpkg": gpkg,
    "gpkg with upper-case ending": lambda f: renamed(gpkg(f), "A.GPKG"),
    "gpkg with Chinese name": lambda f: renamed(gpkg(f), "楼栋 （最终版）.gpkg"),
    "gpkg without rows": lambda f: gpkg(f, frame().iloc[:0]),
    "gpkg with a null shape": lambda f: gpkg(f, gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[None], crs=4547)),
    "gpkg with Z": lambda f: gpkg(f, frame().set_geometry(shapely.force_3d([box(0, 0)], 3.0), crs=4547)),
    "geojson with BOM": lambda f: geojson(f, "\ufeff" + json.dumps(feature(POLYGON, 名称="芙蓉花苑"))),
    "geojson, a bare geometry": lambda f: geojson(f, POLYGON),
    "geojson, null properties": lambda f: geojson(
        f, {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": None, "geometry": POLYGON}]}
    ),
    "geojson, escaped Chinese": lambda f: geojson(
        f, json.dumps(feature(POLYGON, 名称="芙蓉花苑"), ensure_ascii=True)
    ),
    "geojson, no features": lambda f: geojson(f, {"type": "FeatureCollection", "features": []}),
    "parquet": lambda f: (frame().to_parquet(f / "a.parquet"), f / "a.parquet")[1],
    "shp GBK": lambda f: without(shp(f), ".cpg"),
    "shp GBK, cpg UTF-8": lambda f: with_cpg(shp(f), "UTF-8"),
    "shp GBK, cpg OEM": lambda f: with_cpg(shp(f), "OEM"),
    "shp GBK, cpg nonsense": lambda f: with_cpg(shp(f), "¿¿¿"),
    "shp GBK, cpg ISO-8859-1": lambda f: with_cpg(shp(f), "ISO-8859-1"),
    "shp UTF-8": lambda f: without(shp(f, "UTF-8"), ".cpg"),
    "shp UTF-8, cpg GBK": lambda f: with_cpg(shp(f, "UTF-8"), "936"),
    "shp without prj": lambda f: without(shp(f), ".prj"),
    "shp with upper-case parts": lambda f: all_parts(
        shp(f), lambda part: part.with_suffix(part.suffix.upper())
    ).with_suffix(".SHP"),
    "shp name with brackets": lambda f: all_parts(
        shp(f), lambda part: part.with_name(f"楼[1]{part.suffix}")
    ).with_suffix(".shp"),
    "zip GBK, cpg UTF-8": lambda f: zipped(with_cpg(shp(f), "UTF-8")),
    "zip in folders": lambda f: zipped(shp(f), prefix="数据/2024/"),
    "zip without prj": lambda f: zipped(shp(f), but=".prj"),
    "dxf R2000 GBK": dxf,
    "dxf R2010 UTF-8": lambda f: dxf(f, version="R2010"),
    "dxf, code page lies": lambda f: dxf(f, b"ANSI_936", b"ANSI_1252"),
    "dxf, code page unknown": lambda f: dxf(f, b"ANSI_936", b"DOS437X"),
    "dxf with BOM": lambda f: changed(dxf(f, version="R2010"), lambda data: b"\xef\xbb\xbf" + bytes(data)),
    "dxf with Windows line ends": lambda f: changed(
        dxf(f), lambda data: bytes(data).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    ),
    "dxf with a comment first": lambda f: changed(dxf(f), lambda data: b"999\r\nCASS\r\n" + bytes(data)),
    "dxf binary": lambda f: (drawing("R2010").saveas(f / "a.dxf", fmt="bin"), f / "a.dxf")[1],
    "sheet of outlines": lambda f: written(f, "a.xlsx", sheet_of_outlines(f)),
    "csv of outlines in GBK": lambda f: written(
        f,
        "a.csv",
        '名称,轮廓（WKT，EPSG:4547）\n芙蓉花苑,"POLYGON ((576811 2839390, 576851 2839390, '
        '576851 2839402, 576811 2839390))"\n'.encode("gbk"),
    ),
    "osm without buildings": lambda f: written(f, "a.osm", b'<osm version="0.6"></osm>'),
}

REFUSED: dict[str, Made] = {
    "gpkg cut off": lambda f: changed(gpkg(f), lambda data: data[:5000]),
    "gpkg of zeros": lambda f: written(f, "a.gpkg", b"SQLite format 3\x00" + bytes(4096)),
    "gpkg that is geojson": lambda f: written(f, "a.gpkg", json.dumps(feature(POLYGON)).encode()),
    "gpkg that is a VRT": lambda f: written(f, "a.gpkg", b"<OGRVRTDataSource></OGRVRTDataSource>"),
    "empty gpkg": lambda f: written(f, "a.gpkg", b""),
    "geojson cut off": lambda f: geojson(f, json.dumps(feature(POLYGON))[:-30]),
    "geojson in GBK": lambda f: written(
        f, "a.geojson", json.dumps(feature(POLYGON, 名称="芙蓉花苑"), ensure_ascii=False).encode("gbk")
    ),
    "geojson, not an object": lambda f: geojson(f, "[1, 2, 3]"),
    "geojson, a web page": lambda f: geojson(f, "<html><body>404</body></html>"),
    "parquet cut off": lambda f: changed(
        (frame().to_parquet(f / "a.parquet"), f / "a.parquet")[1], lambda data: data[:300]
    ),
    "parquet without geometry": lambda f: (pd.DataFrame({"a": [1]}).to_parquet(f / "a.parquet"), f / "a.parquet")[1],
    "shp without dbf": lambda f: without(shp(f), ".dbf"),
    "shp without shx": lambda f: without(shp(f), ".shx"),
    "shp that is text": lambda f: (shp(f), written(f / "s", "a.shp", b"hello"))[1],
    "shp of unknown code page": lambda f: changed(
        shp(f, name=["ABCDEF"]).with_suffix(".dbf"),
        lambda data: bytes(data).replace(b"ABCDEF", b"\xff\xff\x80\x81\xff\xfe"),
    ).with_suffix(".shp"),
    "zip cut off": lambda f: changed(zipped(shp(f)), lambda data: data[: len(data) // 2]),
    "zip without shapefile": lambda f: zipped(shp(f), but=".shp"),
    "zip without dbf": lambda f: zipped(shp(f), but=".dbf"),
    "zip in zip": lambda f: (
        zipped(shp(f)),
        zipfile.ZipFile(f / "b.zip", "w").writestr("a.zip", (f / "a.zip").read_bytes()),
        f / "b.zip",
    )[2],
    "zip that climbs out": lambda f: zipped(shp(f), prefix="../"),
    "zip that is rar": lambda f: written(f, "a.zip", b"Rar!\x1a\x07\x00" + bytes(100)),
    "rar": lambda f: written(f, "a.rar", b"Rar!\x1a\x07\x00"),
    "dwg": lambda f: written(f, "a.dwg", b"AC1032" + bytes(100)),
    "dwg called dxf": lambda f: written(f, "a.dxf", b"AC1032" + bytes(100)),
    "dxf cut in the middle of a tag": lambda f: truncated_dxf(f, 0.6),
    "dxf cut in its header": lambda f: truncated_dxf(f, 0.01),
    "dxf, words for numbers": lambda f: dxf(f, b"AcDbPolyline", b"AcDbPolyline\n 90\nx"),
    "dxf of unknown text": lambda f: dxf(f, "芙蓉花苑".encode("gbk"), b"\xff\xff\x80\x81\xff\xfe\x80\x80"),
    "sheet without outlines": lambda f: written(f, "a.csv", "名称,户数\n甲,1\n".encode()),
    "sheet of no WKT": lambda f: written(f, "a.csv", "名称,WKT\n甲,POLYGON 1 2\n".encode()),
    "osm cut off": lambda f: written(f, "a.osm", b'<osm version="0.6"><node id="1"'),
    "osm with a place that is none": lambda f: written(
        f, "a.osm", b'<osm version="0.6"><node id="1" version="1" lon="114.7 " lat="25.6"/></osm>'
    ),
    "osm of another kind": lambda f: written(f, "a.osm", b"<gpx></gpx>"),
    "osm.gz that is none": lambda f: written(f, "a.osm.gz", b"\x1f\x8b\x08" + bytes(30)),
    "osm.gz cut off": lambda f: written(f, "a.osm.gz", gzip.compress(b'<osm version="0.6"></osm>')[:-10]),
    "pbf of zeros": lambda f: written(f, "a.osm.pbf", struct.pack(">I", 13) + bytes(200)),
    "a folder called gpkg": lambda f: ((f / "a.gpkg").mkdir(), f / "a.gpkg")[1],
    "no ending": lambda f: written(f, "a", b"x"),
}

GIBBERISH = ("Ã", "Ü½", "锟", "鑺", "�", "¿", "芙蓉鑺")


def test_the_corpus_is_large_enough():
    assert len(READ) + len(REFUSED) >= 60


@pytest.mark.parametrize("name", READ)
def test_odd_files_read_right(tmp_path: Path, name: str):
    path = READ[name](tmp_path)
    declared = (
        None
        if name.split(maxsplit=1)[0].rstrip(",") in {"gpkg", "geojson", "parquet", "osm", "sheet", "csv"}
        else CRS
    )
    read = read_vector(path, prefer="buildings", crs=declared)
    names = [
        value
        for column in read.frame.columns.intersection(["名称", "name"])
        for value in read.frame[column]
        if isinstance(value, str)
    ]
    assert all(value in {"芙蓉花苑", "甲", "芙蓉花苑3栋"} for value in names)
    text = "".join([*map(str, read.frame.columns), *map(str, read.frame.drop(columns="geometry").to_numpy().ravel())])
    assert not any(mark in text for mark in GIBBERISH)


@pytest.mark.parametrize("name", REFUSED)
def test_broken_files_are_refused_with_a_reason_and_left_alone(tmp_path: Path, name: str):
    path = REFUSED[name](tmp_path)
    before = sorted((file, file.stat().st_size) for file in tmp_path.rglob("*") if file.is_file())
    with pytest.raises(InputError) as caught:
        read_vector(path, prefer="buildings", crs=CRS if "dxf" in name or "shp" in name or "zip" in name else None)
    assert caught.value.faults
    assert caught.value.faults[0].file
    assert any("一" <= letter <= "鿿" for letter in str(caught.value))
    assert before == sorted((file, file.stat().st_size) for file in tmp_path.rglob("*") if file.is_file())


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One good file of each kind, small."""
    folder = tmp_path_factory.mktemp("seeds")
    small = drawing()
    small.saveas(folder / "a.dxf")
    table = frame()
    table.to_parquet(folder / "a.parquet")
    osm = b'<osm version="0.6"><node id="1" version="1" lon="114.7" lat="25.6"/></osm>'
    packed = io.BytesIO(zipped(shp(folder)).read_bytes()).getvalue()
    return {
        ".gpkg": gpkg(folder).read_bytes(),
        ".geojson": json.dumps(feature(POLYGON, 名称="甲")).encode(),
        ".json": json.dumps(POLYGON).encode(),
        ".zip": packed,
        ".parquet": (folder / "a.parquet").read_bytes(),
        ".geoparquet": (folder / "a.parquet").read_bytes(),
        ".dxf": (folder / "a.dxf").read_bytes(),
        ".osm": osm,
        ".osm.gz": gzip.compress(osm),
        ".osm.bz2": b"BZh9" + bytes(20),
        ".pbf": struct.pack(">I", 13) + b"\x0a\x09OSMHeader\x18\x10" + bytes(40),
        ".shp": (folder / "s" / "a.shp").read_bytes(),
        ".kml": b"<kml xmlns='http://www.opengis.net/kml/2.2'><Document><Placemark><name>a</name><Point>"
        b"<coordinates>114.7,25.6</coordinates></Point></Placemark></Document></kml>",
        ".csv": "名称,轮廓（WKT，EPSG:4547）\n甲,POINT (576811 2839390)\n".encode(),
        ".xlsx": sheet_of_outlines(folder),
    }


def sheet_of_outlines(folder: Path) -> bytes:
    book = Workbook()
    book.worksheets[0].append(["名称", "轮廓（WKT，EPSG:4547）"])
    book.worksheets[0].append(["甲", "POINT (576811 2839390)"])
    book.save(folder / "w.xlsx")
    return (folder / "w.xlsx").read_bytes()


def test_every_reader_is_fuzzed(seeds: dict[str, bytes]):
    assert set(seeds) == set(READERS)


def test_an_archive_whose_inner_names_no_longer_read_is_damaged(tmp_path: Path, seeds: dict[str, bytes]):
    data = bytearray(seeds[".zip"])
    data[30:32] = b"\xff\x80"  # the name as the member's own header has it, not as the list at the end
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(FileFormatError, match="不是完好的 ZIP"):
        read_vector(tmp_path / "a.zip", prefer="buildings", crs=CRS)


MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=12), st.sampled_from("xic")),
    min_size=1,
    max_size=4,
)


def mutated(seed: bytes, mutations: list[tuple[float, bytes, str]]) -> bytes:
    data = bytearray(seed)
    for share, chunk, kind in mutations:
        at = int(share * len(data))
        if kind == "x":
            data[at : at + len(chunk)] = chunk
        elif kind == "i":
            data[at:at] = chunk
        else:
            del data[max(at, 8) :]
    return bytes(data)


@pytest.mark.filterwarnings("ignore")  # libraries complain about chaos in their own ways
@pytest.mark.parametrize("suffix", sorted(READERS))
def test_chaos_is_read_or_refused_and_never_crashes(tmp_path: Path, seeds: dict[str, bytes], suffix: str):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(MUTATIONS)
    def meet(mutations: list[tuple[float, bytes, str]]) -> None:
        data = mutated(seeds[suffix], mutations)
        path = tmp_path / f"a{suffix}"
        path.write_bytes(data)
        if suffix == ".shp":
            for part in (".shx", ".dbf"):
                path.with_suffix(part).write_bytes(data[: len(data) // 2])
        try:
            read_vector(path, prefer="buildings", crs=CRS)
        except GisPlannerError as error:
            assert error.exit_code == 2  # noqa: PT017 - either outcome is right, but no other

    meet()
