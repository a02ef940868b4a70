from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplanner.errors import FileFormatError, InputError, NotFoundError
from gisplanner.rules.facts import read_facts
from gisplanner.services.policy.answers import ask, read_facts_file


def faults(raw: Any) -> set[tuple[str | None, int | None, str | None]]:
    with pytest.raises(InputError) as error:
        read_facts(raw)
    assert error.value.exit_code == 2
    return {(fault.layer, fault.row, fault.column) for fault in error.value.faults}


@pytest.mark.parametrize(
    ("estate", "column"),
    [
        ({"households": 3, "willing": 4}, "willing"),
        ({"households": -1}, "households"),
        ({"willing": -1}, "willing"),
        ({"households": 3.5}, "households"),
        ({"households": Decimal("3.5")}, "households"),
        ({"households": 3.0}, "households"),
        ({"households": "3"}, "households"),
        ({"households": True}, "households"),
        ({"floors": 6}, "floors"),
        ({"year_built": "千禧年"}, "year_built"),
        ({"year_built": 20}, "year_built"),
        ({"year_built": "2001-1999"}, "year_built"),
        ({"year_built": 1998.5}, "year_built"),
        ({"strong_will": "是"}, "strong_will"),
        ({"flags": [1]}, "flags"),
        ({"flags": "城中村"}, "flags"),
        ({"flags_complete": True}, None),
        ({"works": "供水"}, "works"),
        ({"name": " "}, "name"),
    ],
)
def test_one_fault_is_named_with_its_place(estate: dict[str, Any], column: str | None):
    assert faults({"estates": [{"name": "好"}, {"name": "甲", **estate}]}) == {("estates", 1, column)}


def test_all_faults_come_at_once():
    raw = {
        "estates": [
            {"name": "甲", "households": 3, "willing": 4, "floors": 6},
            {"name": "甲", "households": -1, "year_built": "?"},
            {"willing": 0.5},
        ],
        "segments": [{"utility": "燃气"}],
        "project": {"dates": {"开工": "昨天"}, "colour": 1},
        "weather": "晴",
    }
    assert faults(raw) == {
        ("estates", 0, "willing"), ("estates", 0, "floors"), ("estates", 0, "name"), ("estates", 1, "name"),
        ("estates", 1, "households"), ("estates", 1, "year_built"), ("estates", 2, "name"),
        ("estates", 2, "willing"), ("segments", 0, "item"), ("project", None, "dates.开工"),
        ("project", None, "colour"), ("weather", None, None),
    }  # fmt: skip


def test_an_unknown_key_lists_the_known_ones():
    with pytest.raises(InputError) as error:
        read_facts({"estates": [{"name": "甲", "floors": 6}]})
    (fault,) = error.value.faults
    assert fault.allowed is not None
    assert "year_built" in fault.allowed
    assert "flags_complete" not in fault.allowed


@pytest.mark.parametrize("raw", [None, [], "x", 3, {"estates": {}}, {"estates": [None]}, {"project": []}])
def test_a_document_of_the_wrong_shape_is_refused(raw: Any):
    assert faults(raw)


@pytest.mark.parametrize(
    ("given_year", "years"),
    [
        (1998, (1998, 1998)),
        ("1998年", (1998, 1998)),
        ("1998-2001", (1998, 2001)),
        ("80年代", (1980, 1989)),
        ("1990年代", (1990, 1999)),
    ],
)
def test_years_as_registers_write_them(given_year: Any, years: tuple[int, int]):
    assert read_facts({"estates": [{"name": "甲", "year_built": given_year}]}).estates[0].year_built == years


def test_an_unknown_profile_lists_those_there_are():
    with pytest.raises(NotFoundError) as error:
        ask("guangzhou", {})
    assert "nankang" in str(error.value.faults[0].allowed)


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b'{"estates": [{"name": "a", "households": NaN}]}', b"[" * 100_000]
)
def test_a_file_that_is_no_json_is_refused(content: bytes, tmp_path: Path):
    file = tmp_path / "facts.json"
    file.write_bytes(content)
    with pytest.raises(FileFormatError):
        read_facts_file(file)
    with pytest.raises(NotFoundError):
        read_facts_file(tmp_path / "none.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "estates",
                    "segments",
                    "project",
                    "name",
                    "households",
                    "willing",
                    "flags",
                    "year_built",
                    "item",
                    "gates",
                    "dates",
                    "works",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_answered_or_refused_in_one_piece(raw: Any):
    try:
        reply = ask("nankang", raw)
    except InputError as error:
        assert error.faults  # noqa: PT017 - either outcome is right, a traceback is not
    else:
        json.dumps([one.as_dict() for one in reply.answers], ensure_ascii=False)


def test_words_no_rule_reads_are_told():
    reply = ask(
        "jiangxi",
        {
            "estates": [{"name": "甲", "flags": ["城中村", "征迁", "非城中村"]}],
            "project": {"gates": ["档案", "项目档案"], "dates": {"开工日期": "2024-08-01", "开会": "2024-08-01"}},
        },
    )
    assert {(one.fact, one.word) for one in reply.unused} == {("flags", "征迁"), ("gates", "档案"), ("dates", "开会")}
