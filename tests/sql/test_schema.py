"""The schema on a real PostGIS: history, append-only records, checks, comments, indexes, and every query we ship."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy import text

from gisplanner.catalog.layers import layers, select_sql
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries

PACKAGE = Path(__file__).parents[2] / "gisplanner"
PLANNABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE")
SQUARE = "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))"


def _one(connection: Connection, statement: str, *values: object):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def _rows(connection: Connection, statement: str, *values: object) -> list[tuple]:
    with connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _district(connection: Connection, district_id: str = "d", srid: int = 4547) -> None:
    queries().district_insert(
        connection, district_id=district_id, name="区", profile=None, srid=srid,
        west_deg=114.0, south_deg=25.0, east_deg=115.0, north_deg=26.0,
    )  # fmt: skip


def _estate(connection: Connection, code: str = "E1", geom: str | None = f"SRID=4547;{SQUARE}") -> int:
    return _one(
        connection,
        "INSERT INTO estate (district_id, srid, code, name, geom) VALUES ('d', 4547, %s, '甲', %s) RETURNING id",
        code,
        geom,
    )


@pytest.fixture
def reading(db_of_readers: Database):
    with db_of_readers.transaction() as connection:
        yield connection


@pytest.fixture
def connection(db: Database):
    with db.transaction() as connection:
        _district(connection)
        yield connection


TABLES_WITH_HISTORY = {
    "estate": "INSERT INTO estate (district_id, srid, code, name, geom) "
    "VALUES ('d', 4547, 'X', '甲', %s) RETURNING id",
    "building": "INSERT INTO building (district_id, srid, code, name, geom) "
    "VALUES ('d', 4547, 'X', '甲', %s) RETURNING id",
    "renewal_area": "INSERT INTO renewal_area (district_id, srid, code, name, geom) "
    "VALUES ('d', 4547, 'X', '甲', %s) RETURNING id",
}


@pytest.mark.parametrize("table", TABLES_WITH_HISTORY)
def test_history_keeps_the_earlier_version_with_who_and_when(connection: Connection, table: str):
    row = _one(connection, TABLES_WITH_HISTORY[table], f"SRID=4547;{SQUARE}")
    _one(connection, f"UPDATE {table} SET name = '乙', geom = ST_Translate(geom, 1, 0) WHERE id = %s", row)
    _one(connection, "SELECT set_config('gisplanner.actor', '王工', false)")
    _one(connection, f"DELETE FROM {table} WHERE id = %s", row)

    kept = _rows(
        connection,
        "SELECT operation, before ->> 'name', ST_XMin(before_geom), ST_SRID(before_geom), changed_by, "
        "changed_at BETWEEN now() AND clock_timestamp(), before ? 'geom' "
        "FROM history WHERE table_name = %s AND row_id = %s ORDER BY id",
        table,
        row,
    )
    assert kept == [
        ("UPDATE", "甲", 0.0, 4547, "tester", True, False),
        ("DELETE", "乙", 1.0, 4547, "王工", True, False),
    ]


@pytest.mark.parametrize("table", TABLES_WITH_HISTORY)
def test_an_update_that_changes_nothing_leaves_no_trace(connection: Connection, table: str):
    row = _one(connection, TABLES_WITH_HISTORY[table], f"SRID=4547;{SQUARE}")
    assert _one(connection, f"UPDATE {table} SET name = name, geom = geom WHERE id = %s", row) == 1
    assert _one(connection, "SELECT count(*) FROM history") == 0


def test_a_geometry_that_merely_starts_elsewhere_is_a_change(connection: Connection):
    row = _estate(connection)
    turned = "SRID=4547;POLYGON((10 0, 10 10, 0 10, 0 0, 10 0))"
    _one(connection, "UPDATE estate SET geom = %s WHERE id = %s", turned, row)
    assert _one(connection, "SELECT count(*) FROM history") == 1


def _records(connection: Connection) -> dict[str, str]:
    """Fill every append-only table and return a condition that finds the row."""
    estate = _estate(connection)
    _one(connection, "UPDATE estate SET name = '乙' WHERE id = %s", estate)
    project = _one(
        connection,
        "INSERT INTO project (district_id, code, name, plan_year) VALUES ('d', 'P01', '项目', 2024) RETURNING id",
    )
    _one(
        connection,
        "INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on) "
        "VALUES (%s, 1, '开工', '2024-05-01')",
        project,
    )
    first, second = (
        _one(
            connection,
            "INSERT INTO plan_baseline (district_id, version, document_number, document_title) "
            "VALUES ('d', %s, '1号', '计划') RETURNING id",
            version,
        )
        for version in (1, 2)
    )
    _one(
        connection,
        "INSERT INTO plan_baseline_row (baseline_id, estate_code, seq, subdistrict, community, name, project_code, "
        "project_name, project_source) VALUES (%s, 'E1', 1, '街', '社', '甲', 'P01', '项目', 'stated')",
        first,
    )
    _one(
        connection,
        "INSERT INTO plan_adjustment (from_baseline_id, to_baseline_id, kind, estate_code, document) "
        "VALUES (%s, %s, 'drop', 'E1', '2号')",
        first,
        second,
    )
    _one(
        connection,
        "INSERT INTO project_fact (project_id, kind, name, happened_on) "
        "VALUES (%s, 'gate', '落实资金来源', '2024-05-01')",
        project,
    )
    _one(connection, "INSERT INTO account_event (account, event) VALUES ('王工', 'added')")
    _one(
        connection,
        "INSERT INTO filing_event (district_id, estate_id, owner, state, version, happened_on) "
        "SELECT 'd', id, '区深燃公司', '已报', 1, '2024-09-02' FROM estate WHERE district_id = 'd' LIMIT 1 "
        "RETURNING id",
    )
    _one(
        connection,
        "INSERT INTO clearance_exception (district_id, a, b, kind, state, required_m, accepted_m, clause, measure, "
        "ground, document, accepted_by, accepted_on, valid_until) VALUES ('d', 'x/gas/1', 'y/water/1', 'horizontal', "
        "'granted', 1.0, 0.8, '4.1.9', '加套管', '路窄', '函1', '王工', '2024-09-01', '2025-09-01') RETURNING id",
    )
    task = _one(
        connection,
        "INSERT INTO network_task (district_id, srid, kind, code, owner, subject, cause) "
        "VALUES ('d', 4547, 'relocation', 'R1', '区深燃公司', 'G1', '加装电梯') RETURNING id",
    )
    _one(
        connection,
        "INSERT INTO network_task_step (task_id, state, happened_on) VALUES (%s, '办理中', '2024-09-02') "
        "RETURNING id",
        task,
    )
    _one(
        connection,
        "INSERT INTO segment_event (district_id, owner, utility, code, status, happened_on) "
        "VALUES ('d', '区深燃公司', 'gas', 'G1', 'abandoned', '2024-09-02') RETURNING id",
    )
    _one(
        connection,
        "INSERT INTO gas_intent (district_id, estate_id, owner, households, stated_on) "
        "SELECT 'd', id, '区深燃公司', 3, '2024-09-02' FROM estate WHERE district_id = 'd' LIMIT 1 RETURNING id",
    )
    _one(
        connection,
        "INSERT INTO clearance_row (district_id, table_name, row_id, state, source, decided_by, decided_on, "
        "file_name, file_sha256) "
        "VALUES ('d', 'horizontal', 'H019', 'set', '原文', '王工', '2024-09-02', 'x.csv', repeat('0', 64)) "
        "RETURNING id",
    )
    proposal = _one(
        connection,
        "INSERT INTO proposal (district_id, name, kind, engine_version, inputs_sha256, parameters, answer) "
        "VALUES ('d', '方案一', 'bundled', '1', repeat('0', 64), '{}', '{}') RETURNING id",
    )
    _one(
        connection,
        "INSERT INTO proposal_change (proposal_id, kind, what, reason, bundles, locked) "
        "VALUES (%s, 'made', '生成', '划定', '{}', '{}')",
        proposal,
    )
    _records_of_works(connection, project)
    return {
        "plan_baseline": "document_title",
        "plan_baseline_row": "name",
        "plan_adjustment": "document",
        "stage_event": "stage_name",
        "project_fact": "name",
        "history": "table_name",
        "account_event": "account",
        "filing_event": "owner",
        "clearance_exception": "clause",
        "network_task_step": "note",
        "segment_event": "note",
        "gas_intent": "note",
        "proposal": "name",
        "proposal_change": "reason",
        "library_entry": "document",
        "estate_figure": "kind",
        "estate_output": "item",
        "output_month": "frozen_by",
        "project_fund": "source",
        "handover_entry": "kind",
        "demolition_event": "unit",
        "complaint_answer": "answer",
        "clearance_row": "source",
        "stage_evidence": "file_name",
        "filing_due": "document",
    }


def _records_of_works(connection: Connection, project: int) -> None:
    for what in (
        "INSERT INTO library_entry (estate_id, state, plan_year, happened_on) SELECT id, '实施', 2024, '2024-05-01'",
        "INSERT INTO estate_figure (estate_id, kind, amount, happened_on) SELECT id, '同意户数', 3, '2024-05-01'",
        "INSERT INTO estate_output (estate_id, item, status, amount, happened_on) SELECT id, 'a', '完成', 1, now()",
        "INSERT INTO handover_entry (estate_id, kind, name, happened_on) SELECT id, '绿化', '绿地', '2024-05-01'",
        "INSERT INTO demolition (district_id, srid, code, estate_id, kind) SELECT 'd', 4547, 'W1', id, '铁皮棚'",
        (
            "INSERT INTO complaint (district_id, srid, code, estate_id, channel, kind, happened_on) "
            "SELECT 'd', 4547, 'T1', id, '12345', '噪声', '2024-05-01'"
        ),
    ):
        _one(connection, what + " FROM estate WHERE district_id = 'd' LIMIT 1 RETURNING id")
    _one(connection, "INSERT INTO output_month (district_id, month, rows) VALUES ('d', '2024-05-01', '[]')")
    _one(
        connection,
        "INSERT INTO project_fund (project_id, source, status, amount_cny, happened_on) "
        "VALUES (%s, '中央奖补', '计划', 1, '2024-05-01')",
        project,
    )
    _one(
        connection,
        "INSERT INTO demolition_event (demolition_id, step, happened_on) SELECT id, 1, '2024-05-01' FROM demolition",
    )
    _one(
        connection,
        "INSERT INTO stage_evidence (stage_event_id, file_name, media_type, content, sha256) "
        "SELECT id, '纪要.pdf', 'application/pdf', 'x', repeat('0', 64) FROM stage_event",
    )
    _one(
        connection,
        "INSERT INTO filing_due (district_id, due_on, set_on, document) "
        "VALUES ('d', '2024-06-30', '2024-06-03', '1号')",
    )
    _one(
        connection,
        "INSERT INTO complaint_answer (complaint_id, happened_on, answer) "
        "SELECT id, '2024-05-02', '已答复' FROM complaint",
    )


APPEND_ONLY = (
    "library_entry", "estate_figure", "estate_output", "output_month", "project_fund", "handover_entry",
    "demolition_event", "complaint_answer",
    "plan_baseline", "plan_baseline_row", "plan_adjustment", "stage_event", "project_fact", "history",
    "account_event", "filing_event", "clearance_exception", "network_task_step", "segment_event", "gas_intent",
    "proposal", "proposal_change", "clearance_row", "stage_evidence", "filing_due",
)  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("what", ["UPDATE {table} SET {column} = '改'", "DELETE FROM {table}"])
def test_records_can_only_be_added_to(connection: Connection, table: str, what: str):
    column = _records(connection)[table]
    with pytest.raises(errors.RestrictViolation, match="append only"):
        _one(connection, what.format(table=table, column=column))


def test_every_append_only_table_is_tested(reading: Connection):
    guarded = _rows(reading, "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'")
    assert {name for (name,) in guarded} == set(APPEND_ONLY)


def test_a_project_with_recorded_progress_stays(connection: Connection):
    _records(connection)
    with pytest.raises(errors.RestrictViolation, match="recorded progress"):
        _one(connection, "DELETE FROM project")


def test_a_district_goes_as_a_whole_and_its_history_stays(connection: Connection):
    _records(connection)
    assert _one(connection, "DELETE FROM district WHERE id = 'd'") == 1
    for table in (
        "estate",
        "project",
        "stage_event",
        "project_fact",
        "plan_baseline",
        "plan_baseline_row",
        "plan_adjustment",
    ):
        assert _one(connection, f"SELECT count(*) FROM {table}") == 0, table
    assert _one(connection, "SELECT count(*) FROM history WHERE district_id = 'd'") == 2


@pytest.mark.parametrize(
    ("geom", "error"),
    [
        (f"SRID=4545;{SQUARE}", errors.CheckViolation),
        (SQUARE, errors.CheckViolation),
        ("SRID=4547;POINT(1 1)", errors.CheckViolation),
        ("SRID=4547;LINESTRING(0 0, 1 1)", errors.CheckViolation),
    ],
    ids=["another zone", "no SRID", "point", "line"],
)
@pytest.mark.parametrize("table", TABLES_WITH_HISTORY)
def test_geometry_of_another_kind_or_reference_is_refused(connection: Connection, table: str, geom: str, error):
    with pytest.raises(error):
        _one(connection, TABLES_WITH_HISTORY[table], geom)


def _feature_tables(connection: Connection) -> list[str]:
    """Tables whose rows lie in a district's reference system."""
    found = _rows(
        connection,
        "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'gisplanner' "
        "AND column_name IN ('srid', 'geom', 'district_id') GROUP BY 1 HAVING count(*) = 3 ORDER BY 1",
    )
    return [name for (name,) in found]


