"""What has to be done about networks: relocation, gas safety, applications, handover, and the fate of old lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from openpyxl import load_workbook

from gisplanner.catalog.gas_zones import gas_zones
from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.works import DemolitionRecord
from gisplanner.errors import (
    CrsError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    UsageError,
)
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.applications import applications, apply_for
from gisplanner.services.networks.conflicts import conflicts_of_district
from gisplanner.services.networks.demolish import HOUSE, feed_demolitions
from gisplanner.services.networks.gas_safety import gas_safety
from gisplanner.services.networks.gas_watch import gas_watch, refuse_unwatched
from gisplanner.services.networks.handover import HandoverList, handover_list, handover_tasks, write_handover
from gisplanner.services.networks.intents import gas_intents, import_intents, record_intent
from gisplanner.services.networks.relocation import lines_in_the_way, lines_that_yield, together
from gisplanner.services.networks.retire import fates, retire_segments
from gisplanner.services.networks.tasks import Step, record_step, store_tasks, stored_tasks
from gisplanner.services.networks.upload import import_networks
from gisplanner.services.networks.works import demolitions, read_works
from gisplanner.services.progress.records import enter_records
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
GAS, WATER, TELECOM = "燃气公司", "水司", "电信"
GAS_ACCOUNT = Viewer("燃气", "operator", {"owner": (GAS,)})


def works_file(path: Path, rows: list[tuple[str, str, Any, str | None, str | None]]) -> Path:
    shapes = [shapely.transform(shape, lambda xy: np.add(xy, (EAST, NORTH))) for *_, shape, _, _ in rows]
    gpd.GeoDataFrame(
        {
            "编号": [row[0] for row in rows],
            "内容": [row[1] for row in rows],
            "开始": [row[3] for row in rows],
            "结束": [row[4] for row in rows],
        },
        geometry=shapes,
        crs=4547,
    ).to_file(path, layer="works")
    return path


@pytest.fixture
def street(town: District, hand_in: Callable[..., Any]) -> District:
    gas = {"管类": "燃气", "压力": "低压", "管径": "DN110"}
    hand_in(GAS, ([(0, 0), (100, 0)], {**gas, "编号": "G1"}), ([(0, 30), (100, 30)], {**gas, "编号": "G2"}))
    hand_in(WATER, ([(0, 12), (100, 12)], {"管类": "给水", "编号": "W1", "管径": "DN160"}))
    hand_in(TELECOM, ([(0, 14), (100, 14)], {"管类": "通信", "编号": "T1", "埋设方式": "架空"}))
    return town


@pytest.mark.requirement("R6.03", "R6.04", "R6.09", "R6.34")
def test_a_lift_pit_moves_what_it_meets_wires_overhead_too(db: Database, street: District, tmp_path: Path):
    pit = shapely.box(40, 11, 43, 15)
    file = works_file(tmp_path / "works.gpkg", [("L1", "加装电梯基坑", pit, "2024-09-10", "2024-09-12")])
    found = lines_in_the_way(db, street, read_works(file, street))
    assert [(one.owner, one.code, one.length_m, one.placement_before) for one in found.tasks] == [
        (WATER, f"L1×{WATER}/water/W1", 4.0, "地下"),
        (TELECOM, f"L1×{TELECOM}/telecom/T1", 4.0, "架空"),
    ]
    assert store_tasks(db, street, found.tasks) == (2, 0)
    assert store_tasks(db, street, found.tasks) == (0, 2)
    code = found.tasks[1].code
    step = Step(
        "办理中",
        date(2024, 9, 3),
        mode="委托",
        contractor="甲工程公司",
        placement_before="架空",
        placement_after="下地",
    )
    with pytest.raises(PermissionDeniedError):
        record_step(db, street, "relocation", code, step, viewer=GAS_ACCOUNT)
    with pytest.raises(UsageError):
        record_step(db, street, "relocation", code, Step("办理中", date(2024, 9, 3), mode="委托"))
    with pytest.raises(RefusedError):
        record_step(db, street, "relocation", code, Step("已完成", date(2024, 9, 3)))
    done = record_step(db, street, "relocation", code, step)
    assert (done.mode, done.contractor, done.placement_after) == ("委托", "甲工程公司", "下地")
    done = record_step(db, street, "relocation", code, Step("已完成", date(2024, 9, 9)))
    assert (done.standing, done.contractor, done.done) == ("已完成", "甲工程公司", True)
    assert stored_tasks(db, street, "relocation", viewer=GAS_ACCOUNT) == []


def test_what_is_pulled_down_moves_the_lines_under_it(db: Database, street: District, put: Callable[..., None]):
    put("obstacles", [shapely.box(10, 29, 20, 33), shapely.box(50, 29, 60, 33)], kind=["铁皮棚", "围墙"],
        removable=[True, False], code=["S1", "S2"])  # fmt: skip
    found = lines_in_the_way(db, street, demolitions(db, street))
    assert [(one.owner, one.cause) for one in found.tasks] == [(GAS, "拆除铁皮棚 S1")]


def test_an_existing_line_yields_to_a_planned_sewer(db: Database, street: District, hand_in: Callable[..., Any]):
    sewer = {"管类": "污水", "编号": "P1", "状态": "规划", "管径": "DN300"}
    hand_in("排水公司", ([(0, 12.5), (100, 12.5)], sewer))
    [task] = together([lines_that_yield(db, street)] * 2, street).tasks
    assert (task.owner, task.length_m) == (WATER, 100.0)
    assert "压力管线避让重力流管线" in task.cause
    assert lines_that_yield(db, street).document()["owners"] == [{"owner": WATER, "tasks": 1, "length_m": 100.0}]


@pytest.mark.requirement("R6.33")
def test_old_lines_are_given_up_after_the_move_and_ask_for_nothing(
    db: Database, street: District, tmp_path: Path, hand_in: Callable[..., Any]
):
    file = works_file(tmp_path / "works.gpkg", [("L1", "加装电梯基坑", shapely.box(40, 11, 43, 12.5), None, None)])
    tasks = lines_in_the_way(db, street, read_works(file, street)).tasks
    store_tasks(db, street, tasks)
    given = (db, street, WATER, "给水", ["W1"])
    with pytest.raises(RefusedError):
        retire_segments(*given, fate="connected", on=date(2024, 9, 20))
    for state in ("办理中", "已完成"):
        record_step(db, street, "relocation", tasks[0].code, Step(state, date(2024, 9, 9)))
    with pytest.raises(PermissionDeniedError):
        retire_segments(*given, fate="connected", on=date(2024, 9, 20), viewer=GAS_ACCOUNT)
    assert retire_segments(*given, fate="connected", on=date(2024, 9, 20), document="验收单") == 1
    assert layer_frame(db, street, "pipe_segments").set_index("code")["status"]["W1"] == "connected"
    assert conflicts_of_district(db, street).report.abandoned == 1
    with pytest.raises(NotFoundError):
        retire_segments(db, street, WATER, "给水", ["W1", "W9"], fate="abandoned", on=date(2024, 9, 21))
    assert layer_frame(db, street, "pipe_segments").set_index("code")["status"]["W1"] == "connected"
    assert [one["status"] for one in fates(db, street)] == ["connected"]
    report = hand_in(WATER, ([(0, 12), (100, 12)], {"管类": "给水", "编号": "W1"}))
    assert "曾登记为废弃或已接入新网" in str(report.notes[-1])


def test_what_stands_on_a_gas_line_and_what_is_dug_beside_it(
    db: Database, street: District, tmp_path: Path, put: Callable[..., None], hand_in: Callable[..., Any]
):
    put("obstacles", [shapely.box(10, -1, 20, 1), shapely.Point(50, 3), shapely.box(60, 0.4, 66, 3)],
        kind=["铁皮棚", "独立树", "围墙"], code=["S1", "T1", "S2"])  # fmt: skip
    put("buildings", [shapely.box(101, -5, 110, 5), shapely.box(30, 5, 40, 9)], code=["B1", "B2"])
    hand_in(GAS, ([(0, 0), (101, 0)], {"管类": "燃气", "压力": "低压", "管径": "DN110", "编号": "G1"}))
    rows = [
        ("D1", "管沟开挖", shapely.LineString([(70, 4), (80, 4)]), "2024-09-10", "2024-09-12"),
        ("D2", "植树", shapely.Point(5, 5.2), None, None),
    ]
    works = read_works(works_file(tmp_path / "works.gpkg", rows), street)
    found = gas_safety(db, street, works)
    assert [(one.code.split("×")[0], one.distance_m) for one in found.encroachments] == [("S1", 0.0), ("S2", 0.345)]
    assert "直接占压" in found.encroachments[0].cause
    guards = {one.code.split("×")[0]: one.distance_m for one in found.guards}
    assert guards == {"D1": 3.445, "T1": 2.945}
    assert found.document()["status"] == "未核对原文"

    with pytest.raises(RefusedError) as caught:
        refuse_unwatched(gas_watch(db, street), works)
    [fault] = caught.value.faults
    assert (fault.column, "2024-09-10 – 2024-09-12" in str(fault.hint)) == (GAS, True)
    store_tasks(db, street, [*found.encroachments, *found.guards])
    code = next(one.code for one in found.guards if one.code.startswith("D1"))
    with pytest.raises(RefusedError):
        record_step(db, street, "gas_guard", code, Step("现场监护已安排", date(2024, 9, 10), date(2024, 9, 12)))
    for state in ("保护方案已报", "保护方案已定"):
        record_step(db, street, "gas_guard", code, Step(state, date(2024, 9, 5)), viewer=GAS_ACCOUNT)
    with pytest.raises(UsageError):
        record_step(db, street, "gas_guard", code, Step("现场监护已安排", date(2024, 9, 10)))
    record_step(db, street, "gas_guard", code, Step("现场监护已安排", date(2024, 9, 10), date(2024, 9, 11)))
    with pytest.raises(RefusedError) as caught:
        refuse_unwatched(gas_watch(db, street), works)
    assert "2024-09-12" in str(caught.value.faults[0].hint)
    record_step(db, street, "gas_guard", code, Step("现场监护已安排", date(2024, 9, 10), date(2024, 9, 12)))
    assert refuse_unwatched(gas_watch(db, street), works) == 1
    assert {one.standing for one in gas_safety(db, street, works).encroachments} == {"待处置"}


def test_what_stands_on_gas_lines_becomes_a_case_of_demolition_once(
    db: Database, street: District, put: Callable[..., None], hand_in: Callable[..., Any]
):
    put("estates", [shapely.box(-5, -10, 80, 60)], name=["甲小区"])
    put("obstacles", [shapely.box(10, -1, 20, 1), shapely.box(200, -1, 210, 1)], kind=["铁皮棚", "围墙"],
        code=["S1", "S9"])  # fmt: skip
    put("buildings", [shapely.box(30, 29, 40, 40)], code=["B1"])
    hand_in(GAS, ([(0, 0), (300, 0)], {"管类": "燃气", "压力": "低压", "管径": "DN110", "编号": "G1"}),
            ([(0, 30), (100, 30)], {"管类": "燃气", "压力": "低压", "管径": "DN110", "编号": "G2"}))  # fmt: skip
    day = date(2024, 9, 2)
    with pytest.raises(PermissionDeniedError):
        feed_demolitions(db, street, on=day, viewer=GAS_ACCOUNT)
    fed = feed_demolitions(db, street, on=day, viewer=Viewer("两违办", "reviewer"))
    assert (fed.made, fed.joined, len(fed.outside)) == (2, 0, 1)
    cases = {one["demolition"]: one for one in fed.document()["cases"]}
    assert cases["S1"] == {
        "demolition": "S1", "kind": "铁皮棚", "estate": "甲小区", "step": "摸底", "unit": None, "owner": GAS,
        "line": "gas/G1", "cause": "铁皮棚 S1 在直接占压", "state": "已列入拆除",
        "clause": gas_zones().shown,
    }  # fmt: skip
    assert "未核对原文" in cases["S1"]["clause"]
    assert cases["占压-B1"]["kind"] == HOUSE
    again = feed_demolitions(db, street, on=date(2024, 9, 9))
    assert (again.made, again.joined, again.document()["cases"]) == (0, 0, fed.document()["cases"])

    # The shed goes: its finding is closed. The house stays, the line under it moves: it is no case any more.
    steps = [("认定", "2024-09-10"), ("告知", "2024-09-11"), ("限期自拆", "2024-09-12"), ("拆除", "2024-09-20")]
    for step, on in steps:
        due = date(2024, 9, 19) if step == "限期自拆" else None
        record = DemolitionRecord(
            code="S1", estate="甲小区", kind="铁皮棚", step=step, happened_on=date.fromisoformat(on), due_on=due
        )
        enter_records(db, street, "demolition", [(1, record)])
    assert feed_demolitions(db, street, on=date(2024, 9, 21)).removed == 1
    assert {one.code.split("×")[0]: one.standing for one in stored_tasks(db, street, "encroachment")} == {
        "S1": "已拆除",
        "B1": "已列入拆除",
        "S9": "待处置",
    }
    with db.transaction() as connection, connection.cursor() as cursor:
        freed = "SELECT code, freed_by_relocation(id, kind, 1) FROM demolition ORDER BY code"
        cursor.execute(freed)
        assert list(cursor.fetchall()) == [("S1", False), ("占压-B1", False)]
    code = next(one.code for one in stored_tasks(db, street, "encroachment") if one.code.startswith("B1"))
    record_step(db, street, "encroachment", code, Step("管线已迁改", date(2024, 9, 25)), viewer=GAS_ACCOUNT)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(freed)
        assert list(cursor.fetchall()) == [("S1", False), ("占压-B1", True)]


def test_a_company_sees_what_concerns_its_own_lines(db: Database, street: District, tmp_path: Path):
    rows = [("L1", "基坑", shapely.box(40, -1, 43, 15), None, None)]
    works = read_works(works_file(tmp_path / "works.gpkg", rows), street)
    lists = [lines_in_the_way(db, street, works)]
    assert {one.owner for one in together(lists, street).tasks} == {GAS, WATER, TELECOM}
    assert {one.owner for one in together(lists, street, viewer=GAS_ACCOUNT).tasks} == {GAS}
    water = Viewer("水", "operator", {"owner": (WATER,)})
    assert gas_safety(db, street, works, viewer=water).gas_lines == 0
    assert set(handover_list(db, street, viewer=water).receivers()) == {"文件未规定"}
    assert {one.owner for one in handover_list(db, street, viewer=water).rows} == {WATER}
    for viewer in (Viewer("街道", "subdistrict"), Viewer("public")):
        with pytest.raises(PermissionDeniedError):
            gas_safety(db, street, works, viewer=viewer)


def test_works_that_cannot_be_used_are_told_together(street: District, tmp_path: Path):
    rows = [("a", None, shapely.Point(0, 0), "soon", None), ("b", "开挖", shapely.Point(1, 1), None, "2024-13-01")]
    with pytest.raises(InputError) as caught:
        read_works(works_file(tmp_path / "works.gpkg", rows), street)
    assert [(one.row, one.column) for one in caught.value.faults] == [(0, "kind"), (0, "first"), (1, "last")]
    far = works_file(tmp_path / "far.gpkg", [("a", "开挖", shapely.Point(900_000, 0), None, None)])
    with pytest.raises(CrsError):
        read_works(far, street)


@pytest.mark.requirement("R6.15")
def test_applications_pass_from_hand_to_hand(db: Database, street: District):
    given = {"owner": WATER, "subject": "红旗大道 12 m", "on": date(2024, 9, 2)}
    made = apply_for(db, street, "道路开挖", "K-1", **given)
    assert (made.standing, made.receiver) == ("已申请", "区城管局")
    with pytest.raises(RefusedError):
        apply_for(db, street, "道路开挖", "K-1", **given)
    with pytest.raises(UsageError):
        apply_for(db, street, "占道经营", "K-2", **given)
    with pytest.raises(PermissionDeniedError):
        apply_for(db, street, "管道接入", "K-3", **given, viewer=GAS_ACCOUNT)
    record_step(db, street, "application", "K-1", Step("已批准", date(2024, 9, 4), document="批文"))
    assert applications(db, street)["states"] == {"已批准": 1}
    assert applications(db, street, viewer=GAS_ACCOUNT)["applications"] == []


@pytest.mark.requirement("R6.30")
def test_handover_splits_a_line_where_the_municipal_road_begins(db: Database, nankang: District, tmp_path: Path):
    roads = gpd.GeoDataFrame(
        {"code": ["R1"], "name": ["红旗大道"]}, geometry=[shapely.box(EAST, NORTH, EAST + 30, NORTH + 20)], crs=4547
    )
    roads.to_file(tmp_path / "roads.gpkg")
    from gisplanner.services.ingest.import_layer import import_features

    import_features(db, nankang, "roads", tmp_path / "roads.gpkg")
    shape = [shapely.LineString([(EAST, NORTH + y), (EAST + 100, NORTH + y)]) for y in (5, 8)]
    for owner, kind, one in (("区城管局", "雨水", shape[0]), ("区深燃公司", "燃气", shape[1])):
        frame = gpd.GeoDataFrame({"编号": ["1"], "管类": [kind]}, geometry=[one], crs=4547)
        frame.to_file(tmp_path / "x.gpkg")
        import_networks(db, nankang, tmp_path / "x.gpkg", owner=owner)
    found: HandoverList = handover_list(db, nankang)
    assert found.receivers() == {"区深燃公司": 100.0, "属地街道、社区": 70.0, "市政管养单位": 30.0}
    assert all(one.quote for one in found.rows)
    assert {one.in_municipal_road for one in found.rows if one.owner == "区城管局"} == {True, False}
    write_handover(found, tmp_path / "移交.xlsx")
    assert load_workbook(tmp_path / "移交.xlsx").sheetnames == ["区深燃公司", "属地街道、社区", "市政管养单位"]
    assert store_tasks(db, nankang, handover_tasks(found))[0] == 3
    code = stored_tasks(db, nankang, "handover", owner="区深燃公司")[0].code
    assert record_step(db, nankang, "handover", code, Step("已移交", date(2025, 1, 5))).standing == "已移交"


def test_without_roads_nobody_can_split(db: Database, street: District):
    found = handover_list(db, street)
    assert (found.has_roads, set(found.receivers())) == (False, {"文件未规定"})
    assert "资料不足" in str(found.sentences())


@pytest.mark.requirement("R6.11")
def test_households_that_want_gas_are_counted_by_the_street_and_read_by_the_company(db: Database, nankang: District):
    assert published_rows("nankang") is not None
    day = date(2024, 9, 2)
    record_intent(db, nankang, "金赣小区", 1, on=day)
    record_intent(db, nankang, "金赣小区", 2, on=date(2024, 9, 5))
    company = Viewer("深燃", "operator", {"owner": ("区深燃公司",)})
    [one] = gas_intents(db, nankang, viewer=company)
    assert (one.owner, one.households, one.on) == ("区深燃公司", 2, date(2024, 9, 5))
    assert gas_intents(db, nankang, viewer=Viewer("电信", "operator", {"owner": ("区电信分公司",)})) == []
    elsewhere = Viewer("别街", "subdistrict", {"subdistrict": ("别的街道",)})
    for viewer in (company, elsewhere):
        with pytest.raises(PermissionDeniedError):
            record_intent(db, nankang, "金赣小区", 3, on=day, viewer=viewer)
    with pytest.raises(InputError, match="超出"):
        record_intent(db, nankang, "金赣小区", 99_999, on=day)
    with pytest.raises(NotFoundError):
        record_intent(db, nankang, "没有的小区", 1, on=day)
    with pytest.raises(PermissionDeniedError):
        gas_intents(db, nankang, viewer=Viewer("public"))
    # Households of an estate are not a company's to know; the office sees them beside the count.
    assert one.estate_households is None
    [seen] = gas_intents(db, nankang)
    assert seen.estate_households == 644


@pytest.mark.requirement("R1.19")
def test_a_street_hands_in_its_table_of_intents_as_a_whole(db: Database, nankang: District, tmp_path: Path):
    path = tmp_path / "意向.csv"
    path.write_text("小区,报装户数,日期,说明\n金赣小区,12,2024-09-02,\n芙蓉花苑,7,2024-09-02,上门\n", encoding="gbk")
    assert import_intents(db, nankang, path) == 2
    assert {one.estate: (one.households, one.note) for one in gas_intents(db, nankang)} == {
        "金赣小区": (12, None),
        "芙蓉花苑": (7, "上门"),
    }
    path.write_text("小区,报装户数,日期\n金赣小区,99999,2024-09-02\n没有的小区,1,2024-09-02\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        import_intents(db, nankang, path)
    assert [(one.row, one.column) for one in caught.value.faults] == [(2, "报装户数"), (3, "小区")]
    assert sum(one.households for one in gas_intents(db, nankang)) == 19
    path.write_text("小区,报装户数,日期\n金赣小区,5,2024-09-09\n", encoding="utf-8")
    with pytest.raises(PermissionDeniedError):
        import_intents(db, nankang, path, viewer=Viewer("别街", "subdistrict", {"subdistrict": ("别的街道",)}))
    company = Viewer("深燃", "operator", {"owner": ("区深燃公司",)})
    seen = layer_frame(db.seen_by(company), nankang, "gas_intents")
    assert dict(zip(seen["name"], seen["households"], strict=True)) == {"金赣小区": 12, "芙蓉花苑": 7}
    telecom = Viewer("电信", "operator", {"owner": ("区电信分公司",)})
    assert layer_frame(db.seen_by(telecom), nankang, "gas_intents").empty
