"""``gisplanner pipes conflicts`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    try:
        main([*arguments])
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, capsys.readouterr().out


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "管线.gpkg"
    geometry = [shapely.LineString([(0, y), (50, y)]) for y in (0.0, 0.3, 0.6)]
    lines = gpd.GeoDataFrame(
        {"管类": ["燃气", "给水", "联通"], "管径": ["DN110", "Φ160mm", None], "权属": ["甲", "乙", "丙"]},
        geometry=geometry,
        crs=4547,
    )
    lines.to_file(path, layer="lines")
    house = gpd.GeoDataFrame({"id": [7]}, geometry=[shapely.box(0, -5, 50, -0.5)], crs=4547)
    house.to_file(path, layer="houses")
    return path


def test_one_document_and_points_that_open(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "冲突.geojson"
    code, printed = run(
        capsys, "pipes", "conflicts", "--file", str(file), "--layer", "lines", "--buildings-layer", "houses",
        "--json", "--out", str(out),
    )  # fmt: skip
    document = json.loads(printed)
    assert code == 0
    assert set(document) >= {"conflicts", "unknown", "checked_pairs", "seconds"}
    kinds = {(one["a"], one["b"], one["kind"]) for one in document["conflicts"]}
    assert {(0, 1, "horizontal"), (1, 2, "horizontal"), (0, 7, "building")} <= kinds
    for one in document["conflicts"]:
        assert set(one) >= {
            "a", "b", "kind", "verdict", "measured_m", "required_m", "clause", "status", "length_m", "yields",
        }  # fmt: skip
        assert one["verdict"] in {"确定", "可能"}
    points = gpd.read_file(out)
    assert len(points) == len(document["conflicts"])
    assert points.crs.to_epsg() == 4326
    assert {"甲", "乙"} <= set(points["甲权属"])


def test_values_nobody_can_read_are_told_with_their_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "bad.geojson"
    frame = gpd.GeoDataFrame(
        {"utility": ["gas", "磁悬浮"], "diameter_mm": ["about 100", "DN100"]},
        geometry=[shapely.LineString([(114.7, 25.6), (114.71, 25.6)])] * 2,
        crs=4326,
    )
    frame.to_file(path)
    code, printed = run(capsys, "pipes", "conflicts", "--file", str(path), "--json")
    items = json.loads(printed)["error"]["items"]
    assert code == 2
    assert {(item["row"], item["column"], item["value"]) for item in items} == {
        (0, "diameter_mm", "about 100"),
        (1, "utility", "磁悬浮"),
    }
    assert {item["file"] for item in items} == {"bad.geojson"}


@pytest.mark.parametrize(
    "arguments", [(), ("--file", "x.gpkg", "--district", "d"), ("--district", "d", "--layer", "l")]
)
def test_options_that_make_no_sense_together(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    code, printed = run(capsys, "pipes", "conflicts", *arguments, "--json")
    assert (code, json.loads(printed)["error"]["code"]) == (2, "usage")


def test_three_real_networks_of_one_village(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Gas, district heat and power of Schutterwald, as three files brought into one."""
    folder = shared_dir / "data" / "schutterwald"
    files = {
        "gas": ("gas_net_schutterwald_1bar.gpkg", "low"),
        "heat": ("sw_heat.gpkg", None),
        "power": ("lv_schutterwald.gpkg", None),
    }
    parts = []
    for utility, (name, pressure) in files.items():
        layers = gpd.list_layers(folder / name)
        chosen = layers[layers["geometry_type"].fillna("").str.contains("Line")]["name"].iloc[0]
        read = gpd.read_file(folder / name, layer=chosen).to_crs(25832)
        read = read[read.geometry.notna() & (read.geometry.length > 0)]
        parts.append(read[["geometry"]].assign(utility=utility, pressure=pressure))
    path = tmp_path / "schutterwald.gpkg"
    gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=25832).to_file(path, layer="lines")
    code, printed = run(capsys, "pipes", "conflicts", "--file", str(path), "--layer", "lines", "--json")
    document = json.loads(printed)
    assert code == 0
    assert document["lines"] > 5_000
    between = {one["kind"] for one in document["conflicts"]}
    assert "horizontal" in between
    assert all(one["status"] == "未核对原文" for one in document["conflicts"])


