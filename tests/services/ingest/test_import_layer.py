"""Importing geometry: guarded, compared with what is stored, in one transaction or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.errors import CrsError, GeometryError, InputError, NotFoundError
from gisplanner.formats.osm_tags import SELECTIONS
from gisplanner.services.districts import create_district
from gisplanner.services.export import export_layer
from gisplanner.services.ingest.import_layer import KINDS, import_features
from gisplanner.services.ingest.report import ImportReport
from gisplanner.services.layers import layer_frame
from gisplanner.services.register.register import import_register
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.ingest_files import EAST, NORTH, box, point, write

BOUNDS = (114.4, 25.4, 115.0, 26.1)


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=BOUNDS)


def count(db: Database, table: str) -> int:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) AS n FROM {table}")
        return int(cursor.fetchone().n)


def estates_of(db: Database, district: District, kind: str) -> list[str | None]:
    codes = layer_frame(db, district, kind).sort_values("code")["estate_code"]
    return [None if pd.isna(code) else code for code in codes]


def findings(report: ImportReport) -> dict[str, dict[str, Any]]:
    return {finding.kind: finding.as_dict("zh") for finding in report.findings}


def test_buildings_arrive_with_their_attributes_and_their_estate(db: Database, district: District, tmp_path: Path):
    estates = write(tmp_path / "e.gpkg", [box(0, 0), box(100, 0)], code=["e1", "e2"], name=["甲", "乙"])
    assert import_features(db, district, "estates", estates).counts.added == 2
    houses = write(
        tmp_path / "b.gpkg",
        [box(10, 10, 20, 10), box(95, 10, 20, 10), box(100, 40, 10, 10), box(400, 0, 10, 10)],
        编码=["b1", "b2", "b3", "b4"],
        层数=["6层", "7", None, "１８"],
        flats=[36, 42, 0, None],
        颜色=["红"] * 4,
    )
    report = import_features(db, district, "buildings", houses)
    stored = layer_frame(db, district, "buildings").set_index("code")
    assert estates_of(db, district, "buildings") == ["e1", "e2", "e2", None]
    assert stored["floors"].tolist()[:2] == [6, 7]
    assert pd.isna(stored.loc["b3", "floors"])
    assert stored["households"].tolist()[:3] == [36, 42, 0]
    assert not stored["illustrative"].any()
    assert report.ignored_columns == ("颜色",)
    assert findings(report)["in_several_estates"]["items"] == [{"code": "b2"}]
    assert findings(report)["in_no_estate"]["items"] == [{"code": "b4"}]
    assert stored.geometry.loc["b1"].equals_exact(box(10, 10, 20, 10), 1e-6)


def test_provenance_is_kept(db: Database, district: District, tmp_path: Path):
    file = write(tmp_path / "楼栋.gpkg", [box(0, 0)], crs=4547, name=["甲"])
    report = import_features(db, district, "buildings", file)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM import_batch")
        batch = cursor.fetchone()
        cursor.execute("SELECT batch_id FROM building")
        assert cursor.fetchone().batch_id == batch.id == report.batch
    assert (batch.kind, batch.file_name, batch.file_layer) == ("buildings", "楼栋.gpkg", "data")
    assert (batch.declared_crs, batch.rows_read, batch.rows_stored) == ("EPSG:4547", 1, 1)
    assert (batch.imported_by, len(batch.file_sha256)) == ("tester", 64)
    assert batch.report["rows_read"] == 1


def test_the_same_file_again_changes_nothing(db: Database, district: District, tmp_path: Path):
    for kind, geometry in {
        "estates": [box(0, 0)],
        "buildings": [box(10, 10, 5, 5)],
        "entrances": [point(0, 5)],
    }.items():
        file = write(tmp_path / f"{kind}.gpkg", geometry, name=["甲"])
        first = import_features(db, district, kind, file)
        again = import_features(db, district, kind, file)
        assert (first.counts.added, again.counts.added, again.counts.unchanged) == (1, 0, 1)
        assert again.batch == first.batch
    assert count(db, "import_batch") == 3
    assert count(db, "history") == 0


def test_a_newer_file_updates_by_code_and_keeps_what_it_is_silent_about(
    db: Database, district: District, tmp_path: Path
):
    file = tmp_path / "b.gpkg"
    write(file, [box(0, 0), box(200, 0)], code=["1", "2"], floors=[6, 7], name=["甲", "乙"])
    import_features(db, district, "buildings", file)
    write(file, [box(0, 0, 90), box(300, 0)], code=["1", "3"], floors=[None, 5], name=["甲楼", "丙"])
    report = import_features(db, district, "buildings", file)
    assert (report.counts.added, report.counts.changed, report.counts.removed) == (1, 1, 0)
    stored = layer_frame(db, district, "buildings").set_index("code")
    assert list(stored.index) == ["1", "2", "3"]
    assert (stored.loc["1", "floors"], stored.loc["1", "name"]) == (6, "甲楼")
    assert stored.geometry.loc["1"].area == pytest.approx(7200)
    assert count(db, "history") == 1
    assert import_features(db, district, "buildings", file, replace=True).counts.removed == 1
    assert layer_frame(db, district, "buildings")["code"].tolist() == ["1", "3"]


def test_replace_leaves_rows_of_other_files_alone(db: Database, district: District, tmp_path: Path):
    import_features(db, district, "roads", write(tmp_path / "x.gpkg", [box(0, 0).boundary], code=["x"]))
    file = write(tmp_path / "y.gpkg", [box(9, 0).boundary], code=["y"])
    import_features(db, district, "roads", file)
    write(file, [box(9, 0).boundary], code=["z"])
    import_features(db, district, "roads", file, replace=True)
    assert layer_frame(db, district, "roads")["code"].tolist() == ["x", "z"]


def test_a_code_of_something_elsewhere_in_another_file_is_refused(db: Database, district: District, tmp_path: Path):
    import_features(db, district, "buildings", write(tmp_path / "a.gpkg", [box(0, 0)], code=["1"]))
    other = write(tmp_path / "b.gpkg", [box(900, 0)], code=["1"])
    with pytest.raises(GeometryError) as caught:
        import_features(db, district, "buildings", other)
    assert "800 米" in str(caught.value.faults[0].hint)
    assert layer_frame(db, district, "buildings").geometry.iloc[0].equals_exact(box(0, 0), 1e-6)


def test_rows_without_codes_keep_theirs_in_every_order(db: Database, district: District, tmp_path: Path):
    shapes = [box(0, 0), box(200, 0), box(400, 0), box(400, 0)]
    report = import_features(db, district, "buildings", write(tmp_path / "a.gpkg", shapes))
    assert findings(report)["same_geometry"]["count"] == 1
    again = import_features(db, district, "buildings", write(tmp_path / "b.gpkg", shapes[::-1]))
    assert (again.counts.added, again.counts.unchanged) == (0, 4)


def test_a_dry_run_tells_all_and_writes_nothing(db: Database, district: District, tmp_path: Path):
    file = write(tmp_path / "a.gpkg", [box(0, 0)], name=["甲"])
    report = import_features(db, district, "estates", file, dry_run=True)
    assert (report.counts.added, report.dry_run, report.batch) == (1, True, None)
    assert "未写入" in report.sentences()
    assert count(db, "estate") == count(db, "import_batch") == 0
    assert import_features(db, district, "estates", file).counts.added == 1


def test_all_faults_come_together_and_nothing_is_stored(db: Database, district: District, tmp_path: Path):
    file = write(
        tmp_path / "a.gpkg",
        [box(0, 0), None, shapely.Polygon(), point(0, 0), box(5, 5)],
        code=["1", "2", "3", "4", "1"],
        floors=["6", "six", "0", "3", "2"],
    )
    with pytest.raises(GeometryError) as caught:
        import_features(db, district, "buildings", file)
    assert sorted((fault.row, fault.column) for fault in caught.value.faults) == [
        (1, "floors"),
        (1, "geometry"),
        (2, "floors"),
        (2, "geometry"),
        (3, "geometry"),
        (4, "code"),
    ]
    assert {fault.file for fault in caught.value.faults} == {"a.gpkg"}
    assert count(db, "building") == count(db, "import_batch") == 0


def test_wrong_attributes_alone_are_refused(db: Database, district: District, tmp_path: Path):
    file = write(tmp_path / "a.gpkg", [box(0, 0)], 层数=["六"])
    with pytest.raises(InputError) as caught:
        import_features(db, district, "buildings", file)
    assert (caught.value.faults[0].value, str(caught.value.faults[0].allowed)) == ("六", "整数 ≥ 1")


def test_wrong_coordinates_weigh_more_and_bring_the_other_faults_along(
    db: Database, district: District, tmp_path: Path
):
    file = write(tmp_path / "a.gpkg", [shapely.Point(25.66, 114.765), None], crs=4326, name=["甲", "乙"])
    with pytest.raises(CrsError, match="经纬度颠倒") as caught:
        import_features(db, district, "entrances", file)
    assert [fault.row for fault in caught.value.faults] == [0, 1]


def test_broken_rings_are_mended_and_listed(db: Database, district: District, tmp_path: Path):
    bow_tie = shapely.Polygon([(EAST, NORTH), (EAST + 20, NORTH + 20), (EAST + 20, NORTH), (EAST, NORTH + 20)])
    file = write(tmp_path / "a.gpkg", [box(0, 100), bow_tie], code=["1", "2"])
    report = import_features(db, district, "buildings", file)
    assert report.as_dict()["repaired"] == [{"row": 1, "reason": "Self-intersection", "area_change_m2": 200.0}]
    assert layer_frame(db, district, "buildings").geometry.is_valid.all()
    assert import_features(db, district, "buildings", file).counts.unchanged == 2


def test_gates_belong_to_the_outline_they_stand_on(db: Database, district: District, tmp_path: Path):
    import_features(db, district, "estates", write(tmp_path / "e.gpkg", [box(0, 0)], code=["e"], name=["甲"]))
    gates = [point(50, 0), point(50, -4.9), point(50, -5.1), point(50, 40)]
    import_features(db, district, "entrances", write(tmp_path / "g.gpkg", gates, code=list("1234")))
    assert estates_of(db, district, "entrances") == ["e", "e", None, "e"]


def test_outlines_that_come_later_or_move_take_their_buildings_along(
    db: Database, district: District, tmp_path: Path
):
    import_features(db, district, "buildings", write(tmp_path / "b.gpkg", [box(10, 10, 10, 10)], code=["b"]))
    file = write(tmp_path / "e.gpkg", [box(0, 0)], code=["e"], name=["甲"])
    import_features(db, district, "estates", file)
    assert estates_of(db, district, "buildings") == ["e"]
    write(file, [box(500, 0)], code=["e"], name=["甲"])
    import_features(db, district, "estates", file)
    assert estates_of(db, district, "buildings") == [None]


def test_barriers_and_obstacles_without_kind_say_so(db: Database, district: District, tmp_path: Path):
    report = import_features(db, district, "barriers", write(tmp_path / "a.gpkg", [box(0, 0).boundary], name=["墙"]))
    assert layer_frame(db, district, "barriers")["kind"].tolist() == ["未注明"]
    assert "kind_missing" in findings(report)


@pytest.mark.parametrize("kind", SELECTIONS)
def test_a_map_without_anything_of_the_kind_is_no_fault(db: Database, district: District, tmp_path: Path, kind: str):
    city = tmp_path / "city.osm"
    city.write_text('<osm version="0.6"><node id="1" version="1" lon="114.7" lat="25.6"/></osm>')
    report = import_features(db, district, kind, city)
    assert (report.rows_read, report.counts.nothing_changes, report.batch) == (0, True, None)
    assert "没有可导入的内容" in report.sentences()


def test_an_unknown_kind_is_told_what_there_is(db: Database, district: District, tmp_path: Path):
    with pytest.raises(NotFoundError):
        import_features(db, district, "trees", tmp_path / "a.gpkg")


def test_a_demonstration_district_goes_out_and_in_again_identically(db: Database, tmp_path: Path):
    from gisplanner.catalog.profiles import published_rows

    annex = published_rows("nankang")
    assert annex is not None
    source = import_register(db, "nankang", annex).district
    sketch_outlines(db, source)
    target = create_district(db, "copy", crs="EPSG:4547", bounds_lonlat=source.bounds_lonlat)
    for kind in KINDS:
        out = tmp_path / f"{kind}.geojson"
        export_layer(db, source, kind, "geojson", out)
        same = import_features(db, source, kind, out)
        assert (same.counts.added, same.counts.changed, same.counts.removed) == (0, 0, 0)
        import_features(db, target, kind, out)
        before, after = layer_frame(db, source, kind), layer_frame(db, target, kind)
        pd.testing.assert_frame_equal(
            pd.DataFrame(before.drop(columns="geom")), pd.DataFrame(after.drop(columns="geom"))
        )
        assert before.geometry.geom_equals_exact(after.geometry, 0.01).all()
    assert isinstance(before, gpd.GeoDataFrame)
