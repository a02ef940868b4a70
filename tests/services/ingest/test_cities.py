"""Real cities: the chain on what is really in public maps."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplanner.errors import NotFoundError
from gisplanner.formats.osm import OSM_CREDIT
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database


@pytest.mark.parametrize("suffix", ["osm", "gpkg"])
def test_chengdu_from_either_file(db: Database, shared_dir: Path, suffix: str):
    file = shared_dir / "data" / "chengdu" / f"chengdu.{suffix}"
    district = create_district(db, "chengdu", crs="EPSG:4544")
    stored = {}
    for kind in ("estates", "buildings", "roads", "barriers"):
        report = import_features(db, district, kind, file)
        assert report.credit == OSM_CREDIT
        assert report.counts.rows_stored == report.rows_read
        stored[kind] = layer_frame(db, district, kind)
    assert {kind: len(frame) for kind, frame in stored.items()} == {
        "estates": 19,
        "buildings": 1034,
        "roads": 458,
        "barriers": 8,
    }
    assert stored["estates"]["name"].notna().sum() == 12
    assert stored["estates"]["code"].is_unique
    assert stored["buildings"]["floors"].notna().sum() == 218  # 219 with levels; one of them says 0.3
    assert stored["buildings"]["estate_code"].notna().sum() == 147
    assert stored["roads"]["tunnel"].sum() == 8
    assert stored["roads"]["bridge"].sum() == 16


def test_both_files_of_chengdu_are_the_same_city(db: Database, shared_dir: Path):
    folder = shared_dir / "data" / "chengdu"
    district = create_district(db, "chengdu", crs="EPSG:4544")
    for kind in ("estates", "buildings", "roads", "barriers"):
        import_features(db, district, kind, folder / "chengdu.osm")
        again = import_features(db, district, kind, folder / "chengdu.gpkg")
        assert (again.counts.added, again.counts.changed) == (0, 0)


def test_nanjing_has_one_sliver_where_two_estates_overlap(db: Database, shared_dir: Path):
    district = create_district(db, "nanjing", crs="EPSG:4549")
    report = import_features(db, district, "estates", shared_dir / "data" / "nanjing" / "nanjing.gpkg")
    assert report.counts.added == 11
    overlap = next(finding for finding in report.findings if finding.kind == "estates_overlap")
    assert [round(item["area_m2"]) for item in overlap.items] == [94]


def test_beijing_with_its_fences(db: Database, shared_dir: Path):
    file = shared_dir / "data" / "beijing_cau" / "beijing_cau.gpkg"
    district = create_district(db, "beijing", crs="EPSG:4548")
    assert import_features(db, district, "estates", file).counts.added == 10
    import_features(db, district, "barriers", file)
    assert (layer_frame(db, district, "barriers")["kind"] == "fence").sum() == 13


def test_guixi_has_no_estates_and_is_told_what_it_has(db: Database, shared_dir: Path):
    file = shared_dir / "data" / "guixi" / "guixi.gpkg"
    district = create_district(db, "guixi", crs="EPSG:4548")
    with pytest.raises(NotFoundError, match="没有名为 estates") as caught:
        import_features(db, district, "estates", file)
    assert "buildings（165 行）" in str(caught.value.faults[0].allowed)
    assert import_features(db, district, "buildings", file).counts.added == 165


def test_a_city_in_the_wrong_district_is_outside(db: Database, shared_dir: Path):
    district = create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))
    with pytest.raises(ValueError, match="超出区界"):
        import_features(db, district, "estates", shared_dir / "data" / "chengdu" / "chengdu.osm")
    assert len(layer_frame(db, district, "estates")) == 0
