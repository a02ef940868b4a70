"""Open questions (待核问题) and confirmed other names of estates (别名) in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gisplanner.domain.questions import Choice, Question, QuestionKind, StoredQuestion
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text


def unanswered(connection: Connection, district_id: str, questions: Iterable[Question]) -> list[Question]:
    """Return those of ``questions`` that nobody has answered yet."""
    answered = {row.fingerprint for row in queries().question_answered(connection, district_id=district_id)}
    return [question for question in questions if question.fingerprint not in answered]


def ask(
    connection: Connection, district_id: str, questions: Iterable[Question], *, file: str, batch_id: int | None
) -> None:
    """Store questions; one that was asked before is not asked again, an answered one stays answered."""
    for question in questions:
        queries().question_ask(
            connection,
            district_id=district_id,
            kind=question.kind,
            fingerprint=question.fingerprint,
            subject=question.subject,
            question=_json({"zh": str(question.text), "en": question.text.en}),
            choices=_json([choice.as_dict() for choice in question.choices]),
            details=_json(question.details),
            file_name=file,
            file_row=question.row,
            batch_id=batch_id,
        )


def lapse(
    connection: Connection,
    district_id: str,
    kinds: Sequence[QuestionKind],
    questions: Iterable[Question],
    *,
    file: str | None = None,
) -> int:
    """Close the open questions of these kinds (and this file) that are not among ``questions`` any more."""
    return int(
        queries().question_lapse(
            connection,
            district_id=district_id,
            kinds=list(kinds),
            file_name=file,
            asked=[question.fingerprint for question in questions],
        )
    )


def stored_questions(connection: Connection, district_id: str, *, with_settled: bool = False) -> list[StoredQuestion]:
    """Return the open questions of a district, oldest first; ``with_settled`` adds answered and lapsed ones."""
    rows = queries().question_list(connection, district_id=district_id, with_settled=with_settled)
    return [_stored(row) for row in rows]


def question(connection: Connection, district_id: str, question_id: int) -> StoredQuestion | None:
    """Return one question and keep others from answering it until the commit."""
    row = queries().question_get(connection, district_id=district_id, question_id=question_id)
    return None if row is None else _stored(row)


def aliases(connection: Connection, district_id: str) -> dict[str, str]:
    """Return the code of the estate by each confirmed other name, reduced to what is compared."""
    return {row.name_key: row.code for row in queries().alias_list(connection, district_id=district_id)}


def _stored(row: Any) -> StoredQuestion:
    return StoredQuestion(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        text=Text(row.question["zh"], en=row.question["en"]),
        choices=tuple(
            Choice(choice["answer"], Text(choice["zh"], en=choice["en"]), choice["score"]) for choice in row.choices
        ),
        details=row.details,
        file=row.file_name,
        row=row.file_row,
        batch=row.batch_id,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        answer=row.answer,
        note=row.note,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        lapsed=row.lapsed_at is not None,
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
