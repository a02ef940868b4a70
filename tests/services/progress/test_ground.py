"""What still stands is held against the ground of the works: by its shape, or by its estate where there is none."""

from __future__ import annotations

from datetime import date

import pytest

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import RefusedError
from gisplanner.services.progress.book import works_book
from gisplanner.services.progress.events import advance
from gisplanner.store.database import Connection, Database
from tests.progress_steps import carry_to, open_gates_of

PROJECT, ESTATE, NEIGHBOUR = "NK2024-P08", "金赣小区", "购物中心"
SITE = "SRID=4547;POLYGON((576811 2839390, 576911 2839390, 576911 2839490, 576811 2839490, 576811 2839390))"
BESIDE = "SRID=4547;POLYGON((576911 2839390, 576999 2839390, 576999 2839490, 576911 2839490, 576911 2839390))"
LINE = "SRID=4547;LINESTRING(576801 2839400, 577000 2839400)"
BUILD = date(2024, 8, 1)


def point(east: float, north: float) -> str:
    return f"SRID=4547;POINT({576811 + east} {2839390 + north})"


def outline(connection: Connection, estate: str, geom: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE estate SET geom = %s WHERE name = %s", [geom, estate])


def shed(connection: Connection, code: str, estate: str, geom: str | None, *, step: int = 2) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO demolition (district_id, srid, code, estate_id, kind, geom) "
            "SELECT 'nankang', 4547, %s, id, '铁皮棚', %s FROM estate WHERE name = %s RETURNING id",
            [code, geom, estate],
        )
        case = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO demolition_event (demolition_id, step, happened_on) VALUES (%s, %s, '2024-06-01')",
            [case, step],
        )


def line(connection: Connection, geom: str = LINE, status: str = "planned") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO network_upload (district_id, owner, version, file_name, file_sha256, rows_read, "
            "rows_accepted) VALUES ('nankang', '区深燃公司', 1, 'x', repeat('0', 64), 1, 1) RETURNING id"
        )
        cursor.execute(
            "INSERT INTO pipe_segment (district_id, srid, code, owner, utility, status, geom, upload_id) "
            "VALUES ('nankang', 4547, 'L', '区深燃公司', 'gas', %s, %s, %s)",
            [status, geom, cursor.fetchone()[0]],
        )


