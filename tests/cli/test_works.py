"""Records and papers from the command line, on a server named by its address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.store.database import Database

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    db: Database,
    nankang: District,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Run:
    """Run a command with ``--json`` on 南康 and return its exit code and what it printed."""
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    monkeypatch.setenv("GISPLANNER_HOME", str(tmp_path / "home"))

    def command(*arguments: object) -> tuple[int, str]:
        code = 0
        try:
            main([*(str(argument) for argument in arguments), "--json"])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, capfd.readouterr().out

    return command


def test_records_are_entered_and_told_as_indicators(run: Run, tmp_path: Path):
    code, told = run("works", "form", "figure", "--out", tmp_path / "f.csv")
    assert (code, json.loads(told)["headings"][:2]) == (0, ["小区", "统计种类"])
    file = tmp_path / "f.csv"
    file.write_text("小区,统计种类,数值,日期\n金赣小区,同意户数,500,2024-06-01\n", encoding="utf-8")
    code, told = run("works", "enter", "figure", file, "--district", "nankang")
    assert (code, json.loads(told)["records"]) == (0, 1)
    code, told = run("works", "kpi", "--level", "estate", "--as-of", "2024-12-31", "--district", "nankang")
    places = {place["name"]: place["values"] for place in json.loads(told)["places"]}
    assert places["NK2024-021 金赣小区"]["willing"]["percent"] == 77.6
    assert places["NK2024-028 芙蓉新城"]["willing"]["percent"] is None
    code, told = run("works", "units", "--district", "nankang")
    assert [one["no"] for one in json.loads(told)["stages"]] == list(range(1, 8))
    code, told = run("works", "priority", "--district", "nankang")
    assert json.loads(told)["estates"][0]["estate"] == "NK2024-021"


def test_a_wrong_file_is_refused_with_every_fault(run: Run, tmp_path: Path):
    file = tmp_path / "f.csv"
    file.write_text("小区,统计种类,数值,日期\n无,同意户数,1,2024-06-01\n金赣小区,甲,1,2024-06-01\n", encoding="utf-8")
    code, told = run("works", "enter", "figure", file, "--district", "nankang")
    items = json.loads(told)["error"]["items"]
    assert (code, [(one["row"], one["column"]) for one in items]) == (2, [(2, "小区"), (3, "统计种类")])


def test_papers_are_written_and_a_missing_unit_is_told(run: Run, tmp_path: Path):
    code, told = run("papers", "templates", "--out", tmp_path / "t")
    assert (code, len(json.loads(told)["files"])) == (0, 10)
    code, told = run(
        "papers", "make", "管线迁改函", "NK2024-P08", "--out", tmp_path / "x.docx", "--district", "nankang"
    )
    assert (code, json.loads(told)["error"]["items"][0]["value"]) == (2, "unit")
    given = ("--set", "unit=区供电公司", "--out", tmp_path / "x.docx", "--district", "nankang")
    assert run("papers", "make", "管线迁改函", "NK2024-P08", *given)[0] == 0
    assert (tmp_path / "x.docx").read_bytes()[:2] == b"PK"
    dossier = ("--unit", "estate", "--estate", "NK2024-021", "--out", tmp_path / "d", "--district", "nankang")
    code, told = run("papers", "dossier", *dossier)
    assert (code, len(json.loads(told)["files"])) == (0, 1)
    code, told = run("papers", "outputs", "2024-11", "--out", tmp_path / "m.xlsx", "--district", "nankang")
    assert (code, len(json.loads(told)["rows"])) == (0, 28)
    assert run("papers", "annual-plan", "2024", "--out", tmp_path / "p.xlsx", "--district", "nankang")[0] == 2
    weekly = ("--out", tmp_path / "w.pdf", "--district", "nankang")
    assert run("progress", "weekly", *weekly)[0] == 2
