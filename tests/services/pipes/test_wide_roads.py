"""City roads wider than forty metres have lines on both sides; of unknown ones it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely import LineString, Point

from gisplanner.services.pipes.hand import NO_HAND, Hand, Wish
from gisplanner.services.pipes.plan import PipesPlan, plan_pipes
from gisplanner.services.pipes.plan_document import cross_sections, plan_document
from gisplanner.services.pipes.quantities import permits, quantities

EAST, NORTH = 576811, 2839390
ROAD = LineString([(0, 0), (300, 0)])
HOUSES = {"n1": (20, 1), "n2": (240, 1), "s1": (30, -1), "s2": (235, -1)}


def avenue(path: Path, hand: Hand = NO_HAND, near_m: float = 24.0, **columns: Any) -> PipesPlan:
    """Two houses on either side of a city road of 300 m, a lane that ends on it, all sources where it ends."""
    path.mkdir(exist_ok=True)
    roads: dict[str, Any] = {"name": ["人民路", "支路"], "highway": ["primary", "service"]}
    roads |= {name: [value, None] for name, value in columns.items()}
    utilities = ["water", "gas", "power", "telecom", "sewage", "storm"]
    layers = {
        "buildings": gpd.GeoDataFrame(
            {"id": list(HOUSES)},
            geometry=[
                shapely.box(
                    x, min(near_m * side, (near_m + 12) * side), x + 40, max(near_m * side, (near_m + 12) * side)
                )
                for x, side in HOUSES.values()
            ],
        ),
        "roads": gpd.GeoDataFrame(roads, geometry=[ROAD, LineString([(150, 0), (150, 120)])]),
        "sources": gpd.GeoDataFrame({"utility": utilities}, geometry=[Point(150, 0)] * len(utilities)),
    }
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(EAST, NORTH), crs=4547).to_file(path / "x.gpkg", layer=name)
    return plan_pipes(path / "x.gpkg", time_limit_s=1, hand=hand)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> PipesPlan:
    return avenue(tmp_path_factory.mktemp("wide"), red_line_m=41.0)


def lines_of(result: PipesPlan, part: str) -> gpd.GeoDataFrame:
    lines = result.lines[result.lines["part"] == part]
    return lines.set_geometry(lines.translate(-EAST, -NORTH))


def test_up_to_forty_metres_one_corridor_above_it_two(wide: PipesPlan, tmp_path: Path) -> None:
    assert set(wide.streets.side) == {"", "north", "south", "across"}
    assert set(avenue(tmp_path / "narrow", red_line_m=40.0).streets.side) == {""}
    assert set(avenue(tmp_path / "yard", red_line_m=60.0, where="courtyard").streets.side) == {""}


def test_every_house_is_served_from_its_own_side(wide: PipesPlan) -> None:
    services = lines_of(wide, "service")
    assert not services.crosses(ROAD).any()
    houses = services[services["building"].notna()]
    assert len(houses) == len(HOUSES) * 6
    for name, y in zip(houses["building"], houses.geometry.apply(lambda line: line.coords[-1][1]), strict=True):
        assert (y > 0) == name.startswith("n")
    document = plan_document(wide)
    assert document["violations"] == []
    assert all(one["unserved"] == [] for one in document["utilities"].values())


def test_either_side_has_lanes_of_its_own_in_the_order_of_the_standard(wide: PipesPlan) -> None:
    sections = {
        one["street"]: one for one in cross_sections(wide) if one["street"] in {"人民路（北侧）", "人民路（南侧）"}
    }
    assert len(sections) == 2
    assert all(
        one["legal_order"] and one["left_m"] + one["right_m"] == pytest.approx(12.0) for one in sections.values()
    )
    mains = lines_of(wide, "main")
    for side in (1.0, -1.0):
        strip = shapely.box(20, side * 8.5, 140, side * 20.5)
        own = mains[mains.intersects(strip)]
        away = {
            utility: float(shapely.intersection(lines.geometry.to_numpy(), strip)[0].centroid.y * side)
            for utility, lines in own.groupby("utility")
        }
        assert sorted(away, key=away.__getitem__, reverse=True) == [
            "power",
            "telecom",
            "water",
            "gas",
            "sewage",
            "storm",
        ]
        assert max(away.values()) < 20.5
    shown = shapely.box(20, -8.4, 140, 8.4)
    assert not mains.intersects(shown).any()  # nothing lies under the carriageway between two crossings


def test_what_crosses_is_counted_and_told(wide: PipesPlan) -> None:
    [road] = plan_document(wide)["both_sides"]["roads"]
    assert (road["street"], road["width_m"], road["by"]) == ("人民路", 41.0, "red_line")
    assert road["dug_m"]["north"] > 100 < road["dug_m"]["south"]
    assert road["dug_m"]["across"] == pytest.approx(14.5)
    crossing = [one for one in quantities(wide) if "横穿宽路" in one.detail]
    assert crossing
    assert [one["street"] for one in permits(wide)] == ["人民路"]
    [note] = [one for one in plan_document(wide)["notes"] if "两侧布管" in one]
    assert "GB 50289-2016 4.1.5，宜，未核对原文" in note
    assert "过路 14 m" in note


def test_a_width_nobody_states_is_not_guessed(tmp_path: Path) -> None:
    unknown = plan_document(avenue(tmp_path / "unknown", width_m=24.0))
    assert unknown["both_sides"]["unknown"] == ["人民路"]
    assert any("红线宽资料不足：人民路" in note for note in unknown["notes"])
    by_roadway = plan_document(avenue(tmp_path / "roadway", width_m=44.0))["both_sides"]
    assert [(one["by"], one["width_m"]) for one in by_roadway["roads"]] == [("roadway", 44.0)]
    faced = plan_document(avenue(tmp_path / "faced", near_m=19.0))["both_sides"]  # walls 38 m apart leave no 40 m
    assert (faced["roads"], faced["unknown"]) == ([], [])


def test_a_planner_speaks_of_one_side(tmp_path: Path) -> None:
    south = Hand(wishes=(Wish(what="forbid", network="gas", streets=("人民路（北侧）",), because="古树"),))
    gas = plan_document(avenue(tmp_path / "hand", south, red_line_m=50.0))["utilities"]
    assert gas["gas"]["served"] == ["s1", "s2"]
    assert gas["water"]["unserved"] == []


def test_a_carriageway_beside_its_twin_is_a_side_already(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    roads = gpd.GeoDataFrame(
        {"name": "大道", "highway": "primary", "red_line_m": 60.0, "oneway": "yes"},
        index=[0, 1],
        geometry=[LineString([(0, 0), (300, 0)]), LineString([(300, 25), (0, 25)])],
    )
    layers = {
        "roads": roads,
        "buildings": gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(20, 60, 40, 70)]),
        "sources": gpd.GeoDataFrame({"utility": ["water"]}, geometry=[Point(0, 25)]),
    }
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(EAST, NORTH), crs=4547).to_file(path, layer=name)
    result = plan_pipes(path, time_limit_s=1)
    assert set(result.streets.side) == {""}
    assert result.lanes.plan.joint[0].served == (0,)
