"""Proposals explained, compared and changed: five rectangles with needs and a railway, and the published plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
from shapely import LineString, box

from gisplanner.domain.district import District
from gisplanner.errors import InfeasibleError, RefusedError
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.alternatives import map_alternatives
from gisplanner.services.bundling.comparison import comparison_document, comparison_sentences, write_comparison
from gisplanner.services.bundling.proposal_report import bundle_sentences, proposal_document, proposal_report
from gisplanner.services.bundling.propose import BundleRules, bundle_district
from gisplanner.services.bundling.reoptimise import reoptimise
from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.policy.answers import load
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

CRS = "EPSG:4547"
ORIGIN = (576811, 2839390)
RECTANGLES = {
    "A": (0, 0, 100, 80), "B": (100, 0, 180, 80), "C": (192, 0, 260, 80), "D": (260, 80, 330, 150),
    "E": (400, 0, 460, 60),
}  # fmt: skip
NEEDS = {"A": ["排水"], "B": ["排水", "道路"], "C": ["道路"], "D": ["电梯"], "E": None}


@pytest.fixture
def district(db: Database) -> District:
    made = create_district(db, "demo", crs=CRS, profile="changzhou", bounds_lonlat=(114, 25, 116, 26))
    estates = gpd.GeoDataFrame(
        {"code": list(RECTANGLES), "name": [f"{one}苑" for one in RECTANGLES], "needs": list(NEEDS.values()),
         "households": [100, 60, 40, 30, 20], "buildings": [5, 3, 2, 1, 1], "seq": [1, 2, 3, None, 5]},
        geometry=[box(*one) for one in RECTANGLES.values()], crs=CRS,
    )  # fmt: skip
    estates["seq"] = estates["seq"].astype(object).where(estates["seq"].notna(), None)
    rail = gpd.GeoDataFrame(
        {"code": ["R"], "name": ["京九铁路"], "kind": ["rail"]},
        geometry=[LineString([(186, -50), (186, 200)])], crs=CRS,
    )  # fmt: skip
    with db.transaction() as connection:
        for table, frame in (("estate", estates), ("barrier", rail)):
            moved = frame.set_geometry(frame.translate(*ORIGIN))
            columns = [column for column in frame.columns if column != "geometry"]
            copy_features(connection, table, made, moved, columns)
    return made


def save(db: Database, district: District, name: str, *barriers: str, **rules: Any) -> None:
    asked = BundleRules(iterations=20, **rules)
    result = bundle_district(db, district, asked, barriers_layers=barriers)
    service.save_bundles(db, district, result, name, barriers_layers=barriers)


def explained(db: Database, district: District, name: str) -> dict[str, dict[str, Any]]:
    document, _ = proposal_report(db, district, service.get_proposal(db, district, name))
    return {"".join(one["estates"]): one for one in document["bundles"]}


@pytest.mark.requirement("R5.01", "R5.02", "R5.04")
def test_a_bundle_tells_what_holds_it_and_what_it_would_tender(db: Database, district: District):
    save(db, district, "甲", "barriers")
    told = explained(db, district, "甲")
    assert set(told) == {"AB", "CD", "E"}
    (link,) = told["AB"]["links"]
    assert (link["names"], link["contact"], link["shared_edge_m"]) == (["A苑", "B苑"], "共边", 80.0)
    assert link["shared_needs"] == ["排水"]
    assert told["AB"]["shared_needs"] == ["排水"]
    (outside,) = told["AB"]["neighbours_outside"]
    assert (outside["name"], outside["gap_m"], str(outside["why"])) == ("C苑", 12.0, "隔着阻隔：京九铁路")
    assert told["CD"]["bordering_not_in_plan"] == []
    joint = told["AB"]["joint"]
    assert joint["tender"]["works"] == {"排水": ["A", "B"], "道路": ["B"]}
    assert joint["tender"]["totals"]["households"] == 160
    assert joint["answer"]["quote"] == "鼓励实行工程总承包、临近小区打包招标和联合验收"
    assert joint["answer"]["document"] == "S3"
    assert joint["elsewhere"] == []
    assert joint["acceptance"]["organiser"] == "街道"
    assert told["E"]["needs_unknown"] == ["E"]
    assert told["E"]["shared_needs"] is None


def test_each_neighbour_has_its_own_reason(db: Database, district: District):
    save(db, district, "需求", needs="needs")
    told = explained(db, district, "需求")
    (outside,) = told["ABC"]["neighbours_outside"]
    assert (outside["name"], str(outside["why"])) == ("D苑", "没有共同的改造需求")
    assert [one["name"] for one in told["ABC"]["bordering_not_in_plan"]] == ["D苑"]
    save(db, district, "上限", max_size=2.0)
    reasons = [str(one["why"]) for one in explained(db, district, "上限")["AB"]["neighbours_outside"]]
    assert reasons == ["在片区 2（并入后规模 3 超过上限 2）"]


def test_another_documents_clause_is_shown_and_never_borrowed(db: Database, nankang: District):
    made = service.save_official(db, nankang, "备注")
    document = proposal_document(made, layer_frame(db, nankang, "estates"), load("nankang"))
    joint = next(one for one in document["bundles"] if one["id"] == "P07")["joint"]
    assert joint["answer"]["answer"] == "文件未规定"
    assert joint["answer"]["quote"] is None
    (elsewhere,) = joint["elsewhere"]
    assert (elsewhere["document"], "不适用" in elsewhere["note"]) == ("S3", True)
    assert "区深燃公司" in [name for one in joint["acceptance"]["parties"] for name in one["members"]]
    told = bundle_sentences(document, "P07")
    assert "打包招标、联合验收：文件未规定" in told
    assert "验收组织：项目建设单位" in told


@pytest.mark.requirement("R5.05", "R5.06")
def test_demonstration_areas_stand_apart_and_one_stays_unmatched(db: Database, nankang: District):
    made = service.save_official(db, nankang, "备注")
    document, sentences = proposal_report(db, nankang, made)
    first, second = document["demonstration_areas"]
    assert {bundle: len(codes) for bundle, codes in first["bundles"].items()} == {"P07": 2, "P08": 1}
    assert str(first["state"]) == "分在 2 处"
    assert (second["name"], second["estates"], str(second["state"])) == ("五陂上片区", [], "未匹配")
    assert "示范片区 五陂上片区：未匹配" in sentences
    merged = service.merge_bundles(db, nankang, "备注", "P08", "P07", reason="示范片区")
    document, _ = proposal_report(db, nankang, merged)
    assert str(document["demonstration_areas"][0]["state"]) == "在同一片区"
    assert (document["official"]["moved"], document["official"]["adjusted_rand"] < 1) == (1, True)


@pytest.mark.requirement("R5.03")
def test_a_bundle_across_a_barrier_takes_a_signature(db: Database, district: District):
    save(db, district, "甲", "barriers")
    (ab,) = [
        name for name, codes in service.get_proposal(db, district, "甲").grouping.bundles.items() if "A" in codes
    ]
    (cd,) = [
        name for name, codes in service.get_proposal(db, district, "甲").grouping.bundles.items() if "C" in codes
    ]
    with pytest.raises(RefusedError, match="京九铁路"):
        service.merge_bundles(db, district, "甲", ab, cd, reason="有地道")
    signed = service.merge_bundles(db, district, "甲", ab, cd, reason="有地道", sign="王工")
    assert signed.changes[-1].exceptions == (f"片区 {ab} 只靠这些相邻关系相连：B–C 隔着阻隔：京九铁路",)
    told = explained(db, district, "甲")["ABCD"]
    assert [str(one["why"]) for one in told["resting_on"]] == ["隔着阻隔：京九铁路"]
    assert [(one["reason"], one["kind"]) for one in told["changed_by"]] == [("有地道", "merge")]
    with pytest.raises(RefusedError, match="不连片"):
        service.move_estate(db, district, "甲", "E", ab, reason="试", sign="王工")


@pytest.mark.requirement("R5.03")
def test_locking_and_dividing_again_are_one_change(db: Database, district: District):
    save(db, district, "乙", min_size=2.0)
    before = service.get_proposal(db, district, "乙")
    bundle = next(iter(before.grouping.bundles))
    with pytest.raises(RefusedError, match="没有锁定"):
        service.unlock_bundle(db, district, "乙", bundle, reason="试")
    made = reoptimise(db, district, "乙", reason="先行", lock_first=bundle)
    assert [one.kind for one in made.changes] == ["made", "reoptimise"]
    assert made.grouping.locked == {bundle}
    assert service.unlock_bundle(db, district, "乙", bundle, reason="改主意").grouping.locked == frozenset()
    service.undo(db, district, "乙", reason="恢复")
    assert service.undo(db, district, "乙", reason="恢复").grouping == before.grouping
    service.merge_bundles(db, district, "乙", *before.grouping.bundles, reason="合", sign="王工")
    whole = next(iter(service.get_proposal(db, district, "乙").grouping.bundles))
    service.split_bundle(db, district, "乙", whole, ["A", "B", "C"], new="N", reason="拆", sign="王工")
    with pytest.raises(InfeasibleError):
        reoptimise(db, district, "乙", reason="锁定", lock_first="N")
    assert service.get_proposal(db, district, "乙").grouping.locked == frozenset(), "nothing is half done"


@pytest.mark.requirement("R5.10")
def test_alternatives_side_by_side_in_a_table(db: Database, nankang: District, tmp_path: Path):
    sketch_outlines(db, nankang)
    service.save_official(db, nankang, "备注")
    for gap in (15, 30):
        save(db, nankang, f"间距{gap}", "barriers", gap_m=float(gap))
    chosen = service.proposals(db, nankang)
    document = comparison_document(chosen, layer_frame(db, nankang, "estates"))
    assert [one["parameters"]["gap_m"] for one in document["proposals"]] == [15.0, 15.0, 30.0]
    assert document["estates"][0]["bundles"]["备注"] == "P01"
    assert all(one["name"] in comparison_sentences(document) for one in document["proposals"])
    out = tmp_path / "比选.xlsx"
    write_comparison(document, out)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["方案", "小区", "与备注对比"]
    rows = [row for row in book["方案"].iter_rows(values_only=True) if row[0] in {"备注", "间距15", "间距30"}]
    assert [(row[0], row[1]) for row in rows] == [("备注", 15), ("间距15", 15), ("间距30", 30)]
    assert sum(1 for row in book["小区"].iter_rows(min_row=3, values_only=True) if row[0]) == 28


def test_a_proposal_tells_when_its_inputs_changed(db: Database, district: District):
    save(db, district, "甲")
    assert proposal_report(db, district, service.get_proposal(db, district, "甲"))[0]["inputs_changed"] is False
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET households = 7 WHERE code = 'A'")
    document, sentences = proposal_report(db, district, service.get_proposal(db, district, "甲"))
    assert document["inputs_changed"] is True
    assert "有改动" in sentences


def test_estates_without_names_and_a_register_without_projects(db: Database, district: District, tmp_path: Path):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET name = NULL, households = NULL WHERE code IN ('A', 'E')")
    save(db, district, "甲")
    document, sentences = proposal_report(db, district, service.get_proposal(db, district, "甲"))
    assert document["official"] == {"rows": [], "adjusted_rand": None, "moved_estates": [], "moved": None}
    assert "— 户" in sentences
    assert "nan" not in sentences
    assert "A–B苑" in bundle_sentences(document, "1")
    compared = comparison_document(service.proposals(db, district), layer_frame(db, district, "estates"))
    assert "兰德" not in comparison_sentences(compared)
    write_comparison(compared, tmp_path / "a.xlsx")
    assert "A" in map_alternatives(db, district, service.proposals(db, district))


def test_who_is_left_over_is_told_as_it_is_now(db: Database, district: District):
    save(db, district, "下限", min_size=2.0)
    left = proposal_report(db, district, service.get_proposal(db, district, "下限"))[0]["left_over"]
    assert [(one["estate"], "达不到下限" in one["reason"]) for one in left] == [("E", True)]
    save(db, district, "近", min_size=2.0, gap_m=73.0)
    document, _ = proposal_report(db, district, service.get_proposal(db, district, "近"))
    assert document["left_over"] == []
