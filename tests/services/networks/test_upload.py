"""Lines handed in in every habit: accepted right, or refused row by row with the reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import ezdxf
import geopandas as gpd
import pytest
import shapely
from openpyxl import Workbook

from gisplanner.domain.district import District
from gisplanner.errors import CrsError, FileFormatError, InputError, UsageError
from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.conflicts import conflicts_of_district
from gisplanner.services.networks.upload import import_networks, uploads
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
OWNER = "区自来水公司"


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))


def line(y: float = 0.0, length: float = 50.0) -> shapely.LineString:
    return shapely.LineString([(EAST, NORTH + y), (EAST + length, NORTH + y)])


def frame(crs: int = 4547) -> gpd.GeoDataFrame:
    made = gpd.GeoDataFrame(
        {
            "编号": ["W1", "W2", "W3"],
            "管类": ["给水", "JS", "自来水"],
            "管径": ["DN300", "Φ160mm", "300×200"],
            "材质": ["球墨铸铁", "PE", "钢管"],
            "埋深": [1.2, 0.9, None],
            "精度": ["探测", "图纸", None],
        },
        geometry=[line(0.0), line(5.0), line(9.0)],
        crs=4547,
    )
    return made.to_crs(crs)


def shapefile(folder: Path, made: gpd.GeoDataFrame) -> Path:
    inner = folder / "shp"
    inner.mkdir()
    made.to_file(inner / "管线.shp", encoding="GBK")
    archive = folder / "管线.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part in sorted(inner.iterdir()):
            packed.write(part, part.name)
    return archive


@pytest.mark.parametrize("crs", [4547, 4490, 4326])
@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".zip", ".kml"])
def test_every_format_gives_the_same_lines(db: Database, district: District, tmp_path: Path, ending: str, crs: int):
    if ending in {".geojson", ".kml"} and crs == 4547:
        pytest.skip("the format holds degrees only")
    made = frame(crs)
    if ending == ".zip":
        file = shapefile(tmp_path, made)
    else:
        file = tmp_path / f"管线{ending}"
        made.to_crs(4326 if ending == ".kml" else crs).to_file(file, driver="LIBKML" if ending == ".kml" else None)
    report = import_networks(db, district, file, owner=OWNER)
    assert (report.accepted, report.rejected) == (3, ())
    stored = layer_frame(db, district, "pipe_segments").set_index("code")
    assert stored["section_text"].to_dict() == {"W1": "DN300", "W2": "Φ160mm", "W3": "300×200"}
    assert stored["diameter_mm"].to_dict() == {"W1": 300.0, "W2": 160.0, "W3": 300.0}
    assert stored.loc["W3", ["width_mm", "height_mm"]].tolist() == [300.0, 200.0]
    assert stored["material"].to_dict() == {"W1": "iron", "W2": "pe", "W3": "steel"}
    assert set(stored["utility"]) == {"water"}
    assert stored.geometry["W1"].hausdorff_distance(line(0.0)) < 0.02


def survey_book(path: Path) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    points, lines = book.create_sheet("JSPOINT"), book.create_sheet("JSLINE")
    points.append(["Exp_No", "X", "Y", "High", "Subsid"])
    for number in range(3):
        points.append([f"JS{number}", NORTH, EAST + 30.0 * number, 120.5, "阀门"])
    lines.append(["S_Point", "E_Point", "S_Deep", "E_Deep", "D_S", "Material", "B_Owner"])
    lines.append(["JS0", "JS1", 1.1, 0.9, "DN200", "PE", OWNER])
    lines.append(["JS1", "JS2", 0.9, 1.0, "200", "PE", OWNER])
    lines.append(["JS2", "JS9", 0.9, 1.0, "200", "PE", OWNER])
    book.save(path)
    return path


def test_a_survey_workbook_joins_lines_to_points(db: Database, district: District, tmp_path: Path):
    report = import_networks(db, district, survey_book(tmp_path / "成果表.xlsx"), owner=OWNER, crs="EPSG:4547")
    assert report.accepted == 2
    [rejected] = report.rejected
    assert (rejected.layer, rejected.row, str(rejected.hint)) == ("JSLINE", 4, "点表里没有点 JS9")
    stored = layer_frame(db, district, "pipe_segments").set_index("code")
    assert stored.loc["JS-JS0-JS1", "depth_m"] == 0.9
    assert stored.geometry["JS-JS0-JS1"].coords[0] == (EAST, NORTH)


def test_a_workbook_without_the_pair_of_sheets_is_refused(db: Database, district: District, tmp_path: Path):
    book = Workbook()
    book.worksheets[0].append(["管径", "材质"])
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(FileFormatError):
        import_networks(db, district, tmp_path / "x.xlsx", owner=OWNER, crs="EPSG:4547")


def test_a_drawing_names_the_kind_by_its_layers(db: Database, district: District, tmp_path: Path):
    drawing = ezdxf.new("R2000")
    space = drawing.modelspace()
    for name in ("JS_LINE", "给水管线", "图框"):
        drawing.layers.add(name)
    space.add_line((EAST, NORTH), (EAST + 40, NORTH), dxfattribs={"layer": "JS_LINE"})
    ring = [(EAST, NORTH + 5), (EAST + 20, NORTH + 5), (EAST + 20, NORTH + 15)]
    space.add_lwpolyline(ring, close=True, dxfattribs={"layer": "给水管线"})
    space.add_line((EAST, NORTH), (EAST, NORTH + 99), dxfattribs={"layer": "图框"})
    block = drawing.blocks.new("阀门")
    block.add_attdef("编号", (0, 0))
    space.add_blockref("阀门", (EAST, NORTH)).add_auto_attribs({"编号": "V1"})
    drawing.saveas(tmp_path / "管线.dxf")
    report = import_networks(db, district, tmp_path / "管线.dxf", owner=OWNER, crs="EPSG:4547")
    assert report.accepted == 2
    assert [(one.column, one.value) for one in report.rejected] == [("utility", "图框")]
    assert report.points == 0
    assert "1 个图块" in str(report.notes[0])
    lengths = sorted(layer_frame(db, district, "pipe_segments").geometry.length.round(3))
    assert lengths == [40.0, round(30.0 + 500**0.5, 3)]


def test_each_bad_row_says_why_and_the_others_go_in(db: Database, district: District, tmp_path: Path):
    made = gpd.GeoDataFrame(
        {
            "code": ["a", "b", "c", "d", "d", "f"],
            "utility": ["water", "水银", "water", "water", "water", "water"],
            "diameter_mm": ["DN100", "DN100", "约一百", "100", "100", "100"],
            "depth_m": ["1", "1", "1", "-1", "1", "1"],
        },
        geometry=[
            line(0),
            line(1),
            line(2),
            line(3),
            line(4),
            shapely.LineString([(400_000, NORTH), (400_050, NORTH)]),
        ],
        crs=4547,
    )
    made.to_file(tmp_path / "x.gpkg")
    report = import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER)
    assert [(one.row, one.column) for one in report.rejected] == [
        (1, "utility"),
        (2, "section_text"),
        (3, "depth_m"),
        (5, "geometry"),
    ]
    assert report.accepted == 2
    assert "超出区界" in str(report.rejected[-1].hint)


def test_a_file_in_the_wrong_place_is_refused_as_a_whole(db: Database, district: District, tmp_path: Path):
    degrees = frame(4490).set_crs(4547, allow_override=True)
    degrees.to_file(tmp_path / "x.gpkg")
    with pytest.raises(CrsError) as caught:
        import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER)
    assert "超出区界" in caught.value.message
    swapped = frame(4326)
    swapped = swapped.set_geometry(shapely.transform(swapped.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=4326)
    swapped.to_file(tmp_path / "y.gpkg")
    with pytest.raises(CrsError) as caught:
        import_networks(db, district, tmp_path / "y.gpkg", owner=OWNER)
    assert "经纬度颠倒" in caught.value.message
    assert uploads(db, district) == []


def test_headings_said_once_are_remembered(db: Database, district: District, tmp_path: Path):
    made = gpd.GeoDataFrame({"KIND": ["给水"], "SZ": ["DN100"]}, geometry=[line()], crs=4547)
    made.to_file(tmp_path / "x.gpkg")
    with pytest.raises(InputError):
        import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER)
    named = {"utility": "KIND", "section_text": "SZ"}
    first = import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER, mapping=named)
    again = import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER)
    assert first.headings == again.headings == named
    assert (again.version, again.replaced) == (2, 1)


def test_one_utility_replaces_its_own_lines_only(db: Database, district: District, tmp_path: Path):
    for name, utility in (("a", "water"), ("b", "sewage")):
        made = gpd.GeoDataFrame({"code": ["1"], "utility": [utility]}, geometry=[line()], crs=4547)
        made.to_file(tmp_path / f"{name}.gpkg")
        import_networks(db, district, tmp_path / f"{name}.gpkg", owner=OWNER, utility=utility)
    assert sorted(layer_frame(db, district, "pipe_segments")["utility"]) == ["sewage", "water"]
    with pytest.raises(UsageError):
        import_networks(db, district, tmp_path / "a.gpkg", owner=OWNER, utility="水银")


def test_a_dry_run_writes_nothing(db: Database, district: District, tmp_path: Path):
    frame().to_file(tmp_path / "x.gpkg")
    report = import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER, dry_run=True)
    assert (report.accepted, report.version) == (3, None)
    assert layer_frame(db, district, "pipe_segments").empty
    assert uploads(db, district) == []


def test_lines_of_several_owners_are_checked_against_each_other(db: Database, district: District, tmp_path: Path):
    for owner, utility, y in ((OWNER, "water", 0.4), ("区深燃公司", "gas", 0.0)):
        made = gpd.GeoDataFrame({"code": ["1"], "utility": [utility]}, geometry=[line(y)], crs=4547)
        made.to_file(tmp_path / f"{utility}.gpkg")
        import_networks(db, district, tmp_path / f"{utility}.gpkg", owner=owner)
    [found] = conflicts_of_district(db, district).document()["conflicts"]
    assert (found["a"], found["b"]) == ("区深燃公司/gas/1", f"{OWNER}/water/1")
