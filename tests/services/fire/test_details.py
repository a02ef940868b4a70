"""What stands beside a plan: hose rule, hours and keys, units, budget curve, markings, vehicles, what lies below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely import LineString, Point, box

from gisplanner.services.fire.plan import plan_fire
from gisplanner.services.fire.wishes import FireWishes
from tests.acceptance.test_scenario_13_fire import frame, layers, write


def planned(tmp_path: Path, made: dict[str, Any], **options: Any) -> dict[str, Any]:
    return plan_fire(write(tmp_path / "estate.gpkg", made), FireWishes(**options)).document()


def test_the_hose_rule_stands_beside_the_long_side(tmp_path: Path) -> None:
    document = planned(tmp_path, layers())
    assert document["served_today"] == [1]
    # The lane ends in front of the shed; the hose goes on past it, but not 45 m round every corner of house 2.
    assert document["hose_rule"]["today"] == [1]
    assert document["hose_rule"]["after"] == [1, 2]
    assert document["hose_rule"]["hose_m"] == 45.0
    with_doors = layers(doors=frame([Point(30, 18), Point(30, 70)]))
    document = planned(tmp_path, with_doors)
    assert "单元入口" in document["hose_rule"]["basis"]
    assert document["hose_rule"]["today"] == [1, 2]


def barred(**columns: list[Any]) -> dict[str, Any]:
    made = layers()
    bar = frame(
        [box(0, 40, 30, 60), box(34.2, 40, 80, 60), LineString([(30, 50), (34.2, 50)])], id=["W1", "W2", "杆"]
    )
    for name, values in {"removable": [False, False, True], "cost": [None, None, 500.0], **columns}.items():
        bar[name] = values
    return {**made, "obstacles": bar}


def test_day_and_night_and_keys(tmp_path: Path) -> None:
    hours = {"kind": ["围墙", "围墙", "电动门"], "hours": [None, None, "06:00-22:00"]}
    document = planned(tmp_path, barred(**hours))
    assert document["hours"] == {"day": [1, 2], "night": [1]}
    [gate] = document["gates"]
    assert (gate["id"], gate["answer"]) == ("杆", "不符合")
    kept = planned(tmp_path, barred(**hours, key_holder=[None, None, "门卫王师傅"]))
    assert kept["hours"] == {"day": [1, 2], "night": [1, 2]}
    assert kept["gates"][0]["answer"] == "符合"
    assert planned(tmp_path, layers())["hours"] is None


@pytest.mark.parametrize(
    ("height", "served", "answer"), [(4.5, [1, 2], "符合"), (3.2, [1], "不符合"), (None, [1], "资料不足")]
)
def test_a_bar_is_passed_under_where_it_is_high_enough(
    tmp_path: Path, height: float | None, served: list[int], answer: str
) -> None:
    document = planned(tmp_path, barred(kind=["围墙", "围墙", "限高杆"], height_m=[2.5, 2.5, height]))
    assert document["served_today"] == served
    assert [gate["answer"] for gate in document["gates"]] == [answer]


@pytest.mark.requirement("R7.07")
def test_removals_by_unit_show_every_text(tmp_path: Path) -> None:
    made = layers()
    made["obstacles"]["kind"] = ["围墙", "围墙", "违章建筑"]
    [unit] = planned(tmp_path, made)["removals_by_unit"]
    assert (unit["answer"], unit["removals"], unit["cost"]) == ("需人工认定", ["棚1"], 8000.0)
    assert any("区城管局" in quote for quote in unit["quotes"])
    assert any("属地执法队" in quote for quote in unit["quotes"])
    made["obstacles"]["kind"] = None
    assert planned(tmp_path, made)["removals_by_unit"][0]["answer"] == "资料不足"


def test_what_ten_thousand_more_buy(tmp_path: Path) -> None:
    curve = planned(tmp_path, layers(), curve_step=5000.0)["budget_curve"]
    assert [(one["budget"], one["served"], one["cost"]) for one in curve] == [
        (0, 1, 0),
        (5000, 1, 0),
        (10000, 2, 8000),
    ]
    assert [one["households"] for one in curve] == [24, 24, 60]
    assert all(one["proven"] for one in curve)
    within = planned(tmp_path, layers(), curve_step=5000.0, budget=9000.0)
    assert [(one["budget"], one["cost"]) for one in within["budget_curve"]] == [(0, 0), (5000, 0), (9000, 8000)]
    too_little = planned(tmp_path, layers(), curve_step=5000.0, budget=7000.0)
    assert [one["budget"] for one in too_little["budget_curve"]] == [0, 5000, 7000]
    assert {one["cost"] for one in too_little["budget_curve"]} == {0}
    assert too_little["not_opened"] == [2]


def test_a_chosen_number_of_households_is_a_goal(tmp_path: Path) -> None:
    enough = planned(tmp_path, layers(), households=24)
    assert (enough["cost"], enough["served_after"], enough["not_opened"]) == (0, [1], [2])
    more = planned(tmp_path, layers(), households=25)
    assert (more["cost"], more["cost_lower_bound"], more["proven"]) == (8000, 8000, True)
    assert more["goal"]["kind"] == "households"


@pytest.mark.requirement("R7.01")
def test_markings_follow_from_the_lanes(tmp_path: Path) -> None:
    document = planned(tmp_path, layers())
    lengths = [lane["length_m"] for lane in document["lanes"]]
    # Where lanes lie side by side they have one edge together, painted once.
    assert max(lengths) < document["markings"]["line_m"] <= 2 * sum(lengths)
    assert document["markings"]["line_m2"] == pytest.approx(0.15 * document["markings"]["line_m"], abs=0.02)
    assert document["markings"]["hatch_m2"] == 6.0 * 4.0


def test_lanes_are_driven_and_what_nobody_measured_is_told(tmp_path: Path) -> None:
    driven = planned(tmp_path, layers())["driven"]
    assert {one["vehicle"] for one in driven} == {"普通消防车", "登高消防车"}
    assert {one["slope_percent"] for one in driven} == {None}
    heights = frame([Point(x, y) for x in (0, 80) for y in (0, 100)], height_m=[100.0, 110.0, 100.0, 110.0])
    document = planned(tmp_path, layers(spot_heights=heights))
    assert max(one["slope_percent"] for one in document["driven"]) <= 10.1


@pytest.mark.requirement("R7.01")
def test_tanks_lines_and_bays_on_a_lane_are_flagged(tmp_path: Path) -> None:
    made = layers(
        underground=frame([box(25, 44, 40, 46), Point(2, 98)], kind=["化粪池", "检查井"]),
        power_lines=frame([LineString([(0, 20), (80, 20)])], kind=["10kV"]),
        parking=frame([box(56, 20, 60, 60)]),
    )
    flags = planned(tmp_path, made)["flags"]
    assert {(one["layer"], one["kind"]) for one in flags if one["layer"] != "parking"} == {
        ("underground", "化粪池"),
        ("power_lines", "10kV"),
    }


@pytest.mark.requirement("R7.03")
def test_hydrants_reach_less_by_hose_than_straight(tmp_path: Path) -> None:
    walls = [box(0, 20, 79, 20.2), box(1, 40, 80, 40.2), box(0, 60, 79, 60.2)]
    made = layers(
        obstacles=frame(walls, id=[1, 2, 3], removable=[False] * 3),
        hydrants=frame([Point(2, 2)]),
        buildings=frame([box(10, 70, 50, 82)], id=[2]),
    )
    reach = planned(tmp_path, made)["hydrant_reach"]
    assert reach["beyond_straight"] == []
    assert reach["beyond_by_route"] == [2]


def test_a_real_estate_of_chengdu_says_what_is_missing(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "data" / "chengdu" / "chengdu.gpkg"
    estates, houses, roads = (
        gpd.read_file(source, layer=name).to_crs(4544) for name in ("estates", "buildings", "roads")
    )
    site = estates.geometry[estates["name"] == "长富花园"].iloc[0]
    inside = houses[houses.intersection(site).area > 0.5 * houses.area]
    gates = shapely.intersection(roads.geometry[roads.crosses(site.boundary)].to_numpy(), site.boundary)
    points = [point for point in shapely.get_parts(gates) if point.geom_type == "Point"]
    path = tmp_path / "chengdu.gpkg"
    for name, shapes in {"site": [site], "buildings": list(inside.geometry), "entrances": points}.items():
        gpd.GeoDataFrame(geometry=shapes, crs=4544).to_file(path, layer=name)
    document = plan_fire(path).document()
    assert "结果偏乐观" in document["remarks"][0]
    assert len(document["served_today"]) + len(document["unreachable"]) == len(inside)
    assert {one["answer"] for one in document["extinguishers"]} == {"资料不足"}
    assert document["removals"] == []
