"""Every error has a status and an exit code, and leaves the server as the error document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from gisplanner import errors
from gisplanner.api.errors import HTTP_STATUS, register_error_handlers
from gisplanner.text import Text
from tests.calling import calling

CONTRACT_EXIT_CODES = {0, 2, 3, 4, 5, 70}


def tree(kind: type[errors.GisPlannerError]) -> Iterator[type[errors.GisPlannerError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


ALL = list(dict.fromkeys(tree(errors.GisPlannerError)))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_each_error_has_a_status_an_exit_code_and_a_code_of_its_own(kind: type[errors.GisPlannerError]):
    assert 400 <= HTTP_STATUS[kind] <= 599
    assert kind.exit_code in CONTRACT_EXIT_CODES
    assert kind.__dict__["code"]
    assert [other for other in ALL if other.code == kind.code] == [kind]
    our_fault = HTTP_STATUS[kind] == 500
    assert our_fault == (kind.exit_code == 70)


def test_the_table_names_only_errors_there_are():
    assert set(HTTP_STATUS) == set(ALL)
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in ALL)


def failing_app(error: Exception) -> FastAPI:
    app = FastAPI()
    register_error_handlers(app)

    @app.get("/fail")
    def fail() -> None:
        raise error

    return app


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_each_error_leaves_as_the_document_of_the_contract(kind: type[errors.GisPlannerError]):
    fault = errors.Fault(file="a.gpkg", row=3, value="x", hint=Text("改", en="mend"))
    call = calling(failing_app(kind(Text("不行", en="no"), [fault])))
    answer = call("/fail")
    assert answer.status_code == HTTP_STATUS[kind]
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "error": {
            "code": kind.code,
            "message": "不行",
            "items": [
                {
                    "file": "a.gpkg",
                    "layer": None,
                    "row": 3,
                    "column": None,
                    "value": "x",
                    "allowed": None,
                    "hint": "改",
                }
            ],
        }
    }
    english = call("/fail?lang=en").json()["error"]
    assert (english["message"], english["items"][0]["hint"]) == ("no", "mend")
    page = call("/fail", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"]) == (HTTP_STATUS[kind], "text/html; charset=utf-8")
    assert all(word in page.text for word in ("不行", "改", 'href="/"'))
    assert ('href="/login"' in page.text) == (kind is errors.PermissionDeniedError)


def test_what_nobody_foresaw_is_our_fault_and_tells_no_inside(caplog: pytest.LogCaptureFixture):
    answer = calling(failing_app(RuntimeError("password=secret")))("/fail")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert "password=secret" in caplog.text
