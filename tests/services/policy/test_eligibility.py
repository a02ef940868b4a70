"""资格审查 of a stored district: overlays, what is missing, who can supply it, what-if without storing, the map."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.errors import InputError, UsageError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.maps import MapOptions
from gisplanner.services.policy.eligibility import EligibilityReview, review_eligibility
from gisplanner.services.policy.eligibility_map import map_eligibility
from gisplanner.services.policy.eligibility_report import write_requests
from gisplanner.store.database import Database
from tests.ingest_files import box, write

BOUNDS = (114.4, 25.4, 115.0, 26.1)
FACTS = {
    "estates": [
        {"name": name, "place": "城市", "strong_will": True, "flags": {"公共设施落后": True, "非住宅": False}}
        for name in ("甲", "乙", "丙")
    ]
}


@pytest.fixture
def district(db: Database, tmp_path: Path) -> District:
    """Four estates: 甲 apart, 乙 in a 棚改 area by 500 ㎡, 丙 beside it by half a square metre, 丁 without a year."""
    made = create_district(db, "a", crs="EPSG:4547", profile="jiangxi", bounds_lonlat=BOUNDS)
    outlines = [box(0, 0), box(200, 0), box(400, 0), box(600, 0)]
    estates = write(
        tmp_path / "e.gpkg", outlines, code=["e1", "e2", "e3", "e4"], name=["甲", "乙", "丙", "丁"],
        year_built=["1990", "1990", "1990", "不详"], households=[644, 20, 30, 40],
    )  # fmt: skip
    import_features(db, made, "estates", estates)
    areas = write(
        tmp_path / "x.gpkg",
        [box(295, 0, 50, 100), box(290, 0, 5, 40), box(399.99, 0, 0.015, 80), box(0, 500), box(0, 700)],
        code=["x1", "x2", "x3", "x4", "x5"], kind=["棚改", "棚改", "棚改", "城中村", "未注明"],
    )  # fmt: skip
    import_features(db, made, "exclusions", areas)
    return made


def answers(review: EligibilityReview) -> dict[str, str]:
    return {estate.name: estate.overall.answer for estate in review.estates}


@pytest.mark.requirement("R2.02", "R2.06")
def test_stored_areas_exclude_above_the_tolerance_and_tell_the_square_metres(db: Database, district: District):
    review = review_eligibility(db, district)
    assert answers(review) == {"甲": "资料不足", "乙": "不符合", "丙": "资料不足", "丁": "资料不足"}
    told = {estate.name: {one.rule: one for one in estate.answers} for estate in review.estates}
    assert "600.0 ㎡" in told["乙"]["eligibility.shantytown"].reason
    assert told["丙"]["eligibility.shantytown"].answer == "符合"
    assert "0.4 ㎡" in told["丙"]["eligibility.shantytown"].reason
    assert told["甲"]["eligibility.urban_village"].answer == "符合"
    assert told["甲"]["eligibility.self_built"].answer == "资料不足"
    assert review.unclassified_areas == 1
    assert review.unread_years == ("丁：不详",)
    strict = review_eligibility(db, district, tolerance_m2=0)
    assert answers(strict)["丙"] == "不符合"


def test_a_what_if_answers_and_stores_nothing(db: Database, district: District):
    before = review_eligibility(db, district)
    review = review_eligibility(db, district, what_if=FACTS)
    # 自建房 has no stored area, so it stays unknown until somebody says so.
    assert answers(review) == {"甲": "资料不足", "乙": "不符合", "丙": "资料不足", "丁": "资料不足"}
    more = {"estates": [{**one, "flags": [*one["flags"]][:1]} for one in FACTS["estates"]]}
    review = review_eligibility(db, district, what_if=more)
    assert answers(review) == {"甲": "符合", "乙": "不符合", "丙": "符合", "丁": "资料不足"}
    assert review.hypothetical
    assert review_eligibility(db, district) == before


def test_a_what_if_about_strangers_is_refused_with_every_name(db: Database, district: District):
    with pytest.raises(InputError) as error:
        review_eligibility(db, district, what_if={"estates": [{"name": "戊"}, {"name": "甲"}, {"name": "己"}]})
    assert [(fault.row, fault.value) for fault in error.value.faults] == [(0, "戊"), (2, "己")]


def test_wrong_use_is_refused(db: Database, district: District):
    bare = create_district(db, "b", crs="EPSG:4547")
    with pytest.raises(UsageError):
        review_eligibility(db, bare)
    with pytest.raises(UsageError):
        review_eligibility(db, district, tolerance_m2=-1)


def record_willing(db: Database, code: str, amount: str, on: str, *, illustrative: bool = False) -> None:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO estate_figure (estate_id, kind, amount, happened_on, source, illustrative) "
            "SELECT id, '同意户数', %s, %s, '社区调查表', %s FROM estate WHERE code = %s",
            (amount, on, illustrative, code),
        )


@pytest.mark.requirement("R2.08")
def test_willing_households_that_are_recorded_answer_and_are_not_asked_for(db: Database, district: District):
    record_willing(db, "e1", "400", "2024-05-01")
    record_willing(db, "e1", "430", "2024-06-01")
    record_willing(db, "e3", "19", "2024-06-02", illustrative=True)
    record_willing(db, "e4", "41", "2024-06-02")
    review = review_eligibility(db, district, profile="fenggang")
    told = {estate.name: {one.rule: one for one in estate.answers} for estate in review.estates}
    willing = {name: one["eligibility.willingness"] for name, one in told.items()}
    assert {name: one.answer for name, one in willing.items()} == {
        "甲": "符合", "乙": "资料不足", "丙": "原则上不符合(需说明)", "丁": "资料不足",
    }  # fmt: skip
    assert "644 户中 430 户愿意，至少需 430 户" in willing["甲"].reason
    asked = {one.estate for one in review.requests if str(one.item) == "居民改造意愿"}
    assert asked == {"乙", "丁"}
    assert [one.used for one in review.willing] == [True, True, False]
    assert any("社区调查表；其中 1 个为示例" in note for note in review.notes)
    assert any("按未填处理：丁（41）" in note for note in review.notes)
    assumed = review_eligibility(
        db, district, profile="fenggang", what_if={"estates": [{"name": "甲", "willing": 429}]}
    )
    assert {one.name: one.answers for one in assumed.estates}["甲"] != {
        one.name: one.answers for one in review.estates
    }["甲"]
    html = map_eligibility(db, district, review, options=MapOptions(public=True))
    assert "1 个小区的同意户数为示例" in html
    assert "430" not in re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)


def test_an_empty_district_has_nothing_to_review(db: Database):
    empty = create_district(db, "b", crs="EPSG:4547", profile="nankang", bounds_lonlat=BOUNDS)
    review = review_eligibility(db, empty)
    assert (review.estates, review.requests, review.tally) == ((), (), {})


def test_what_is_missing_is_asked_for_by_sub_district(db: Database, district: District, tmp_path: Path):
    review = review_eligibility(db, district)
    missing = {(one.estate, str(one.item)) for one in review.requests}
    assert ("丁", "建成年代") in missing
    assert ("甲", "建成年代") not in missing
    assert ("甲", "排除情形「居民自建房为主」") in missing
    supplier = {str(one.item): str(one.supplier) for one in review.requests}
    assert supplier["居民改造意愿强烈"].startswith("街道、社区")
    write_requests(review, tmp_path / "补料.xlsx")
    book = load_workbook(tmp_path / "补料.xlsx")
    rows = [row for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(rows) == len(review.requests)
    assert [cell.value for cell in book.worksheets[0][1]] == ["所在社区", "小区名称", "缺什么", "可由谁提供", "填报"]


def embedded(html: str, name: str) -> Any:
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)[1])


def test_the_map_is_never_green_for_what_is_unknown(db: Database, district: District):
    html = map_eligibility(db, district, review_eligibility(db, district))
    features = embedded(html, "estates")["features"]
    told = {one["properties"]["n"]: one["properties"] for one in features}
    assert told["甲"]["v"][0] == "资料不足"
    assert told["乙"]["v"][0] == "不符合"
    assert len({told["甲"]["c"], told["乙"]["c"]}) == 2
    assert told["丁"]["c"] == told["甲"]["c"]
    assert len(embedded(html, "exclusions")["features"]) == 5
    assert "补料清单" in html
    assert "读不懂的建成时间" in html


@pytest.mark.requirement("R10.10")
def test_the_public_version_has_answers_and_clauses_only(db: Database, district: District):
    html = map_eligibility(db, district, review_eligibility(db, district), options=MapOptions(public=True))
    assert "未经地图审核不得公开" in html
    assert "已纳入城镇棚改计划" in html
    assert "补料清单" not in html
    assert 'id="exclusions"' not in html
    assert "㎡（容差" not in html
    assert "644" not in re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)


def test_the_commands(db: Database, district: District, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    main(
        [
            "policy",
            "review",
            "--district",
            "a",
            "--facts",
            str(facts),
            "--requests",
            str(tmp_path / "r.xlsx"),
            "--json",
        ]
    )
    document = json.loads(capsys.readouterr().out)
    assert document["tally"] == {"资料不足": 3, "不符合": 1}
    assert document["hypothetical"] is True
    assert (tmp_path / "r.xlsx").is_file()
    main(["policy", "review", "--district", "a"])
    assert "补料清单" in capsys.readouterr().out
    main(["map", "eligibility", "--district", "a", "--profile", "xianning", "--out", str(tmp_path / "m.html")])
    assert "征求意见稿：所依据的文件尚未生效" in (tmp_path / "m.html").read_text(encoding="utf-8")


def test_an_estate_without_name_and_place_is_told_by_its_code(db: Database, tmp_path: Path):
    made = create_district(db, "c", crs="EPSG:4547", profile="jiangxi", bounds_lonlat=BOUNDS)
    import_features(db, made, "estates", write(tmp_path / "n.gpkg", [box(0, 0), box(200, 0)], code=["n1", "n2"]))
    review = review_eligibility(db, made)
    assert [one.name for one in review.estates] == ["未命名（n1）", "未命名（n2）"]
    assert {one.subdistrict for one in review.requests} == {""}
    write_requests(review, tmp_path / "补料.xlsx")
    assert load_workbook(tmp_path / "补料.xlsx").sheetnames == ["未填街道"]
