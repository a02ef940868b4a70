"""Clearance from what stands beside lines: buildings, poles, kerbs, trees."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.domain.clearance import ClearanceReport
from gisplanner.errors import CrsError
from gisplanner.planning.pipes.clearance import check_clearances
from tests.planning.pipes.clearance_ground import GAS, check, frame_of, line, town
from tests.planning.pipes.clearance_oracle import by_poles


def test_buildings_and_the_line_that_serves_them() -> None:
    house = gpd.GeoDataFrame({"geometry": [shapely.box(0, 0, 20, 10)]}, index=["甲"], crs="EPSG:4547")

    def found(*points: tuple[float, float]) -> list[tuple[Any, Any, float, float]]:
        report = check([line(*points, utility="sewage")], buildings=house)
        return [(one.a, one.b, one.measured_m, one.required_m) for one in report.conflicts]

    assert found((0, -1.0), (20, -1.0)) == [(0, "甲", 1.0, 2.5)]
    assert found((0, -2.6), (20, -2.6)) == []
    assert found((10, -9.0), (10, 0.0)) == []
    assert found((10, -9.0), (10, 5.0)) == []
    assert found((-9, -1.0), (19, -1.0), (19, 0.0)) == [(0, "甲", 0.0, 2.5)]
    assert found((10, -9.0), (10, 19.0)) == [(0, "甲", 0.0, 2.5)]


def found_beside(report: ClearanceReport) -> list[tuple[str, str, float, float, str]]:
    return [(one.kind, one.verdict, one.measured_m, one.required_m, one.rule.cited) for one in report.conflicts]


def test_poles_by_what_they_carry() -> None:
    """GB 50289 asks 0.5 m of water and 1.0 m of gas from poles up to 10 kV; no row speaks of greater voltages."""

    def report(utility: str, gap: float, /, **pole: Any) -> ClearanceReport:
        poles = gpd.GeoDataFrame([pole], geometry=[shapely.Point(25, gap)], index=["P1"], crs=4547)
        rows = [line((0, 0), (50, 0), utility=utility, pressure="low", laying="buried", where="municipal_road")]
        return check(rows, poles=poles)

    gb = "GB 50289-2016 4.1.9"
    assert found_beside(report("water", 0.4, utility="telecom")) == [("pole", "确定", 0.4, 0.5, gb)]
    assert found_beside(report("water", 0.5, utility="telecom")) == []
    assert found_beside(report("gas", 0.9, utility="power", voltage_kv=10.0)) == [("pole", "确定", 0.9, 1.0, gb)]
    assert found_beside(report("gas", 0.9, utility="power", voltage_kv=35.0)) == []
    assert [
        (one.kind, one.b, one.missing) for one in report("gas", 0.9, utility="power", voltage_kv=35.0).unknown
    ] == [("pole", "P1", ("rule",))]
    # Nobody says what the pole carries: too near whatever it is, or not to be judged.
    assert found_beside(report("gas", 0.4)) == [("pole", "确定", 0.4, 1.0, gb)]
    assert [one.missing for one in report("gas", 1.2).unknown] == [("rule",)]
    assert report("gas", 1.2).conflicts == ()
    # 再生水 and poles: the tables have no row.
    assert [one.missing for one in report("reclaimed", 0.4, utility="telecom").unknown] == [("rule",)]


@pytest.mark.parametrize("seed", range(3))
def test_poles_against_a_plain_loop(seed: int) -> None:
    dice = np.random.default_rng(seed)
    pipes = town(seed, 150, 80.0)
    poles = {f"P{k}": (float(x), float(y)) for k, (x, y) in enumerate(dice.uniform(0.0, 80.0, (120, 2)))}
    frame = gpd.GeoDataFrame(
        {"utility": ["telecom"] * len(poles)},
        geometry=[shapely.Point(place) for place in poles.values()],
        index=list(poles),
        crs=4547,
    )
    expected = by_poles(pipes, poles)
    report = check_clearances(frame_of(pipes), clearance_standards(), poles=frame)
    found = {(one.a, one.b): one.measured_m for one in report.conflicts if one.kind == "pole"}
    assert len(expected) > 50
    assert found.keys() == expected.keys()
    assert max(abs(found[pair] - clear) for pair, clear in expected.items()) <= 0.0011


def test_a_cable_goes_up_its_pole_and_a_gas_pipe_does_not() -> None:
    poles = gpd.GeoDataFrame({"utility": ["power"], "voltage_kv": [0.4]}, geometry=[shapely.Point(50, 0)], crs=4547)
    cable = line((0, 0), (49.9, 0), utility="power", voltage_kv=0.4, laying="buried")
    assert check([cable], poles=poles).conflicts == ()
    past = line((0, 0.2), (90, 0.2), utility="power", voltage_kv=0.4, laying="buried")
    assert [one.kind for one in check([past], poles=poles).conflicts] == ["pole"]
    gas = line((0, 0), (49.9, 0), utility="gas", pressure="low")
    assert [(one.kind, one.measured_m) for one in check([gas], poles=poles).conflicts] == [("pole", 0.1)]


def test_kerbs_of_city_roads_count_for_what_runs_along_and_no_row_speaks_of_courtyards() -> None:
    kerbs = gpd.GeoDataFrame({"kind": ["路缘石"]}, geometry=[shapely.LineString([(0, 0), (60, 0)])], crs=4547)

    def report(*points: tuple[float, float], place: str = "municipal_road", **more: Any) -> ClearanceReport:
        return check([line(*points, utility="water", where=place, **more)], kerbs=kerbs)

    along = report((0, 1.2), (50, 1.2)).conflicts
    assert [(one.kind, one.measured_m, one.required_m, one.length_m) for one in along] == [("kerb", 1.2, 1.5, 50.0)]
    assert report((0, 1.5), (50, 1.5)).conflicts == ()
    assert report((25, -20), (25, 20)).conflicts == ()
    # Across, and then along: what runs along is too near.
    assert [one.measured_m for one in report((25, -20), (25, 0.8), (58, 0.8)).conflicts] == [0.0]
    assert report((0, 1.2), (50, 1.2), place="courtyard").conflicts == ()
    assert [one.missing for one in report((0, 1.2), (50, 1.2), place="courtyard").unknown] == [("rule",)]


def test_trees_and_shrubs_to_the_middle_of_the_trunk() -> None:
    def found(kind: str, y: float, **attributes: Any) -> list[tuple[str, float, float]]:
        trees = gpd.GeoDataFrame({"kind": [kind]}, geometry=[shapely.Point(25, y)], index=["T"], crs="EPSG:4547")
        report = check([line((0, 0), (50, 0), **attributes)], trees=trees)
        return [(one.kind, one.measured_m, one.required_m) for one in report.conflicts]

    street = {"utility": "water", "where": "municipal_road", "diameter_mm": 200}
    assert found("tree", 1.2, **street) == [("tree", 1.1, 1.5)]
    assert found("tree", 1.61, **street) == []
    assert found("shrub", 1.2, **street) == []
    assert found("tree", 0.7, utility="gas", pressure="low") == [("tree", 0.7, 0.75)]
    crown = gpd.GeoDataFrame(geometry=[shapely.Point(25, 3).buffer(3)], index=["T"], crs="EPSG:4547")
    report = check([line((0, 0), (50, 0), **street)], trees=crown)
    assert report.conflicts == ()
    with pytest.raises(CrsError):
        check([GAS], trees=crown.to_crs(4544))
