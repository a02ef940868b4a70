"""The list of open questions (待核问题): what imports could not decide, answered by a person, whenever."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

from gisplanner.domain.district import District
from gisplanner.domain.questions import FILE, NONE, QuestionKind, StoredQuestion
from gisplanner.errors import Fault, InputError, NotFoundError, RefusedError
from gisplanner.formats.survey_columns import LABELS, SurveyColumn
from gisplanner.services.ingest.estates import normalised
from gisplanner.services.ingest.fill import Values, compare, known_estates, origin_of, unfit, write_values
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import record_batch
from gisplanner.store.queries import queries
from gisplanner.store.questions import ask, question, stored_questions
from gisplanner.store.register import lock_register
from gisplanner.text import Language, Text, in_language

BATCH_KIND: Final = "answer"


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did; ``batch`` holds what was written because of it, ``None`` if nothing was."""

    question: StoredQuestion
    answer: str
    done: Text
    batch: int | None

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the document of ``--json``."""
        return {
            "question": self.question.id,
            "answer": self.answer,
            "done": in_language(self.done, language),
            "batch": self.batch,
        }


def list_questions(db: Database, district: District, *, with_settled: bool = False) -> list[StoredQuestion]:
    """Return the questions that wait for an answer, oldest first; ``with_settled`` adds answered and lapsed ones."""
    with db.transaction() as connection:
        return stored_questions(connection, district.id, with_settled=with_settled)


def answer_question(
    db: Database, district: District, question_id: int, answer: str, *, note: str | None = None
) -> Answered:
    """Answer one question and write what follows from it, as a batch of its own that can be undone.

    Raises
    ------
    NotFoundError
        The district has no such question.
    RefusedError
        It is answered already, or does not arise any more.
    InputError
        The answer is none of its choices.
    """
    with db.transaction() as connection:
        lock_register(connection, district.id)
        return _answer(connection, district, question_id, answer.strip(), note)


def answer_questions(
    db: Database, district: District, answers: Mapping[int, tuple[str, str | None]]
) -> list[Answered]:
    """Answer several questions at once, all of them or none; each with its note.

    Raises
    ------
    InputError
        Answers that cannot be taken, all together.
    """
    done, faults = [], []
    with db.transaction() as connection:
        lock_register(connection, district.id)
        for question_id, (answer, note) in answers.items():
            try:
                done.append(_answer(connection, district, question_id, answer.strip(), note))
            except (InputError, RefusedError) as error:
                faults += [
                    Fault(fault.file, fault.layer, fault.row, "答复", answer, fault.allowed, error.message)
                    for fault in error.faults
                ]
        if faults:
            raise InputError(
                Text(f"{len(faults)} 个答复不能用，一个也没有写入。", en=f"{len(faults)} answers cannot be taken."),
                faults,
            )
    return done


def _answer(connection: Connection, district: District, question_id: int, answer: str, note: str | None) -> Answered:
    asked = _open(connection, district, question_id)
    done, batch_id = _EFFECTS[asked.kind](connection, district, asked, answer)
    queries().question_answer(connection, question_id=asked.id, answer=answer, note=note, batch_id=batch_id)
    return Answered(asked, answer, done, batch_id)


def _open(connection: Connection, district: District, question_id: int) -> StoredQuestion:
    asked = question(connection, district.id, question_id)
    if asked is None:
        raise NotFoundError(
            Text(f"没有待核问题 {question_id}。", en=f"There is no question {question_id}."),
            [Fault(row=question_id, value=str(question_id))],
        )
    if asked.answer is not None or asked.lapsed:
        why = (
            Text("已答复过", en="is answered already")
            if asked.answer
            else Text("已不成立", en="does not arise any more")
        )
        raise RefusedError(
            Text(f"问题 {question_id} {why}。", en=f"Question {question_id} {why.en}."),
            [Fault(row=question_id, value=asked.answer)],
        )
    return asked


def _must_be_offered(asked: StoredQuestion, answer: str) -> None:
    offered = [choice.answer for choice in asked.choices]
    if answer not in offered:
        raise InputError(
            Text(f"问题 {asked.id} 没有这个选项。", en=f"Question {asked.id} has no such answer."),
            [Fault(row=asked.id, column="ANSWER", value=answer, allowed="、".join(offered))],
        )


Effect = tuple[Text, int | None]


def _nothing(_connection: Connection, _district: District, asked: StoredQuestion, answer: str) -> Effect:
    _must_be_offered(asked, answer)
    label = next(choice.label for choice in asked.choices if choice.answer == answer)
    return Text(f"已记录：{label}。数据未改动。", en=f"Recorded: {label.en}. No data were changed."), None


def _which_estate(connection: Connection, district: District, asked: StoredQuestion, answer: str) -> Effect:
    _must_be_offered(asked, answer)
    if answer == NONE:
        return Text(f"“{asked.subject}”不采用。", en=f"“{asked.subject}” is left out."), None
    known = known_estates(connection, district.id)
    if answer not in known:
        raise RefusedError(
            Text(f"台账中已没有 {answer}。", en=f"{answer} is no longer in the register."),
            [Fault(row=asked.id, column="ANSWER", value=answer)],
        )
    estate, details = known[answer], asked.details
    batch_id = _record(connection, district, asked)
    name, values = details.get("name"), cast("Values", details.get("values") or {})
    if name and not any(one.name == name for one in known.values()):
        queries().alias_set(
            connection,
            district_id=district.id,
            name_key=normalised(name),
            name=name,
            estate_id=estate.id,
            batch_id=batch_id,
        )
    if not values:
        again = Text(
            f"“{name}”即{estate.label}，再导入一次 {asked.file} 即生效。",
            en=f"“{name}” is {estate.label}; import {asked.file} again.",
        )
        return again, batch_id
    origin = origin_of(details)
    fill, questions = compare(estate, values, origin)
    write_values(connection, estate, fill, origin, batch_id=batch_id)
    ask(connection, district.id, questions, file=asked.file, batch_id=batch_id)
    more = (
        Text(f"另有 {len(questions)} 个新问题", en=f"{len(questions)} new questions")
        if questions
        else Text("", en="")
    )
    return (
        Text(
            f"“{name}”即{estate.label}，已补充{_told(fill)}。{more}",
            en=f"“{name}” is {estate.label}; filled in: {_told_en(fill)}. {more.en}",
        ),
        batch_id,
    )


def _which_value(connection: Connection, district: District, asked: StoredQuestion, answer: str) -> Effect:
    _must_be_offered(asked, answer)
    if answer != FILE:
        return Text("保留台账原值。", en="The register stays as it is."), None
    return _put(connection, district, asked, asked.details["value"])


def _what_value(connection: Connection, district: District, asked: StoredQuestion, answer: str) -> Effect:
    if answer == NONE:
        return Text("不采用这个值。", en="The value is left out."), None
    return _put(connection, district, asked, answer)


def _put(connection: Connection, district: District, asked: StoredQuestion, value: str) -> Effect:
    details = asked.details
    column = cast("SurveyColumn", details["column"])
    estate = known_estates(connection, district.id).get(details["code"])
    why = Text("台账中已没有这个小区", en="the estate is gone") if estate is None else None
    why = why or unfit(column, value, None if estate is None else estate.households)
    if estate is None or why is not None:
        assert why is not None
        raise InputError(
            Text(f"问题 {asked.id} 的答复不能用：{why}。", en=f"Question {asked.id}: {why.en}."),
            [Fault(row=asked.id, column="ANSWER", value=value, hint=why)],
        )
    batch_id = _record(connection, district, asked)
    write_values(connection, estate, {column: value}, origin_of(details), batch_id=batch_id)
    return (
        Text(f"{estate.label}的{LABELS[column]}已写为“{value}”。", en=f"{LABELS[column].en} is now “{value}”."),
        batch_id,
    )


def _record(connection: Connection, district: District, asked: StoredQuestion) -> int:
    return record_batch(
        connection,
        district_id=district.id,
        kind=BATCH_KIND,
        file_name=asked.file,
        file_sha256=asked.details["sha256"],
        file_layer=None,
        declared_crs=None,
        credit=None,
        rows_read=1,
        rows_stored=1,
        report=json.dumps({"question": asked.id, "text": str(asked.text)}, ensure_ascii=False),
    )


def _told(values: Values) -> str:
    return "、".join(f"{LABELS[column]} {value}" for column, value in values.items()) or "：无"


def _told_en(values: Values) -> str:
    return ", ".join(f"{LABELS[column].en} {value}" for column, value in values.items()) or "nothing"


_EFFECTS: Final[Mapping[QuestionKind, Callable[[Connection, District, StoredQuestion, str], Effect]]] = (
    MappingProxyType(
        {
            "which_estate": _which_estate,
            "which_value": _which_value,
            "what_value": _what_value,
            "doubtful_figure": _nothing,
            "same_estate": _nothing,
        }
    )
)