def test_lines_are_handed_in_from_the_command_line(
    db: Database, monkeypatch: pytest.MonkeyPatch, file: Path, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    create_district(db, "a", crs="EPSG:4547")
    moved = gpd.read_file(file, layer="lines")
    moved = moved.set_geometry(moved.geometry.translate(576_811.0, 2_839_390.0))
    moved.to_file(file, layer="lines")
    shared = ("--district", "a", "--layer", "lines", "--json")
    code, printed = run(capsys, "import", "networks", str(file), *shared, "--owner", "甲", "--map", "name=管径")
    document = json.loads(printed)
    assert (code, document["accepted"], document["version"]) == (0, 1, 1)
    assert [(one["row"], one["column"], one["value"]) for one in document["rejected"]] == [
        (1, "owner", "乙"),
        (2, "owner", "丙"),
    ]
    code, printed = run(capsys, "import", "networks", str(file), *shared)
    assert (code, json.loads(printed)["error"]["code"]) == (2, "usage")
    code, printed = run(capsys, "import", "networks", str(file), *shared, "--owner", "甲", "--as", "nobody")
    assert (code, json.loads(printed)["error"]["code"]) == (2, "not_found")
    add_account(db, "乙公司", "operator", scope=["owner=乙"])
    code, printed = run(capsys, "import", "networks", str(file), *shared, "--owner", "甲", "--as", "乙公司")
    assert (code, json.loads(printed)["error"]["code"]) == (5, "permission_denied")
    code, printed = run(capsys, "pipes", "conflicts", "--district", "a", "--json")
    assert (code, json.loads(printed)["lines"]) == (0, 1)


def test_a_workbook_has_a_sheet_for_each_owner(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "清单.xlsx"
    code, _ = run(capsys, "pipes", "conflicts", "--file", str(file), "--layer", "lines", "--sheets", str(out))
    book = load_workbook(out)
    assert (code, book.sheetnames) == (0, ["丙", "乙", "甲"])
    headings = [cell.value for cell in book["乙"][1]]
    assert headings[:4] == ["序号", "管线甲", "甲权属", "管线乙"]
    rows = [dict(zip(headings, (cell.value for cell in row), strict=True)) for row in book["甲"].iter_rows(min_row=2)]
    assert rows
    assert all("甲" in (row["甲权属"], row["乙权属"]) for row in rows)
    assert {row["核对状态"] for row in rows} == {"未核对原文"}
    assert run(capsys, "pipes", "conflicts", "--file", str(file), "--layer", "lines", "--sheets", "x.csv")[0] == 2


def test_the_filing_matrix_from_the_command_line(
    db: Database, nankang: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    shared = ("pipes", "filing", "--district", "nankang", "--json")
    step = ("--owner", "区深燃公司", "--estate", "金赣小区", "--on", "2024-09-02", "--state")
    code, printed = run(capsys, *shared, *step, "已报", "--document", "方案.docx", "--due", "2024-08-31")
    document = json.loads(printed)
    assert (code, document["cells"], document["states"]["已报"], len(document["overdue"])) == (0, 196, 1, 196)
    code, printed = run(capsys, *shared, *step, "已备案")
    assert (code, json.loads(printed)["filed"]) == (0, "1/196")
    code, printed = run(capsys, *shared, *step, "已备案")
    assert (code, json.loads(printed)["error"]["code"]) == (5, "refused")
    assert run(capsys, *shared, *step, "退回")[0] == 2
    assert run(capsys, *shared, "--owner", "区深燃公司")[0] == 2
    code, printed = run(capsys, *shared)
    [cell] = json.loads(printed)["matrix"]
    assert (cell["name"], cell["owner"], cell["state"], cell["version"]) == ("金赣小区", "区深燃公司", "已备案", 1)


def test_cut_over_windows_and_late_plans_from_the_command_line(
    db: Database, nankang: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    place = ("--district", "nankang", "--estate", "金赣小区", "--json")
    code, printed = run(capsys, "cutover", "keep", *place, "--fixed", "2024-09-30", "--days", "2")
    kept = json.loads(printed)["windows"]
    assert (code, len(kept), kept[-1]["last"], kept[-1]["counted_back_from"]) == (0, 4, "2024-09-30", "2024-09-30")
    mine = ("--owner", kept[1]["owner"], "--building", "1栋")
    code, printed = run(capsys, "cutover", "book", *place, *mine, "--from", kept[1]["first"], "--to", kept[1]["last"])
    assert (code, json.loads(printed)["kind"]) == (0, "预约")
    code, printed = run(capsys, "cutover", "book", *place, *mine, "--from", kept[0]["first"])
    assert (code, json.loads(printed)["error"]["code"]) == (5, "refused")
    code, printed = run(capsys, "cutover", "list", *place)
    assert [one["kind"] for one in json.loads(printed)["windows"]].count("预约") == 1
    code, printed = run(capsys, "cutover", "cancel", *place, *mine)
    assert (code, json.loads(printed)["cancelled"]) == (0, True)

    due = ("--district", "nankang", "--on", "2024-06-01", "--document", "通知", "--json")
    assert run(capsys, "progress", "filing-due", "2024-07-31", *due)[0] == 0
    code, printed = run(capsys, "pipes", "filing", "--district", "nankang", "--json")
    assert (code, len(json.loads(printed)["overdue"])) == (0, 196)
    code, printed = run(capsys, "networks", "parts", "--district", "nankang", "--json")
    assert (code, json.loads(printed)["combined"]) == (0, [])
