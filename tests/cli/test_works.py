"""Records and papers from the command line, on a server named by its address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
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


@pytest.mark.requirement("R1.04", "R1.11")
def test_an_estate_is_filled_in_and_its_changes_are_told(run: Run):
    fill = ("entry", "fill", "金赣小区", "--district", "nankang", "--on", "2024-06-03")
    code, told = run(
        *fill, "--year-built", "1998年", "--willing", "511", "--vote", "供水=210", "--source", "入户调查"
    )
    assert (code, json.loads(told)["fields"], json.loads(told)["figures"]) == (0, ["year_built"], 2)
    code, told = run("entry", "history", "金赣小区", "--district", "nankang")
    assert {(one["what"], one["after"], one["by"]) for one in json.loads(told)["changes"]} == {
        ("建成时间", "1998年", "local"), ("同意户数", "511", "local"), ("需求票数·供水", "210", "local"),
    }  # fmt: skip
    code, told = run(*fill, "--vote", "直升机坪=2")
    assert (code, "老旧供水主管维修或更换" in told) == (2, True)
    assert run(*fill, "--vote", "供水")[0] == 2
    assert run(*fill, "--willing", "5", "--as", "没有这个账户")[0] == 2


@pytest.mark.requirement("R8.01")
def test_the_file_that_proves_a_stage_is_kept(run: Run, db: Database, tmp_path: Path):
    proof = tmp_path / "会议纪要.pdf"
    proof.write_bytes(b"%PDF-1.4 minutes")
    advance = ("progress", "advance", "NK2024-P08", "摸底调查", "--on", "2024-05-20", "--district", "nankang")
    code, told = run(*advance, "--evidence", proof)
    assert (code, json.loads(told)["evidence"], json.loads(told)["files"]) == (0, "会议纪要.pdf", ["会议纪要.pdf"])
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT file_name, media_type, content FROM stage_evidence")
        name, kind, content = cursor.fetchone()
    assert (name, kind, bytes(content)) == ("会议纪要.pdf", "application/pdf", b"%PDF-1.4 minutes")
    (tmp_path / "x.exe").write_bytes(b"MZ")
    wrong = ("progress", "advance", "NK2024-P07", "摸底调查", "--on", "2024-05-20", "--district", "nankang")
    assert run(*wrong, "--evidence", tmp_path / "x.exe")[0] == 2


@pytest.mark.requirement("R6.02")
def test_the_day_by_which_plans_are_due_decides_who_was_in_time(run: Run):
    due = ("progress", "filing-due", "2024-06-30", "--district", "nankang", "--document", "指挥部通知〔2024〕3号")
    assert run(*due, "--on", "2024-07-01")[0] == 2
    code, told = run(*due, "--on", "2024-06-03")
    assert (code, json.loads(told)["due_on"]) == (0, "2024-06-30")

    def on_time(as_of: str) -> dict[str, object]:
        _, printed = run("works", "kpi", "--as-of", as_of, "--district", "nankang")
        return json.loads(printed)["places"][0]["values"]["on_time"]

    assert on_time("2024-06-30")["part"] is None
    late = on_time("2024-07-01")
    assert (late["part"], late["whole"], late["percent"]) == ("0", "196", 0.0)
    assert late["weight"] == "小区×管线单位（已报或已到期）"
    assert run(*due[:2], "2024-07-31", *due[3:], "--on", "2024-07-01", "--project", "NK2024-P08")[0] == 0
    assert on_time("2024-07-02")["whole"] == "189"


def test_a_photo_of_a_demolition_is_stored(run: Run, tmp_path: Path):
    file = tmp_path / "d.csv"
    file.write_text("编号,小区,种类,步骤,日期\nW1,金赣小区,铁皮棚,摸底,2024-06-01\n", encoding="utf-8")
    assert run("works", "enter", "demolition", file, "--district", "nankang")[0] == 0
    Image.new("RGB", (60, 40), "#446688").save(tmp_path / "a.jpg")
    photo = ("works", "demolition-photo", "W1", tmp_path / "a.jpg", "--on", "2024-06-02", "--district", "nankang")
    code, told = run(*photo, "--phase", "拆除前", "--by", "王某")
    assert (code, json.loads(told)["taken_by"]) == (0, "王某")
    assert run(*photo, "--phase", "改造前")[0] == 2


def test_a_street_is_told_of_its_own_estates_only(run: Run, db: Database, tmp_path: Path):
    add_account(db, "东山", "subdistrict", scope=["subdistrict=东山街道"])
    add_account(db, "处室", "planner")

    def told(*arguments: object) -> dict[str, Any]:
        code, out = run(*arguments, "--district", "nankang")
        assert code == 0, out
        return json.loads(out)

    def streets(actor: str) -> set[str]:
        kpi = told("works", "kpi", "--level", "subdistrict", "--as", actor)
        return {place["name"] for place in kpi["places"]}

    assert len(streets("local")) == len(streets("处室")) == 3
    assert streets("东山") == {"东山街道"}
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT estate_code FROM plan_baseline_row WHERE subdistrict = '东山街道'")
        own = {row[0] for row in cursor.fetchall()}
    assert {one["estate"] for one in told("works", "priority", "--as", "东山")["estates"]} == own
    assert 0 < int(told("progress", "report", "--as", "东山")["total"]) == len(own) < 28
    assert told("progress", "report", "--as", "处室")["total"] == "28"
    whole = told("progress", "weekly", "--out", tmp_path / "a.xlsx")["projects"]
    assert told("progress", "weekly", "--out", tmp_path / "b.xlsx", "--as", "东山")["projects"] < whole