def test_every_feature_table_is_held_to_the_reference_system_of_its_district(reading: Connection):
    tables = _feature_tables(reading)
    assert len(tables) >= 8
    for table in tables:
        constraints = _rows(
            reading,
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(%s)",
            table,
        )
        definitions = "\n".join(line for (line,) in constraints)
        assert "FOREIGN KEY (district_id, srid) REFERENCES district(id, srid)" in definitions, table
        assert re.search(r"st_srid\(geom\) = srid", definitions), table


def test_a_row_cannot_name_an_srid_its_district_does_not_have(connection: Connection):
    with pytest.raises(errors.ForeignKeyViolation):
        _one(
            connection,
            "INSERT INTO estate (district_id, srid, code, geom) VALUES ('d', 4545, 'E', %s)",
            f"SRID=4545;{SQUARE}",
        )


def test_the_reference_system_of_a_district_with_data_cannot_change(connection: Connection):
    _estate(connection)
    with pytest.raises(errors.ForeignKeyViolation):
        _one(connection, "UPDATE district SET srid = 4545 WHERE id = 'd'")


def test_areas_keep_every_digit(connection: Connection):
    row = _estate(connection)
    _one(connection, "UPDATE estate SET floor_area_10k_m2 = '37.76740000000000000001' WHERE id = %s", row)
    assert str(_one(connection, "SELECT floor_area_10k_m2 FROM estate")) == "37.76740000000000000001"


