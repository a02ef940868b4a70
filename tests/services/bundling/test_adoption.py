"""Adopted proposals: areas keep their codes whatever bundles are numbered, and the register's 备注 follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisplanner.domain.district import District
from gisplanner.domain.renewal import RenewalArea
from gisplanner.errors import NotFoundError, UsageError
from gisplanner.formats.annex import read_annex
from gisplanner.rules.adoption import Surroundings, adopted_areas
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.adoption import adopt, adopted
from gisplanner.services.bundling.lead import set_lead_telecom
from gisplanner.services.bundling.maps import map_adopted, map_proposal
from gisplanner.services.bundling.propose import bundle_district
from gisplanner.services.export import export_layer
from gisplanner.services.layers import layer_frame
from gisplanner.services.policy.answers import load
from gisplanner.services.register.printed import export_register
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database


def test_a_renumbered_bundle_stays_the_same_area():
    first = adopted_areas({"1": ["a", "b"], "2": ["c"]}, Surroundings([], [], {}, {}, {}))
    assert [(area.code, area.estates) for area in first] == [("PQ01", ("a", "b")), ("PQ02", ("c",))]
    again = adopted_areas({"1": ["c"], "2": ["a", "b"]}, Surroundings(first, ["PQ01", "PQ02"], {}, {}, {}))
    assert {area.code: area.estates for area in again} == {"PQ02": ("c",), "PQ01": ("a", "b")}


def test_a_code_that_left_is_not_given_again():
    around = Surroundings([RenewalArea("PQ02", "乙片区", "乙", ("z",))], ["PQ01", "PQ02"], {}, {}, {})
    assert [area.code for area in adopted_areas({"1": ["a"], "2": ["z"]}, around)] == ["PQ03", "PQ02"]


@pytest.mark.requirement("R5.10", "R1.07")
def test_the_register_and_the_layer_follow(db: Database, nankang: District, tmp_path: Path):
    sketch_outlines(db, nankang)
    service.save_official(db, nankang, "备注")
    service.move_estate(db, nankang, "备注", "芙蓉花苑", "P08", reason="同一社区")
    adopt(db, nankang, "备注", reason="会议纪要")

    out = tmp_path / "台账.xlsx"
    export_register(db, nankang, out)
    rows = {row.estate: row for row in read_annex(out).rows}
    assert rows["芙蓉花苑"].project == rows["金赣小区"].project == "金赣小区老旧小区改造工程"
    assert rows["购物中心"].project == "购物中心老旧小区改造工程"
    assert len({row.project for row in rows.values()}) == 11
    export_register(db, nankang, out, follow_adopted=False)
    assert next(row for row in read_annex(out).rows if row.estate == "芙蓉花苑").project == "购物中心老旧小区改造工程"

    frame = layer_frame(db, nankang, "renewal_areas").set_index("code")
    assert len(frame) == 11
    area = frame.loc["P08"]
    assert (area["households"], area["buildings"], str(area["floor_area_10k_m2"])) == (825, 21, "9.4564")
    assert area["estates"] == ["芙蓉花苑", "金赣小区"]
    assert area.geom.area > 0
    assert area["illustrative"]
    exported = tmp_path / "片区.geojson"
    export_layer(db, nankang, "renewal_areas", "geojson", exported)
    written = json.loads(exported.read_text(encoding="utf-8"))
    assert written["示意数据"] is True
    assert {one["properties"]["备注"] for one in written["features"]} == {row.project for row in rows.values()} | {
        "购物中心老旧小区改造工程"
    }


@pytest.mark.requirement("R5.03")
def test_another_proposal_changes_only_what_differs(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    service.save_official(db, nankang, "备注")
    adopt(db, nankang, "备注", reason="一")
    before = {one.area.code: set(one.area.estates) for one in adopted(db, nankang)}
    service.save_bundles(db, nankang, bundle_district(db, nankang, gap_m=15.0), "甲")
    adopt(db, nankang, "甲", reason="二")
    after = {one.area.code: set(one.area.estates) for one in adopted(db, nankang)}
    assert sum(len(estates) for estates in after.values()) == 28
    assert all(before[code] & after[code] for code in before.keys() & after.keys())
    assert not any(code.isdecimal() for code in after)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT before ->> 'code' AS code, before -> 'estate_codes' AS estates "
            "FROM history WHERE operation = 'DELETE'"
        )
        left = {code: set(codes) for code, codes in cursor.fetchall()}
    assert left == {code: before[code] for code in before.keys() - after.keys()}


def test_maps_of_a_proposal_and_of_the_adopted_areas(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    with pytest.raises(NotFoundError):
        map_adopted(db, nankang)
    service.save_official(db, nankang, "备注")
    service.move_estate(db, nankang, "备注", "芙蓉花苑", "P08", reason="同一社区")
    adopt(db, nankang, "备注", reason="会议纪要")
    html = map_proposal(db, nankang, "备注")
    assert "移动 芙蓉花苑 → P08：同一社区" in html
    assert "片区 P08" in html
    areas = map_adopted(db, nankang)
    assert "所据方案：备注" in areas
    assert "P08 金赣小区片区：金赣小区老旧小区改造工程" in areas


@pytest.mark.requirement("R5.09")
def test_one_network_company_leads_in_an_area(db: Database, nankang: District):
    service.save_official(db, nankang, "备注")
    with pytest.raises(NotFoundError):
        set_lead_telecom(db, nankang, "P08", "区电信分公司")
    adopt(db, nankang, "备注", reason="会议纪要")
    with pytest.raises(UsageError, match="不是本区县的通信企业"):
        set_lead_telecom(db, nankang, "P08", "区深燃公司")
    set_lead_telecom(db, nankang, "P08", "区移动分公司")
    told = set_lead_telecom(db, nankang, "P08", "区电信分公司")
    assert told["answer"]["answer"] == "文件未规定", "the clause is another place's and is not borrowed"
    adopt(db, nankang, "备注", reason="再次采用")
    frame = layer_frame(db, nankang, "renewal_areas").set_index("code")
    assert frame.at["P08", "lead_telecom"] == "区电信分公司"
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT before ->> 'lead_telecom' AS led FROM history WHERE before ->> 'code' = 'P08'")
        assert "区移动分公司" in [row[0] for row in cursor.fetchall()]


@pytest.mark.requirement("R5.09")
def test_the_clause_is_quoted_where_the_document_has_it(db: Database):
    clause = load("xianning").lead_telecom
    assert (clause.quote, clause.strength) == ("鼓励分片区由一家网络通信企业牵头组织实施", "encouraged")
