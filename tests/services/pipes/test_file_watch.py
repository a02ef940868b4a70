"""A plan made of a file is held to the gas lines of the file as a stored district is to its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.errors import InputError, RefusedError
from gisplanner.services.pipes.outputs import full_document
from gisplanner.services.pipes.plan import PipesPlan, plan_pipes
from gisplanner.services.pipes.plan_document import notes_of
from gisplanner.services.pipes.plan_file import ground_of_file
from gisplanner.services.pipes.works import plan_works

START, DEADLINE = date(2024, 9, 2), date(2024, 12, 31)
GAS = {"id": "G1", "utility": "燃气", "pressure": "低压", "diameter_mm": "DN110", "owner": "区深燃公司"}


def written(path: Path, gas: dict[str, Any], **more: gpd.GeoDataFrame) -> Path:
    """Two houses at a lane, four telecoms at its end; a gas main along its first half."""
    layers = {
        "buildings": gpd.GeoDataFrame(
            {"id": ["1", "2"]}, geometry=[shapely.box(20, 6, 40, 16), shapely.box(90, 6, 110, 16)]
        ),
        "roads": gpd.GeoDataFrame(
            {"name": ["大街", "小巷"], "highway": ["residential", "service"]},
            geometry=[shapely.LineString([(0, -60), (0, 60)]), shapely.LineString([(0, 0), (130, 0)])],
        ),
        "sources": gpd.GeoDataFrame(
            {"utility": ["telecom", "telecom", "water"], "owner": ["电信", "移动", None]},
            geometry=[shapely.Point(0, -50)] * 3,
        ),
        "existing": gpd.GeoDataFrame([gas], geometry=[shapely.LineString([(5, -4.5), (60, -4.5)])]),
        **more,
    }
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(576811, 2839390), crs="EPSG:4547").to_file(path, layer=name, driver="GPKG")
    return path


def planned(path: Path, **options: Any) -> PipesPlan:
    return plan_pipes(path, time_limit_s=1.0, **options)


@pytest.fixture(scope="module")
def unwatched(tmp_path_factory: pytest.TempPathFactory) -> PipesPlan:
    return planned(written(tmp_path_factory.mktemp("file") / "lane.gpkg", GAS))


def test_a_calendar_beside_a_gas_line_of_the_file_is_refused(unwatched: PipesPlan):
    with pytest.raises(RefusedError) as caught:
        plan_works(unwatched, START, DEADLINE)
    assert {one.column for one in caught.value.faults} == {"区深燃公司"}
    assert all("G1" in str(one.value) and "未核对原文" in str(one.allowed) for one in caught.value.faults)
    [told] = [str(note) for note in notes_of(unwatched) if "保护方案和现场监护" in note]
    assert "未核对原文" in told


def test_who_watches_stands_in_the_file(unwatched: PipesPlan, tmp_path: Path):
    watching = {**GAS, "guard": "现场监护已安排", "guard_from": "2024-09-01", "guard_until": "2024-12-31"}
    ground = ground_of_file(written(tmp_path / "watched.gpkg", watching))
    assert ground.watch is not None
    [guard] = ground.watch.guards.values()
    assert (guard.standing, guard.valid_until) == ("现场监护已安排", DEADLINE)
    assert plan_works(planned(tmp_path / "watched.gpkg"), START, DEADLINE).calendar.works
    short = ground_of_file(written(tmp_path / "short.gpkg", {**watching, "guard_until": "2024-09-01"})).watch
    assert short is not None
    assert [one.valid_until for one in short.guards.values()] == [date(2024, 9, 1)]


@pytest.mark.parametrize(
    ("changed", "column"), [({"guard": "有人看"}, "guard"), ({"guard": "待办", "guard_from": "九月"}, "guard_from")]
)
def test_what_nobody_understands_is_refused(changed: dict[str, str], column: str, tmp_path: Path):
    with pytest.raises(InputError) as caught:
        ground_of_file(written(tmp_path / "bad.gpkg", {**GAS, **changed}))
    assert [(one.layer, one.row, one.column) for one in caught.value.faults] == [("existing", 0, column)]


@pytest.mark.parametrize("changed", [{"status": "废弃"}, {"laying": "架空"}, {"utility": "给水"}])
def test_what_carries_no_gas_in_the_ground_is_not_watched(changed: dict[str, str], tmp_path: Path):
    assert ground_of_file(written(tmp_path / "other.gpkg", {**GAS, **changed})).watch is None


def compound(path: Path, may_be_dug: str) -> PipesPlan:
    """The two houses as one estate that says whether it may be dug up; its old main is given up."""
    estates = gpd.GeoDataFrame({"name": ["甲小区"], "可开挖": [may_be_dug]}, geometry=[shapely.box(15, -12, 130, 30)])
    given_up = {**GAS, "utility": "给水", "status": "废弃"}
    return planned(written(path, given_up, estates=estates), estates="estates")


@pytest.fixture(scope="module")
def dug(tmp_path_factory: pytest.TempPathFactory) -> PipesPlan:
    return compound(tmp_path_factory.mktemp("estate") / "dug.gpkg", "是")


def entering(result: PipesPlan, utility: str) -> set[str]:
    lines = result.lines[(result.lines["utility"] == utility) & (result.lines["part"] == "service")]
    return set(lines["laying"])


@pytest.mark.requirement("R6.14", "R6.29")
def test_an_estate_that_may_not_be_dug_up_hangs_its_telecoms_and_one_that_may_lays_them(
    dug: PipesPlan, tmp_path: Path
):
    """The routing domain is the estate and the streets beside it; whether it is dug up is the estate's condition."""
    assert (entering(dug, "telecom"), entering(dug, "water")) == ({"duct"}, {"buried"})
    assert not any("不具备开挖条件" in note for note in notes_of(dug))
    # Not dug: telecoms hang (架空规整), water stays outside, and the reader is told.
    kept = compound(tmp_path / "kept.gpkg", "否")
    assert (entering(kept, "telecom"), entering(kept, "water")) == ({"overhead"}, set())
    assert any("不具备开挖条件" in note for note in notes_of(kept))


@pytest.mark.requirement("R6.07")
def test_the_contractor_lays_ducts_and_fibre_and_each_company_its_main_and_cuts_over(dug: PipesPlan):
    parts = full_document(dug, None, "nankang")["work_split"]
    told = {(one["network"], one["work"]): one for one in parts}
    assert told["telecom", "弱电管沟"]["unit"] == told["telecom:电信", "光纤到户"]["unit"] == "施工单位（统一施工）"
    assert "统一施工" in told["telecom", "弱电管沟"]["quote"]
    for name in ("telecom:电信", "telecom:移动"):
        main, cut = told[name, "主线布放"], told[name, "割接"]
        assert main["unit"] == cut["unit"] == "各管线单位"
        assert main["quote"] == "各管线单位负责主线的布放及切割"
        assert (cut["buildings"], cut["owner"]) == (2, name.partition(":")[2])
        assert main["length_m"] > 50
    # Two companies, one duct route: its metres count once.
    assert told["telecom", "弱电管沟"]["length_m"] < 1.5 * told["telecom:电信", "主线布放"]["length_m"]
    assert told["water", "管线迁改"]["unit"] == "杆线管网部门"
    other = full_document(dug, None, "xianning")["work_split"]
    assert {one["unit"] for one in other} == {"文件未规定"}
