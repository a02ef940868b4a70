"""OGC API Processes Part 1 (18-062r2): the abstract tests of annex A, one after the other, from its text."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from gisplanner.api.ogc import processes
from gisplanner.api.ogc.landing import CONFORMANCE
from gisplanner.domain.jobs import JOB_STATUSES
from tests.api.ogc import abstract_tests
from tests.api.ogc.test_processes import EXCEPTIONS, ask, execute, held_up, site  # noqa: F401 - the fixture
from tests.worker_processes import PATIENCE_S, until

PART = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
RELATION = "http://www.opengis.net/def/rel/ogc/1.0/"
CONFLICTS = {"inputs": {"district": "nankang"}}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A synchronous answer is waited for, however busy the machine is."""
    monkeypatch.setattr(processes, "SYNC_WAIT_S", PATIENCE_S)


@pytest.fixture(scope="module")
def done(site: SimpleNamespace) -> dict[str, str]:  # noqa: F811
    """Addresses of two jobs that are over, one asked for as it is, one as a document."""
    where = {}
    for response in ("raw", "document"):
        sent = execute(site, "conflicts", {**CONFLICTS, "response": response}, Prefer="respond-async")
        where[response] = sent.headers["location"]
    for address in where.values():
        until(lambda address=address: ask(site, address).json()["status"] == "successful", "the job")
    return where


def rels(document: dict) -> set[str]:
    return {one["rel"] for one in document["links"]}


def parameter(site: SimpleNamespace, path: str, name: str) -> dict:  # noqa: F811
    listed = ask(site, "/ogc/api?f=json").json()["paths"][path]["get"]["parameters"]
    (found,) = [one for one in listed if one.get("name") == name]
    assert (found["in"], found.get("required", False)) == ("query", False)
    return found


def is_status(document: dict, status: str) -> None:
    assert {"jobID", "status", "type"} <= set(document)
    assert (document["type"], document["status"]) == ("process", status)
    assert document["status"] in JOB_STATUSES
    assert 0 <= document["progress"] <= 100
    for name in {"created", "started", "finished", "updated"} & set(document):
        assert datetime.fromisoformat(document[name]).tzinfo is not None
    assert all({"href", "rel"} <= set(one) for one in document["links"])


def test_every_abstract_test_has_a_test_and_every_class_is_declared():
    declared = {one.removeprefix(PART) for one in CONFORMANCE if one.startswith(PART)}
    assert declared == set(abstract_tests.PROCESSES)
    assert "callback" not in declared, "a server that calls addresses of strangers is a danger to its neighbours"
    assert abstract_tests.missing(abstract_tests.PROCESSES, globals()) == []


def test_landing_page_leads_to_definition_conformance_processes_and_jobs(site: SimpleNamespace):  # noqa: F811
    answer = ask(site, "/ogc", None)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    links = {one["rel"]: one for one in answer.json()["links"]}
    wanted = {"self", "alternate", "service-desc", "service-doc", "conformance"}
    assert wanted | {f"{RELATION}{one}" for one in ("conformance", "processes", "job-list")} <= set(links)
    for link in links.values():
        found = ask(site, link["href"], None, headers={"Accept": link["type"]})
        assert (found.status_code, found.headers["content-type"].partition("; ")[0]) == (200, link["type"])


def test_the_definition_is_openapi_and_tells_every_operation(site: SimpleNamespace):  # noqa: F811
    document = ask(site, "/ogc/api?f=json").json()
    OpenAPIV30SpecValidator(document).validate()
    paths = document["paths"]
    told = {path: set(paths[path]) for path in paths if path.startswith(("/processes", "/jobs"))}
    assert told == {
        "/processes": {"get"},
        "/processes/{processID}": {"get"},
        "/processes/{processID}/execution": {"post"},
        "/jobs": {"get"},
        "/jobs/{jobID}": {"get", "delete"},
        "/jobs/{jobID}/results": {"get"},
        "/jobs/{jobID}/progress": {"get"},
    }
    for operations in (paths[path] for path in told):
        for operation in operations.values():
            assert {"200", "400", "401", "404"} <= set(operation["responses"])
    assert {"bearer"} <= set(document["components"]["securitySchemes"])
    assert "201" in paths["/processes/{processID}/execution"]["post"]["responses"]


def test_conformance_is_what_is_tested(site: SimpleNamespace):  # noqa: F811
    answer = ask(site, "/ogc/conformance", None)
    assert answer.status_code == 200
    assert {f"{PART}{name}" for name in abstract_tests.PROCESSES} <= set(answer.json()["conformsTo"])


