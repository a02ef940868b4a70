"""``gisplanner networks`` and ``gisplanner tasks`` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.cli.main import main
from gisplanner.services.accounts import add_account
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(db: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    town = create_district(db, "a", crs="EPSG:4547")
    for owner, kind, y in (("燃气公司", "燃气", 0.0), ("水司", "给水", 0.4)):
        shape = shapely.LineString([(EAST, NORTH + y), (EAST + 50, NORTH + y)])
        frame = gpd.GeoDataFrame({"编号": ["1"], "管类": [kind], "埋深": [1.0]}, geometry=[shape], crs=4547)
        frame.to_file(tmp_path / "x.gpkg")
        import_networks(db, town, tmp_path / "x.gpkg", owner=owner)
    outline = shapely.box(EAST - 5, NORTH - 20, EAST + 60, NORTH + 20)
    gpd.GeoDataFrame({"name": ["甲小区"], "code": ["E1"]}, geometry=[outline], crs=4547).to_file(tmp_path / "e.gpkg")
    import_features(db, town, "estates", tmp_path / "e.gpkg", add_new=True)

    def do(*arguments: str) -> tuple[int, Any]:
        try:
            main([*arguments, "--json"])
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, json.loads(capsys.readouterr().out)

    return do


def test_section_scheme_and_giving_back(run: Run, tmp_path: Path):
    place = f"{EAST + 20},{NORTH}"
    code, told = run("networks", "section", "--district", "a", "--at", place, "--out", str(tmp_path / "s.svg"))
    assert (code, len(told["lines"]), (tmp_path / "s.svg").stat().st_size > 10_000) == (0, 2, True)
    assert run("networks", "section", "--district", "a", "--at", "here")[0] == 2
    out = str(tmp_path / "甲.docx")
    code, told = run("networks", "scheme", "--district", "a", "--estate", "甲小区", "--out", out)
    assert (code, told["conflicts"], told["section"]) == (0, 1, True)
    code, told = run("networks", "give-back", "--district", "a", "--owner", "水司", "--out", str(tmp_path / "w.dxf"))
    assert (code, told["lines"], told["conflicts"]) == (0, 1, 1)


def test_accept_list_withdraw(run: Run, db: Database):
    shared = ("--district", "a", "--pair", "水司/water/1", "燃气公司/gas/1", "--kind", "horizontal")
    paper = ("--measure", "加套管", "--ground", "巷窄", "--document", "纪要", "--accepted-by", "王工")
    days = ("--on", "2024-09-02", "--until", "2999-01-01")
    code, told = run("networks", "accept", *shared, *paper, *days)
    assert (code, told["accepted_m"]) == (0, 0.4)
    code, told = run("pipes", "conflicts", "--district", "a")
    assert (code, told["open"], told["accepted"]) == (0, 0, 1)
    code, told = run("networks", "exceptions", "--district", "a")
    assert (code, told["exceptions"][0]["covers"]) == (0, True)
    assert run("networks", "withdraw", *shared, "--on", "2024-09-03")[0] == 0
    assert run("networks", "exceptions", "--district", "a")[1]["exceptions"] == []
    add_account(db, "水", "operator", scope=["owner=水司"])
    assert run("networks", "accept", *shared, *paper, *days, "--as", "水")[0] == 5


def test_works_tasks_and_days(run: Run, tmp_path: Path):
    pit = shapely.box(EAST + 10, NORTH + 1.0, EAST + 12, NORTH + 3)
    works = tmp_path / "works.gpkg"
    gpd.GeoDataFrame(
        {"id": ["L1"], "kind": ["电梯基坑"], "first": ["2024-09-10"], "last": ["2024-09-11"]},
        geometry=[pit],
        crs=4547,
    ).to_file(works)
    given = ("--district", "a", "--works", str(works))
    assert run("tasks", "relocate", "--district", "a")[0] == 2
    code, told = run("tasks", "relocate", *given, "--store")
    assert (code, told["stored"], [one["owner"] for one in told["tasks"]]) == (0, 0, [])
    code, told = run("tasks", "gas", *given, "--store")
    assert (code, told["stored"], told["guards"][0]["distance_m"]) == (0, 1, 1.0)
    code, told = run("tasks", "gas", *given, "--check-days")
    assert (code, told["error"]["code"]) == (5, "refused")
    item = told_code(run)
    for state, more in (("保护方案已报", ()), ("保护方案已定", ()), ("现场监护已安排", ("--until", "2024-09-11"))):
        assert step(run, item, state, *more) == 0
    assert run("tasks", "gas", *given, "--check-days")[1]["watched"] == 1


def told_code(run: Run) -> str:
    return run("tasks", "list", "--district", "a", "--kind", "gas_guard")[1]["tasks"][0]["code"]


def step(run: Run, item: str, state: str, *more: str) -> int:
    given = ("--district", "a", "--kind", "gas_guard", "--code", item)
    return run("tasks", "step", *given, "--state", state, "--on", "2024-09-10", *more)[0]


def test_apply_retire_hand_over_and_count(run: Run, tmp_path: Path):
    given = ("--district", "a", "--code", "K-1", "--owner", "水司", "--subject", "红旗大道", "--on", "2024-09-02")
    code, told = run("tasks", "apply", *given, "--matter", "道路开挖")
    assert (code, told["state"], told["receiver"]) == (0, "已申请", "区城管局")
    gone = ("--district", "a", "--owner", "水司", "--utility", "给水", "--code", "1", "--on", "2024-09-20")
    code, told = run("tasks", "retire", *gone, "--fate", "已接入新网")
    assert (code, told["segments"]) == (0, 1)
    code, told = run("networks", "handover", "--district", "a", "--out", str(tmp_path / "h.xlsx"))
    assert (code, told["receivers"]) == (0, {"文件未规定": 50.0})
    count = (
        "networks",
        "intents",
        "--district",
        "a",
        "--estate",
        "甲小区",
        "--households",
        "3",
        "--on",
        "2024-09-02",
    )
    assert run(*count)[0] == 2  # no profile names a gas company
    code, told = run(*count, "--owner", "燃气公司")
    assert (code, told["households"]) == (0, 3)


def test_a_company_sees_the_conflicts_of_its_own_lines_only(run: Run, db: Database):
    add_account(db, "水", "operator", scope=["owner=水司"])
    add_account(db, "电信", "operator", scope=["owner=电信"])
    add_account(db, "街道", "subdistrict")
    code, told = run("pipes", "conflicts", "--district", "a", "--as", "水")
    assert (code, len(told["conflicts"])) == (0, 1)
    code, told = run("pipes", "conflicts", "--district", "a", "--as", "电信")
    assert (code, told["lines"], told["conflicts"]) == (0, 0, [])
    assert run("pipes", "conflicts", "--district", "a", "--as", "街道")[0] == 5
