"""Fill columns of another spreadsheet into the register (补充列): what is certain at once, the rest as questions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.domain.questions import Question
from gisplanner.errors import Fault, NotFoundError
from gisplanner.formats.survey_columns import LABELS, SurveyFile, SurveyRow, read_survey
from gisplanner.services.ingest.fill import KnownEstate, Origin, Values, compare, known_estates, write_values
from gisplanner.services.ingest.which_estate import estates_meant
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import record_batch
from gisplanner.store.questions import aliases, ask, lapse, stored_questions, unanswered
from gisplanner.store.register import lock_register
from gisplanner.text import Language, Text, in_language

BATCH_KIND: Final = "survey"
_ASKED_HERE: Final = ("which_estate", "which_value", "what_value")


@dataclass(frozen=True, slots=True)
class SurveyReport:
    """What filling in did, or would do.

    ``filled`` counts estates by column; ``open_questions`` all questions of the district that wait for an answer.
    """

    district: str
    file: str
    rows_read: int
    matched: tuple[tuple[int, str], ...]
    filled: dict[str, int]
    questions: tuple[Question, ...]
    repeated_rows: tuple[int, ...]
    ignored_columns: tuple[str, ...]
    open_questions: int
    dry_run: bool
    batch: int | None

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the document of ``--json``."""
        return {
            "district": self.district,
            "file": self.file,
            "rows_read": self.rows_read,
            "matched": [{"row": row, "code": code} for row, code in self.matched],
            "filled": self.filled,
            "questions": [
                {
                    "kind": one.kind,
                    "row": one.row,
                    "question": in_language(one.text, language),
                    "choices": [
                        {"answer": c.answer, "label": in_language(c.label, language), "score": c.score}
                        for c in one.choices
                    ],
                }
                for one in self.questions
            ],
            "repeated_rows": list(self.repeated_rows),
            "ignored_columns": list(self.ignored_columns),
            "open_questions": self.open_questions,
            "dry_run": self.dry_run,
            "batch": self.batch,
        }

    def sentences(self) -> Text:
        """Return the report for a person."""
        here = f"gisplanner question list --district {self.district}"
        filled = "、".join(f"{LABELS[column]} {count} 个" for column, count in self.filled.items()) or "无"
        filled_en = ", ".join(f"{LABELS[column].en} {count}" for column, count in self.filled.items()) or "nothing"
        verb, verb_en = (
            ("试运行（未写入）：将补充", "Dry run, would fill in") if self.dry_run else ("已补充", "Filled in")
        )
        lines = [
            Text(
                f"{self.file}：{self.rows_read} 行，对上台账 {len(self.matched)} 行；{verb} {filled}。",
                en=f"{self.file}: {self.rows_read} rows, {len(self.matched)} match the register. "
                f"{verb_en}: {filled_en}.",
            )
        ]
        if self.repeated_rows:
            rows = "、".join(str(row) for row in self.repeated_rows)
            lines.append(Text(f"重复的行只取一次：第 {rows} 行。", en=f"Rows that stand twice: {rows}."))
        if self.questions:
            lines.append(
                Text(
                    f"须有人答复的问题 {len(self.questions)} 个（{here}）：",
                    en=f"{len(self.questions)} questions to answer ({here}):",
                )
            )
            lines += [Text(f"  {one.text}", en=f"  {one.text.en}") for one in self.questions[:10]]
        return Text("\n".join(lines), en="\n".join(line.en for line in lines))


def fill_register(
    db: Database, district: District, path: Path, *, sheet: str | None = None, on: date, dry_run: bool = False
) -> SurveyReport:
    """Fill years, ownership and willing households of a spreadsheet into the estates it names.

    Only blanks of estates that are certain are filled. A name that is nearly right, a value that differs from the
    stored one or cannot be read is asked about and waits, see :mod:`gisplanner.services.ingest.questions`.

    Parameters
    ----------
    on
        Day the survey holds from: willing households are counted on a day.
    dry_run
        Do everything but the commit.

    Raises
    ------
    NotFoundError
        No such file or sheet; or the district has no register.
    FileFormatError, InputError
        The file cannot be read; all faults together, nothing was written.
    """
    read = read_survey(path, sheet=sheet)
    rows, repeated = _once(read.rows)
    with db.transaction() as connection:
        lock_register(connection, district.id)
        known = known_estates(connection, district.id)
        if not known:
            raise NotFoundError(
                Text(f"{district.name} 还没有台账。", en=f"{district.name} has no register yet."),
                [Fault(hint=f"gisplanner register import FILE --district {district.id}")],
            )
        origins = {row.row: Origin(read.file, read.sha256, row.row, on) for row in rows}
        meant = estates_meant(
            rows,
            known,
            aliases(connection, district.id),
            {row: origin.details() for row, origin in origins.items()},
            file=read.file,
        )
        fills, questions = _compared(rows, meant.code_of, known, origins)
        questions = unanswered(connection, district.id, [*meant.questions, *questions])
        batch_id = _write(connection, district, read, fills, len(meant.code_of)) if fills else None
        ask(connection, district.id, questions, file=read.file, batch_id=batch_id)
        lapse(connection, district.id, _ASKED_HERE, questions, file=read.file)
        report = SurveyReport(
            district=district.id,
            file=read.file,
            rows_read=len(read.rows),
            matched=tuple(sorted(meant.code_of.items())),
            filled=dict(Counter(column for _, values, _ in fills for column in values)),
            questions=tuple(questions),
            repeated_rows=repeated,
            ignored_columns=read.ignored_columns,
            open_questions=len(stored_questions(connection, district.id)),
            dry_run=dry_run,
            batch=None if dry_run else batch_id,
        )
        if dry_run:
            connection.rollback()
    return report


_Fill = tuple[KnownEstate, Values, Origin]


def _once(rows: Sequence[SurveyRow]) -> tuple[list[SurveyRow], tuple[int, ...]]:
    """Return the rows without those that only repeat an earlier one, and the numbers of these."""
    seen: dict[Any, int] = {}
    kept, repeated = [], []
    for row in rows:
        said = (row.code, row.name, row.community, tuple(sorted(row.values.items())))
        if said in seen:
            repeated.append(row.row)
        else:
            seen[said] = row.row
            kept.append(row)
    return kept, tuple(repeated)


def _compared(
    rows: Sequence[SurveyRow], code_of: Any, known: dict[str, KnownEstate], origins: dict[int, Origin]
) -> tuple[list[_Fill], list[Question]]:
    fills: list[_Fill] = []
    questions: list[Question] = []
    for row in rows:
        if row.row in code_of:
            estate = known[code_of[row.row]]
            values, open_ = compare(estate, row.values, origins[row.row])
            questions += open_
            if values:
                fills.append((estate, values, origins[row.row]))
    return fills, questions


def _write(connection: Connection, district: District, read: SurveyFile, fills: list[_Fill], matched: int) -> int:
    report = {"filled": [{"code": estate.code, **values} for estate, values, _ in fills]}
    batch_id = record_batch(
        connection,
        district_id=district.id,
        kind=BATCH_KIND,
        file_name=read.file,
        file_sha256=read.sha256,
        file_layer=None,
        declared_crs=None,
        credit=None,
        rows_read=len(read.rows),
        rows_stored=matched,
        report=json.dumps(report, ensure_ascii=False),
    )
    for estate, values, origin in fills:
        write_values(connection, estate, values, origin, batch_id=batch_id)
    return batch_id
