"""Scenario 13: a shed in a lane of 4.2 m, the rule of 4.0 m, extinguishers by the plan's words."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon, affinity, box

from gisplanner.cli.main import main

ORIGIN = (576811, 2839390)


def frame(shapes: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    moved = [None if shape is None else affinity.translate(shape, *ORIGIN) for shape in shapes]
    return gpd.GeoDataFrame(columns, geometry=moved, crs="EPSG:4547")


def layers(**changes: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """A lane 4.2 m wide between two walls leads to a yard with the second house; a shed stands 0.7 m into it."""
    made = {
        "site": frame([box(0, 0, 80, 100)], id=[1]),
        "buildings": frame(
            [box(14, 6, 50, 18), box(10, 70, 50, 82)], id=[1, 2], floors=[6, None], extinguishers=[9, 4],
            households=[24, 36],
        ),
        "obstacles": frame(
            [box(0, 40, 30, 60), box(34.2, 40, 80, 60), box(33.5, 45, 34.2, 50)],
            id=["W1", "W2", "棚1"], removable=[False, False, True], cost=[None, None, 8000.0],
            owner=[None, None, "居民自建"], kind=["围墙", "围墙", "棚屋"],
        ),
        "entrances": frame([Point(60, 0)], width_m=[6.0]),
    }  # fmt: skip
    return {**made, **changes}


def write(path: Path, made: dict[str, gpd.GeoDataFrame], crs: str = "EPSG:4547") -> Path:
    for name, one in made.items():
        one.to_crs(crs).to_file(path, layer=name, driver="GPKG")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main(["fire", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.requirement("R7.01", "R7.02")
@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490"])
def test_the_shed_is_what_blocks(tmp_path: Path, capsys: pytest.CaptureFixture[str], crs: str) -> None:
    path = write(tmp_path / "estate.gpkg", layers(), crs)
    document = run(capsys, "plan", "--file", str(path), "--out", str(tmp_path / "lanes.geojson"))
    assert document["crs"] == "EPSG:4547"
    assert document["served_today"] == [1]
    assert document["served_after"] == [1, 2]
    [removal] = document["removals"]
    assert (removal["obstacle"], removal["cost"], removal["opens"], removal["households"]) == ("棚1", 8000, [2], 36)
    assert (removal["width_before_mm"], removal["width_after_mm"]) == (3500, 4200)
    assert (document["cost"], document["cost_lower_bound"], document["proven"]) == (8000, 8000, True)
    pinch = min(document["lanes"], key=lambda lane: lane["pinch_mm"])
    assert pinch["pinch_mm"] == 4200
    assert 30 <= pinch["pinch_at"][0] - ORIGIN[0] <= 34.2
    assert run(capsys, "evaluate", "--file", str(path)) == {"served": [1], "cost": 0.0}
    assert run(capsys, "evaluate", "--file", str(path), "--remove", "棚1") == {"served": [1, 2], "cost": 8000.0}
    drawn = gpd.read_file(tmp_path / "lanes.geojson")
    assert {"车道中线", "车道范围", "最窄处", "拆移", "今天可达楼栋", "打通后可达楼栋"} <= set(drawn["类别"])


def test_at_35_the_lane_passes_with_the_shed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "estate.gpkg", layers())
    narrow = run(capsys, "plan", "--file", str(path), "--width", "3.5")
    assert (narrow["served_today"], narrow["removals"]) == ([1, 2], [])
    assert min(lane["pinch_mm"] for lane in narrow["lanes"]) == 3500
    assert narrow["needs_survey"] == [2]
    assert run(capsys, "plan", "--file", str(path), "--width", "3.501")["served_today"] == [1]


def test_the_width_is_a_national_number_not_the_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "plan", "--file", str(write(tmp_path / "estate.gpkg", layers())))
    origin = {one["name"]: one["origin"] for one in document["parameters"]}
    assert "国家标准参数" in origin["lane_width_m"]
    assert "未核对原文" in origin["lane_width_m"]
    assert origin["reach_m"] == "本工具参数"
    assert origin["extinguishers_per_floor"] == "楼栋每层不少于2具4千克灭火器"


@pytest.mark.requirement("R7.04")
def test_extinguishers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "estate.gpkg", layers())
    known, unknown = run(capsys, "plan", "--file", str(path))["extinguishers"]
    assert (known["building"], known["required"], known["present"], known["short"]) == (1, 12, 9, 3)
    assert (unknown["required"], unknown["short"], unknown["answer"]) == (None, None, "资料不足")
    assert run(capsys, "plan", "--file", str(path), "--profile", "none")["extinguishers"][0]["answer"] == "文件未规定"
    many = frame([box(x, 10, x + 1, 12) for x in range(108)], floors=[6] * 108)
    path = write(tmp_path / "many.gpkg", layers(buildings=many))
    need = [one["required"] for one in run(capsys, "plan", "--file", str(path))["extinguishers"]]
    assert (len(need), sum(need)) == (108, 1296)


def test_what_cannot_be_reached_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixed = layers()
    fixed["obstacles"]["removable"] = False
    document = run(capsys, "plan", "--file", str(write(tmp_path / "fixed.gpkg", fixed)))
    assert document["unreachable"][0]["building"] == 2
    assert "3.5 m 可达" in document["unreachable"][0]["reason"]
    narrow = layers(entrances=frame([Point(60, 0)], width_m=[3.6]))
    document = run(capsys, "plan", "--file", str(write(tmp_path / "narrow.gpkg", narrow)))
    assert {"出入口净宽最大 3.600 m" in one["reason"] for one in document["unreachable"]} == {True}
    assert document["served_after"] == []


BAD = {
    "null": ("buildings", frame([None, box(10, 70, 50, 82)], id=[1, 2]), "geometry"),
    "away": ("entrances", frame([Point(40, 30)]), "geometry"),
    "zero": ("obstacles", frame([box(0, 40, 30, 60)], removable=[True], cost=[0.0]), "cost"),
    "negative": ("obstacles", frame([box(0, 40, 30, 60)], removable=[True], cost=[-5.0]), "cost"),
    "repeated": ("buildings", frame([box(14, 6, 50, 18), box(10, 70, 50, 82)], id=[1, 1]), "id"),
    "point": ("buildings", frame([Point(3, 3)], id=[1]), "geometry"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_rows_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str) -> None:
    layer, one, column = BAD[case]
    path = write(tmp_path / "bad.gpkg", layers(**{layer: one}))
    begun = time.process_time()
    with pytest.raises(SystemExit) as stop:
        main(["fire", "plan", "--file", str(path), "--out", str(tmp_path / "no.geojson"), "--json"])
    assert time.process_time() - begun < 2.0  # of work, however busy the machine is
    assert stop.value.code == 2
    items = json.loads(capsys.readouterr().out)["error"]["items"]
    assert {(item["file"], item["layer"], item["column"]) for item in items} == {("bad.gpkg", layer, column)}
    assert not (tmp_path / "no.geojson").exists()


def test_odd_data_is_planned_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bow_tie = Polygon([(10, 70), (50, 82), (50, 70), (10, 82)])
    hole = Polygon(box(0, 0, 80, 100).exterior.coords, [box(60, 70, 70, 80).exterior.coords])
    made = layers(
        site=frame([hole]),
        buildings=frame([box(14, 6, 50, 18), bow_tie, box(45, 6, 60, 18)], id=[1, 2, 3]),
    )
    outside = frame([box(200, 0, 205, 5)], id=["远"], removable=[True], cost=[1.0])
    made["obstacles"] = gpd.GeoDataFrame(pd.concat([made["obstacles"], outside]), crs="EPSG:4547")
    document = run(capsys, "plan", "--file", str(write(tmp_path / "odd.gpkg", made)))
    told = "；".join(document["remarks"])
    assert "楼栋第 1 行图形已修复" in told
    assert "楼栋 1 与 3 重叠" in told
    assert "障碍物 远 在场地之外" in told
    assert [removal["obstacle"] for removal in document["removals"]] == ["棚1"]


def test_unknown_or_fixed_obstacles_cannot_be_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "estate.gpkg", layers())
    for name in ("没有", "W1"):
        with pytest.raises(SystemExit) as stop:
            main(["fire", "evaluate", "--file", str(path), "--remove", name, "--json"])
        assert stop.value.code == 2
        assert json.loads(capsys.readouterr().out)["error"]["items"][0]["value"] == name
