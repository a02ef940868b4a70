"""Scenario 6: five rectangles, 15 m, corners, a wall, needs, degrees, any order of rows; through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import LineString, box

from gisplanner.cli.main import main

ORIGIN = (576811, 2839390)
RECTANGLES = {
    "A": (0, 0, 100, 80),
    "B": (100, 0, 180, 80),
    "C": (192, 0, 260, 80),
    "D": (260, 80, 330, 150),
    "E": (400, 0, 460, 60),
}
NEEDS = {"A": "排水", "B": "排水;道路", "C": "道路", "D": "电梯", "E": None}
ORDERS = ["ABCDE", "EDCBA", "CAEBD"]
SUFFIXES = {"gpkg": "GPKG", "geojson": "GeoJSON"}


def fixture_file(folder: Path, order: str = "ABCDE", crs: str = "EPSG:4547", suffix: str = "gpkg") -> Path:
    estates = gpd.GeoDataFrame(
        {"id": list(order), "needs": [NEEDS[name] for name in order]},
        geometry=[box(*RECTANGLES[name]) for name in order],
        crs="EPSG:4547",
    )
    wall = gpd.GeoDataFrame({"name": ["铁路"]}, geometry=[LineString([(186, -50), (186, 200)])], crs="EPSG:4547")
    path = folder / f"{order}-{crs.removeprefix('EPSG:')}.{suffix}"
    for layer, frame in (("estates", estates), ("wall", wall)):
        moved = frame.set_geometry(frame.translate(*ORIGIN)).to_crs(crs)
        if suffix == "gpkg":
            moved.to_file(path, layer=layer, driver="GPKG")
        elif layer == "estates":
            moved.to_file(path, driver="GeoJSON", RFC7946="NO")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main(["bundle", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def groups(document: dict[str, Any]) -> list[str]:
    return sorted("".join(bundle["estates"]) for bundle in document["bundles"])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("crs", "suffix"), [("EPSG:4547", "gpkg"), ("EPSG:4490", "gpkg"), ("EPSG:4490", "geojson")])
def test_links_and_groups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: str, crs: str, suffix: str
) -> None:
    document = run(capsys, "--file", str(fixture_file(tmp_path, order, crs, suffix)), "--gap", "15")
    assert document["crs"] == "EPSG:4547"
    assert document["links"] == [
        {"a": "A", "b": "B", "gap_m": 0.0, "shared_edge_m": 80.0, "contact": "共边"},
        {"a": "B", "b": "C", "gap_m": 12.0, "shared_edge_m": 0.0, "contact": "间距"},
        {"a": "C", "b": "D", "gap_m": 0.0, "shared_edge_m": 0.0, "contact": "共角"},
    ]
    assert groups(document) == ["ABCD", "E"]
    assert document["p"] == 2
    assert document["proven"] is True
    assert document["left_over"] == []


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--gap", "0", "--no-corners"], ["AB", "C", "D", "E"]),
        (["--gap", "0"], ["AB", "CD", "E"]),
        (["--gap", "15", "--no-corners"], ["ABC", "D", "E"]),
        (["--gap", "15", "--barriers-layer", "wall"], ["AB", "CD", "E"]),
        (["--gap", "15", "--needs", "needs"], ["ABC", "D", "E"]),
        (["--gap", "15", "--together", "E,A"], ["ABCDE"]),
        (["--gap", "72.8"], ["ABCDE"]),
    ],
)
def test_variants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], crs: str, options: list[str], expected: list[str]
) -> None:
    for order in ORDERS:
        document = run(capsys, "--file", str(fixture_file(tmp_path, order, crs)), *options)
        assert groups(document) == expected


def test_kept_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = groups(run(capsys, "--file", str(fixture_file(tmp_path)), "--keep-apart", "A,C"))
    assert len(found) == 3
    assert not any({"A", "C"} <= set(group) for group in found)


def test_the_wall_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "--file", str(fixture_file(tmp_path)), "--barriers-layer", "wall")
    assert document["cut_links"] == [{"a": "B", "b": "C", "gap_m": 12.0, "barrier": "铁路"}]


def test_a_minimum_leaves_over_what_cannot_reach_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "--file", str(fixture_file(tmp_path)), "--min", "2", "--iterations", "3")
    assert [bundle["size"] for bundle in document["bundles"]] == [2, 2]
    assert [left["estate"] for left in document["left_over"]] == ["E"]
    assert "达不到下限" in document["left_over"][0]["reason"]
    assert (document["p"], document["p_upper_bound"], document["proven"]) == (2, 2, True)


def test_no_bundle_possible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["bundle", "--file", str(fixture_file(tmp_path)), "--min", "5", "--json"])
    assert stop.value.code == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "infeasible"
    assert "A、B、C、D" in error["items"][0]["hint"]


def test_bundles_as_geojson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "bundles.geojson"
    run(capsys, "--file", str(fixture_file(tmp_path)), "--out", str(out))
    written = json.loads(out.read_text(encoding="utf-8"))
    assert "crs" not in written
    assert [feature["properties"]["小区编号"] for feature in written["features"]] == [["A", "B", "C", "D"], ["E"]]
    drawn = gpd.read_file(out).to_crs("EPSG:4547")
    # seven decimals of a degree are a centimetre: some 100 m of outline may gain or lose a square metre or two
    assert drawn.area.tolist() == pytest.approx([8000 + 6400 + 5440 + 4900, 3600], abs=3)
