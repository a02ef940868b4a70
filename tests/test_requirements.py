"""Requirements of the policy documents are named by the tests that cover them, and the page says which."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAYERS = {f"R6.{number}" for number in range(17, 25)}
SECTIONS = {"R2", "R3", "R4", "R10", "R11", "R12", "R13"}


@pytest.fixture(scope="module")
def table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("requirements_table", ROOT / "scripts" / "requirements.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shares(table: ModuleType, priority: int) -> tuple[set[str], set[str]]:
    wanted = {
        row.number
        for row in table.rows()
        if row.priority == priority and (row.number in PAYERS or row.number.partition(".")[0] in SECTIONS)
    }
    return wanted, wanted & set(table.covering())


def test_every_first_requirement_is_named_by_a_test(table: ModuleType):
    wanted, named = shares(table, 1)
    assert len(wanted) == 57
    assert wanted - named == set()


def test_four_in_five_of_the_second_are(table: ModuleType):
    wanted, named = shares(table, 2)
    assert len(named) >= 0.8 * len(wanted) > 0


def test_no_test_names_a_requirement_that_does_not_exist(table: ModuleType):
    assert set(table.covering()) <= {row.number for row in table.rows()}


def test_the_page_is_the_one_the_script_writes(table: ModuleType):
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "run scripts/requirements.py"