@pytest.mark.parametrize("path", ["/ogc/processes", "/ogc/processes/bundle", "/ogc/jobs"])
def test_answers_are_json_or_html_as_asked(site: SimpleNamespace, path: str):  # noqa: F811
    for accept, given in (("application/json", "application/json"), ("text/html", "text/html; charset=utf-8")):
        answer = ask(site, path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, given)
    assert ask(site, path).json()["links"]
    assert ask(site, path, method="PATCH").status_code == 405
    assert ask(site, path, headers={"Accept": "image/png"}).status_code == 406


def test_processes_are_listed_in_pages(site: SimpleNamespace):  # noqa: F811
    schema = parameter(site, "/processes", "limit")["schema"]
    assert {"type", "minimum", "maximum", "default"} <= set(schema)
    everything = ask(site, "/ogc/processes").json()
    assert {"self", "alternate"} <= rels(everything)
    assert "next" not in rels(everything)
    found, path = [], "/ogc/processes?limit=4"
    while path:
        page = ask(site, path).json()
        assert 0 < len(page["processes"]) <= 4
        found += page["processes"]
        path = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert found == everything["processes"]
    assert ask(site, "/ogc/processes?limit=100000").json()["processes"] == found
    for wrong in ("limit=0", "limit=x", "offset=-1", "more=1"):
        assert ask(site, f"/ogc/processes?{wrong}").status_code == 400


