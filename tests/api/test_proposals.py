"""The planner's desk over HTTP: rules of the server decide, roles are kept, nothing is lost between two clicks."""

from __future__ import annotations

import time

import pytest

from gisplanner.api.app import create_app
from gisplanner.domain.accounts import Role, Viewer
from gisplanner.domain.district import District
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.adoption import adopted
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.calling import Call, calling

DESK = "/districts/nankang/proposals"


@pytest.fixture
def sketched(db: Database, nankang: District) -> District:
    sketch_outlines(db, nankang)
    service.save_official(db, nankang, "备注")
    return nankang


def as_role(db: Database, role: Role, **scope: tuple[str, ...]) -> Call:
    return calling(create_app(db, visitor=Viewer("甲", role, scope)), base_url="http://localhost")


def change(call: Call, name: str, **body: object):
    return call(f"{DESK}/change?name={name}", "POST", json=body)


@pytest.mark.requirement("R5.03", "R5.10")
def test_an_estate_is_moved_with_a_reason_and_taken_back(db: Database, sketched: District):
    call = as_role(db, "planner", district=("nankang",))
    code = next(
        feature["properties"]["code"]
        for feature in call(f"{DESK}/estates").json()["features"]
        if feature["properties"]["name"] == "芙蓉花苑"
    )
    seen = len(call(f"{DESK}/one?name=备注").json()["changes"])
    body = {"kind": "move", "estate": code, "bundle": "P08", "reason": "同一社区", "seen": seen}
    moved = change(call, "备注", **body).json()
    assert next(one for one in moved["bundles"] if one["id"] == "P08")["households"] == 825
    last = moved["changes"][-1]
    assert (last["what"], last["reason"], last["by"]) == ("芙蓉花苑 → P08", "同一社区", "甲")
    again = change(call, "备注", **{**body, "bundle": "P07"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "refused")
    assert "甲" in again.json()["error"]["message"], "who was faster is told"
    assert moved["left_over"] == []
    back = change(call, "备注", kind="undo", reason="恢复", seen=seen + 1).json()
    assert back["official"]["moved"] == 0


def test_wrong_changes_are_refused_and_leave_nothing(db: Database, sketched: District):
    call = as_role(db, "planner")
    assert change(call, "备注", kind="move", estate="芙蓉花苑", bundle="P08", reason=" ").status_code == 400
    assert change(call, "备注", kind="move", bundle="P08", reason="试").status_code == 400
    assert change(call, "备注", kind="burn", reason="试").status_code == 400
    assert change(call, "没有", kind="undo", reason="试").status_code == 404
    change(call, "备注", kind="lock", bundle="P08", reason="已公示")
    refused = change(call, "备注", kind="move", estate="芙蓉花苑", bundle="P08", reason="试")
    assert (refused.status_code, "已锁定" in refused.json()["error"]["message"]) == (409, True)
    assert [one["kind"] for one in call(f"{DESK}/one?name=备注").json()["changes"]] == ["made", "lock"]


def test_a_soft_rule_asks_for_a_signature(db: Database, sketched: District):
    call = as_role(db, "planner")
    made = call(f"{DESK}/make", "POST", json={"name": "乙", "gap_m": 30, "min_size": 2})
    assert made.status_code == 201
    bundle = next(one for one in made.json()["bundles"] if len(one["estates"]) == 2)
    body = {"kind": "split", "bundle": bundle["id"], "estates": [bundle["estates"][0]], "new": "N", "reason": "分期"}
    refused = change(call, "乙", **body)
    assert refused.status_code == 409
    assert any("签字" in item["hint"] for item in refused.json()["error"]["items"])
    assert change(call, "乙", **body, sign="王工").json()["changes"][-1]["signed_by"] == "王工"


def test_a_proposal_is_made_merged_divided_again_and_adopted(db: Database, sketched: District):
    call = as_role(db, "admin")
    assert call(f"{DESK}/make", "POST", json={"name": "甲", "gap_m": 15}).json()["p"] == 11
    assert call(f"{DESK}/make", "POST", json={"name": "甲", "gap_m": 15}).status_code == 400
    assert call(f"{DESK}/make", "POST", json={"name": "丙", "gap_m": -1}).status_code == 400
    assert change(call, "甲", kind="reoptimise", bundle="1", reason="先行").json()["bundles"][0]["locked"] is True
    assert change(call, "备注", kind="merge", bundle="P08", other="P07", reason="示范片区").json()["p"] == 10
    assert change(call, "备注", kind="adopt", reason="会议纪要").json()["changes"][-1]["kind"] == "adopt"
    assert len(adopted(db, sketched)) == 10
    assert {one["name"] for one in call(f"{DESK}/list").json()["proposals"]} == {"备注", "甲"}
    compared = call(f"{DESK}/compare?name=备注&name=甲").json()
    assert [one["name"] for one in compared["proposals"]] == ["备注", "甲"]


def test_bounds_of_several_measures_and_a_budget_are_kept_and_stored(db: Database, sketched: District):
    call = as_role(db, "planner")
    asked = {
        "name": "多指标", "gap_m": 60, "barriers": False, "first": "estates",
        "limits": [
            {"measure": "households", "at_least": 100, "at_most": 1500},
            {"measure": "cost_10k_cny", "at_most": 5000, "budget": True},
        ],
    }  # fmt: skip
    refused = call(f"{DESK}/make", "POST", json=asked)
    assert refused.status_code == 400
    assert "资料不足" in refused.json()["error"]["message"], "the plan tells no costs"
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET cost_10k_cny = 2 * households")
    made = call(f"{DESK}/make", "POST", json=asked).json()
    assert made["p"] > 2
    assert all(100 <= one["households"] <= 1500 for one in made["bundles"])
    assert made["parameters"]["limits"][1] == {
        "measure": "cost_10k_cny", "at_least": None, "at_most": 5000.0, "budget": True
    }  # fmt: skip
    whys = {str(near["why"]) for one in made["bundles"] for near in one["neighbours_outside"]}
    assert any("低于下限 100 户" in why or "超过上限 1500 户" in why for why in whys)
    lone = call(f"{DESK}/make", "POST", json={**asked, "name": "无剩余", "gap_m": 1, "leftovers": False}).json()
    assert "达不到下限" in lone["error"]["message"], "an estate that stands alone is named, not left over"
    for wrong in ({"measure": "households", "at_least": -1}, {"measure": "households", "most": 5}, {"measure": "色"}):
        body = {**asked, "name": "坏", "limits": [wrong]}
        assert call(f"{DESK}/make", "POST", json=body).status_code == 400


ROLES: list[tuple[Role, bool, bool]] = [
    ("public", False, False), ("operator", False, False), ("reviewer", True, False), ("subdistrict", True, False),
    ("planner", True, True),
]  # fmt: skip


def test_each_role_does_what_is_its_own(db: Database, sketched: District):
    for role, reads, writes in ROLES:
        call = as_role(db, role)
        assert [call(f"{DESK}{path}").status_code for path in ("", "/list", "/estates")] == [
            200 if reads else 403
        ] * 3
        lock = change(call, "备注", kind="lock", bundle="P08", reason="试")
        assert lock.status_code == (200 if writes else 403)


def test_another_district_is_not_there(db: Database, sketched: District):
    call = as_role(db, "planner", district=("elsewhere",))
    assert call(f"{DESK}/list").status_code == 404
    assert change(call, "备注", kind="lock", bundle="P08", reason="试").status_code == 404


def test_twenty_eight_estates_answer_at_once(db: Database, sketched: District):
    call = as_role(db, "planner")
    call(f"{DESK}/one?name=备注")
    took = []
    for number in range(3):
        begun = time.perf_counter()
        answer = change(call, "备注", kind="undo" if number % 2 else "lock", bundle="P08", reason="试")
        took.append(time.perf_counter() - begun)
        assert answer.status_code == 200
    assert min(took) < 1.0


def test_the_page_loads_only_its_own(db: Database, sketched: District):
    page = as_role(db, "planner")(DESK)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http://www.w3.org", "")
    call = as_role(db, "planner")
    for path in ("/vendor/leaflet-1.9.4/dist/leaflet.js", "/static/proposals/desk.js", "/static/proposals/desk.css"):
        assert call(path).status_code == 200
    assert "数据来源：《" in page.text
    assert 'id="act"' in page.text
    assert 'id="act"' not in as_role(db, "reviewer")(DESK).text
