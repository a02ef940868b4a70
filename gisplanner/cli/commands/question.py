"""``gisplanner question``: what imports could not decide (待核问题), listed and answered."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import Fault, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.question_sheet import read_answers, write_questions
from gisplanner.services.ingest.question_texts import question_document, question_sentences
from gisplanner.services.ingest.questions import answer_question, answer_questions, list_questions
from gisplanner.text import Text


@root.group("question")
def group() -> None:
    """待核问题：导入时不能替人决定的事 (open questions of imports)."""


@command(group, "list")
@DISTRICT
@click.option("--all", "with_settled", is_flag=True, help="连同已答复的和不再成立的 (settled ones too)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="写成可填答复的表 (sheet to fill in)")
def list_(session: Session, district: str, *, with_settled: bool, out: Path | None) -> None:
    """列出待核问题 (list)."""
    with session.database() as db:
        asked = list_questions(db, get_district(db, district), with_settled=with_settled)
    if out is not None:
        write_questions(out, asked, language=session.language)
    document = {"questions": [question_document(one, session.language) for one in asked]}
    session.result(document, question_sentences(asked, out))


@command(group, "answer")
@click.argument("number", type=int, required=False, metavar="ID")
@click.argument("answer", required=False, metavar="ANSWER")
@DISTRICT
@click.option("--note", metavar="TEXT", help="依据或说明 (why)")
@click.option("--file", type=click.Path(path_type=Path), metavar="X.xlsx", help="填好答复的表 (a sheet filled in)")
def answer(
    session: Session, number: int | None, answer: str | None, district: str, note: str | None, file: Path | None
) -> None:
    """答复一个问题，或一张填好的表 (answer one question, or all of a sheet)."""
    if (file is None) == (number is None or answer is None):
        raise UsageError(
            Text("写明编号和答复，或用 --file 给出填好的表。", en="Give number and answer, or a sheet with --file."),
            [Fault(column="ID ANSWER", allowed="ID ANSWER, --file X.xlsx")],
        )
    with session.database() as db:
        found = get_district(db, district)
        if file is not None:
            done = answer_questions(db, found, read_answers(file))
        else:
            assert number is not None
            assert answer is not None
            done = [answer_question(db, found, number, answer, note=note)]
    sentences = [one.done for one in done] or [Text("表里没有答复。", en="The sheet holds no answer.")]
    session.result(
        {"answered": [one.as_dict(session.language) for one in done]},
        Text("\n".join(sentences), en="\n".join(one.en for one in sentences)),
    )
