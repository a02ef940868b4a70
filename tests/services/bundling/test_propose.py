from __future__ import annotations

import json
import warnings
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString, Polygon, box

from gisplanner.cli.main import main
from gisplanner.domain.bundling import BundleRules
from gisplanner.errors import CrsError, GeometryError, InfeasibleError, InputError, NotFoundError, UsageError
from gisplanner.services.bundling.propose import bundle_district, bundle_file, pair_of, write_bundles
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

CRS = "EPSG:4547"
X, Y = 576811, 2839390


def street(*widths: float, gap: float = 10.0) -> list[Polygon]:
    shapes, x = [], float(X)
    for width in widths:
        shapes.append(box(x, Y, x + width, Y + 50))
        x += width + gap
    return shapes


def save(path: Path, shapes: list[Polygon | None], layer: str = "estates", crs: str | None = CRS, **columns) -> Path:
    with warnings.catch_warnings(action="ignore"):  # a file without CRS is what some tests are about
        gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path, layer=layer)
    return path


def bundles(result) -> list[list[object]]:
    return [list(one.estates) for one in result.bundles]


def test_row_numbers_are_ids_where_the_file_has_none(tmp_path: Path) -> None:
    path = save(tmp_path / "a.gpkg", street(40, 40, 40)[::-1], households=[30, 20, 10])
    result = bundle_file(path, size_column="households")
    assert bundles(result) == [[2, 1, 0]], "canonical order is from west to east, whatever the file's"
    assert result.bundles[0].size == 60


def test_whole_numbers_stay_numbers(tmp_path: Path) -> None:
    result = bundle_file(save(tmp_path / "a.gpkg", street(40, 40), id=[12, 7]))
    assert bundles(result) == [[7, 12]]
    assert result.document()["links"][0]["a"] == 7


def test_missing_and_repeated_ids_are_refused_together(tmp_path: Path) -> None:
    path = save(tmp_path / "a.gpkg", street(40, 40, 40, 40), id=["x", None, "x", "y"])
    with pytest.raises(InputError) as caught:
        bundle_file(path)
    assert [(fault.file, fault.layer, fault.row, fault.value) for fault in caught.value.faults] == [
        ("a.gpkg", "estates", 1, None),
        ("a.gpkg", "estates", 2, "x"),
    ]


def test_bad_geometry_names_file_layer_and_row(tmp_path: Path) -> None:
    tie = Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])
    path = save(tmp_path / "a.gpkg", [*street(40), None, tie], id=["c", "b", "a"])
    with pytest.raises(GeometryError) as caught:
        bundle_file(path)
    assert [(fault.file, fault.layer, fault.row) for fault in caught.value.faults] == [
        ("a.gpkg", "estates", 1),
        ("a.gpkg", "estates", 2),
    ]


def test_a_file_without_crs_asks_for_one(tmp_path: Path) -> None:
    path = save(tmp_path / "a.gpkg", street(40, 40), crs=None)
    with pytest.raises(CrsError):
        bundle_file(path)
    assert bundle_file(path, crs=CRS).crs == CRS


def test_bounds_within_and_pairs(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.gpkg",
        street(40, 40, 40, 40, 40, 40),
        id=list("abcdef"),
        name=["甲", "乙", "丙", "丁", "戊", "己"],
        households=[5, 5, 5, 5, 5, 50],
        community=["东", "东", "东", "西", "西", None],
    )
    within = bundle_file(path, BundleRules(within="community"))
    assert bundles(within) == [["a", "b", "c"], ["d", "e"], ["f"]]
    capped = bundle_file(path, BundleRules(max_size=10), size_column="households")
    assert sorted(map(len, bundles(capped))) == [1, 2, 2]
    assert [left.estate for left in capped.left_over] == ["f"]
    assert "超过上限" in capped.left_over[0].reason
    assert capped.plan.proven, "25 households need three bundles of at most 10"
    tied = bundle_file(path, BundleRules(within="community", together=(("丙", "d"),), keep_apart=(("a", "e"),)))
    (group,) = [one for one in bundles(tied) if "c" in one]
    assert "d" in group
    assert not any({"a", "e"} <= set(one) for one in bundles(tied))


def test_minimum_with_maximum(tmp_path: Path) -> None:
    path = save(tmp_path / "a.gpkg", street(*[40] * 9), households=[3, 1, 3, 3, 1, 3, 1, 3, 9])
    result = bundle_file(path, BundleRules(min_size=4, max_size=5, iterations=20), size_column="households")
    assert len(result.bundles) == 3, "each needs one of the three singles"
    assert all(4 <= one.size <= 5 for one in result.bundles)
    assert {left.estate: left.reason for left in result.left_over}[8].endswith("超过上限 5")


def test_leftovers_are_refused_by_name_where_none_are_allowed(tmp_path: Path) -> None:
    shapes = [*street(40, 40, 40, 40), box(X + 900, Y, X + 940, Y + 50)]
    path = save(tmp_path / "a.gpkg", shapes, id=list("abcde"), households=[2, 2, 2, 2, 9])
    rules = {"iterations": 5, "leftovers": False}
    with pytest.raises(InfeasibleError, match="达不到下限：e"):
        bundle_file(path, BundleRules(min_size=2, **rules))
    with pytest.raises(InfeasibleError, match="小区 e 单独已超过上限"):
        bundle_file(path, BundleRules(max_size=8, **rules), size_column="households")
    kept = bundle_file(path, BundleRules(min_size=4, max_size=9, **rules), size_column="households")
    assert (bundles(kept), kept.left_over) == ([["a", "b"], ["c", "d"], ["e"]], ())
    with pytest.raises(SystemExit, match="3"):
        main(["bundle", "--file", str(path), "--min", "2", "--no-leftovers"])


