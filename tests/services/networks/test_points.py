"""Points of networks (管点): valves, manholes and hydrants come in with the lines."""

from __future__ import annotations

from pathlib import Path

import ezdxf
import geopandas as gpd
import pytest
import shapely
from openpyxl import Workbook

from gisplanner.domain.district import District
from gisplanner.errors import FileFormatError, NotFoundError, PermissionDeniedError
from gisplanner.services.districts import create_district
from gisplanner.services.export import export_layer
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import Viewer
from gisplanner.services.networks.upload import import_networks, lines_of_version
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
OWNER = "区自来水公司"


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))


def survey_tables(folder: Path, *, encoding: str = "utf-8") -> Path:
    points = [["Exp_No", "X", "Y", "High", "Feature", "Subsid"]]
    points += [
        ["P1", NORTH, EAST, 120.5, "直线点", "阀门井"],
        ["P2", NORTH, EAST + 30, 120.4, "三通", ""],
        ["P3", NORTH, EAST + 60, 120.3, "", "消火栓"],
        ["P4", "", "", "", "", "检查井"],
    ]
    lines = [["S_Point", "E_Point", "S_Deep", "E_Deep", "D_S", "Material"]]
    lines += [["P1", "P2", 1.1, 0.9, "DN200", "PE"], ["P2", "P3", 0.9, 1.0, "DN100", "PE"]]
    for name, rows in (("JSPOINT", points), ("JSLINE", lines)):
        text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    return folder / "JSLINE.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_a_pair_of_text_tables_brings_lines_and_points(
    db: Database, district: District, tmp_path: Path, encoding: str
):
    report = import_networks(db, district, survey_tables(tmp_path, encoding=encoding), owner=OWNER, crs="EPSG:4547")
    assert (report.accepted, report.points) == (2, 3)
    [rejected] = report.rejected
    assert (rejected.layer, rejected.row, str(rejected.hint)) == ("JSPOINT", 5, "点没有坐标")
    points = layer_frame(db, district, "network_points").set_index("code")
    assert points["kind"].to_dict() == {"P1": "valve", "P2": "joint", "P3": "hydrant"}
    assert (points.loc["P1", "ground_m"], points.loc["P1", "feature_text"]) == (120.5, "阀门井")
    assert points.geometry["P3"].equals(shapely.Point(EAST + 60, NORTH))


def test_half_a_pair_is_refused(db: Database, district: District, tmp_path: Path):
    file = survey_tables(tmp_path)
    (tmp_path / "JSPOINT.csv").unlink()
    with pytest.raises(FileFormatError, match="成对"):
        import_networks(db, district, file, owner=OWNER, crs="EPSG:4547")


def test_a_table_with_wkt(db: Database, district: District, tmp_path: Path):
    file = tmp_path / "管线.csv"
    rows = [
        "编号,管类,管径,WKT",
        f'W1,给水,DN200,"LINESTRING ({EAST} {NORTH}, {EAST + 9} {NORTH})"',
        'W2,给水,DN200,"LINESTRING (1 1"',
        f'V1,给水,,"POINT ({EAST} {NORTH})"',
    ]
    file.write_bytes("\n".join(rows).encode("gb18030"))
    report = import_networks(db, district, file, owner=OWNER, crs="EPSG:4547")
    assert (report.accepted, report.points) == (1, 1)
    assert [(one.row, str(one.hint)) for one in report.rejected] == [(3, "WKT 读不出图形")]


def test_our_own_sheet_comes_back(db: Database, district: District, tmp_path: Path):
    import_networks(db, district, survey_tables(tmp_path), owner=OWNER, crs="EPSG:4547")
    before = layer_frame(db, district, "pipe_segments")
    export_layer(db, district, "pipe_segments", "xlsx", tmp_path / "管线.xlsx")
    report = import_networks(db, district, tmp_path / "管线.xlsx", owner=OWNER)
    assert (report.accepted, report.replaced, report.rejected) == (len(before), len(before), ())
    after = layer_frame(db, district, "pipe_segments")
    assert after["code"].tolist() == before["code"].tolist()
    assert shapely.equals_exact(after.geometry.to_numpy(), before.geometry.to_numpy(), 0.001).all()


def test_a_layer_of_points_replaces_points_only(db: Database, district: District, tmp_path: Path):
    import_networks(db, district, survey_tables(tmp_path), owner=OWNER, crs="EPSG:4547")
    frame = gpd.GeoDataFrame(
        {"点号": ["H1", "H2"], "管类": ["给水", "给水"], "附属物": ["消防栓", "蝶阀"], "权属": [OWNER, "别家"]},
        geometry=[shapely.Point(EAST, NORTH), shapely.Point(EAST + 5, NORTH)],
        crs=4547,
    )
    frame.to_file(tmp_path / "管点.gpkg")
    report = import_networks(db, district, tmp_path / "管点.gpkg", owner=OWNER)
    assert (report.points, report.points_replaced, report.accepted, report.replaced) == (1, 3, 0, 0)
    assert [(one.row, one.column) for one in report.rejected] == [(1, "owner")]
    assert list(layer_frame(db, district, "network_points")["code"]) == ["H1"]
    assert len(layer_frame(db, district, "pipe_segments")) == 2


