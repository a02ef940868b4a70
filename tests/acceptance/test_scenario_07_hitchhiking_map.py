"""搭车 with geometry: three estates are built, two applied for; a park far off and an excluded estate stay out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
from shapely import LineString, box

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.bundling.application import Application, WorksFile, application_of_proposal
from gisplanner.services.bundling.application_files import (
    application_document,
    application_sentences,
    write_application,
)
from gisplanner.services.bundling.proposals import save_bundles
from gisplanner.services.bundling.propose import BundleRules, bundle_district
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

CRS = "EPSG:4547"
ORIGIN = (576811, 2839390)
RECTANGLES = {
    "A": (0, 0, 100, 80),
    "B": (100, 0, 180, 80),
    "C": (192, 0, 260, 80),
    "E": (400, 0, 460, 60),
}
FIGURES = {
    "name": ["甲苑", "乙苑", "丙村", "戊苑"],
    "households": [100, 60, 40, 30],
    "buildings": [5, 3, 2, 1],
    "floor_area_10k_m2": [Decimal("1.1"), Decimal("0.7"), Decimal("0.4"), Decimal("0.3")],
}
IN_SCOPE = {"place": "城市", "year_built": 1990, "strong_will": True}
FACTS = {
    "estates": [
        {"name": "甲苑", **IN_SCOPE, "flags": ["公共设施落后"]},
        {"name": "乙苑", **IN_SCOPE, "flags": ["公共设施落后"]},
        {"name": "丙村", **IN_SCOPE, "flags": ["公共设施落后", "城中村"]},
    ]
}
WORKS = [
    ("供水管线", "甲苑供水管", 90000, LineString([(10, 10), (90, 10)])),
    ("城市道路", "门前道路", 50000, LineString([(140, 80), (140, 200)])),
    ("公园", "东边公园", 800000, box(760, 0, 860, 100)),
    ("供水管线", "丙村供水管", 70000, LineString([(200, 10), (250, 10)])),
    ("供水", "接入主管", 60000, LineString([(90, 10), (90, -60)])),
    ("供水", "远端主管", 20000, LineString([(90, -60), (90, -160)])),
    ("酒店", "甲苑酒店", 10, box(20, 20, 40, 40)),
]


def frames() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    estates = gpd.GeoDataFrame(
        {"id": list(RECTANGLES), **FIGURES}, geometry=[box(*one) for one in RECTANGLES.values()], crs=CRS
    )
    items, names, costs, shapes = zip(*WORKS, strict=True)
    works = gpd.GeoDataFrame({"item": items, "name": names, "cost_cny": costs}, geometry=list(shapes), crs=CRS)
    return tuple(one.set_geometry(one.translate(*ORIGIN)) for one in (estates, works))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    estates, works = frames()
    path, facts = tmp_path / "片区.gpkg", tmp_path / "facts.json"
    estates.assign(floor_area_10k_m2=estates["floor_area_10k_m2"].astype(str)).to_file(path, layer="estates")
    works.to_crs(4326).to_file(path, layer="works")
    facts.write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    return path, facts


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def expected(document: dict[str, Any]) -> None:
    bundle = document["bundles"][0]
    assert bundle["physical"] == ["A", "B", "C"]
    assert bundle["applied"] == ["A", "B"]
    assert [one["estate"] for one in bundle["kept_out"]] == ["C"]
    assert "城中村" in bundle["kept_out"][0]["quote"] or "城中村" in bundle["kept_out"][0]["reason"]
    assert bundle["totals"]["households"] == 200
    assert bundle["applied_totals"] == {"count": 2, "households": 160, "buildings": 8, "floor_area_10k_m2": "1.8"}
    assert {one["work"]: one["lie"] for one in bundle["applied_works"]} == {
        "甲苑供水管": "小区内",
        "门前道路": "接触小区",
        "接入主管": "接触小区",
        "远端主管": "与小区管网相连",
    }
    assert bundle["applied_cost_cny"] == "220000"
    kept = {one["work"]: one for one in bundle["works_kept_out"]}
    assert set(kept) == {"丙村供水管", "甲苑酒店"}
    assert "丙村" in kept["丙村供水管"]["reason"]
    assert "疑似搭车" in kept["甲苑酒店"]["reason"]
    (park,) = document["works_elsewhere"]
    assert (park["work"], park["answer"], park["lie"]) == ("东边公园", "需人工认定", "不接触")
    assert "疑似搭车" in park["reason"]


def exported(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("丙村", "东边公园", "酒店", "城中村"))
    written = json.loads(text)
    assert [feature["properties"]["名称"] for feature in written["features"]] == [
        "甲苑", "乙苑", "甲苑供水管", "门前道路", "接入主管", "远端主管"
    ]  # fmt: skip
    totals = next(iter(written["合计"].values()))
    assert (totals["户数"], totals["工程费用（元）"]) == (160, 220000)
    drawn = gpd.read_file(path).to_crs(CRS)
    assert drawn.geometry.iloc[:2].area.tolist() == pytest.approx([8000, 6400], abs=3)
    excluded = box(*RECTANGLES["C"]).buffer(-1)
    assert not drawn.geometry.translate(-ORIGIN[0], -ORIGIN[1]).intersects(excluded).any()


@pytest.mark.requirement("R2.12", "R2.13", "R2.03")
def test_a_file_gives_the_clean_subset(files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path, facts = files
    out = tmp_path / "申报.geojson"
    document = run(
        capsys, "bundle", "--file", str(path), "--estates-layer", "estates", "--profile", "jiangxi", "--facts",
        str(facts), "--works-layer", "works", "--application", str(out)
    )  # fmt: skip
    assert [one["estates"] for one in document["bundles"]] == [["A", "B", "C"], ["E"]]
    expected(document["application"])
    assert document["application"]["bundles"][1]["applied"] == []
    exported(out)


@pytest.fixture
def stored(db: Database) -> District:
    district = create_district(db, "demo", crs=CRS, bounds_lonlat=(114, 25, 116, 26))
    estates, _ = frames()
    exclusion = gpd.GeoDataFrame(
        {"code": ["Z1"], "kind": ["城中村"], "name": ["村"]}, geometry=estates.geometry.iloc[[2]].to_numpy(), crs=CRS
    )
    with db.transaction() as connection:
        copy_features(connection, "estate", district, estates.rename(columns={"id": "code"}), ["code", *FIGURES])
        copy_features(connection, "exclusion_area", district, exclusion, ["code", "kind", "name"])
    save_bundles(db, district, bundle_district(db, district, BundleRules()), "方案一")
    return district


def applied(db: Database, district: District, works: Path, **options: Any) -> Application:
    flags = ["公共设施落后"]
    facts = {"estates": [{**one, "flags": flags} for one in FACTS["estates"]]}
    return application_of_proposal(
        db, district, "方案一", profile="jiangxi", facts=facts, works=WorksFile(works, "works"), **options
    )


@pytest.mark.requirement("R2.12", "R2.13")
def test_a_stored_area_keeps_its_estate_out(db: Database, stored: District, files: tuple[Path, Path], tmp_path: Path):
    made = applied(db, stored, files[0])
    document = application_document(made)
    expected(document)
    out, book = tmp_path / "申报.geojson", tmp_path / "申报.xlsx"
    write_application(made, out)
    exported(out)
    write_application(made, book)
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["申报汇总", "申报小区", "申报工程"]
    told = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any("丙村" in str(value) or "公园" in str(value) for value in told)
    assert {160, 220000} <= set(told)
    zh, en = application_sentences(made), application_sentences(made).en
    assert "申报 2 个小区 160 户 8 栋 1.8 万㎡" in zh
    assert "applied for 2 estates, 160 households" in en


@pytest.mark.requirement("R2.13")
def test_a_reach_is_a_named_parameter(db: Database, stored: District, files: tuple[Path, Path]):
    made = application_document(applied(db, stored, files[0], reach_m=600.0))
    assert made["reach_m"] == 600.0
    kept = {one["work"]: one["reason"] for one in made["bundles"][0]["works_kept_out"]}
    assert "不在原文所列的设施之内" in kept["东边公园"], "a park is not in the list, however near"


def test_undecided_estates_are_not_applied_for(db: Database, stored: District, capsys: pytest.CaptureFixture[str]):
    made = application_document(application_of_proposal(db, stored, "方案一", profile="jiangxi"))
    assert all(one["applied"] == [] for one in made["bundles"])
    assert {one["answer"] for one in made["bundles"][0]["kept_out"]} == {"资料不足", "不符合"}


def test_faulty_works_are_told_all_at_once(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    path, facts = files
    _, works = frames()
    works["item"] = [None, *works["item"][1:]]
    works["cost_cny"] = ["-1", "viel", *works["cost_cny"].astype(str)[2:]]
    works.to_file(path, layer="bad")
    with pytest.raises(SystemExit) as stop:
        main(["bundle", "--file", str(path), "--estates-layer", "estates", "--profile", "jiangxi", "--facts",
              str(facts), "--works-layer", "bad", "--json"])  # fmt: skip
    assert stop.value.code == 2
    items = json.loads(capsys.readouterr().out)["error"]["items"]
    assert [(one["row"], one["column"]) for one in items] == [(0, "item"), (0, "cost_cny"), (1, "cost_cny")]