@pytest.mark.parametrize("column", ["households", "户"])
def test_a_size_that_is_no_number_is_told_by_row(tmp_path: Path, column: str) -> None:
    path = save(tmp_path / "a.gpkg", street(40, 40, 40), households=["12", "十二", None])
    with pytest.raises(InputError) as caught:
        bundle_file(path, size_column=column)
    if column == "households":
        assert [fault.value for fault in caught.value.faults] == ["十二", None]
    else:
        assert isinstance(caught.value, UsageError)


def test_unknown_estates_and_columns(tmp_path: Path) -> None:
    path = save(tmp_path / "a.gpkg", street(40, 40), id=["a", "b"])
    for rules in (BundleRules(together=(("a", "q"),)), BundleRules(within="社区"), BundleRules(needs="需求")):
        with pytest.raises(NotFoundError):
            bundle_file(path, rules)
    with pytest.raises(UsageError):
        pair_of("a", "--together")


def test_barriers_from_layers_of_the_same_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.gpkg", street(40, 40, 40))
    lines = [LineString([(X + x, Y - 20), (X + x, Y + 80)]) for x in (45, 95)]
    roads = {"highway": ["service", "primary"], "name": ["小巷", "文明大道"]}
    gpd.GeoDataFrame(roads, geometry=lines, crs=CRS).to_crs("EPSG:4326").to_file(path, layer="roads")
    result = bundle_file(path, barriers_layers=("roads",))
    assert bundles(result) == [[0, 1], [2]]
    assert [cut.barrier for cut in result.cut_links] == ["文明大道"]
    both = bundle_file(path, BundleRules(barrier_kinds=("service", "primary")), barriers_layers=("roads",))
    assert bundles(both) == [[0], [1], [2]]


def store(db: Database, shapes: list[Polygon | None], **columns):
    district = create_district(db, "demo", crs=CRS, bounds_lonlat=(114, 25, 116, 26))
    codes = [f"E{k}" for k in range(len(shapes))]
    frame = gpd.GeoDataFrame({"code": codes, **columns}, geometry=shapes, crs=CRS)
    with db.transaction() as connection:
        copy_features(connection, "estate", district, frame, ["code", *columns])
    return district


def test_a_stored_district_gives_the_same_as_its_file(db: Database, tmp_path: Path) -> None:
    shapes = street(40, 40, 40, 40, gap=12)
    columns = {"name": ["甲", "乙", "丙", "丁"], "households": [10, 20, 30, 40]}
    district = store(db, shapes, **columns)
    path = save(tmp_path / "a.gpkg", shapes, id=[f"E{k}" for k in range(4)], **columns)
    rules = BundleRules(min_size=30, iterations=5)
    stored = bundle_district(db, district, rules, size_column="户数").document()
    filed = bundle_file(path, rules, size_column="households").document()
    assert {**stored, "seconds": 0} == {**filed, "seconds": 0}
    assert stored["bundles"] == [
        {"id": 1, "estates": ["E0", "E1"], "size": 30},
        {"id": 2, "estates": ["E2"], "size": 30},
        {"id": 3, "estates": ["E3"], "size": 40},
    ]


def test_an_estate_without_outline_is_left_over_not_lost(db: Database, tmp_path: Path) -> None:
    district = store(db, [*street(40, 40), None], households=[10, 20, 30])
    result = bundle_district(db, district, gap_m=15)
    assert bundles(result) == [["E0", "E1"]]
    assert [(left.estate, "未上图" in left.reason) for left in result.left_over] == [("E2", True)]
    out = tmp_path / "b.geojson"
    write_bundles(result, out)
    with pytest.raises(InfeasibleError, match="E2"):
        bundle_district(db, district, BundleRules(leftovers=False))
    (feature,) = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["户数"] == 30
    assert "总建筑面积（万平方米）" not in feature["properties"], "unknown figures are not zero"
    assert result.plan.link_lines.geometry.length.tolist() == [10.0]


def test_a_district_without_estates_ends_in_a_friendly_sentence(db: Database, tmp_path: Path) -> None:
    district = create_district(db, "guixi", crs="EPSG:4548", bounds_lonlat=(117, 28, 118, 29))
    result = bundle_district(db, district, BundleRules(min_size=100), barriers_layers=("roads", "barriers"))
    assert result.document()["bundles"] == []
    assert "没有小区" in result.sentences()
    out = tmp_path / "b.geojson"
    write_bundles(result, out)
    assert json.loads(out.read_text(encoding="utf-8"))["features"] == []


def test_a_file_without_the_layer_names_those_it_has(shared_dir: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        bundle_file(shared_dir / "data/guixi/guixi.gpkg", estates_layer="estates")
    assert "buildings" in str(caught.value.faults[0].allowed)


@pytest.mark.parametrize(("gap", "links"), [("0.5", 4), ("15", 9), ("30", 11)])
def test_chengdu(shared_dir: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, gap: str, links: int) -> None:
    out = tmp_path / "b.geojson"
    main(
        ["bundle", "--file", str(shared_dir / "data/chengdu/chengdu.gpkg"), "--gap", gap, "--barriers-layer", "roads",
         "--barriers-layer", "barriers", "--out", str(out), "--json"]
    )  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    assert document["crs"] == "EPSG:4544"
    assert len(document["links"]) == links
    assert sum(len(one["estates"]) for one in document["bundles"]) == 19


@pytest.mark.parametrize(
    "arguments",
    [[], ["--file", "a.gpkg", "--district", "b"], ["--district", "b", "--crs", "EPSG:4547"], ["--file", "none.gpkg"]],
)
def test_wrong_use_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["bundle", *arguments, "--json"])
    assert stop.value.code == 2
    assert json.loads(capsys.readouterr().out)["error"]["message"]