def test_every_table_column_function_and_view_says_what_it_means(reading: Connection):
    # The tables of the migration library are its own.
    missing = _rows(
        reading,
        """
        SELECT relname || COALESCE('.' || attname, '')
        FROM (
            SELECT oid, relname, 0 AS attnum, NULL::name AS attname FROM pg_class
            UNION ALL
            SELECT pg_class.oid, relname, pg_attribute.attnum, pg_attribute.attname
            FROM pg_class
            JOIN pg_attribute ON attrelid = pg_class.oid AND pg_attribute.attnum > 0 AND NOT attisdropped
        ) AS thing
        JOIN pg_class AS class USING (oid, relname)
        WHERE class.relnamespace = 'gisplanner'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm')
          AND relname !~ '^_?yoyo'
          AND COALESCE(col_description(oid, NULLIF(attnum, 0)), CASE WHEN attnum = 0
                       THEN obj_description(oid, 'pg_class') END, '') = ''
        UNION ALL
        SELECT proname || '()' FROM pg_proc
        WHERE pronamespace = 'gisplanner'::regnamespace AND COALESCE(obj_description(oid, 'pg_proc'), '') = ''
        ORDER BY 1
        """,
    )
    assert [name for (name,) in missing] == []


def test_every_geometry_column_has_a_gist_index(reading: Connection):
    without = _rows(
        reading,
        """
        SELECT attrelid::regclass::text, attname::text
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'gisplanner'::regnamespace AND relkind = 'r' AND atttypid = 'geometry'::regtype
          AND NOT EXISTS (
              SELECT 1 FROM pg_index
              JOIN pg_class AS index_class ON index_class.oid = indexrelid
              JOIN pg_am ON pg_am.oid = relam AND amname = 'gist'
              WHERE indrelid = attrelid AND indkey[0] = attnum
          )
        """,
    )
    assert without == []


