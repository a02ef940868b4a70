"""The planner's hand: connections moved, sides chosen, telecoms apart, smaller clearances somebody answers for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.errors import InputError
from gisplanner.services.pipes.hand import Hand, read_hand
from gisplanner.services.pipes.plan import PipesPlan, plan_pipes
from gisplanner.services.pipes.plan_document import plan_document

EAST, NORTH = 576811.0, 2839390.0


def write(path: Path, **layers: gpd.GeoDataFrame) -> Path:
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(EAST, NORTH), crs="EPSG:4547").to_file(path, layer=name, driver="GPKG")
    return path


def house_between(path: Path, **more: gpd.GeoDataFrame) -> Path:
    """One house with a street on either side, both fed from the west."""
    roads = [[(0, 0), (140, 0)], [(0, 40), (140, 40)], [(0, 0), (0, 40)]]
    return write(
        path,
        buildings=gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(100, 10, 120, 24)]),
        roads=gpd.GeoDataFrame({"name": ["south", "north", "west"]}, geometry=[shapely.LineString(r) for r in roads]),
        sources=gpd.GeoDataFrame({"utility": ["water", "gas"]}, geometry=[shapely.Point(0, 0)] * 2),
        **more,
    )


def planned(path: Path, *wishes: dict[str, Any], exceptions: tuple[dict[str, Any], ...] = ()) -> PipesPlan:
    told = [{"because": "居民意见", **wish} for wish in wishes]
    return plan_pipes(path, hand=Hand.model_validate({"wishes": told, "exceptions": exceptions}), time_limit_s=2)


def entry(result: PipesPlan, network: str) -> tuple[float, float]:
    """Where the service line meets the wall, metres from the origin of the test."""
    lines = result.lines[(result.lines["network"] == network) & (result.lines["part"] == "service")]
    point = shapely.get_point(lines[lines["building"] == "a"].geometry.iloc[0], 0)
    return round(point.x - EAST, 1), round(point.y - NORTH, 1)


def test_a_connection_is_moved_for_one_network_only(tmp_path: Path) -> None:
    path = house_between(tmp_path / "x.gpkg")
    plain = planned(path)
    assert entry(plain, "water")[1] == entry(plain, "gas")[1] == 10.0  # the near side
    move = {"what": "move", "network": "gas", "building": "a", "at": (EAST + 110, NORTH + 24)}
    moved = planned(path, move, {"what": "forbid", "network": "water", "streets": ["north"]})
    assert entry(moved, "gas") == (110.0, 24.0)
    assert entry(moved, "water")[1] == 10.0
    assert moved.lanes.report.conflicts == ()
    degrees = gpd.GeoSeries([shapely.Point(move["at"])], crs="EPSG:4547").to_crs(4326)[0]
    again = planned(path, {**move, "at": (degrees.x, degrees.y)})
    assert entry(again, "gas") == pytest.approx((110.0, 24.0), abs=0.3)
    with pytest.raises(InputError) as caught:
        planned(path, {**move, "building": "nobody"})
    assert [(fault.column, fault.value) for fault in caught.value.faults] == [("building", "nobody")]


def test_the_data_may_say_where_a_utility_enters(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"building": ["a"], "utility": ["燃气"]}, geometry=[shapely.Point(115, 24)])
    result = planned(house_between(tmp_path / "x.gpkg", connections=points))
    assert entry(result, "gas") == (115.0, 24.0)
    assert entry(result, "water")[1] == 24.0  # it shares the trench
    wrong = gpd.GeoDataFrame({"building": ["b"], "utility": ["wine"]}, geometry=[shapely.Point(115, 24)])
    with pytest.raises(InputError) as caught:
        planned(house_between(tmp_path / "y.gpkg", connections=wrong))
    assert {(fault.layer, fault.column) for fault in caught.value.faults} == {
        ("connections", "utility"),
        ("connections", "building"),
    }


def offsets(result: PipesPlan, network: str) -> set[bool]:
    """Whether the mains of a network lie north of the southern street's middle."""
    mains = result.lines[(result.lines["network"] == network) & (result.lines["street"] == "south")]
    middle = [line.interpolate(0.5, normalized=True).y - NORTH for line in mains.geometry if line.length > 5]
    return {y > 0 for y in middle}


