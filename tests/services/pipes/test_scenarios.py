"""Scenarios 11 and 12 of the acceptance list: one duct for four telecoms, and who pays for what."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.catalog.layers import utilities
from gisplanner.domain.policy_facts import SegmentFacts
from gisplanner.rules.answers import Desk
from gisplanner.rules.payers import payer
from gisplanner.services.pipes.costs import GROUPS, costs_document, shares
from gisplanner.services.pipes.plan import plan_pipes
from gisplanner.services.pipes.plan_document import plan_document
from gisplanner.services.policy.answers import load

OWNERS = ("电信", "移动", "联通", "广电")


def four_telecoms(path: Path, *, blocked: bool = False) -> Path:
    layers = {
        "buildings": gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[shapely.Point(100, 0), shapely.Point(100, 40)]),
        "roads": gpd.GeoDataFrame(
            {"name": ["x", "y"]},
            geometry=[shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (100, 40)])],
        ),
        "sources": gpd.GeoDataFrame(
            {"utility": ["telecom"] * 4, "owner": OWNERS}, geometry=[shapely.Point(0, 0)] * 4
        ),
    }
    if blocked:
        layers["obstacles"] = gpd.GeoDataFrame({"kind": ["涵洞"]}, geometry=[shapely.box(35, -3, 65, 3)])
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(576811, 2839390), crs="EPSG:4547").to_file(path, layer=name, driver="GPKG")
    return path


@pytest.mark.requirement("R6.05")
@pytest.mark.requirement("R6.06")
def test_scenario_11_four_telecoms_share_one_duct_route(tmp_path: Path) -> None:
    result = plan_pipes(four_telecoms(tmp_path / "x.gpkg"), time_limit_s=5)
    document = plan_document(result)
    assert document["trench_m"] == {"separate": 560.0, "union": 140.0, "joint": 140.0}
    assert document["underground_share"] == 1.0
    assert document["violations"] == []
    for owner in OWNERS:
        one = document["utilities"][f"telecom:{owner}"]
        assert (one["length_m"], one["lower_bound_m"], one["served"]) == (140.0, 140.0, ["a", "b"])
    assert set(result.lines["common_trench"]) == {"四网合一"}


@pytest.mark.requirement("R6.06")
def test_scenario_11_what_cannot_be_dug_hangs(tmp_path: Path) -> None:
    result = plan_pipes(four_telecoms(tmp_path / "x.gpkg", blocked=True), time_limit_s=5)
    assert plan_document(result)["underground_share"] == pytest.approx(110 / 140, abs=1e-6)
    overhead = result.lines[result.lines["laying"] == "overhead"]
    assert sorted(overhead["length_m"]) == pytest.approx([30.0] * 4)


@pytest.mark.requirement("R6.24")
@pytest.mark.parametrize(
    ("item", "utility", "answer"),
    [
        ("管沟土建", "gas", "地方财政"),
        ("管道设备", "gas", "相关企业"),
        ("二次供水", None, "产权人"),
        ("电表表后", None, "居民"),
        ("迁改", "telecom", "专营单位(政府补助)"),
        ("外墙立面改造", None, "居民"),
        ("电缆设备", "power", "文件未规定"),
    ],
)
def test_scenario_12_who_pays(item: str, utility: str | None, answer: str) -> None:
    facts = SegmentFacts(item=item, utility=utility)
    found = payer(Desk(load("xianning")), facts, utilities())
    assert (found.answer, found.document_status) == (answer, "draft")
    assert payer(Desk(load("nankang")), facts, utilities()).answer == "文件未规定"


def test_scenario_12_totals_of_a_plan_by_payer(tmp_path: Path) -> None:
    result = plan_pipes(four_telecoms(tmp_path / "x.gpkg"), time_limit_s=5)
    document = costs_document(shares(result, "xianning"))
    assert document["document_status"] == "draft"
    totals = document["totals"]
    assert set(totals) == set(GROUPS)
    assert totals["地方财政"]["length_m"] == pytest.approx(140.0, abs=0.01)
    assert totals["专营单位"]["length_m"] == pytest.approx(560.0, abs=0.01)
    assert all("；" not in part["reason"] or part["quote"] for part in document["parts"])
    silent = costs_document(shares(result, "nankang"))["totals"]
    assert silent["文件未规定"]["length_m"] == pytest.approx(700.0, abs=0.01)
