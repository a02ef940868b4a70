from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gisplanner.catalog.profiles import profile_names
from gisplanner.cli.main import main
from gisplanner.services.policy.answers import load

KEYS = {"rule", "subject", "answer", "reason", "quote", "document", "document_status", "inherited", "cited_not_held"}
FACTS: dict[str, Any] = {
    "estates": [
        {"name": "金赣小区", "year_built": 1998, "households": 644, "willing": 500, "works": ["供水", "供电"]}
    ],
    "segments": [{"item": "管沟土建", "utility": "燃气"}],
    "project": {"name": "P08", "dates": {"开工": "2024-09-01"}},
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = 0
    try:
        main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture
def facts(tmp_path: Path) -> str:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", profile_names())
def test_ask_gives_one_json_document_with_the_keys_of_the_contract(
    name: str, facts: str, capsys: pytest.CaptureFixture[str]
):
    code, out, err = run(capsys, "policy", "ask", "--profile", name, "--facts", facts, "--json")
    assert (code, err) == (0, "")
    answers = json.loads(out)["answers"]
    assert answers
    assert all(set(one) >= KEYS for one in answers)


def test_ask_in_words_shows_clause_file_inference_and_what_is_not_held(
    facts: str, capsys: pytest.CaptureFixture[str]
):
    code, out, _ = run(capsys, "policy", "ask", "--profile", "nankang", "--facts", facts)
    assert code == 0
    assert "「建成于 2000 年以前」—— S1-jiangxi-2019.txt" in out
    assert "【推定：依据上级文件】" in out
    assert "《赣州市推进城镇老旧小区改造实施方案》" in out
    assert "原文矛盾或歧义：拆除由谁负责" in out


def test_a_draft_says_so_in_every_answer(facts: str, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "policy", "ask", "--profile", "xianning", "--facts", facts)
    assert "征求意见稿，未生效" in out
    spoken = [
        line for line in out.splitlines() if line.startswith("  ") and "：" in line and not line.startswith("   ")
    ]
    assert all("征求意见稿" in line for line in spoken if not line.startswith("  〔"))


def test_english_keeps_the_quotes(facts: str, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "policy", "ask", "--profile", "jiangxi", "--facts", facts, "--lang", "en")
    assert "year of completion: built 1998" in out
    assert "「建成于 2000 年以前」" in out


def test_compare_puts_five_documents_side_by_side(facts: str, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "policy", "compare", "--facts", facts, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["profiles"] == profile_names()
    rows = {(row["rule"], row["subject"]): row["cells"] for row in document["rows"]}
    cells = rows["eligibility.built_year", "金赣小区"]
    assert {name: cell["answer"] for name, cell in cells.items()} == {
        "jiangxi": "符合", "nankang": "符合", "changzhou": "符合", "xianning": "符合", "fenggang": "文件未规定",
    }  # fmt: skip
    assert len({cell["quote"] for cell in cells.values()}) == 4
    payers = rows["payer.管沟土建", "燃气管沟土建"]
    assert {name: cell["answer"] for name, cell in payers.items() if cell["answer"] != "文件未规定"} == {
        "xianning": "地方财政"
    }
    assert all(set(row["cells"]) == set(profile_names()) for row in document["rows"])


def test_compare_in_words(facts: str, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "policy", "compare", "--facts", facts)
    assert code == 0
    block = out[out.index("■ 金赣小区 · 建成年代") :].split("■")[1]
    assert block.count("「") == 4
    assert "咸宁市（征求意见稿）：符合" in block


def test_compare_as_a_table_and_in_english(facts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "对照.xlsx"
    code, told, _ = run(capsys, "policy", "compare", "--facts", facts, "--lang", "en", "--out", str(out))
    assert code == 0
    assert told.startswith("Side by side: ")
    assert "year of completion" in told
    assert "meets  built 1998" in told
    sheet = load_workbook(out)["并列对照"]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == "对象")
    assert len([one for one in head if one]) == 2 + len(profile_names())
    year = next(row for row in rows if row[:2] == ("金赣小区", "建成年代"))
    assert sum("「" in str(cell) for cell in year) == 4


@pytest.mark.parametrize("name", profile_names())
def test_what_the_tool_itself_says_is_there_in_english(name: str):
    """Quotes stay as written; readings, titles of contradictions and inferences are the tool's own words."""
    profile = load(name)
    for one in profile.contradictions:
        assert one.title_en
        assert one.reading_en
    assert (profile.inference is None) == (profile.inference_en is None)
    clauses = [value for value in json.loads(profile.model_dump_json()).values() if isinstance(value, (dict, list))]
    queue = list(clauses)
    while queue:
        one = queue.pop()
        if isinstance(one, dict):
            assert bool(one.get("note")) == bool(one.get("note_en")), one
            queue += one.values()
        elif isinstance(one, list):
            queue += one


def test_faults_end_with_2_and_are_all_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "bad.json"
    file.write_text(
        '{"estates": [{"name": "甲", "households": 3, "willing": 4, "floor": 1}, {"name": "乙", "willing": -1}]}'
    )
    code, out, _ = run(capsys, "policy", "ask", "--profile", "jiangxi", "--facts", str(file), "--json")
    items = json.loads(out)["error"]["items"]
    assert code == 2
    assert [(item["layer"], item["row"], item["column"]) for item in items] == [
        ("estates", 0, "willing"),
        ("estates", 0, "floor"),
        ("estates", 1, "willing"),
    ]
    assert {item["file"] for item in items} == {str(file)}


def test_an_unknown_profile_ends_with_2(facts: str, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "policy", "ask", "--profile", "nowhere", "--facts", facts, "--json")
    assert code == 2
    assert "nankang" in json.loads(out)["error"]["items"][0]["allowed"]


@pytest.mark.parametrize("name", profile_names())
def test_the_facts_of_the_guide_are_facts(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    guide = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
    file = tmp_path / "facts.json"
    file.write_text(guide.split("```json")[1].split("```")[0], encoding="utf-8")
    code, out, _ = run(capsys, "policy", "ask", "--profile", name, "--facts", str(file), "--json")
    assert code == 0
    assert len(json.loads(out)["answers"]) > 30
