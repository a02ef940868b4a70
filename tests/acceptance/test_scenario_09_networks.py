"""Scenario 9: who may hand in lines and plans, what a resubmission replaces, what the matrix counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import PermissionDeniedError
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.filing import filing_matrix, record_filing
from gisplanner.services.networks.filing_overdue import overdue_plans
from gisplanner.services.networks.upload import import_networks, lines_for, owner_lines, uploads
from gisplanner.services.progress.filing_due import set_filing_due
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
GAS, TELECOM = "区深燃公司", "区电信分公司"
GAS_ACCOUNT = Viewer("深燃", "operator", {"owner": (GAS,)})
TELECOM_ACCOUNT = Viewer("电信", "operator", {"owner": (TELECOM,)})
COMMUNITY = Viewer("东山社区", "subdistrict", {"subdistrict": ("东山街道",)})
OFFICE = Viewer("指挥部", "planner")


def write(path: Path, rows: list[tuple[str, str, float]], utility: str = "RQ") -> Path:
    geometry = [shapely.LineString([(EAST, NORTH + y), (EAST + 80, NORTH + y)]) for _, _, y in rows]
    frame = gpd.GeoDataFrame(
        {
            "编码": [code for code, _, _ in rows],
            "权属": [owner for _, owner, _ in rows],
            "管类": utility,
            "管径": "DN110",
        },
        geometry=geometry,
        crs=4547,
    )
    frame.to_file(path)
    return path


def test_lines(db: Database, nankang: District, tmp_path: Path):
    telecom = write(tmp_path / "电信.gpkg", [("T1", TELECOM, 1.5), ("T2", TELECOM, 60.0)], utility="通信")
    import_networks(db, nankang, telecom, owner=TELECOM, viewer=TELECOM_ACCOUNT)

    first = write(tmp_path / "燃气.gpkg", [("G1", GAS, 0.0), ("G2", GAS, 20.0), ("G3", TELECOM, 40.0)])
    report = import_networks(db, nankang, first, owner=GAS, viewer=GAS_ACCOUNT)
    assert report.accepted == 2
    [rejected] = report.rejected
    assert (rejected.row, rejected.column, rejected.value) == (2, "owner", TELECOM)
    assert "权属单位" in str(rejected.hint)

    again = write(tmp_path / "燃气第二稿.gpkg", [("G1", GAS, 0.5), ("G4", GAS, 30.0)])
    report = import_networks(db, nankang, again, owner=GAS, viewer=GAS_ACCOUNT)
    assert (report.accepted, report.replaced, report.version) == (2, 2, 2)
    assert list(owner_lines(db, nankang, GAS, viewer=GAS_ACCOUNT)["code"]) == ["G1", "G4"]
    assert len(owner_lines(db, nankang, TELECOM, viewer=OFFICE)) == 2
    history = [(one["version"], one["segments"], one["current_segments"]) for one in uploads(db, nankang, owner=GAS)]
    assert history == [(1, 2, 0), (2, 2, 2)]

    with pytest.raises(PermissionDeniedError) as caught:
        owner_lines(db, nankang, TELECOM, viewer=GAS_ACCOUNT)
    assert caught.value.exit_code == 5
    for viewer in (COMMUNITY, TELECOM_ACCOUNT, Viewer("无名", "operator"), Viewer("public")):
        with pytest.raises(PermissionDeniedError):
            import_networks(db, nankang, again, owner=GAS, viewer=viewer)
    seen = lines_for(db, nankang, viewer=GAS_ACCOUNT)
    assert list(seen["code"]) == ["G1", "G4", "T1"]
    assert seen.geometry.iloc[2].distance(seen.geometry.iloc[0]) < 5.0
    assert lines_for(db, nankang, viewer=COMMUNITY).empty


def test_the_database_shows_an_operator_its_own_lines_only(db: Database, nankang: District, tmp_path: Path):
    """Row-level security says the same as the services, whatever a request asks for."""
    import_networks(db, nankang, write(tmp_path / "g.gpkg", [("G1", GAS, 0.0)]), owner=GAS)
    statement = "SELECT count(*) AS seen FROM pipe_segment"
    for viewer, expected in (
        (GAS_ACCOUNT, 1),
        (TELECOM_ACCOUNT, 0),
        (COMMUNITY, 0),
        (OFFICE, 1),
        (Viewer("public"), 0),
    ):
        with db.seen_by(viewer).transaction() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.fetchone().seen == expected, viewer


def test_the_filing_of_plans(db: Database, nankang: District):
    day = date(2024, 9, 2)
    matrix = filing_matrix(db, nankang)
    assert (len(matrix.estates), len(matrix.owners), matrix.count("未报")) == (28, 7, 196)
    three = [code for code, _ in matrix.estates[:3]]
    record_filing(db, nankang, three, GAS, "已报", on=day, document="整治方案.docx", viewer=GAS_ACCOUNT)
    with pytest.raises(PermissionDeniedError):
        record_filing(db, nankang, three[:2], GAS, "已备案", on=day, viewer=GAS_ACCOUNT)
    record_filing(db, nankang, three[:2], GAS, "已备案", on=day, viewer=OFFICE)
    matrix = filing_matrix(db, nankang)
    document = matrix.document()
    assert document["filed"] == "2/196"
    assert next(one for one in document["owners"] if one["owner"] == GAS)["filed"] == "2/28"
    assert matrix.count("已报") == 1
    with pytest.raises(PermissionDeniedError):
        record_filing(db, nankang, three, GAS, "已报", on=day, viewer=COMMUNITY)
    assert filing_matrix(db, nankang, viewer=TELECOM_ACCOUNT).owners == (TELECOM,)


@pytest.mark.requirement("R6.16")
def test_the_day_the_office_sets_makes_a_list_of_late_plans_for_each_company(db: Database, nankang: District):
    """No document gives a day: without one nothing is late; a project's own day goes before the district's."""
    estates = filing_matrix(db, nankang).estates
    record_filing(db, nankang, [estates[0][0]], GAS, "已报", on=date(2024, 6, 3))
    record_filing(db, nankang, [estates[1][0]], GAS, "不涉及", on=date(2024, 6, 3))
    matrix = filing_matrix(db, nankang)
    nothing = overdue_plans(db, nankang, matrix, on=date(2024, 8, 1))
    assert (nothing.plans, nothing.due) == ((), {})
    assert "尚未确定" in str(nothing.sentences())
    set_filing_due(db, nankang, date(2024, 7, 31), on=date(2024, 6, 1), document="通知")
    assert overdue_plans(db, nankang, matrix, on=date(2024, 7, 31)).plans == ()
    late = overdue_plans(db, nankang, matrix, on=date(2024, 8, 2))
    document = late.document()
    assert len(document["overdue"]) == 196 - 1
    by_owner = {one["owner"]: one for one in document["overdue_by_owner"]}
    assert (by_owner[GAS]["overdue"], by_owner[GAS]["states"]) == (27, {"已报": 1, "未报": 26})
    assert by_owner[TELECOM]["overdue"] == 28
    assert {one["days"] for one in document["overdue"]} == {2}
    assert f"{GAS}：逾期未报或退回 26，已报待备案 1" in str(late.sentences())
    mine = filing_matrix(db, nankang, viewer=TELECOM_ACCOUNT)
    assert {one.owner for one in overdue_plans(db, nankang, mine, on=date(2024, 8, 2)).plans} == {TELECOM}
    project = layer_frame(db, nankang, "estates").set_index("code")["project_code"]
    own = project[estates[2][0]]
    set_filing_due(db, nankang, date(2024, 9, 30), on=date(2024, 6, 2), document="通知", project=own)
    assert not {one.estate for one in overdue_plans(db, nankang, matrix, on=date(2024, 8, 2)).plans} & set(
        project.index[project == own]
    )