def test_a_side_is_chosen_by_compass_or_against_the_plan(tmp_path: Path) -> None:
    path = house_between(tmp_path / "x.gpkg")
    for side, is_north in (("north", {True}), ("south", {False})):
        result = planned(path, {"what": "side", "network": "gas", "streets": ["south"], "side": side})
        assert offsets(result, "gas") == is_north
        assert result.lanes.report.conflicts == ()
    plain = offsets(planned(path), "gas")
    other = offsets(planned(path, {"what": "side", "network": "gas", "side": "other"}), "gas")
    assert len(plain) == 1
    assert other == {not north for north in plain}


def test_telecoms_lie_together_or_apart(tmp_path: Path) -> None:
    owners = ["电信", "移动", "联通"]
    path = write(
        tmp_path / "x.gpkg",
        buildings=gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(40, 12, 60, 24)]),
        roads=gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.LineString([(0, 0), (70, 0)])]),
        sources=gpd.GeoDataFrame({"utility": ["telecom"] * 3, "owner": owners}, geometry=[shapely.Point(0, 0)] * 3),
    )
    together = planned(path).lines
    apart_plan = planned(path, {"what": "apart", "network": "telecom"})
    apart = apart_plan.lines

    def lanes(lines: gpd.GeoDataFrame) -> int:
        return lines[lines["part"] == "main"]["offset_m"].dropna().nunique()

    assert (lanes(together), lanes(apart)) == (1, 3)
    assert plan_document(apart_plan)["violations"] == []
    assert plan_document(apart_plan)["utilities"]["telecom:移动"]["served"] == ["a"]


def narrow(path: Path) -> Path:
    return write(
        path,
        buildings=gpd.GeoDataFrame(
            {"id": ["n", "s"]}, geometry=[shapely.box(0, 2.2, 60, 12), shapely.box(0, -12, 60, -2.2)]
        ),
        roads=gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.LineString([(-20, 0), (60, 0)])]),
        sources=gpd.GeoDataFrame({"utility": ["sewage"]}, geometry=[shapely.Point(-20, 0)]),
    )


SMALLER = {
    "a": "sewage",
    "b": "building",
    "to_m": 1.5,
    "measure": "混凝土包封、支护开挖",
    "because": "巷宽 4.4 m",
    "accepted_by": "改造指挥部办公室",
    "document": "会议纪要 12 号",
}


def test_an_exception_is_used_declared_and_answered_for(tmp_path: Path) -> None:
    path = narrow(tmp_path / "x.gpkg")
    assert plan_document(planned(path))["exceptions"] == []
    assert plan_document(planned(path))["does_not_fit"]
    document = plan_document(planned(path, exceptions=(SMALLER,)))
    assert document["utilities"]["sewage"]["served"] == ["n", "s"]
    assert document["violations"] == []
    (one,) = document["exceptions"]
    assert one["clause"].startswith("GB 50289-2016 4.1.9")
    assert (one["required_m"], one["accepted_m"]) == (2.5, 1.5)
    assert one["least_m"] >= 1.5
    assert (one["measure"], one["accepted_by"]) == (SMALLER["measure"], SMALLER["accepted_by"])
    assert document["hand"]["exceptions"][0]["document"] == "会议纪要 12 号"


def test_what_says_too_little_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hand.json"
    wishes = [{"what": "move", "network": "gas", "because": "x"}, {"what": "forbid", "network": "gas", "because": ""}]
    path.write_text(json.dumps({"wishes": wishes, "exceptions": [{**SMALLER, "accepted_by": ""}]}), "utf-8")
    with pytest.raises(InputError) as caught:
        read_hand(path)
    assert len(caught.value.faults) >= 3
    with pytest.raises(InputError) as caught:
        planned(narrow(tmp_path / "x.gpkg"), exceptions=({**SMALLER, "a": "wine"},))
    assert [fault.value for fault in caught.value.faults] == ["wine"]
