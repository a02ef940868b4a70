"""Leftover land and rooms in and near estates."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import InputError, NotFoundError
from gisplanner.services.progress.records import enter_file
from gisplanner.services.survey.candidates import candidates
from gisplanner.store.database import Database


@pytest.mark.requirement("R1.21")
def test_leftover_land_within_a_distance_is_a_candidate_beside_what_residents_ask_for(
    db: Database, surveyed: District, tmp_path: Path
):
    votes = tmp_path / "票.csv"
    votes.write_text("小区,统计种类,项目,数值,日期\n金赣小区,需求票数,停车场,120,2024-06-01\n", encoding="utf-8")
    enter_file(db, surveyed, "figure", votes)
    found = candidates(db, surveyed, within_m=50)
    assert [(one.code, [(near.name, near.distance_m) for near in one.near]) for one in found.land] == [
        ("L1", [("金赣小区", 10.0), ("购物中心", 50.0)]),
        ("L2", [("购物中心", 10.0), ("金赣小区", 45.0)]),
    ]
    assert found.land[0].near[0].needs == ("停车场 120",)
    assert [one.code for one in candidates(db, surveyed, within_m=10).land] == ["L1", "L2"]
    assert [one.code for one in candidates(db, surveyed, within_m=9.9).land] == []
    assert [one.code for one in candidates(db, surveyed, within_m=10, estate="购物中心").land] == ["L2"]
    found.write_land(tmp_path / "用地.xlsx")
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "用地.xlsx").active.iter_rows()]
    assert "50 m" in rows[1][0]
    assert [row[0] for row in rows[3:]] == ["L1", "L1", "L2", "L2"]


@pytest.mark.requirement("R1.21")
def test_a_bundle_is_asked_for_by_its_name_and_wrong_questions_are_told(db: Database, surveyed: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "WITH area AS (INSERT INTO renewal_area (district_id, srid, code, name, geom) SELECT 'nankang', 4547, "
            "'A1', '金赣片区', ST_Multi(geom) FROM estate WHERE name = '金赣小区' RETURNING id) "
            "INSERT INTO renewal_area_estate SELECT area.id, estate.id FROM area, estate "
            "WHERE estate.name = '金赣小区'"
        )
    (land,) = candidates(db, surveyed, within_m=20, area="金赣片区").land
    assert (land.code, land.near[0].area) == ("L1", "金赣片区")
    with pytest.raises(NotFoundError, match="没有片区"):
        candidates(db, surveyed, area="别的片区")
    with pytest.raises(InputError):
        candidates(db, surveyed, within_m=-1)


@pytest.mark.requirement("R1.17", "R1.22")
def test_rooms_stand_with_their_estate_and_idle_houses_near_one(db: Database, surveyed: District, tmp_path: Path):
    found = candidates(db, surveyed, within_m=50)
    assert {one.code: [(near.name, near.distance_m) for near in one.near] for one in found.rooms} == {
        "F1": [("金赣小区", 0.0)],
        "F2": [("金赣小区", 10.0), ("购物中心", 50.0)],
        "F3": [],
    }
    assert len(found.without) == 27
    assert "F2（闲置房屋）老供销社 闲置 400 ㎡" in found.room_sentences()
    found.write_rooms(tmp_path / "房屋.xlsx")
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "房屋.xlsx").active.iter_rows(min_row=4)]
    assert [row[1] for row in rows] == ["小区内", "附近 10 m", "附近 50 m", "附近没有小区"]


@pytest.mark.requirement("R1.17")
def test_a_street_is_shown_rooms_of_its_own_estates_only(db: Database, surveyed: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM subdistrict WHERE id NOT IN (SELECT subdistrict_id FROM estate WHERE name = '金赣小区')"
        )
        other = cursor.fetchone()[0]
    seen = candidates(db.seen_by(Viewer("街办", "subdistrict", {"subdistrict": (other,)})), surveyed)
    assert "F1" not in {one.code for one in seen.rooms}
