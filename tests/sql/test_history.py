"""What was before stays: history of what changes, records that can only be added to."""

from __future__ import annotations

import pytest
from psycopg2 import errors

from gisplanner.store.database import Connection
from tests.sql.rows import SQUARE, TABLES_WITH_HISTORY, insert_estate, one, rows


@pytest.mark.parametrize("table", TABLES_WITH_HISTORY)
def test_history_keeps_the_earlier_version_with_who_and_when(connection: Connection, table: str):
    row = one(connection, TABLES_WITH_HISTORY[table], f"SRID=4547;{SQUARE}")
    one(connection, f"UPDATE {table} SET name = '乙', geom = ST_Translate(geom, 1, 0) WHERE id = %s", row)
    one(connection, "SELECT set_config('gisplanner.actor', '王工', false)")
    one(connection, f"DELETE FROM {table} WHERE id = %s", row)

    kept = rows(
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
    row = one(connection, TABLES_WITH_HISTORY[table], f"SRID=4547;{SQUARE}")
    assert one(connection, f"UPDATE {table} SET name = name, geom = geom WHERE id = %s", row) == 1
    assert one(connection, "SELECT count(*) FROM history") == 0


def test_a_geometry_that_merely_starts_elsewhere_is_a_change(connection: Connection):
    row = insert_estate(connection)
    turned = "SRID=4547;POLYGON((10 0, 10 10, 0 10, 0 0, 10 0))"
    one(connection, "UPDATE estate SET geom = %s WHERE id = %s", turned, row)
    assert one(connection, "SELECT count(*) FROM history") == 1


def _records(connection: Connection) -> dict[str, str]:
    """Fill every append-only table and return a condition that finds the row."""
    estate = insert_estate(connection)
    one(connection, "UPDATE estate SET name = '乙' WHERE id = %s", estate)
    project = one(
        connection,
        "INSERT INTO project (district_id, code, name, plan_year) VALUES ('d', 'P01', '项目', 2024) RETURNING id",
    )
    one(
        connection,
        "INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on) "
        "VALUES (%s, 1, '开工', '2024-05-01')",
        project,
    )
    first, second = (
        one(
            connection,
            "INSERT INTO plan_baseline (district_id, version, document_number, document_title) "
            "VALUES ('d', %s, '1号', '计划') RETURNING id",
            version,
        )
        for version in (1, 2)
    )
    one(
        connection,
        "INSERT INTO plan_baseline_row (baseline_id, estate_code, seq, subdistrict, community, name, project_code, "
        "project_name, project_source) VALUES (%s, 'E1', 1, '街', '社', '甲', 'P01', '项目', 'stated')",
        first,
    )
    one(
        connection,
        "INSERT INTO plan_adjustment (from_baseline_id, to_baseline_id, kind, estate_code, document) "
        "VALUES (%s, %s, 'drop', 'E1', '2号')",
        first,
        second,
    )
    one(
        connection,
        "INSERT INTO project_fact (project_id, kind, name, happened_on) "
        "VALUES (%s, 'gate', '落实资金来源', '2024-05-01')",
        project,
    )
    one(connection, "INSERT INTO account_event (account, event) VALUES ('王工', 'added')")
    one(
        connection,
        "INSERT INTO filing_event (district_id, estate_id, owner, state, version, happened_on) "
        "SELECT 'd', id, '区深燃公司', '已报', 1, '2024-09-02' FROM estate WHERE district_id = 'd' LIMIT 1 "
        "RETURNING id",
    )
    one(
        connection,
        "INSERT INTO clearance_exception (district_id, a, b, kind, state, required_m, accepted_m, clause, measure, "
        "ground, document, accepted_by, accepted_on, valid_until) VALUES ('d', 'x/gas/1', 'y/water/1', 'horizontal', "
        "'granted', 1.0, 0.8, '4.1.9', '加套管', '路窄', '函1', '王工', '2024-09-01', '2025-09-01') RETURNING id",
    )
    task = one(
        connection,
        "INSERT INTO network_task (district_id, srid, kind, code, owner, subject, cause) "
        "VALUES ('d', 4547, 'relocation', 'R1', '区深燃公司', 'G1', '加装电梯') RETURNING id",
    )
    one(
        connection,
        "INSERT INTO network_task_step (task_id, state, happened_on) VALUES (%s, '办理中', '2024-09-02') "
        "RETURNING id",
        task,
    )
    one(
        connection,
        "INSERT INTO segment_event (district_id, owner, utility, code, status, happened_on) "
        "VALUES ('d', '区深燃公司', 'gas', 'G1', 'abandoned', '2024-09-02') RETURNING id",
    )
    one(
        connection,
        "INSERT INTO gas_intent (district_id, estate_id, owner, households, stated_on) "
        "SELECT 'd', id, '区深燃公司', 3, '2024-09-02' FROM estate WHERE district_id = 'd' LIMIT 1 RETURNING id",
    )
    one(
        connection,
        "INSERT INTO cut_over_window (district_id, estate_id, owner, kind, first_day, last_day) "
        "SELECT 'd', id, '区电信分公司', '预约', '2024-09-02', '2024-09-03' FROM estate WHERE district_id = 'd'",
    )
    one(
        connection,
        "INSERT INTO clearance_row (district_id, table_name, row_id, state, source, decided_by, decided_on, "
        "file_name, file_sha256) "
        "VALUES ('d', 'horizontal', 'H019', 'set', '原文', '王工', '2024-09-02', 'x.csv', repeat('0', 64)) "
        "RETURNING id",
    )
    proposal = one(
        connection,
        "INSERT INTO proposal (district_id, name, kind, engine_version, inputs_sha256, parameters, answer) "
        "VALUES ('d', '方案一', 'bundled', '1', repeat('0', 64), '{}', '{}') RETURNING id",
    )
    one(
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
        "cut_over_window": "note",
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
        one(connection, what + " FROM estate WHERE district_id = 'd' LIMIT 1 RETURNING id")
    one(connection, "INSERT INTO output_month (district_id, month, rows) VALUES ('d', '2024-05-01', '[]')")
    one(
        connection,
        "INSERT INTO project_fund (project_id, source, status, amount_cny, happened_on) "
        "VALUES (%s, '中央奖补', '计划', 1, '2024-05-01')",
        project,
    )
    one(
        connection,
        "INSERT INTO demolition_event (demolition_id, step, happened_on) SELECT id, 1, '2024-05-01' FROM demolition",
    )
    one(
        connection,
        "INSERT INTO stage_evidence (stage_event_id, file_name, media_type, content, sha256) "
        "SELECT id, '纪要.pdf', 'application/pdf', 'x', repeat('0', 64) FROM stage_event",
    )
    one(
        connection,
        "INSERT INTO filing_due (district_id, due_on, set_on, document) "
        "VALUES ('d', '2024-06-30', '2024-06-03', '1号')",
    )
    one(
        connection,
        "INSERT INTO complaint_answer (complaint_id, happened_on, answer) "
        "SELECT id, '2024-05-02', '已答复' FROM complaint",
    )


APPEND_ONLY = (
    "library_entry", "estate_figure", "estate_output", "output_month", "project_fund", "handover_entry",
    "demolition_event", "complaint_answer",
    "plan_baseline", "plan_baseline_row", "plan_adjustment", "stage_event", "project_fact", "history",
    "account_event", "filing_event", "clearance_exception", "network_task_step", "segment_event", "gas_intent",
    "proposal", "proposal_change", "clearance_row", "stage_evidence", "filing_due", "cut_over_window",
)  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("what", ["UPDATE {table} SET {column} = '改'", "DELETE FROM {table}"])
def test_records_can_only_be_added_to(connection: Connection, table: str, what: str):
    column = _records(connection)[table]
    with pytest.raises(errors.RestrictViolation, match="append only"):
        one(connection, what.format(table=table, column=column))


def test_every_append_only_table_is_tested(reading: Connection):
    guarded = rows(reading, "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'")
    assert {name for (name,) in guarded} == set(APPEND_ONLY)


def test_a_project_with_recorded_progress_stays(connection: Connection):
    _records(connection)
    with pytest.raises(errors.RestrictViolation, match="recorded progress"):
        one(connection, "DELETE FROM project")


def test_a_district_goes_as_a_whole_and_its_history_stays(connection: Connection):
    _records(connection)
    assert one(connection, "DELETE FROM district WHERE id = 'd'") == 1
    for table in (
        "estate",
        "project",
        "stage_event",
        "project_fact",
        "plan_baseline",
        "plan_baseline_row",
        "plan_adjustment",
    ):
        assert one(connection, f"SELECT count(*) FROM {table}") == 0, table
    assert one(connection, "SELECT count(*) FROM history WHERE district_id = 'd'") == 2
