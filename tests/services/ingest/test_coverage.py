"""不重不漏: overlaps, buildings of two estates or of none, estates with none, gates and the roads they lead to."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.errors import RefusedError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.coverage import CoverageReport, review_coverage, write_coverage
from gisplanner.services.ingest.coverage_map import map_coverage
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.maps import MapOptions
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.ingest_files import EAST, NORTH, box, point, write


@pytest.fixture
def district(db: Database, tmp_path: Path) -> District:
    """Two estates that overlap by a sliver, one empty, one without outline; four buildings, four gates, two roads."""
    made = create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))
    estates = [box(0, 0), box(99, 0), box(500, 0)]
    names = ["甲家属楼", "乙", "甲宿舍"]
    import_features(db, made, "estates", write(tmp_path / "e.gpkg", estates, code=["A", "B", "C"], name=names))
    houses = [box(10, 10, 20, 10), box(92, 20, 14, 10), box(300, 0, 10, 10), box(110, 50, 20, 10)]
    import_features(db, made, "buildings", write(tmp_path / "b.gpkg", houses, code=["1", "2", "3", "4"]))
    gates = [point(50, 0), point(150, 80), point(300, 300), point(52, 0)]
    import_features(db, made, "entrances", write(tmp_path / "g.gpkg", gates, code=["g1", "g2", "g3", "g4"]))
    lines = [
        shapely.LineString([(EAST - 50, NORTH - 12), (EAST + 700, NORTH - 12)]),
        shapely.LineString([(EAST + 50, NORTH - 1), (EAST + 60, NORTH - 1)]),
    ]
    roads = write(
        tmp_path / "r.gpkg", lines, code=["R1", "R2"], name=["红旗路", None], highway=["residential", "footway"]
    )
    import_features(db, made, "roads", roads)
    return made


@pytest.fixture
def report(db: Database, district: District) -> CoverageReport:
    return review_coverage(db, district)


@pytest.mark.requirement("R1.05")
def test_everything_that_is_twice_or_left_out_is_found(report: CoverageReport):
    found = {finding.kind: [dict(item) for item in finding.items] for finding in report.findings}
    assert found == {
        "estates_overlap": [{"a": "A", "b": "B", "a_name": "甲家属楼", "b_name": "乙", "area_m2": 80.0}],
        "same_name": [{"name": "甲家属楼、甲宿舍", "code": "A、C"}],
        "in_several_estates": [{"code": "2", "estates": "甲家属楼、乙"}],
        "in_no_estate": [{"code": "3", "name": None}],
        "estates_without_building": [{"code": "C", "name": "甲宿舍"}],
        "estates_without_entrance": [{"code": "C", "name": "甲宿舍"}],
        "entrances_at_no_estate": [{"code": "g3", "name": None}],
        "entrances_without_road": [{"code": "g2", "distance_m": 92.0}, {"code": "g3", "distance_m": 312.0}],
    }


def test_gates_lead_to_the_nearest_road_cars_may_use(report: CoverageReport):
    assert report.entrance_roads == (
        {"entrance": "g1", "road": "R1", "name": "红旗路", "distance_m": 12.0},
        {"entrance": "g4", "road": "R1", "name": "红旗路", "distance_m": 12.0},
    )


def test_the_distance_to_a_road_can_be_set(db: Database, district: District):
    assert len(review_coverage(db, district, near_road_m=100.0).entrance_roads) == 3
    assert review_coverage(db, district, near_road_m=11.999).entrance_roads == ()


def test_the_findings_go_into_a_workbook(report: CoverageReport, tmp_path: Path):
    out = tmp_path / "核对.xlsx"
    write_coverage(out, report)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[:3] == ["概况", "小区重叠", "名称相同或相近"]
    assert [cell.value for cell in book["小区重叠"][2]][1:] == ["甲家属楼、乙", "A、B", "area_m2 80.0"]


def test_the_map_shows_each_kind_and_names_them(db: Database, district: District, report: CoverageReport):
    html = map_coverage(db, district, report)
    for told in (
        "小区重叠",
        "楼栋跨小区",
        "楼栋不在小区内",
        "出入口不通道路",
        "甲家属楼 / 乙",
        "最近的道路在 92.0 m 外",
    ):
        assert told in html
    with pytest.raises(RefusedError):
        map_coverage(db, district, report, options=MapOptions(public=True))


def test_illustrative_outlines_are_none(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    report = review_coverage(db, nankang)
    assert [(one.kind, len(one.items)) for one in report.findings] == [("estates_without_outline", 28)]


def test_an_empty_district_has_nothing_to_find(db: Database):
    report = review_coverage(db, create_district(db, "empty", crs="EPSG:4547"))
    assert report.complete
    assert "不重不漏。" in report.sentences()


def test_the_real_sliver_of_nanjing(db: Database, shared_dir: Path):
    city = shared_dir / "data" / "nanjing" / "nanjing.gpkg"
    made = create_district(db, "nj", crs="EPSG:4549")
    for kind in ("estates", "buildings"):
        import_features(db, made, kind, city, layer=kind)
    found = {finding.kind: finding for finding in review_coverage(db, made).findings}
    [overlap] = found["estates_overlap"].items
    assert overlap["area_m2"] == pytest.approx(94, abs=0.5)
    assert len(found["in_no_estate"].items) == 772
