"""The first morning by commands: a bad ledger, a second sheet, the questions, a drawing, the check, and all back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gisplanner.cli.main import main
from gisplanner.store.database import Database
from tests.drawing_files import write_drawing
from tests.formats.test_annex_variants import ugly  # noqa: F401 - a fixture
from tests.register_files import write_csv

SECOND = [
    ["街道意愿调查表"],
    ["小区名称", "建成年代", "产权", "意愿户数"],
    ["一建公司", "1985", "房改房", "100"],
    ["老工行家属楼", "约90年", "", ""],
    ["金田花园", "1999", "商品房", "2000"],
]


def test_the_first_morning(
    db: Database,
    ugly: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)

    def run(*words: str) -> dict[str, Any]:
        assert not main([*words, "--json"])
        return json.loads(capsys.readouterr().out)

    run("init", "bad", "--profile", "none", "--crs", "EPSG:4547")
    register = run("register", "import", str(ugly), "--district", "bad")
    assert register["import"]["open_questions"] == 1
    sheet, report = write_csv(tmp_path / "意愿.csv", SECOND, encoding="gbk"), tmp_path / "报告.xlsx"
    filled = run("register", "fill", str(sheet), "--district", "bad", "--on", "2024-06-01", "--report", str(report))
    assert (filled["filled"], report.is_file()) == ({"ownership": 2, "willing_households": 1, "year_built": 1}, True)
    asked = run("question", "list", "--district", "bad", "--out", str(tmp_path / "q.xlsx"))["questions"]
    which = next(one for one in asked if one["kind"] == "which_estate")
    answer = run("question", "answer", str(which["id"]), which["choices"][0]["answer"], "--district", "bad")
    assert "老工商银行家属楼" in answer["answered"][0]["done"]
    drawing = write_drawing(tmp_path / "图.dxf")
    drawn = run("import", "buildings", str(drawing), "--district", "bad", "--crs", "EPSG:4547")
    assert drawn["added"] == 5
    found = run("coverage", "--district", "bad", "--out", str(tmp_path / "c.xlsx"))
    assert {one["kind"] for one in found["findings"]} == {"in_no_estate", "estates_without_outline"}
    for batch in reversed(run("batch", "list", "--district", "bad")["batches"]):
        run("batch", "undo", str(batch["batch"]), "--district", "bad")
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM estate) + (SELECT count(*) FROM building)")
        assert cursor.fetchone()[0] == 0
