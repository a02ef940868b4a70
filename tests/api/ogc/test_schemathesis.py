"""Requests made up from our own OpenAPI document, in each role: no server error, no answer it does not name.

A few of each operation here; ``make drills`` makes up hundreds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gisplanner.api.app import create_app
from gisplanner.services.accounts import ROLES, Role
from tests.api.ogc.roles import stock
from tests.conftest import fresh_database

EXAMPLES = 2
MANY = 100
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
load_all_checks()


@pytest.fixture(scope="module")
def served(template: tuple[str, str]) -> Iterator[tuple[FastAPI, dict[Role, str]]]:
    with fresh_database(*template, actor="tester") as db:
        _, tokens = stock(db)
        yield create_app(db), tokens


@pytest.mark.parametrize("role", ROLES)
def test_every_operation_keeps_to_the_document(served: tuple[FastAPI, dict[Role, str]], role: Role):
    app, tokens = served
    headers = {"Authorization": f"Bearer {tokens[role]}"}
    tried = list(fuzzed(app, headers, examples=EXAMPLES))
    list(fuzzed(app, headers, examples=EXAMPLES, mode=GenerationMode.NEGATIVE))
    assert {"GET /collections/{collectionId}/items", "GET /conformance"} <= set(tried)


@pytest.mark.drill
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("role", ROLES)
def test_hundreds_of_requests_of_every_operation(
    served: tuple[FastAPI, dict[Role, str]],
    role: Role,
    mode: GenerationMode,
    record_testsuite_property: Callable[[str, object], None],
):
    app, tokens = served
    headers = {"Authorization": f"Bearer {tokens[role]}"}
    tried: Counter[str] = Counter()
    for operation in fuzzed(app, headers, examples=MANY, mode=mode, tried=tried):
        record_testsuite_property(f"{role} {mode.value} {operation}", tried[operation])
    assert len(tried) > 10


def fuzzed(
    app: FastAPI,
    headers: dict[str, str],
    *,
    examples: int,
    mode: GenerationMode = GenerationMode.POSITIVE,
    tried: Counter[str] | None = None,
) -> Iterator[str]:
    """Try every operation of the document ``headers`` get; yield the names of those that held.

    ``tried`` counts the requests of each.
    """
    cases = Counter() if tried is None else tried
    schema = schemathesis.openapi.from_asgi("/ogc/api", app, headers=headers)
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def hold(case) -> None:
            cases[case.operation.label] += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            hold()
        except Unsatisfiable:  # an operation without anything that could be wrong
            assert mode is GenerationMode.NEGATIVE
        yield operation.label
