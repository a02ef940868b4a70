"""The planner's hand on a file, and plans kept side by side in a district."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.errors import InputError, UsageError
from gisplanner.services.districts import ensure_builtin_district
from gisplanner.services.pipes.hand import Hand, Wish
from gisplanner.services.pipes.kept import keep_plan, kept_plans
from gisplanner.services.pipes.plan import PipesPlan, plan_pipes
from gisplanner.store.database import Database


def square(path: Path) -> Path:
    corners = [(0, 0), (60, 0), (60, 60), (0, 60), (0, 0)]
    sides = [shapely.LineString(corners[k : k + 2]) for k in range(4)]
    layers = {
        "buildings": gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(20, 66, 40, 76)]),
        "roads": gpd.GeoDataFrame({"name": ["south", "east", "north", "west"]}, geometry=sides),
        "sources": gpd.GeoDataFrame({"utility": ["water"]}, geometry=[shapely.Point(0, 0)]),
    }
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(576811, 2839390), crs="EPSG:4547").to_file(path, layer=name, driver="GPKG")
    return path


def planned(path: Path, what: str, *streets: str) -> PipesPlan:
    wish = Wish(what=what, network="water", streets=streets, because="居民意见")  # type: ignore[arg-type]
    return plan_pipes(path, hand=Hand(wishes=(wish,), by="张工"), time_limit_s=3)


def streets_of(result: PipesPlan) -> set[str]:
    edges = result.lanes.plan.joint[0].edges
    long = edges[result.corridors.length_mm[edges] > 0]
    return {result.streets.name_of(edge) for edge in long.tolist() if result.streets.road[edge] >= 0}


def test_streets_are_forbidden_forced_and_locked(tmp_path: Path) -> None:
    path = square(tmp_path / "x.gpkg")
    assert streets_of(plan_pipes(path, time_limit_s=3)) == {"west"}
    assert "west" not in streets_of(planned(path, "forbid", "west"))
    assert "east" in streets_of(planned(path, "force", "east"))
    locked = planned(path, "lock", "south", "east", "north")
    assert streets_of(locked) == {"south", "east", "north"}  # a forced street is laid in full
    assert locked.lanes.report.conflicts == ()
    with pytest.raises(InputError):
        planned(path, "forbid", "nowhere")


def test_plans_are_kept_side_by_side_with_reasons(db: Database, tmp_path: Path) -> None:
    district = ensure_builtin_district(db, "nankang")
    path = square(tmp_path / "x.gpkg")
    keep_plan(db, district, plan_pipes(path, time_limit_s=3), "方案一", "最短")
    keep_plan(db, district, planned(path, "forbid", "west"), "方案二", "西侧不开挖")
    with pytest.raises(UsageError):
        keep_plan(db, district, planned(path, "forbid", "west"), "方案二", "又一次")
    one, two = kept_plans(db, district)["plans"]
    assert (one["name"], two["name"], two["made_by"]) == ("方案一", "方案二", "tester")
    assert two["hand"]["wishes"][0]["because"] == "居民意见"
    assert two["trench_m"]["joint"] > one["trench_m"]["joint"]
    assert one["inputs_sha256"] == two["inputs_sha256"]
