"""What operators look at: readiness, request ids, structured logs, figures; and that the program is no superuser."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from gisplanner.api.app import create_app
from gisplanner.domain.district import District
from gisplanner.logs import JsonLines, log_as_json
from gisplanner.store.database import Database
from tests.calling import Call, calling


def test_ready_while_the_schema_is_that_of_the_program(get: Call, db: Database, district: District):
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["oldest_waiting_job_s"] is None
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE installed_sql SET sha256 = repeat('0', 64) WHERE file = 'functions/history.sql'")
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["schema_up_to_date"]) == (503, False)


def test_a_job_that_waits_is_told(get: Call, db: Database, district: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO job (id, process, account, role, inputs, created_at) "
            "VALUES (gen_random_uuid(), 'bundle', 'x', 'planner', '{}', now() - interval '90 s')"
        )
    assert 90 <= get("/readyz").json()["oldest_waiting_job_s"] < 150


@pytest.mark.parametrize(("given", "kept"), [("abc-1", True), ("a b\r\nX: y", False), ("x" * 65, False), ("", False)])
def test_every_answer_has_its_request_id(get: Call, district: District, given: str, kept: bool):
    try:
        answer = get("/healthz", headers={"X-Request-ID": given} if given else {})
    except ValueError:  # the client itself refuses a line break
        return
    told = answer.headers["x-request-id"]
    assert (told == given) == kept
    assert get("/none").headers["x-request-id"]


def test_logs_are_lines_of_json_with_the_request_they_belong_to(
    get: Call, district: District, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    before = logging.getLogger().handlers[:]
    try:
        log_as_json()
        get("/none", headers={"X-Request-ID": "abc-1"})
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        logging.getLogger().handlers[:] = before
    told = next(line for line in lines if line["logger"] == "gisplanner.request")
    assert (told["request_id"], told["status"], told["path"], told["method"]) == ("abc-1", 404, "/none", "GET")
    assert told["milliseconds"] >= 0


def test_an_exception_is_one_line():
    try:
        int("甲\n乙")
    except ValueError:
        record = logging.makeLogRecord({"msg": "x", "exc_info": sys.exc_info()})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError" in json.loads(line)["exception"]


def test_figures_are_by_route_and_for_this_machine_and_administrators(get: Call, db: Database, district: District):
    get("/districts/a/layers/estates.geojson")
    get("/none")
    text = get("/metrics").text
    route = "/districts/{district_id}/layers/{file_name}"
    assert f'gisplanner_requests_total{{method="GET",route="{route}",status="200"}} 1.0' in text
    assert 'route="none",status="404"' in text
    assert 'gisplanner_jobs{status="accepted"} 0.0' in text
    assert "gisplanner_database_up 1.0" in text
    assert "estates.geojson" not in text


def test_figures_tell_that_the_database_is_down():
    call = calling(create_app(Database("host=/nowhere dbname=none user=none")))
    answer = call("/metrics")
    assert (answer.status_code, "gisplanner_database_up 0.0" in answer.text) == (200, True)


def test_the_program_is_no_superuser(db: Database):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone()[0] is False


@pytest.mark.parametrize("path", ["/login", "/ogc/processes/bundle/execution", "/ogc/collections/a.estates/items"])
def test_large_bodies_are_refused_announced_or_not(db: Database, district: District, path: str):
    call = calling(create_app(db))

    async def trickle():
        for _ in range(9):
            yield bytes(1 << 20)

    announced, silent = (
        call(path, method="POST", content=content, headers={"Content-Type": "application/json"})
        for content in (bytes(9 << 20), trickle())
    )
    assert (announced.status_code, announced.json()["error"]["code"]) == (413, "too_large")
    assert silent.status_code in {400, 413}
    assert call("/healthz").status_code == 200
