"""What a request reads and writes of the works on networks is decided by the database: each role, by direct SQL."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from gisplanner.domain.accounts import ROLES, Viewer
from gisplanner.domain.network_tasks import STATES, may_record
from gisplanner.store.database import Database
from tests.conftest import fresh_database

OFFICES = {"admin", "planner"}
NETWORKS = {*OFFICES, "lead"}
GAS, TELECOM = "区深燃公司", "区电信分公司"
SCOPES = {"subdistrict": {"subdistrict": ("东山街道",)}, "operator": {"owner": (GAS,)}}


def stock(db: Database) -> None:
    """An estate in each of two streets; lines of two companies 3 m and 30 m apart; tasks of each in both."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO district (id, name, srid, west_deg, south_deg, east_deg, north_deg) "
            "VALUES ('a', '甲区', 4547, 114, 25, 115, 26)"
        )
        for name in ("东山街道", "蓉江街道"):
            cursor.execute("INSERT INTO subdistrict (district_id, name) VALUES ('a', %s) RETURNING id", (name,))
            cursor.execute(
                "INSERT INTO estate (district_id, srid, code, subdistrict_id) VALUES ('a', 4547, %s, %s)",
                (name, cursor.fetchone()[0]),
            )
        for owner, lines in ((GAS, ((0, 0), (0, 100))), (TELECOM, ((0, 3), (0, 30)))):
            cursor.execute(
                "INSERT INTO network_upload (district_id, owner, version, file_name, file_sha256, rows_read, "
                "rows_accepted) VALUES ('a', %s, 1, 'x.gpkg', repeat('0', 64), 1, 1) RETURNING id",
                (owner,),
            )
            upload = cursor.fetchone()[0]
            for number, (_, north) in enumerate(lines):
                cursor.execute(
                    "INSERT INTO pipe_segment (district_id, srid, code, owner, utility, geom, upload_id) VALUES "
                    "('a', 4547, %s, %s, 'gas', ST_SetSRID(ST_MakeLine(ST_MakePoint(0, %s), ST_MakePoint(50, %s)), "
                    "4547), %s)",
                    (f"L{number}", owner, north, north, upload),
                )
            for kind in ("relocation", "application", "encroachment"):
                for street in ("东山街道", "蓉江街道"):
                    cursor.execute(
                        "INSERT INTO network_task (district_id, srid, kind, code, owner, estate_id, subject, cause) "
                        "SELECT 'a', 4547, %s, %s, %s, id, 'L', '加装电梯' FROM estate WHERE code = %s",
                        (kind, f"{kind}-{owner}-{street}", owner, street),
                    )


@pytest.fixture(scope="module")
def stocked(template: tuple[str, str]) -> Iterator[Database]:
    """A stocked database shared by the tests that leave it as it is."""
    with fresh_database(*template, actor="tester") as db:
        stock(db)
        yield db


@pytest.fixture
def stocked_alone(db: Database) -> Database:
    """A stocked database of one test, which may change it."""
    stock(db)
    return db


def viewer(role: str) -> Viewer:
    return Viewer("x", role, SCOPES.get(role, {}))


def fetched(db: Database, role: str, statement: str) -> list[tuple[object, ...]]:
    with db.seen_by(viewer(role)).transaction() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


def allowed(db: Database, role: str, statement: str) -> bool:
    """Return whether the database lets a role write; what is written is taken back."""
    try:
        with db.seen_by(viewer(role)).transaction() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            connection.rollback()
    except psycopg2.errors.InsufficientPrivilege:
        return False
    return True


def test_a_company_sees_the_lines_of_others_within_5_m_cut_off_there(stocked_alone: Database):
    with stocked_alone.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pipe_segment (district_id, srid, code, owner, utility, geom, upload_id) SELECT 'a', 4547, "
            "'X', owner, 'water', 'SRID=4547;LINESTRING(25 -20,25 40)', id FROM network_upload WHERE owner = %s",
            (TELECOM,),
        )
    near = "SELECT own_code, round(ST_Length(geom)::numeric, 3)::float FROM neighbour_segment ORDER BY own_code"
    # L0 runs 3 m beside for its 50 m, X crosses and is seen 5 m to either side; L1, 30 m off, is not there.
    assert fetched(stocked_alone, "operator", near) == [("L0", 50.0), ("X", 10.0)]
    assert {row[0] for row in fetched(stocked_alone, "operator", "SELECT owner FROM pipe_segment")} == {GAS}
    for role in set(ROLES) - {"operator"}:
        assert fetched(stocked_alone, role, near) == [], role


def test_a_company_without_a_scope_sees_nothing_of_others(stocked: Database):
    nobody = stocked.seen_by(Viewer("x", "operator"))
    with nobody.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM neighbour_segment")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("role", ROLES)
def test_tasks_are_seen_by_their_owner_their_street_and_the_offices(stocked: Database, role: str):
    seen = {(row[0], row[1]) for row in fetched(stocked, role, "SELECT owner, code FROM network_task")}
    owners, codes = {owner for owner, _ in seen}, " ".join(code for _, code in seen)
    expected = {"operator": {GAS}, "public": set()}.get(role, {GAS, TELECOM})
    assert owners == expected
    if expected:
        assert ("蓉江街道" in codes) == (role != "subdistrict")