def test_blocks_of_a_drawing_are_points_with_their_attributes(db: Database, district: District, tmp_path: Path):
    drawing = ezdxf.new("R2000")
    drawing.encoding = "gbk"
    space = drawing.modelspace()
    for name in ("RQ_LINE", "RQ_POINT", "图框"):
        drawing.layers.add(name)
    space.add_line((EAST, NORTH), (EAST + 40, NORTH), dxfattribs={"layer": "RQ_LINE"})
    block = drawing.blocks.new("调压箱")
    block.add_attdef("编号", (0, 0))
    block.add_circle((0, 0), 0.5)
    placed = space.add_blockref("调压箱", (EAST + 40, NORTH), dxfattribs={"layer": "RQ_POINT"})
    placed.add_auto_attribs({"编号": "TY-1"})
    drawing.blocks.new("指北针")
    space.add_blockref("指北针", (EAST, NORTH), dxfattribs={"layer": "图框"})
    drawing.saveas(tmp_path / "燃气.dxf")
    report = import_networks(db, district, tmp_path / "燃气.dxf", owner="区深燃公司", crs="EPSG:4547")
    assert (report.accepted, report.points) == (1, 1)
    assert "1 个图块" in str(report.notes[0])
    [point] = layer_frame(db, district, "network_points").to_dict("records")
    assert (point["kind"], point["utility"], point["drawn_on"]) == ("regulator", "gas", "RQ_POINT")
    assert (point["feature_text"], point["code"]) == ("调压箱", "TY-1")
    [line] = layer_frame(db, district, "pipe_segments").to_dict("records")
    assert line["drawn_on"] == "RQ_LINE"


def test_an_earlier_version_stays_readable(db: Database, district: District, tmp_path: Path):
    for length in (10.0, 20.0):
        shape = shapely.LineString([(EAST, NORTH), (EAST + length, NORTH)])
        frame = gpd.GeoDataFrame({"编号": ["W1"], "管类": ["给水"]}, geometry=[shape], crs=4547)
        frame.to_file(tmp_path / "x.gpkg")
        import_networks(db, district, tmp_path / "x.gpkg", owner=OWNER)
    old, new = (lines_of_version(db, district, OWNER, version) for version in (1, 2))
    assert (old.geometry.length.tolist(), new.geometry.length.tolist()) == ([10.0], [20.0])
    assert (old["is_current"].tolist(), new["is_current"].tolist()) == ([False], [True])
    with pytest.raises(NotFoundError):
        lines_of_version(db, district, OWNER, 3)
    with pytest.raises(PermissionDeniedError):
        lines_of_version(db, district, OWNER, 1, viewer=Viewer("别家", "operator", {"owner": ("别家",)}))


def test_a_table_of_points_may_come_alone(db: Database, district: District, tmp_path: Path):
    """Valves, a regulator and a riser of the gas company, named by the table or by a column; X is north."""
    rows = [
        "点号,X,Y,附属物",
        f"F1,{NORTH},{EAST},阀门井",
        f"F2,{NORTH + 9},{EAST},调压箱",
        f"F3,{NORTH + 18},{EAST},立管",
    ]
    (tmp_path / "RQPOINT.csv").write_bytes("\n".join(rows).encode("gb18030"))
    report = import_networks(db, district, tmp_path / "RQPOINT.csv", owner=OWNER, crs="EPSG:4547")
    assert (report.accepted, report.points) == (0, 3)
    stored = layer_frame(db, district, "network_points").set_index("code")
    assert stored["kind"].to_dict() == {"F1": "valve", "F2": "regulator", "F3": "riser"}
    assert set(stored["utility"]) == {"gas"}
    by_column = ["点号,X,Y,附属物,管类", f"F1,{NORTH},{EAST},阀门,燃气", f"J1,{NORTH},{EAST + 5},消火栓,给水"]
    (tmp_path / "管点.csv").write_text("\n".join(by_column), encoding="utf-8")
    import_networks(db, district, tmp_path / "管点.csv", owner=OWNER, crs="EPSG:4547")
    stored = layer_frame(db, district, "network_points").set_index("code")
    assert (stored["utility"].to_dict(), len(stored)) == ({"F1": "gas", "J1": "water"}, 2)
    book = Workbook()
    book.active.title = "附属设施"
    for row in by_column:
        book.active.append(row.split(","))
    book.save(tmp_path / "设施.xlsx")
    assert import_networks(db, district, tmp_path / "设施.xlsx", owner=OWNER, crs="EPSG:4547").points == 2


def test_lines_are_not_touched_by_a_table_of_points(db: Database, district: District, tmp_path: Path):
    import_networks(db, district, survey_tables(tmp_path), owner=OWNER, crs="EPSG:4547")
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "JSPOINT.csv").write_text(f"点号,X,Y,附属物\nP9,{NORTH},{EAST},阀门\n", encoding="utf-8")
    report = import_networks(db, district, alone / "JSPOINT.csv", owner=OWNER, crs="EPSG:4547")
    assert (report.points, report.points_replaced, report.replaced) == (1, 3, 0)
    assert len(layer_frame(db, district, "pipe_segments")) == 2
