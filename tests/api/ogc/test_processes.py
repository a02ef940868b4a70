"""OGC API Processes: descriptions, execution at once and later, jobs, results, dismissal, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from gisplanner.api.app import create_app
from gisplanner.api.ogc import processes
from gisplanner.catalog.profiles import published_rows
from gisplanner.services.accounts import add_account
from gisplanner.services.jobs.submit import OPEN_JOBS
from gisplanner.services.register.register import import_register
from gisplanner.services.sketch import sketch_outlines
from tests.calling import calling
from tests.conftest import fresh_database
from tests.worker_processes import PATIENCE_S, until, worker

EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
PROCESSES = {"bundle", "pipes-plan", "conflicts", "fire-plan", "fire-plans", "import"}


@pytest.fixture(scope="module")
def site(template: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The published plan of 南康 with sketched outlines, a server and a worker."""
    home = tmp_path_factory.mktemp("home")
    with fresh_database(*template, actor="tester") as db:
        published = published_rows("nankang")
        assert published is not None
        district = import_register(db, "nankang", published).district
        sketch_outlines(db, district)
        tokens = {role: add_account(db, role, role).token for role in ("planner", "operator", "admin")}
        with worker(db, home):
            yield SimpleNamespace(db=db, home=home, tokens=tokens, call=calling(create_app(db)))


def ask(site: SimpleNamespace, path: str, role: str | None = "planner", **options: object) -> httpx.Response:
    headers = dict(options.pop("headers", {}))  # type: ignore[call-overload]
    if role is not None:
        headers["Authorization"] = f"Bearer {site.tokens[role]}"
    return site.call(path.removeprefix("http://here"), headers=headers, **options)


def execute(site: SimpleNamespace, process: str, body: object, role: str | None = "planner", **headers: str):
    return ask(site, f"/ogc/processes/{process}/execution", role, method="POST", json=body, headers=headers)


def test_what_can_be_run_is_listed_and_described(site: SimpleNamespace):
    listed = ask(site, "/ogc/processes").json()["processes"]
    assert {one["id"] for one in listed} == PROCESSES
    assert {one["id"] for one in ask(site, "/ogc/processes", "operator").json()["processes"]} == {
        "conflicts",
        "import",
    }
    assert ask(site, "/ogc/processes", None).json()["processes"] == []
    for one in listed:
        described = ask(site, f"/ogc/processes/{one['id']}").json()
        assert described["jobControlOptions"] == ["sync-execute", "async-execute", "dismiss"]
        assert described["inputs"]
        assert all("schema" in shown and shown["description"] for shown in described["inputs"].values())
    assert ask(site, "/ogc/processes/bundle?f=html").headers["content-type"].startswith("text/html")
    classes = ask(site, "/ogc/conformance").json()["conformsTo"]
    for part in ("core", "json", "job-list", "dismiss", "ogc-process-description"):
        assert f"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/{part}" in classes
    paths = ask(site, "/ogc/api?f=json").json()["paths"]
    assert {"/processes", "/processes/{processID}/execution", "/jobs/{jobID}/results"} <= set(paths)


def test_bundles_come_at_once(site: SimpleNamespace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "SYNC_WAIT_S", PATIENCE_S)  # however busy the machine is
    answer = execute(site, "bundle", {"inputs": {"district": "nankang"}})
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert sum(len(one["estates"]) for one in result["bundles"]) == 28
    assert result["features"]["type"] == "FeatureCollection"
    document = execute(site, "bundle", {"inputs": {"district": "nankang"}, "response": "document"}).json()
    assert document["result"]["value"]["bundles"] == result["bundles"]


def test_a_job_is_sent_followed_listed_and_its_result_survives_the_server(site: SimpleNamespace):
    sent = execute(site, "conflicts", {"inputs": {"district": "nankang"}}, Prefer="respond-async")
    assert (sent.status_code, sent.headers["preference-applied"]) == (201, "respond-async")
    where = sent.headers["location"]
    assert sent.json()["status"] == "accepted"
    events = ask(site, f"{where}/progress")
    assert events.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line[6:]) for line in events.text.splitlines() if line.startswith("data: ")]
    assert told[-1]["status"] == "successful"
    assert told[-1]["progress"] == 100
    listed = ask(site, "/ogc/jobs?processID=conflicts").json()["jobs"]
    assert told[-1]["jobID"] in {one["jobID"] for one in listed}
    restarted = SimpleNamespace(**{**vars(site), "call": calling(create_app(site.db))})
    assert ask(restarted, f"{where}/results").json()["conflicts"] == []
    assert "管线净距冲突" in ask(site, "/jobs").text