def fire_plan(connection: Connection, name: str, *features: tuple[str, str, str], estate: str = ESTATE) -> None:
    """Keep a fire plan; each feature has its role, label and shape."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fire_plan (district_id, srid, name, reason, engine_version, rules_sha256, inputs_sha256, "
            "parameters, answer, cost_cny, cost_bound_cny, proven, illustrative, made_by) VALUES ('nankang', 4547, "
            "%s, 'x', '1', repeat('0', 64), repeat('0', 64), '{}', '{}', 0, 0, true, false, 'x') RETURNING id",
            [name],
        )
        number = cursor.fetchone()[0]
        for seq, (role, label, geom) in enumerate(features, start=1):
            cursor.execute(
                "INSERT INTO fire_plan_feature (plan_id, seq, district_id, srid, estate_code, role, label, facts, "
                "geom) SELECT %s, %s, 'nankang', 4547, code, %s, %s, '{}', %s FROM estate WHERE name = %s",
                [number, seq, role, label, geom, estate],
            )


@pytest.fixture
def ready(db: Database, nankang: District) -> District:
    """A project whose papers are complete: only the ground is in question."""
    carry_to(db, nankang, PROJECT, 4, on=date(2024, 7, 1))
    for need in ("checklist.funds_before_start", "checklist.demolition"):
        open_gates_of(db, nankang, PROJECT, need, date(2024, 7, 20))
    with db.transaction() as connection:
        outline(connection, ESTATE, SITE)
        outline(connection, NEIGHBOUR, BESIDE)
    return nankang


def refusal(db: Database, district: District) -> list[str]:
    """Return what stands in the way of beginning the works."""
    try:
        advance(db, district, PROJECT, "项目建设", on=BUILD, evidence="开工令")
    except RefusedError as refused:
        return [str(fault.allowed) for fault in refused.faults]
    return []


@pytest.mark.requirement("R4.04")
def test_what_stands_on_a_planned_line_is_in_its_way_and_what_stands_elsewhere_is_not(db: Database, ready: District):
    with db.transaction() as connection:
        line(connection)
        shed(connection, "W1", ESTATE, point(50, 10.4))
        shed(connection, "W2", ESTATE, point(50, 60))
        shed(connection, "W3", ESTATE, point(20, 10), step=5)
    assert refusal(db, ready) == ["W1（铁皮棚）还在“认定”，距拟建燃气管线 0.4 m，拆除后才能在该地块施工"]


@pytest.mark.requirement("R4.04")
def test_without_a_shape_the_whole_estate_counts(db: Database, ready: District):
    with db.transaction() as connection:
        line(connection)
        shed(connection, "W1", ESTATE, None)
        shed(connection, "W2", NEIGHBOUR, None)
    (told,) = refusal(db, ready)
    assert "W1" in told
    assert "按小区判定" in told


def test_works_without_a_shape_want_the_whole_estate_clear(db: Database, ready: District):
    with db.transaction() as connection:
        line(connection, status="existing")
        shed(connection, "W2", ESTATE, point(50, 60))
    (told,) = refusal(db, ready)
    assert "按小区判定" in told


def test_a_neighbours_shed_on_the_line_is_in_the_way_and_one_further_on_is_not(db: Database, ready: District):
    with db.transaction() as connection:
        line(connection)
        shed(connection, "W1", NEIGHBOUR, point(105, 10))
        shed(connection, "W2", NEIGHBOUR, point(150, 10))
    (told,) = refusal(db, ready)
    assert told.startswith("W1")


def test_a_sub_district_that_sees_no_lines_is_judged_by_the_same_ground(db: Database, ready: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        line(connection)
        shed(connection, "W1", ESTATE, point(50, 10))
        shed(connection, "W2", ESTATE, point(50, 60))
        cursor.execute(
            "SELECT subdistrict.name FROM estate JOIN subdistrict ON subdistrict.id = subdistrict_id "
            "WHERE estate.name = %s",
            [ESTATE],
        )
        street = cursor.fetchone()[0]
    (told,) = refusal(db.seen_by(Viewer("街办", "subdistrict", {"subdistrict": (street,)})), ready)
    assert told.startswith("W1")


def test_a_clear_ground_lets_the_works_begin(db: Database, ready: District):
    with db.transaction() as connection:
        line(connection)
        shed(connection, "W2", ESTATE, point(50, 60))
    assert refusal(db, ready) == []


LANE = "SRID=4547;POLYGON((576811 2839450, 576911 2839450, 576911 2839454, 576811 2839454, 576811 2839450))"
OFF = "SRID=4547;POLYGON((576811 2839470, 576911 2839470, 576911 2839474, 576811 2839474, 576811 2839470))"
WALL = "SRID=4547;POLYGON((576850 2839390, 576852 2839390, 576852 2839454, 576850 2839454, 576850 2839390))"


@pytest.mark.requirement("R4.04", "R7.02")
def test_what_stands_on_a_fire_lane_to_be_built_is_in_its_way(db: Database, ready: District):
    with db.transaction() as connection:
        line(connection)
        fire_plan(connection, "方案一", ("车道范围", "1", LANE), ("拆移", "墙1", WALL), ("不可达楼栋", "9", SITE))
        shed(connection, "W1", ESTATE, point(50, 64.5))
        shed(connection, "W2", ESTATE, point(50, 75))
        shed(connection, "W3", ESTATE, point(20, 62), step=5)
        shed(connection, "墙1", ESTATE, point(40, 32))
    assert refusal(db, ready) == [
        "W1（铁皮棚）还在“认定”，距拟打通的消防车道（方案「方案一」）0.5 m，拆除后才能在该地块施工",
        "墙1（铁皮棚）还在“认定”，距拟打通的消防车道（方案「方案一」）0.0 m，拆除后才能在该地块施工",
    ]


def test_of_fire_plans_side_by_side_the_last_one_kept_and_not_withdrawn_counts(db: Database, ready: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        fire_plan(connection, "旧", ("车道范围", "1", LANE))
        fire_plan(connection, "新", ("车道范围", "1", OFF))
        shed(connection, "W1", ESTATE, point(50, 62))
        assert not works_book(connection, ready, BUILD).demolitions["NK2024-021"][0].on_fire_lane
        cursor.execute(
            "UPDATE fire_plan SET withdrawn_at = now(), withdrawn_by = 'x', withdrawn_because = 'x' WHERE name = '新'"
        )
        line(connection)
    (told,) = refusal(db, ready)
    assert "方案「旧」" in told


def test_a_street_that_sees_no_fire_plan_is_judged_by_it_and_offices_read_it_with_the_case(
    db: Database, ready: District
):
    with db.transaction() as connection, connection.cursor() as cursor:
        line(connection)
        fire_plan(connection, "方案一", ("车道范围", "1", LANE))
        shed(connection, "W1", ESTATE, point(50, 62))
        shed(connection, "W2", ESTATE, point(50, 10))
        cursor.execute(
            "SELECT subdistrict.name FROM subdistrict JOIN estate ON subdistrict_id = subdistrict.id "
            "WHERE estate.name = %s",
            [ESTATE],
        )
        street = cursor.fetchone()[0]
    assert len(refusal(db.seen_by(Viewer("街办", "subdistrict", {"subdistrict": (street,)})), ready)) == 2
    with db.transaction() as connection:
        cases = works_book(connection, ready, BUILD).demolitions
    assert [(case.code, case.planned_lines, case.on_fire_lane) for rows in cases.values() for case in rows] == [
        ("W1", 0, True),
        ("W2", 1, False),
    ]