def test_a_process_is_summed_up_and_described(site: SimpleNamespace):  # noqa: F811
    for summary in ask(site, "/ogc/processes").json()["processes"]:
        assert {"id", "version", "title", "jobControlOptions", "outputTransmission"} <= set(summary)
        links = {one["rel"]: one["href"] for one in summary["links"]}
        answer = ask(site, links["self"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        described = answer.json()
        assert described.items() >= summary.items()
        assert links[f"{RELATION}execute"].endswith(f"/ogc/processes/{summary['id']}/execution")
        assert list(described["outputs"]) == ["result"]
        assert described["outputs"]["result"]["schema"] == {"type": "object"}


def test_inputs_are_described_by_schemas_of_openapi_3_0(site: SimpleNamespace):  # noqa: F811
    found = {}
    for one in ask(site, "/ogc/processes").json()["processes"]:
        for name, told in ask(site, f"/ogc/processes/{one['id']}").json()["inputs"].items():
            assert {"title", "description", "minOccurs", "schema"} <= set(told)
            found[f"{one['id']}.{name}"] = told["schema"]
    text = json.dumps(found)
    assert "$ref" not in text
    assert '"null"' not in text
    assert {"exclusiveMinimum": True, "minimum": 0}.items() <= found["bundle.min_size"].items()
    assert found["bundle.min_size"]["nullable"] is True
    assert found["bundle.limits"]["items"]["properties"]["measure"]["type"] == "string"
    document = {
        "openapi": "3.0.3",
        "info": {"title": "inputs", "version": "1"},
        "paths": {},
        "components": {"schemas": found},
    }
    OpenAPIV30SpecValidator(document).validate()


@pytest.mark.parametrize("path", ["/ogc/processes/none", "/ogc/processes/none/execution"])
def test_no_such_process(site: SimpleNamespace, path: str):  # noqa: F811
    method = {"method": "POST", "json": CONFLICTS} if path.endswith("execution") else {}
    answer = ask(site, path, **method)
    assert (answer.status_code, answer.json()["type"]) == (404, f"{EXCEPTIONS}no-such-process")


def test_without_a_preference_the_answer_is_the_value_itself(site: SimpleNamespace):  # noqa: F811
    for body in (CONFLICTS, {**CONFLICTS, "outputs": {"result": {"transmissionMode": "value"}}}):
        answer = execute(site, "conflicts", body)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert answer.json()["conflicts"] == []


def test_a_document_holds_each_output_as_a_qualified_value(site: SimpleNamespace):  # noqa: F811
    answer = execute(site, "conflicts", {**CONFLICTS, "response": "document"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert set(answer.json()) == {"result"}
    assert answer.json()["result"]["mediaType"] == "application/json"
    assert answer.json()["result"]["value"]["conflicts"] == []


@pytest.mark.parametrize("prefer", ["respond-async", "wait=5, respond-async", "RESPOND-ASYNC;wait=2"])
def test_with_the_preference_a_job_is_made(site: SimpleNamespace, prefer: str):  # noqa: F811
    sent = execute(site, "conflicts", CONFLICTS, Prefer=prefer)
    assert (sent.status_code, sent.headers["preference-applied"]) == (201, "respond-async")
    is_status(sent.json(), "accepted")
    assert sent.headers["location"].endswith(f"/ogc/jobs/{sent.json()['jobID']}")
    assert sent.json()["processID"] == "conflicts"
    until(lambda: ask(site, sent.headers["location"]).json()["status"] == "successful", "the job")


LIMITS = [{"measure": "households", "at_most": 900}]
FORMS = {
    "plain": {"district": "nankang", "limits": LIMITS},
    "qualified": {"district": {"value": "nankang"}, "limits": {"value": LIMITS, "mediaType": "application/json"}},
    "objects in an array": {"district": "nankang", "limits": [{"value": one} for one in LIMITS]},
    "by reference": {
        "district": {"href": "data:application/json,%22nankang%22", "type": "application/json"},
        "limits": {"href": f"data:application/json,{quote(json.dumps(LIMITS))}"},
    },
}


@pytest.mark.parametrize("inputs", FORMS.values(), ids=FORMS)
def test_input_values_come_in_every_form(site: SimpleNamespace, inputs: dict):  # noqa: F811
    answer = execute(site, "bundle", {"inputs": {**inputs, "time_limit_s": 1}})
    assert answer.status_code == 200, answer.text
    bundles = answer.json()["bundles"]
    assert bundles
    assert all(one["measures"]["households"] <= 900 for one in bundles)


WRONG_INPUTS = {
    "missing": {},
    "unknown": {"district": "nankang", "more": 1},
    "wrong type": {"district": ["nankang"]},
    "wrong qualified": {"district": "nankang", "gap_m": {"value": "far"}},
    "a reference to a server": {"district": {"href": "http://127.0.0.1/district"}},
    "a reference to a file": {"district": {"href": "file:///etc/passwd"}},
    "a reference to no JSON": {"district": {"href": "data:,nankang"}},
}


@pytest.mark.parametrize("inputs", WRONG_INPUTS.values(), ids=WRONG_INPUTS)
def test_inputs_that_do_not_fit_the_description_are_refused(site: SimpleNamespace, inputs: dict):  # noqa: F811
    answer = execute(site, "bundle", {"inputs": inputs})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert {"type", "title", "status", "detail"} <= set(answer.json())


@pytest.mark.parametrize("outputs", [{"other": {}}, [], {"result": {"transmissionMode": "reference"}}])
def test_outputs_that_are_not_described_are_refused(site: SimpleNamespace, outputs: object):  # noqa: F811
    assert execute(site, "conflicts", {**CONFLICTS, "outputs": outputs}).status_code == 400


def test_the_status_of_a_job(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    answer = ask(site, done["raw"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    is_status(answer.json(), "successful")
    assert answer.json()["progress"] == 100
    assert {"created", "started", "finished"} <= set(answer.json())
    links = {one["rel"]: one["href"] for one in answer.json()["links"]}
    assert links["self"] == done["raw"]
    assert links[f"{RELATION}results"] == f"{done['raw']}/results"


def test_results_of_a_job_come_as_they_were_asked_for(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    raw, document = (ask(site, f"{done[form]}/results") for form in ("raw", "document"))
    assert (raw.status_code, raw.headers["content-type"]) == (200, "application/json")
    assert raw.json()["conflicts"] == []
    assert document.json()["result"]["mediaType"] == "application/json"
    assert document.json()["result"]["value"]["conflicts"] == []


@pytest.mark.parametrize("job", ["none", "00000000-0000-0000-0000-000000000000"])
def test_no_such_job(site: SimpleNamespace, job: str):  # noqa: F811
    for path, method in ((job, "GET"), (f"{job}/results", "GET"), (job, "DELETE")):
        answer = ask(site, f"/ogc/jobs/{path}", method=method)
        assert (answer.status_code, answer.json()["type"]) == (404, f"{EXCEPTIONS}no-such-job")


def test_results_are_not_ready_and_a_job_is_dismissed(site: SimpleNamespace):  # noqa: F811
    with held_up(site, "pipe_segment"):
        where = execute(site, "conflicts", CONFLICTS, Prefer="respond-async").headers["location"]
        early = ask(site, f"{where}/results")
        dismissed = ask(site, where, method="DELETE")
    assert (early.status_code, early.json()["type"]) == (404, f"{EXCEPTIONS}result-not-ready")
    assert dismissed.status_code == 200
    is_status(dismissed.json(), "dismissed")
    assert ask(site, where).json()["status"] == "dismissed"
    gone = ask(site, f"{where}/results")
    assert (gone.status_code, gone.headers["content-type"]) == (410, "application/problem+json")


def test_results_of_a_failed_job_are_the_reason(site: SimpleNamespace):  # noqa: F811
    sent = execute(site, "bundle", {"inputs": {"district": "none"}}, Prefer="respond-async")
    where = sent.headers["location"]
    until(lambda: ask(site, where).json()["status"] == "failed", "the job")
    is_status(ask(site, where).json(), "failed")
    answer = ask(site, f"{where}/results")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {"type", "title", "status", "detail"} <= set(answer.json())


def listed(site: SimpleNamespace, query: str = "") -> list[dict]:  # noqa: F811
    answer = ask(site, f"/ogc/jobs?limit=200{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["jobs"]


def test_jobs_are_listed_with_links_in_pages(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    schema = parameter(site, "/jobs", "limit")["schema"]
    assert {"type", "minimum", "maximum", "default"} <= set(schema)
    answer = ask(site, "/ogc/jobs?limit=1&status=successful")
    assert len(answer.json()["jobs"]) == 1
    assert {"self", "alternate", "next"} <= rels(answer.json())
    (following,) = [one["href"] for one in answer.json()["links"] if one["rel"] == "next"]
    second = ask(site, following).json()["jobs"]
    everything = listed(site, "&status=successful")
    assert [*answer.json()["jobs"], *second] == everything[:2]
    assert {one.rpartition("/")[2] for one in done.values()} <= {one["jobID"] for one in everything}
    for one in everything:
        is_status(one, "successful")
    assert ask(site, "/ogc/jobs?limit=0").status_code == 400


def test_jobs_are_chosen_by_type(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    assert parameter(site, "/jobs", "type")["schema"]["type"] == "array"
    assert listed(site, "&type=process") == listed(site) != []
    assert listed(site, "&type=other") == []


def test_jobs_are_chosen_by_process(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    assert parameter(site, "/jobs", "processID")["schema"]["type"] == "array"
    assert {one["processID"] for one in listed(site, "&processID=conflicts")} == {"conflicts"}
    assert listed(site, "&processID=fire-plans") == []
    assert listed(site, "&processID=conflicts&processID=fire-plans") == listed(site, "&processID=conflicts")
    assert listed(site, "&processID=conflicts,fire-plans") == listed(site, "&processID=conflicts")
    assert all("processID" in one for one in listed(site))


def test_jobs_are_chosen_by_status(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    assert parameter(site, "/jobs", "status")["schema"]["items"]["enum"] == list(JOB_STATUSES)
    assert {one["status"] for one in listed(site, "&status=successful")} == {"successful"}
    assert listed(site, "&status=successful&status=running") == listed(site, "&status=successful")
    assert ask(site, "/ogc/jobs?status=over").status_code == 400


def test_jobs_are_chosen_by_the_time_they_were_made(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    assert parameter(site, "/jobs", "datetime")["schema"]["type"] == "string"
    moment = ask(site, done["raw"]).json()["created"]
    made = quote(datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z"))
    mine = done["raw"].rpartition("/")[2]
    for query in (made, f"../{made}", f"{made}/..", f"{made}/{made}"):
        assert mine in {one["jobID"] for one in listed(site, f"&datetime={query}")}, query
    later = (datetime.now(UTC) + timedelta(days=2)).date()
    assert listed(site, f"&datetime={later}/..") == listed(site, "&datetime=2001-01-01") == []
    assert listed(site, f"&datetime=../{later}") == listed(site)
    for wrong in ("2024-13-01", "..", f"{later}/2001-01-01", "now", "2024-01-01/2024-01-02/2024-01-03"):
        assert ask(site, f"/ogc/jobs?datetime={wrong}").status_code == 400, wrong


def test_jobs_are_chosen_by_how_long_they_took(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    for name in ("minDuration", "maxDuration"):
        assert parameter(site, "/jobs", name)["schema"]["type"] == "integer"
        assert ask(site, f"/ogc/jobs?{name}=x").status_code == 400
    mine = done["raw"].rpartition("/")[2]
    for query in ("&minDuration=0", "&maxDuration=86400", "&minDuration=0&maxDuration=86400"):
        found = listed(site, query)
        assert mine in {one["jobID"] for one in found}
        assert all("started" in one for one in found), "what has not begun has no duration"
    assert listed(site, "&minDuration=86400") == []


def test_documents_fit_the_schemas_of_the_definition(site: SimpleNamespace, done: dict[str, str]):  # noqa: F811
    """The members that the standard's schemas require, in every document there is."""
    required = {
        "/ogc/processes": ["processes", "links"],
        "/ogc/processes/bundle": ["id", "version", "inputs", "outputs"],
        "/ogc/jobs": ["jobs", "links"],
        done["raw"]: ["jobID", "status", "type"],
    }
    for path, members in required.items():
        Draft202012Validator({"type": "object", "required": members}).validate(ask(site, path).json())