def _named_queries() -> list[str]:
    return sorted(name for name in queries().available_queries if not name.endswith("_cursor"))


@pytest.mark.parametrize("name", _named_queries())
def test_every_named_query_is_understood_by_the_database(db_of_readers: Database, name: str):
    query = getattr(queries(), name)
    body = re.sub(r"^\s*--.*$", "", query.sql, flags=re.MULTILINE).strip()
    parameters = dict.fromkeys(re.findall(r"%\((\w+)\)s", query.sql))
    with db_of_readers.transaction() as connection, connection.cursor() as cursor:
        if body.split(None, 1)[0].upper() in PLANNABLE:
            cursor.execute(f"EXPLAIN {body}", parameters)
            assert cursor.fetchall()
        else:
            cursor.execute(body, parameters)  # a statement without a plan
        connection.rollback()


@pytest.mark.parametrize("name", sorted(layers()))
def test_every_layer_is_understood_by_the_database(db_of_readers: Database, name: str):
    statement = text(f"EXPLAIN {select_sql(name)}")
    with db_of_readers.engine.connect() as connection:
        parameters = dict.fromkeys(statement.compile().params)
        assert connection.execute(statement, parameters).fetchall()


SQL_TEXT = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|VIEW|SCHEMA"
    r"|FUNCTION|DATABASE|ROLE|TRIGGER))\b",
    re.DOTALL,
)


def test_python_holds_no_sql():
    found = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_TEXT.search(node.value)
    ]
    assert found == []


def test_the_program_is_no_superuser(db: Database):
    with db.transaction() as connection:
        (rights,) = _rows(
            connection, "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
    if "GISPLANNER_TEST_DATABASE_URL" in os.environ:
        pytest.skip("the account of an outside server is the administrator's choice")
    assert rights == (False, False, False)


def test_a_broken_statement_reaches_the_caller(db: Database):
    with pytest.raises(psycopg2.errors.SyntaxError), db.transaction() as connection:
        _one(connection, "SELEC 1")
