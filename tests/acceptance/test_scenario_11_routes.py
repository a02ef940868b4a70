"""Scenario 11, routes: four telecoms in one duct along one lane; what cannot be dug hangs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.cli.main import main

ORIGIN = (576811, 2839390)
OWNERS = ["电信", "移动", "联通", "广电"]


def lane_file(folder: Path, *, crs: str = "EPSG:4547", blocked: bool = False) -> Path:
    path = folder / "lane.gpkg"
    point = shapely.Point
    layers: dict[str, gpd.GeoDataFrame] = {
        "buildings": gpd.GeoDataFrame({"id": ["一", "二"]}, geometry=[point(100, 0), point(100, 40)]),
        "roads": gpd.GeoDataFrame({"name": ["巷"]}, geometry=[shapely.LineString([(0, 0), (100, 0), (100, 40)])]),
        "sources": gpd.GeoDataFrame({"utility": ["telecom"] * 4, "owner": OWNERS}, geometry=[point(0, 0)] * 4),
    }
    if blocked:
        layers["obstacles"] = gpd.GeoDataFrame({"kind": ["不可开挖"]}, geometry=[shapely.box(35, -3, 65, 3)])
    for name, frame in layers.items():
        moved = frame.set_geometry(frame.translate(*ORIGIN), crs="EPSG:4547").to_crs(crs)
        moved.to_file(path, layer=name, driver="GPKG")
    return path


def plan(capsys: pytest.CaptureFixture[str], path: Path, *arguments: str) -> dict[str, Any]:
    main(["pipes", "plan", "--file", str(path), "--json", *arguments])
    return json.loads(capsys.readouterr().out)


@pytest.mark.requirement("R6.05")
@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490"])
def test_four_telecoms_share_one_duct(tmp_path: Path, capsys: pytest.CaptureFixture[str], crs: str) -> None:
    out = tmp_path / "plan.geojson"
    document = plan(capsys, lane_file(tmp_path, crs=crs), "--out", str(out))
    assert document["crs"] == "EPSG:4547"
    assert document["trench_m"] == pytest.approx({"separate": 560.0, "union": 140.0, "joint": 140.0}, abs=0.004)
    assert 1 - document["trench_m"]["joint"] / document["trench_m"]["separate"] == pytest.approx(0.75, abs=1e-4)
    assert sorted(document["utilities"]) == sorted(f"telecom:{owner}" for owner in OWNERS)
    for network in document["utilities"].values():
        assert network["length_m"] == pytest.approx(140.0, abs=0.001)
        assert network["lower_bound_m"] == pytest.approx(140.0, abs=0.001)
        assert sorted(network["served"]) == ["一", "二"]
        assert network["unserved"] == []
    assert document["underground_share"] == 1.0
    assert document["violations"] == []
    drawn = gpd.read_file(out).to_crs("EPSG:4547")
    assert drawn.length.sum() == pytest.approx(560.0, abs=0.1)
    assert set(drawn["埋设方式"]) == {"duct"}


@pytest.mark.requirement("R6.06")
def test_what_cannot_be_dug_hangs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = plan(capsys, lane_file(tmp_path, blocked=True))
    assert document["underground_share"] == pytest.approx(110 / 140, abs=1e-5)
    assert document["trench_m"] == pytest.approx({"separate": 440.0, "union": 110.0, "joint": 110.0}, abs=0.004)
    assert document["utilities"]["telecom:电信"]["lower_bound_m"] == pytest.approx(140.0, abs=0.001)