def test_a_job_belongs_to_who_sent_it(site: SimpleNamespace):
    where = execute(site, "conflicts", {"inputs": {"district": "nankang"}}, Prefer="respond-async").headers[
        "location"
    ]
    assert ask(site, where, "admin").status_code == 200
    for role in ("operator", None):
        for path, method in ((where, "GET"), (f"{where}/results", "GET"), (where, "DELETE")):
            answer = ask(site, path, role, method=method)
            assert (answer.status_code, answer.json()["type"]) == (404, f"{EXCEPTIONS}no-such-job")
    until(lambda: ask(site, where).json()["status"] == "successful", "the job")


@contextmanager
def held_up(site: SimpleNamespace, table: str) -> Iterator[None]:
    """Keep every job that reads a table from coming to its end."""
    with site.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_job_is_dismissed(site: SimpleNamespace):
    with held_up(site, "pipe_segment"):
        asked = {"inputs": {"district": "nankang"}}
        where = execute(site, "conflicts", asked, Prefer="respond-async").headers["location"]
        assert ask(site, f"{where}/results").json()["type"] == f"{EXCEPTIONS}result-not-ready"
        assert ask(site, where, method="DELETE").json()["status"] == "dismissed"
    assert ask(site, f"{where}/results").status_code == 410
    assert ask(site, where, method="DELETE").json()["status"] == "dismissed"


@pytest.mark.parametrize(
    ("process", "body", "role", "status"),
    [
        ("none", {"inputs": {}}, "planner", 404),
        ("bundle", {"inputs": {}}, "planner", 400),
        ("bundle", {"inputs": {"district": "nankang", "gap_m": "far"}}, "planner", 400),
        ("bundle", {"inputs": {"district": "nankang", "gap_m": -1}}, "planner", 400),
        ("bundle", {"inputs": {"district": "nankang", "more": 1}}, "planner", 400),
        ("bundle", {"inputs": [], "else": 1}, "planner", 400),
        ("bundle", {"inputs": {"district": "nankang"}, "response": "xml"}, "planner", 400),
        ("bundle", [], "planner", 400),
        ("bundle", {"inputs": {"district": "none"}}, "planner", 422),
        ("pipes-plan", {"inputs": {"upload": "../../etc/passwd"}}, "planner", 400),
        ("bundle", {"inputs": {"district": "nankang"}}, "operator", 403),
        ("bundle", {"inputs": {"district": "nankang"}}, None, 403),
    ],
)
def test_what_cannot_be_run_is_refused(site: SimpleNamespace, process: str, body: object, role: str, status: int):
    answer = execute(site, process, body, role)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("path", ["/ogc/jobs/none", "/ogc/jobs/00000000-0000-0000-0000-000000000000"])
def test_a_job_that_is_not_there(site: SimpleNamespace, path: str):
    for shown in (path, f"{path}/results", f"{path}/progress"):
        answer = ask(site, shown)
        assert (answer.status_code, answer.json()["type"]) == (404, f"{EXCEPTIONS}no-such-job")


def test_an_account_has_so_many_jobs_at_once(site: SimpleNamespace, tmp_path: Path):
    # The worker takes up what it finds; as long as the table is held, none of them comes to its end.
    with held_up(site, "pipe_segment"):
        _many_jobs(site)
        answer = execute(site, "conflicts", {"inputs": {"district": "nankang"}}, "operator", Prefer="respond-async")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def _many_jobs(site: SimpleNamespace) -> None:
    with site.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO job (id, process, account, role, inputs, created_at) "
            "SELECT gen_random_uuid(), 'conflicts', 'operator', 'operator', '{\"district\": \"nankang\"}', now() "
            "FROM generate_series(1, %s)",
            (OPEN_JOBS["operator"],),
        )