@pytest.mark.parametrize("role", ROLES)
def test_who_gives_tasks(stocked: Database, role: str):
    make = (
        "INSERT INTO network_task (district_id, srid, kind, code, owner, subject, cause) "
        "VALUES ('a', 4547, '{}', 'N', '{}', 'L', '开挖')"
    )
    assert allowed(stocked, role, make.format("relocation", GAS)) == (role in NETWORKS)
    assert allowed(stocked, role, make.format("application", GAS)) == (role in {*NETWORKS, "operator"})
    assert allowed(stocked, role, make.format("application", TELECOM)) == (role in NETWORKS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["relocation", "application", "encroachment"])
@pytest.mark.parametrize("owner", [GAS, TELECOM])
def test_database_and_service_agree_on_who_records_which_step(stocked: Database, role: str, kind: str, owner: str):
    for state in STATES[kind]:
        step = (
            f"INSERT INTO network_task_step (task_id, state, happened_on) SELECT id, '{state}', '2024-09-02' "
            f"FROM network_task WHERE code = '{kind}-{owner}-东山街道'"
        )
        sees = bool(fetched(stocked, role, f"SELECT 1 FROM network_task WHERE owner = '{owner}'"))
        may = may_record(role, kind, state, own=owner == GAS)
        # What an account does not see it does not find either: nothing is inserted, nothing refused.
        assert (sees and allowed(stocked, role, step)) == may, state


@pytest.mark.parametrize("role", ROLES)
def test_steps_cannot_be_put_under_a_task_that_is_not_seen(stocked: Database, role: str):
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM network_task WHERE code = %s", (f"relocation-{TELECOM}-东山街道",))
        task = cursor.fetchone()[0]
    step = f"INSERT INTO network_task_step (task_id, state, happened_on) VALUES ({task}, '办理中', '2024-09-02')"
    assert allowed(stocked, role, step) == (role in NETWORKS)


@pytest.mark.parametrize("role", ROLES)
def test_who_gives_lines_up_and_who_accepts_exceptions(stocked: Database, role: str):
    event = (
        "INSERT INTO segment_event (district_id, owner, utility, code, status, happened_on) "
        "VALUES ('a', '{}', 'gas', 'L0', 'abandoned', '2024-09-02')"
    )
    assert allowed(stocked, role, event.format(GAS)) == (role in {*OFFICES, "operator"})
    assert allowed(stocked, role, event.format(TELECOM)) == (role in OFFICES)
    exception = (
        "INSERT INTO clearance_exception (district_id, a, b, kind, state, required_m, accepted_m, clause, measure, "
        f"ground, document, accepted_by, accepted_on, valid_until) VALUES ('a', '{GAS}/gas/L0', '{TELECOM}/gas/L0', "
        "'horizontal', 'granted', 1.0, 0.8, '4.1.9', '加套管', '路窄', '函1', '王工', '2024-09-01', '2025-09-01')"
    )
    assert allowed(stocked, role, exception) == (role in NETWORKS)


@pytest.mark.requirement("R6.11")
@pytest.mark.parametrize("role", ROLES)
def test_households_that_want_gas_are_counted_in_the_own_street_and_read_by_the_company(
    stocked_alone: Database, role: str
):
    intent = (
        "INSERT INTO gas_intent (district_id, estate_id, owner, households, stated_on) "
        "SELECT 'a', id, '{}', 5, '2024-09-02' FROM estate WHERE code = '{}'"
    )
    offices = role in OFFICES
    assert allowed(stocked_alone, role, intent.format(GAS, "东山街道")) == (offices or role == "subdistrict")
    with stocked_alone.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM estate WHERE code = '蓉江街道'")
        other = cursor.fetchone()[0]
        cursor.execute(intent.format(GAS, "东山街道"))
        cursor.execute(intent.format(TELECOM, "蓉江街道"))
    direct = (
        "INSERT INTO gas_intent (district_id, estate_id, owner, households, stated_on) "
        f"VALUES ('a', {other}, '{GAS}', 5, '2024-09-02')"
    )
    assert allowed(stocked_alone, role, direct) == offices
    read = {row[0] for row in fetched(stocked_alone, role, "SELECT owner FROM gas_intent")}
    assert read == {"operator": {GAS}, "subdistrict": {GAS}, "public": set()}.get(role, {GAS, TELECOM})


@pytest.mark.parametrize("role", ROLES)
def test_who_hands_in_sends_back_and_files(stocked: Database, role: str):
    event = (
        "INSERT INTO filing_event (district_id, estate_id, owner, state, version, happened_on, note) "
        "SELECT 'a', id, '{}', '{}', 1, '2024-09-02', '管线未到每一栋楼' FROM estate WHERE code = '东山街道'"
    )
    offices = role in OFFICES
    assert allowed(stocked, role, event.format(GAS, "已报")) == (offices or role == "operator")
    assert allowed(stocked, role, event.format(TELECOM, "已报")) == offices
    assert allowed(stocked, role, event.format(GAS, "退回")) == (offices or role == "lead")
    assert allowed(stocked, role, event.format(GAS, "已备案")) == offices


@pytest.mark.parametrize("role", ROLES)
def test_tables_of_the_district_are_changed_by_the_headquarters_and_read_by_whoever_works_with_them(
    stocked_alone: Database, role: str
):
    row = (
        "INSERT INTO clearance_row (district_id, table_name, row_id, state, source, decided_by, decided_on, "
        "file_name, file_sha256) "
        "VALUES ('a', 'horizontal', 'H019', 'set', '原文', '王工', '2024-09-02', 'x.csv', repeat('0', 64))"
    )
    assert allowed(stocked_alone, role, row) == (role in OFFICES)
    with stocked_alone.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(row)
    assert len(fetched(stocked_alone, role, "SELECT row_id FROM clearance_row")) == (role != "public")
