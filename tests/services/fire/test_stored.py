"""The answer of a district comes from its register: gates by day and night, what lies below, climbing ground."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ezdxf
import pytest
from openpyxl import load_workbook

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.works import STEPS, DemolitionRecord
from gisplanner.errors import NotFoundError, UsageError
from gisplanner.services.export import export_layer
from gisplanner.services.fire.district import plan_fire_district
from gisplanner.services.fire.evaluate import evaluate_fire_district
from gisplanner.services.fire.stored import grounds_of_district
from gisplanner.services.fire.wishes import FireWishes
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.surroundings import stored_surroundings
from gisplanner.services.pipes.usable_ground import ground_taken
from gisplanner.services.progress.records import enter_records
from gisplanner.store.database import Database
from tests.acceptance.test_scenario_13_fire import ORIGIN
from tests.services.fire.conftest import EAST_OF_IT, lay_networks

Stored = tuple[Database, District]


def planned(stored: Stored, **wishes: Any) -> dict[str, Any]:
    return plan_fire_district(*stored, FireWishes(**wishes)).document()


def test_day_and_night_and_keys_come_from_the_register(stored: Stored) -> None:
    document = planned(stored)
    # By day the gate of the second estate is open and a car stands in the lane; at night the other way round.
    assert document["hours"] == {"day": ["乙1", "甲1"], "night": ["乙1", "甲1"]}
    gates = {one["id"]: one for one in document["gates"]}
    assert gates["门1"]["answer"] == "不符合"  # closed at night and nobody keeps the key
    assert gates["口1"]["key_holder"] == "门卫王师傅"
    assert (gates["口1"]["answer"], gates["口1"]["height_m"]) == ("符合", 4.5)
    assert document["served_after"] == ["乙1", "乙2", "甲1", "甲2"]
    removals = {one["obstacle"]: one for one in document["removals"]}
    assert {name: one["moved"] for name, one in removals.items()} == {"棚1": False, "门1": True, "车1": True}
    assert document["cost"] == 8600
    units = {one["units"].split("：")[0]: one for one in document["removals_by_unit"]}
    assert units["移位，不属拆除"]["removals"] == ["车1", "门1"]
    assert [one["answer"] for one in units.values() if one["removals"] == ["棚1"]] == ["需人工认定"]


@pytest.mark.requirement("R7.04")
def test_extinguishers_come_from_the_register(stored: Stored) -> None:
    told = {one["building"]: one for one in planned(stored)["extinguishers"]}
    assert [(told[code]["required"], told[code]["short"]) for code in ("甲1", "甲2", "乙1", "乙2")] == [
        (12, 3),
        (None, None),
        (22, 0),
        (12, None),
    ]


def test_what_lies_below_and_beside_lanes_comes_from_the_networks(stored: Stored, tmp_path: Path) -> None:
    before = planned(stored)
    assert before["flags"] == []
    assert any("未核对（资料不足）" in one and "2 个小区" in one for one in before["remarks"])
    lay_networks(*stored, tmp_path)
    document = planned(stored)
    flags = {(one["layer"], one["id"]): one for one in document["flags"]}
    assert flags["underground", "缆1"]["kind"] == "管块、套管"
    assert flags["underground", "缆1"]["overlap_m2"] == 0.0
    assert flags["underground", "井1"]["kind"] == "化粪池"
    assert flags["power_lines", "线1"]["kind"] == "10 kV 架空电力线"
    assert ("underground", "井2") not in flags
    assert document["hydrants"]["existing"] == 1
    assert not any("未核对" in one and "2 个小区" in one for one in document["remarks"])


def test_an_account_that_may_not_see_networks_is_told_so(stored: Stored, tmp_path: Path) -> None:
    lay_networks(*stored, tmp_path)
    seen = stored[0].seen_by(Viewer("审", "reviewer"))
    document = plan_fire_district(seen, stored[1]).document()
    assert document["flags"] == []
    assert any("未核对" in one for one in document["remarks"])


def test_climbing_ground_is_asked_of_high_buildings_only(stored: Stored) -> None:
    told = {one["building"]: one for one in planned(stored)["operating_areas"]}
    assert set(told) == {"甲2", "乙1"}
    assert told["甲2"]["answer"] == "资料不足"
    high = told["乙1"]
    assert (high["height_m"], high["answer"]) == (33.0, "符合")
    assert "36.0×10 m" in high["reason"]
    assert "资料不足" in high["reason"]
    with stored[0].transaction() as connection, connection.cursor() as cursor:
        # A tree row that has to stay, all along the yard between house and wall.
        cursor.execute(
            "INSERT INTO obstacle (district_id, srid, code, estate_id, kind, removable, geom) "
            "SELECT 'a', 4547, '树', estate.id, '树', false, "
            "ST_Translate(ST_GeomFromText('LINESTRING(0 30, 80 30)', 4547), 577011, 2839390) "
            "FROM estate WHERE code = '乙'"
        )
    high = next(one for one in planned(stored)["operating_areas"] if one["building"] == "乙1")
    assert high["answer"] == "需人工认定"
    assert "既有小区" in high["reason"]


@pytest.mark.requirement("R7.02")
def test_what_the_demolition_register_records_as_pulled_down_is_gone(stored: Stored) -> None:
    db, district = stored
    case = {"code": "棚1", "estate": "甲", "kind": "违章建筑"}
    for number, step in enumerate(STEPS[:5], start=1):
        if step == "拆除":  # told to be pulled down is not yet gone
            assert planned(stored)["served_today"] == ["乙1", "甲1"]
        due = date(2024, 6, 30) if step == "限期自拆" else None
        record = DemolitionRecord(**case, step=step, happened_on=date(2024, 6, number), due_on=due)
        enter_records(db, district, "demolition", [(1, record)])
    document = planned(stored)
    assert document["served_today"] == ["乙1", "甲1", "甲2"]
    assert [one["obstacle"] for one in document["removals"]] == ["车1", "门1"]
    assert min(lane["pinch_mm"] for lane in document["lanes"] if lane["estate"] == "甲") == 4200
    assert any("棚1 拆违台账记为已拆除" in one for one in document["remarks"])


def test_the_exported_workbook_is_the_template_for_gates_and_keys(stored: Stored, tmp_path: Path) -> None:
    db, district = stored
    for kind, code, said in (
        ("entrances", "口2", {"净高（米）": 3.2}),
        ("obstacles", "门1", {"钥匙保管人": "物业值班"}),
    ):
        path = tmp_path / f"{kind}.xlsx"
        export_layer(db, district, kind, "xlsx", path)
        book = load_workbook(path)
        sheet = book.worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head = next(number for number, row in enumerate(rows) if "开放时段" in row and "净高（米）" in row)
        number = next(number for number, row in enumerate(rows) if code in row)
        for heading, value in said.items():
            sheet.cell(number + 1, rows[head].index(heading) + 1, value)
        book.save(path)
        report = import_features(db, district, kind, path)
        assert report.counts.changed == 1
    gates = {one["id"]: one for one in planned(stored)["gates"]}
    assert gates["口2"]["answer"] == "不符合"
    assert gates["门1"]["key_holder"] == "物业值班"
    assert gates["门1"]["answer"] == "符合"


def test_one_purse_for_all_estates(stored: Stored) -> None:
    nothing = planned(stored, budget=500)
    assert (nothing["removals"], nothing["not_opened"]) == ([], ["乙2", "甲2"])
    some = planned(stored, budget=700, curve_step=400)
    assert [one["obstacle"] for one in some["removals"]] == ["车1", "门1"]
    assert (some["served_after"], some["not_opened"]) == (["乙1", "乙2", "甲1"], ["甲2"])
    assert [one["budget"] for one in some["budget_curve"]] == [0, 400, 700]
    assert [one["households"] for one in some["budget_curve"]] == [68, 68, 108]
    assert some["goal"] == {"kind": "budget", "budget": 700, "households": None}
    many = planned(stored, households=104)
    assert (many["cost"], many["cost_lower_bound"], many["proven"]) == (600, 600, True)
    assert many["households"] == {"today": 68, "after": 108}
    everybody = planned(stored, households=144)
    assert everybody["cost"] == 8600
    with pytest.raises(UsageError, match="144 户"):
        planned(stored, households=145)
    with pytest.raises(UsageError):
        planned(stored, households=1, budget=1)


def test_what_if_of_a_stored_district(stored: Stored) -> None:
    assert evaluate_fire_district(*stored, [])["served"] == ["乙1", "甲1"]
    made = evaluate_fire_district(*stored, ["棚1", "门1"])
    assert (made["served"], made["cost"]) == (["乙1", "甲1", "甲2"], 8500)
    alone = evaluate_fire_district(*stored, ["门1", "车1"], estate="新园小区")
    assert (alone["served"], alone["cost"]) == (["乙1", "乙2"], 600)
    with pytest.raises(NotFoundError):
        evaluate_fire_district(*stored, ["棚9"])
    with pytest.raises(UsageError):
        evaluate_fire_district(*stored, ["墙1"])


def test_stopped_half_way_it_tells_what_it_has(stored: Stored) -> None:
    def interrupt(done: int, many: int, name: str) -> None:
        assert many == 2
        if name == "金赣小区":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan_fire_district(*stored, tell=interrupt)
    document = plan_fire_district(*stored, tell=interrupt, stoppable=True).document()
    assert document["stopped"] is True
    assert [one["estate"] for one in document["estates"]] == ["乙"]
    assert document["left_out"] == [{"estate": "甲", "reason": "中途停止，未计算"}]


def test_an_estate_with_unusable_rows_does_not_stop_the_others(stored: Stored) -> None:
    with stored[0].transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE entrance SET geom = ST_Translate(geom, 0, 40) WHERE code = '口2'")
    document = planned(stored)
    assert [one["estate"] for one in document["estates"]] == ["甲"]
    [left] = document["left_out"]
    assert left["estate"] == "乙"
    assert "entrances geometry" in left["reason"]
    assert planned(stored, budget=1e6)["left_out"] == document["left_out"]


def test_a_kerb_of_a_drawing_is_driven_over_and_dug_through(stored: Stored, tmp_path: Path) -> None:
    """A kerb drawn right across both passages walls nobody in; it is still what lines keep their distance from."""
    before, _ = grounds_of_district(*stored)
    drawing = ezdxf.new("R2018")
    for shift in (0.0, EAST_OF_IT[0]):
        ends = [(ORIGIN[0] + shift + x, ORIGIN[1] + 55.0) for x in (29.0, 35.0)]
        drawing.modelspace().add_lwpolyline(ends, dxfattribs={"layer": "路缘石"})
    drawing.saveas(tmp_path / "道路.dxf")
    import_features(*stored, "obstacles", tmp_path / "道路.dxf", crs="EPSG:4547", add_new=True)
    kerbs = stored_surroundings(*stored).kerbs
    assert kerbs is not None
    assert len(kerbs) == 2
    after, _ = grounds_of_district(*stored)
    for code, ground in after.items():
        assert list(ground.obstacles.index) == list(before[code].obstacles.index)
        assert "路缘石等可驶过的 1 处不作障碍" in map(str, ground.remarks)
    taken = ground_taken(layer_frame(*stored, "obstacles").rename_geometry("geometry"))
    assert taken is not None
    assert "路缘石" not in set(taken["kind"])
