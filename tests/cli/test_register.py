"""``gisplanner register`` and ``gisplanner plan`` as a person runs them, on a real PostGIS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gisplanner.catalog.profiles import published_rows
from gisplanner.cli.main import main
from gisplanner.store.database import Database
from tests.register_files import changed_csv

Run = Callable[..., str]


@pytest.fixture
def run(db: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)

    def command(*arguments: str | Path) -> str:
        main([str(argument) for argument in arguments])
        return capsys.readouterr().out

    return command


@pytest.fixture
def annex() -> Path:
    path = published_rows("nankang")
    assert path is not None
    return path


def test_import_tells_the_reconciliation(run: Run, annex: Path):
    out = run("register", "import", annex, "--district", "nankang")
    assert "小区 28/28 ✓ 栋数 190/190 ✓ 户数 3433/3433 ✓ 面积 37.7674/37.7674 ✓ 社区 11/11 ✓" in out
    assert "怡然居小区 17.6、蓝田花园小区 23.7、新园小区 19.9" in out
    assert "缺项：建成时间 28，产权性质 28，边界 28" in out
    assert "五陂上片区（未匹配）" in out
    assert "没有任何改动" in run("register", "import", annex, "--district", "nankang")


def test_english(run: Run, annex: Path):
    out = run("register", "check", annex, "--lang", "en")
    assert "estates 28/28 ✓ buildings 190/190 ✓" in out
    assert "Missing: year built 28, ownership 28, boundary 28" in out


def test_export_and_import_of_the_export(run: Run, annex: Path, tmp_path: Path):
    run("register", "import", annex, "--district", "nankang")
    out = tmp_path / "台账 2024.xlsx"
    assert json.loads(run("register", "export", "--district", "nankang", "--out", out, "--json"))["estates"] == 28
    document = json.loads(run("register", "import", out, "--district", "nankang", "--json"))
    assert document["import"]["estates_written"] == 0
    assert document["mismatches"] == []


def test_faults_are_one_document(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def spoil(lines: list[list[str]]) -> None:
        lines[1][7], lines[2][4] = "", "-1"

    with pytest.raises(SystemExit) as left:
        run("register", "check", changed_csv(tmp_path / "a.csv", spoil), "--json")
    assert left.value.code == 2
    items = json.loads(capsys.readouterr().out)["error"]["items"]
    assert [(item["file"], item["row"], item["column"], item["value"]) for item in items] == [
        ("a.csv", 2, "备注", None),
        ("a.csv", 3, "户数", "-1"),
    ]


def test_tidied_cells_and_other_columns_are_told(run: Run, tmp_path: Path):
    def tidy(lines: list[list[str]]) -> None:
        lines[1][4] = "１１８"
        for line in lines:
            line.append("楼层" if line[0] == "序号" else "6")

    path = changed_csv(tmp_path / "a.csv", tidy)
    document = json.loads(run("register", "check", path, "--json"))
    assert document["ignored_columns"] == ["楼层"]
    assert document["normalised"] == [{"row": 2, "column": "户数", "value": "１１８", "read_as": "118"}]
    assert "第 2 行“户数”" in run("register", "check", path)


def test_an_unknown_district(run: Run, annex: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        run("register", "import", annex, "--district", "nowhere", "--json")
    assert left.value.code == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_found"


def test_the_plan_from_issue_to_adjustment(run: Run, annex: Path, tmp_path: Path):
    run("register", "import", annex, "--district", "nankang")
    assert "v1  〔2024〕20号" in run("plan", "list", "--district", "nankang")
    path = changed_csv(tmp_path / "v2.csv", lambda lines: lines[1].__setitem__(3, "一建小区"))
    options = ("--district", "nankang", "--document", "〔2024〕35号", "--title", "调整", "--date", "2024-09-02")
    out = run("plan", "adjust", path, *options, "--rename", "一建公司=一建小区")
    assert "一建公司 → 一建小区" in out
    document = json.loads(run("plan", "compare", "v1", "v2", "--district", "nankang", "--json"))
    assert document["to"]["document_date"] == "2024-09-02"
    assert [(change["kind"], change["code"], change["documents"]) for change in document["changes"]] == [
        ("rename", "NK2024-001", ["〔2024〕35号"])
    ]
    assert "没有差别" in run("plan", "compare", "v2", "current", "--district", "nankang")


@pytest.mark.parametrize("wrong", [("--rename", "一建公司"), ("--split", "金赣小区=东区"), ("--date", "2024-13-01")])
def test_options_that_make_no_sense(run: Run, annex: Path, wrong: tuple[str, str]):
    options = ("--district", "nankang", "--document", "x", "--title", "x")
    with pytest.raises(SystemExit) as left:
        run("plan", "adjust", annex, *options, *wrong)
    assert left.value.code == 2


def test_a_dry_run_tells_everything_and_keeps_nothing(run: Run, annex: Path, db: Database, tmp_path: Path):
    run("init", "nankang", "--profile", "nankang", "--crs", "EPSG:4547", "--json")
    report = tmp_path / "回执.xlsx"
    words = ("register", "import", annex, "--district", "nankang", "--json")
    told = json.loads(run(*words, "--dry-run", "--report", report))["import"]
    assert (told["dry_run"], told["batch"], told["estates_written"]) == (True, None, 28)
    with db.transaction() as connection, connection.cursor() as cursor:
        for table in ("estate", "plan_baseline", "open_question", "import_batch"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table
    subjects = [row[2] for row in load_workbook(report)["请核对"].iter_rows(values_only=True)]
    assert {"怡然居小区", "蓝田花园小区", "新园小区"} <= set(subjects)
    assert json.loads(run(*words))["import"]["estates_written"] == 28
