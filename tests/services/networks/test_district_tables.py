"""A district corrects and adds rows of the clearance tables by data; every answer says which row decided."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import FileFormatError, InputError, PermissionDeniedError
from gisplanner.services.networks.conflicts import conflicts_of_district, conflicts_of_file
from gisplanner.services.networks.district_tables import (
    district_rows,
    import_rows,
    standards_from,
    standards_of,
    write_tables,
)
from gisplanner.services.networks.section import cross_section_at
from gisplanner.store.database import Database

HEAD = "表,编号,甲类,乙类,最小净距（米）,位置,约束力,标准,核对状态,依据,决定人,日期,撤回\n"
GROUND = "南建〔2024〕1号,王工,2024-09-02"


@pytest.fixture
def street(town: District, hand_in: Callable[..., Any]) -> District:
    """Water 0.6 m beside low-pressure gas along a city road: the national row H019 asks 0.5 m."""
    road = {"位置": "市政道路", "埋设方式": "直埋"}
    hand_in("燃气", ([(0, 0), (50, 0)], {"管类": "燃气", "压力": "低压", "编号": "G1", **road}))
    hand_in("水司", ([(0, 0.6), (50, 0.6)], {"管类": "给水", "编号": "W1", **road}))
    return town


def table(path: Path, *lines: str) -> Path:
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="gbk")
    return path


def decided(db: Database, district: District) -> list[tuple[float, str, str, str | None]]:
    found = conflicts_of_district(db, district).document()["conflicts"]
    return [
        (one["required_m"], one["row"], one["status"], one["origin"]) for one in found if one["kind"] == "horizontal"
    ]


def test_a_corrected_row_decides_until_it_is_taken_back(db: Database, street: District, tmp_path: Path):
    assert decided(db, street) == []
    corrected = table(tmp_path / "a.csv", f"水平净距,H019,,,0.7,,,,已核对原文,{GROUND},")
    assert import_rows(db, street, corrected).document() == {
        "corrected": 1, "added": 0, "withdrawn": 0, "unchanged": 0,
    }  # fmt: skip
    assert decided(db, street) == [(0.7, "H019", "已核对原文", "南建〔2024〕1号（王工，2024-09-02）")]
    told = str(conflicts_of_district(db, street).sentences())
    assert "H019 GB 50289-2016 4.1.9（已核对原文，区县修正）" in told
    assert import_rows(db, street, corrected).unchanged == 1
    [row] = district_rows(db, street)
    assert row.values == {"min_m": 0.7, "status": "已核对原文"}
    cut = cross_section_at(db, street, (576_836.0, 2_839_390.3))
    assert [one.required_m for one in cut.conflicts if one.kind == "horizontal"] == [0.7]
    back = table(tmp_path / "b.csv", f"水平净距,H019,,,,,,,,{GROUND},是")
    assert import_rows(db, street, back).withdrawn == 1
    assert (decided(db, street), district_rows(db, street)) == ([], [])


def test_a_row_of_a_rule_of_its_own_decides_before_the_national_ones(db: Database, street: District, tmp_path: Path):
    own = f"水平净距,本区1,给水管,低压燃气管,1,市政道路,应,南康区规定,未核对原文,{GROUND},"
    cover = f"覆土,本区2,给水管,,0.8,不限,应,南康区规定,,{GROUND},"
    with pytest.raises(InputError) as caught:
        import_rows(db, street, table(tmp_path / "x.csv", own, cover))
    assert [(one.row, one.column) for one in caught.value.faults] == [(3, "地面")]
    assert district_rows(db, street) == []
    assert import_rows(db, street, table(tmp_path / "a.csv", own)).added == 1
    assert decided(db, street) == [(1.0, "本区1", "未核对原文", "南建〔2024〕1号（王工，2024-09-02）")]
    order = standards_of(db, street).order
    assert order["municipal_road"][0] == "南康区规定"
    assert "南康区规定" not in order["courtyard"]


def test_faults_are_named_by_row_and_column_all_at_once(db: Database, street: District, tmp_path: Path):
    bad = table(
        tmp_path / "bad.csv",
        "水平净距,H019,,,0.7,,,,,,,,",
        f"水平净距,本区1,给水管,磁悬浮,1,市政道路,应,南康区规定,,{GROUND},",
        f"水平净距,本区2,给水管,乔木,,市政道路,应,南康区规定,,{GROUND},",
        f"垂直净距,V999,,,,,,,,{GROUND},是",
        f"水平净距,本区1,给水管,乔木,1,市政道路,应,南康区规定,,{GROUND},",
    )
    with pytest.raises(InputError) as caught:
        import_rows(db, street, bad)
    assert [(one.file, one.row, one.column) for one in caught.value.faults] == [
        ("bad.csv", 2, "依据"),
        ("bad.csv", 2, "决定人"),
        ("bad.csv", 2, "日期"),
        ("bad.csv", 3, "乙类"),
        ("bad.csv", 4, "最小净距（米）"),
        ("bad.csv", 5, "撤回"),
        ("bad.csv", 6, "编号"),
    ]
    with pytest.raises(InputError) as caught:
        import_rows(db, street, table(tmp_path / "c.csv", f"水平,H019,,,-1,,,,,{GROUND},"))
    assert {one.column for one in caught.value.faults} == {"表", "最小净距（米）"}
    (tmp_path / "d.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(FileFormatError):
        import_rows(db, street, tmp_path / "d.csv")
    for role in ("lead", "operator", "subdistrict", "public"):
        with pytest.raises(PermissionDeniedError):
            import_rows(db, street, bad, viewer=Viewer("x", role))


def test_what_is_written_out_is_edited_and_handed_in_again(db: Database, street: District, tmp_path: Path):
    out = tmp_path / "净距表.csv"
    count = write_tables(standards_of(db, street), out)
    assert import_rows(db, street, out).document() == {
        "corrected": 0, "added": 0, "withdrawn": 0, "unchanged": count,
    }  # fmt: skip
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = next(row for row in rows if row["编号"] == "H019")
    chosen |= {"最小净距（米）": "0.9", "依据": "南建〔2024〕1号", "决定人": "王工", "日期": "2024-09-02"}
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert import_rows(db, street, out).document() == {
        "corrected": 1, "added": 0, "withdrawn": 0, "unchanged": count - 1,
    }  # fmt: skip
    assert [one[:2] for one in decided(db, street)] == [(0.9, "H019")]


def test_a_file_is_checked_by_the_same_rows_without_a_database(tmp_path: Path):
    shapes = [shapely.LineString([(0, 0), (50, 0)]), shapely.LineString([(0, 0.6), (50, 0.6)])]
    frame = gpd.GeoDataFrame(
        {"utility": ["gas", "water"], "pressure": ["low", None], "where": ["municipal_road"] * 2},
        geometry=shapes,
        crs=4547,
    )
    frame.to_file(tmp_path / "x.gpkg")
    rows = table(tmp_path / "a.csv", f"水平净距,H019,,,0.7,,,,,{GROUND},")
    assert conflicts_of_file(tmp_path / "x.gpkg").report.conflicts == ()
    [found] = conflicts_of_file(tmp_path / "x.gpkg", tables=rows).report.conflicts
    assert (found.required_m, found.rule.origin) == (0.7, "南建〔2024〕1号（王工，2024-09-02）")
    assert len(standards_from(rows).horizontal) == 159
