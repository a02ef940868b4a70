"""文件进, 规则出: proposed, decided by a person, adopted; what nobody has confirmed never answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import pytest

from gisplanner.cli.main import main
from gisplanner.domain.policy_review import DocumentReview
from gisplanner.errors import FileFormatError, InputError, NotFoundError, RefusedError
from gisplanner.services.policy.reading import adopted_profile, decide, propose, read_review, write_review
from tests.policy_facts import of_estate, of_project, payer_of
from tests.rules.test_candidates import UNSEEN


@pytest.fixture
def review(tmp_path: Path) -> DocumentReview:
    file = tmp_path / "某县.txt"
    file.write_text(UNSEEN, encoding="gbk")
    return propose(file, code="S9", title="某县方案", number="某办〔2023〕1号")


def of(review: DocumentReview, section: str, number: int = 0) -> str:
    return [one.id for one in review.passages if one.section == section][number]


def adopted(review: DocumentReview, folder: Path) -> str:
    file = folder / "moxian.toml"
    file.write_text(adopted_profile(review, name="moxian", title="某县"), encoding="utf-8")
    return str(file)


def test_everything_begins_open_and_nothing_open_answers(review: DocumentReview, tmp_path: Path):
    assert review.tally() == {"open": len(review.passages), "confirmed": 0, "changed": 0, "rejected": 0}
    profile = adopted(review, tmp_path)
    assert of_estate(profile, "eligibility", year_built=1990).answer == "文件未规定"
    assert of_project(profile, "notice", dates={"公示开始": "2022-04-01"}).answer == "文件未规定"


def test_what_is_confirmed_answers_with_its_quote(review: DocumentReview, tmp_path: Path):
    for section in ("eligibility.built", "eligibility.willingness", "public_notice"):
        review = decide(review, of(review, section), "confirmed", by="王")
    review = decide(
        review, of(review, "payers.rules", 1), "changed", by="王",
        value={"key": "road", "items": ["道路工程"], "payer": "县财政"},
    )  # fmt: skip
    review = decide(review, of(review, "payers.rules"), "rejected", by="李", note="不适用")
    profile = adopted(review, tmp_path)
    found = of_estate(profile, "eligibility.built_year", year_built=2005)
    assert (found.answer, found.document) == ("符合", "S9")
    assert found.quote is not None
    assert "2005年底前建成" in found.quote
    assert of_estate(profile, "eligibility.willingness", households=3, willing=1).answer == "不符合"
    assert payer_of(profile, "道路工程").answer == "县财政"
    assert payer_of(profile, "户内水管更换").answer == "文件未规定"
    rejected = review.passage(of(review, "payers.rules"))
    assert rejected is not None
    assert (rejected.decided_by, rejected.note) == ("李", "不适用")


def test_values_nobody_filled_in_are_not_confirmed(review: DocumentReview):
    with pytest.raises(InputError) as error:
        decide(review, of(review, "payers.rules"), "confirmed", by="王")
    assert {fault.column for fault in error.value.faults} == {"key", "items"}
    with pytest.raises(InputError):
        decide(review, of(review, "acceptance"), "confirmed", by="王")


@pytest.mark.parametrize(
    "value",
    [
        {"working_days": 0},
        {"working_days": 7, "colour": 1},
        {"working_days": 7, "quote": "公示不少于30个工作日"},
        {},
    ],
)
def test_a_change_must_fit_the_section_and_quote_the_passage(review: DocumentReview, value: dict[str, Any]):
    with pytest.raises(InputError):
        decide(review, of(review, "public_notice"), "changed", by="王", value=value)


def test_a_change_may_quote_a_part(review: DocumentReview, tmp_path: Path):
    value = {"working_days": 7, "quote": "公示不少于7个工作日"}
    changed = decide(review, of(review, "public_notice"), "changed", by="王", value=value)
    found = of_project(adopted(changed, tmp_path), "notice", dates={"公示开始": "2022-04-01"})
    assert found.quote == "公示不少于7个工作日"


def test_a_section_of_one_rule_takes_one_passage(review: DocumentReview):
    passage = review.passage(of(review, "public_notice"))
    assert passage is not None
    twice = review.model_copy(update={"passages": (*review.passages, passage.model_copy(update={"id": "x"}))})
    once = decide(twice, "x", "confirmed", by="王")
    with pytest.raises(RefusedError):
        decide(once, passage.id, "confirmed", by="王")
    reopened = decide(once, "x", "open", by="王")
    assert decide(reopened, passage.id, "confirmed", by="王").tally()["confirmed"] == 1


def test_an_unknown_passage_is_named(review: DocumentReview):
    with pytest.raises(NotFoundError):
        decide(review, "c999", "confirmed", by="王")


def test_a_docx_gives_the_same_passages_as_the_text(review: DocumentReview, tmp_path: Path):
    document = docx.Document()
    for line in UNSEEN.splitlines():
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=1)
    table.rows[0].cells[0].text = "设计方案另行公示不少于9个工作日。"
    document.save(str(tmp_path / "某县.docx"))
    found = propose(tmp_path / "某县.docx", code="S9", title="某县方案")
    assert {one.quote for one in found.passages} == {one.quote for one in review.passages} | {
        "设计方案另行公示不少于9个工作日"
    }


@pytest.mark.parametrize(
    ("name", "content"), [("a.docx", b"PK\x03\x04junk"), ("a.pdf", b"%PDF"), ("a.txt", b"\xff\xff\x81")]
)
def test_a_file_that_is_no_document_is_refused(name: str, content: bytes, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError):
        propose(tmp_path / name, code="S9", title="t")


def test_a_review_survives_its_file_and_a_broken_one_is_refused(review: DocumentReview, tmp_path: Path):
    write_review(review, tmp_path / "r.json")
    assert read_review(tmp_path / "r.json") == review
    (tmp_path / "r.json").write_text('{"document": 1}', encoding="utf-8")
    with pytest.raises(FileFormatError):
        read_review(tmp_path / "r.json")
    with pytest.raises(NotFoundError):
        read_review(tmp_path / "none.json")


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    source, review, profile = tmp_path / "d.txt", tmp_path / "r.json", tmp_path / "p.toml"
    source.write_text(UNSEEN, encoding="utf-8")
    main(
        [
            "policy",
            "read",
            str(source),
            "--code",
            "S9",
            "--title",
            "某县方案",
            "--draft",
            "--out",
            str(review),
            "--json",
        ]
    )
    passages = json.loads(capsys.readouterr().out)["passages"]
    (notice,) = (one["id"] for one in passages if one["section"] == "public_notice")
    main(
        [
            "policy",
            "decide",
            str(review),
            notice,
            "--change",
            '{"working_days": 7, "count_start_day": true}',
            "--as",
            "王",
        ]
    )
    main(["policy", "adopt", str(review), "--name", "moxian", "--title", "某县", "--out", str(profile)])
    assert "不在其中" in capsys.readouterr().out
    found = of_project(str(profile), "notice", dates={"公示开始": "2022-04-01", "公示结束": "2022-04-12"})
    assert (found.answer, found.document_status) == ("符合", "draft")
    assert read_review(review).tally()["changed"] == 1
    with pytest.raises(SystemExit) as stop:
        main(["policy", "decide", str(review), notice])
    assert stop.value.code == 2
