"""The open questions as a sheet to hand around (待核问题表): answers are filled in and read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gisplanner.domain.questions import StoredQuestion
from gisplanner.errors import Fault, InputError
from gisplanner.formats.annex import read_tables
from gisplanner.formats.annex_cells import clean
from gisplanner.formats.list_writer import write_list
from gisplanner.formats.table import read_bytes
from gisplanner.services.ingest.question_texts import KINDS
from gisplanner.text import Language, Text, in_language

_HEADINGS: Final = (
    Text("编号", en="id"),
    Text("种类", en="kind"),
    Text("问题", en="question"),
    Text("可选的答复", en="choices"),
    Text("来源", en="source"),
    Text("答复", en="answer"),
    Text("依据", en="note"),
)
_ID, _ANSWER, _NOTE = 0, 5, 6
_SHEET: Final = Text("待核问题", en="questions")


def write_questions(path: Path, questions: Sequence[StoredQuestion], *, language: Language = "zh") -> None:
    """Write questions with an empty column for the answers (filled where there is one).

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    rows = [
        (
            str(one.id),
            in_language(KINDS[one.kind], language),
            in_language(one.text, language),
            "\n".join(f"{choice.answer}：{in_language(choice.label, language)}" for choice in one.choices),
            one.file + (f" #{one.row}" if one.row is not None else ""),
            one.answer or "",
            one.note or "",
        )
        for one in questions
    ]
    headings = [in_language(heading, language) for heading in _HEADINGS]
    write_list(path, {in_language(_SHEET, language): rows}, headings=headings)


def read_answers(path: Path) -> dict[int, tuple[str, str | None]]:
    """Return answer and note by the number of the question; rows without an answer are left out.

    Raises
    ------
    FileFormatError, NotFoundError
        The file is no table.
    InputError
        It is not a sheet of questions, or a number is none; all faults together.
    """
    headings = {column: {str(_HEADINGS[column]), _HEADINGS[column].en} for column in (_ID, _ANSWER, _NOTE)}
    faults: list[Fault] = []
    for table in read_tables(read_bytes(path), path):
        head = next((row for row in table.rows if not row.blank), None)
        at = {
            column: next((i for i, cell in enumerate(head.cells if head else ()) if clean(cell.text) in names), None)
            for column, names in headings.items()
        }
        number_at, answer_at, note_at = at[_ID], at[_ANSWER], at[_NOTE]
        if head is None or number_at is None or answer_at is None:
            continue
        answers: dict[int, tuple[str, str | None]] = {}
        for row in table.rows:
            answer = clean(row.cell(answer_at).text)
            if row.number <= head.number or not answer:
                continue
            number = clean(row.cell(number_at).text)
            if not number.isdecimal() or int(number) in answers:
                faults.append(Fault(path.name, table.sheet, row.number, _HEADINGS[_ID], number or None))
                continue
            note = clean(row.cell(note_at).text) if note_at is not None else ""
            answers[int(number)] = (answer, note or None)
        if faults:
            raise InputError(Text("编号有误。", en="Numbers of questions are wrong."), faults)
        return answers
    raise InputError(
        Text(f"{path.name} 不是待核问题表。", en=f"{path.name} is no sheet of questions."),
        [Fault(file=path.name, allowed="、".join(_HEADINGS))],
    )
