"""Bounds on several measures from the option to the explanation: five estates in a row, with costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from gisplanner.cli.main import main
from gisplanner.domain.bundling import BundleRules, Limit, Weights
from gisplanner.domain.district import District
from gisplanner.errors import InfeasibleError, InputError, RefusedError, UsageError
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.alternatives import map_alternatives
from gisplanner.services.bundling.limits import limits_of, limits_told, weights_of
from gisplanner.services.bundling.proposal_report import proposal_report
from gisplanner.services.bundling.propose import bundle_district, bundle_file
from gisplanner.services.bundling.reoptimise import reoptimise
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

CRS = "EPSG:4547"
X, Y = 576811, 2839390
HOUSEHOLDS, COSTS = [300, 250, 400, 200, 150], [1800, 2600, 2400, 900, 700]
BUDGET = (Limit("households", 300, 2000), Limit("cost_10k_cny", None, 5000, budget=True))


def row() -> gpd.GeoDataFrame:
    shapes = [box(X + 50 * k, Y, X + 50 * k + 40, Y + 40) for k in range(5)]
    return gpd.GeoDataFrame(
        {"code": list("ABCDE"), "name": [f"{one}苑" for one in "ABCDE"], "households": HOUSEHOLDS,
         "cost_10k_cny": COSTS},
        geometry=shapes, crs=CRS,
    )  # fmt: skip


@pytest.fixture
def district(db: Database) -> District:
    made = create_district(db, "demo", crs=CRS, profile="changzhou", bounds_lonlat=(114, 25, 116, 26))
    with db.transaction() as connection:
        copy_features(connection, "estate", made, row(), ["code", "name", "households", "cost_10k_cny"])
    return made


def sums(result: Any) -> list[tuple[str, dict[str, float]]]:
    return [("".join(map(str, one.estates)), dict(one.measures)) for one in result.bundles]


def test_minimum_maximum_and_budget_at_once(db: Database, district: District) -> None:
    result = bundle_district(db, district, BundleRules(limits=BUDGET, iterations=5))
    assert sums(result) == [
        ("A", {"households": 300.0, "cost_10k_cny": 1800.0}),
        ("BC", {"households": 650.0, "cost_10k_cny": 5000.0}),
        ("DE", {"households": 350.0, "cost_10k_cny": 1600.0}),
    ]
    assert result.plan.proven
    assert "片区 2（规模 2，户数 650 户，估算投资 5000 万元）" in result.sentences()
    document = result.document()
    assert document["bundles"][1]["measures"] == {"households": 650, "cost_10k_cny": 5000}
    labelled = (Limit("户数", 300, 2000), Limit("估算投资（万元）", None, 5000, budget=True))
    assert sums(bundle_district(db, district, BundleRules(limits=labelled, iterations=5))) == sums(result)


def test_a_smaller_budget_leaves_an_estate_over_and_says_why(db: Database, district: District) -> None:
    limits = (Limit("households", 300), Limit("cost_10k_cny", None, 2500, budget=True))
    result = bundle_district(db, district, BundleRules(limits=limits, iterations=5))
    assert {left.estate: str(left.reason) for left in result.left_over} == {
        "B": "单独的估算投资 2600 万元 超过预算 2500 万元"
    }
    with pytest.raises(InfeasibleError, match="户数"):
        bundle_district(db, district, BundleRules(limits=(Limit("households", 5000),), iterations=5))


def test_an_unknown_cost_is_too_little_to_go_on(db: Database, district: District) -> None:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET cost_10k_cny = NULL WHERE code IN ('B', 'D')")
    with pytest.raises(InputError, match="资料不足：B苑、D苑") as caught:
        bundle_district(db, district, BundleRules(limits=BUDGET))
    assert [(fault.column, fault.value, str(fault.hint)) for fault in caught.value.faults] == [
        ("cost_10k_cny", None, "小区 B苑"),
        ("cost_10k_cny", None, "小区 D苑"),
    ]
    with pytest.raises(UsageError, match="没有列 造价"):
        bundle_district(db, district, BundleRules(limits=(Limit("造价", None, 5),)))


def test_a_proposal_keeps_its_bounds_and_explains_with_them(db: Database, district: District) -> None:
    asked = BundleRules(limits=BUDGET, weights=Weights(balanced=1.0), iterations=5)
    service.save_bundles(db, district, bundle_district(db, district, asked), "预算")
    document, _ = proposal_report(db, district, service.get_proposal(db, district, "预算"))
    assert document["parameters"]["limits"][1] == {
        "measure": "cost_10k_cny", "at_least": None, "at_most": 5000, "budget": True
    }  # fmt: skip
    why = {
        ("".join(one["estates"]), near["estate"]): str(near["why"])
        for one in document["bundles"]
        for near in one["neighbours_outside"]
    }
    assert why["BC", "A"] == "在片区 1（并入后估算投资 6800 万元 超过预算 5000 万元）"
    assert why["A", "B"] == "在片区 2（分开划，达到下限的片区更多、剩余更少或片区内更相近）"
    assert why["BC", "D"] == "在片区 3（并入后估算投资 5900 万元 超过预算 5000 万元）"
    assert "每片区预算 5000 万元" in map_alternatives(db, district, service.proposals(db, district))
    again = reoptimise(db, district, "预算", reason="先行", lock_first="1")
    assert list(again.grouping.bundles.values()) == [("A",), ("B", "C"), ("D", "E")]


def test_the_hand_needs_a_signature_beyond_the_budget_and_where_nothing_is_known(
    db: Database, district: District
) -> None:
    service.save_bundles(
        db, district, bundle_district(db, district, BundleRules(limits=BUDGET, iterations=5)), "预算"
    )
    with pytest.raises(RefusedError, match="片区 2 估算投资 5900 万元 超过预算 5000 万元"):
        service.move_estate(db, district, "预算", "D", "2", reason="顺路")
    signed = service.move_estate(db, district, "预算", "D", "2", reason="顺路", sign="王工")
    assert signed.changes[-1].exceptions == (
        "片区 2 估算投资 5900 万元 超过预算 5000 万元", "片区 3 户数 150 户 低于下限 300 户",
    )  # fmt: skip
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET cost_10k_cny = NULL WHERE code = 'E'")
    with pytest.raises(RefusedError, match="资料不足：E 的估算投资未填"):
        service.merge_bundles(db, district, "预算", "3", "1", reason="试")


def test_a_file_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.gpkg"
    row().rename(columns={"code": "id", "cost_10k_cny": "造价"}).to_file(path, layer="estates")
    words = ["bundle", "--file", str(path), "--at-least", "households=300", "--at-most", "households=2000"]
    main([*words, "--budget", "5000", "--cost-column", "造价", "--iterations", "5", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert [one["estates"] for one in document["bundles"]] == [["A"], ["B", "C"], ["D", "E"]]
    assert document["bundles"][2]["measures"] == {"households": 350, "造价": 1600}
    with pytest.raises(SystemExit) as stop:
        main([*words, "--budget", "5000", "--json"])
    assert stop.value.code == 2
    assert "cost_10k_cny" in capsys.readouterr().out


def test_weights_decide_among_bundles_of_one_number(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = row().rename(columns={"code": "id"})
    frame["households"] = [10, 25, 10, 10, 20]
    frame["year"] = [1980, 1980, 1980, 2000, 2000]
    frame.to_file(path, layer="estates")

    def bundled(*weights: str) -> list[str]:
        rules = BundleRules(min_size=30, alike=("year",), weights=weights_of(weights), iterations=5)
        result = bundle_file(path, rules, size_column="households")
        assert result.plan.proven
        return ["".join(map(str, one.estates)) for one in result.bundles]

    assert bundled() == ["ABC", "DE"], "alike in years"
    assert bundled("homogeneous=0", "balanced=1") == ["AB", "CDE"], "35 and 40 households"
    frame.set_geometry(frame.geometry.where(frame["id"] != "C", frame.translate(5, 0))).to_file(path, layer="estates")
    assert bundled("homogeneous=0", "compact=1") == ["AB", "CDE"], "C stands nearer to D"


@pytest.mark.parametrize("text", ["户数", "=5", "户数=很多", "户数=nan"])
def test_limits_that_are_none_are_told(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        limits_of([text], ["户数=9", "户数=8"], None)
    assert [fault.value for fault in caught.value.faults] == [text, "户数=8"]


def test_weights_that_are_none_are_told() -> None:
    for text in ("快=1", "compact", "compact=nan"):
        with pytest.raises(UsageError, match=text):
            weights_of([text])


def test_a_public_legend_tells_neither_households_nor_money() -> None:
    assert limits_told(BUDGET) == ["户数 300–2000 户", "每片区预算 5000 万元"]
    assert limits_told((*BUDGET, Limit("buildings", None, 40)), public=True) == ["栋数 不大于 40 栋"]
