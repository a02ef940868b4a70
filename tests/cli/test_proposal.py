"""Proposals from the command line: what a planner types, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database


@pytest.fixture
def typed(db: Database, nankang: District, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys):
    sketch_outlines(db, nankang)
    monkeypatch.setenv("GISPLANNER_HOME", str(tmp_path))
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)

    def run(*words: str) -> tuple[int, dict]:
        code = 0
        try:
            main([*words, "--district", "nankang", "--json"])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_proposal_is_stored_compared_changed_and_adopted(typed):
    assert typed("bundle", "--gap", "15", "--barriers-layer", "barriers", "--save", "甲")[0] == 0
    assert typed("proposal", "official", "备注")[0] == 0
    code, listed = typed("proposal", "list")
    assert (code, [one["name"] for one in listed["proposals"]]) == (0, ["甲", "备注"])
    code, compared = typed("proposal", "compare", "甲", "备注")
    assert (code, compared["proposals"][1]["official"]["adjusted_rand"]) == (0, 1.0)
    assert typed("proposal", "move", "备注", "芙蓉花苑", "P08", "--reason", "同一社区")[0] == 0
    assert typed("proposal", "lock", "备注", "P08", "--reason", "已公示")[0] == 0
    code, refused = typed("proposal", "move", "备注", "芙蓉花苑", "P07", "--reason", "退回")
    assert (code, refused["error"]["code"]) == (5, "refused")
    assert typed("proposal", "show", "没有")[0] == 2
    code, adopted = typed("proposal", "adopt", "备注", "--reason", "会议纪要")
    assert (code, adopted["changes"][-1]["kind"], adopted["p"]) == (0, "adopt", 11)
