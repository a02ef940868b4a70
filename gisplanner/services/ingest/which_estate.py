"""Which estate of the register a row of another spreadsheet means: certain, or a question with suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gisplanner.domain.questions import NONE, Choice, Question
from gisplanner.formats.survey_columns import SurveyRow
from gisplanner.services.ingest.estates import normalised, suggestions
from gisplanner.services.ingest.fill import KnownEstate
from gisplanner.text import Text

EXACT_SCORE = 100
_NONE_OF_THEM = Choice(NONE, Text("都不是，不采用", en="none of them"))


@dataclass(frozen=True, slots=True)
class Meant:
    """Rows that mean an estate for certain, by row number, and the questions about the others."""

    code_of: Mapping[int, str]
    questions: tuple[Question, ...]


def estates_meant(
    rows: Sequence[SurveyRow],
    known: Mapping[str, KnownEstate],
    aliases: Mapping[str, str],
    details: Mapping[int, Mapping[str, Any]],
    *,
    file: str,
) -> Meant:
    """Return which estate each row means.

    Certain is a code, a name that only one estate has and only one row says, or a name somebody confirmed. A
    community that contradicts makes it a question; so does every name that is only nearly right.

    Parameters
    ----------
    details
        What each question keeps until it is answered, by row number.
    """
    times = Counter((normalised(row.name), row.community) for row in rows if row.name)
    code_of: dict[int, str] = {}
    questions = []
    for row in rows:
        fits = _fits(row, known, aliases)
        twice = row.code is None and bool(row.name) and times[normalised(row.name or ""), row.community] > 1
        if len(fits) == 1 and not twice:
            code_of[row.row] = fits[0]
        else:
            questions.append(_question(row, fits, known, details[row.row], file, twice=twice))
    return Meant(code_of, tuple(questions))


def _fits(row: SurveyRow, known: Mapping[str, KnownEstate], aliases: Mapping[str, str]) -> list[str]:
    if row.code is not None:
        return [row.code] if row.code in known else []
    name = row.name or ""
    same = [code for code, estate in known.items() if estate.name is not None and estate.name.strip() == name]
    if not same and normalised(name) in aliases:
        return [aliases[normalised(name)]]
    if row.community is None:
        return same
    return [code for code in same if known[code].community == row.community]


def _question(
    row: SurveyRow,
    fits: Sequence[str],
    known: Mapping[str, KnownEstate],
    details: Mapping[str, Any],
    file: str,
    *,
    twice: bool,
) -> Question:
    name = row.name or row.code or ""
    names = {code: estate.name for code, estate in known.items() if estate.name}
    same = [code for code in names if names[code] == name]
    near = {one.code: one.score for one in suggestions(name, names)}
    scores = {**dict.fromkeys([*fits, *same], EXACT_SCORE), **{c: s for c, s in near.items() if c not in same}}
    choices = tuple(
        Choice(code, Text(f"{known[code].label} {code}", en=f"{known[code].label} {code}"), score)
        for code, score in sorted(scores.items(), key=lambda one: -one[1])
    )
    community = f"（{row.community}）" if row.community else ""
    why = Text("，文件里不止一行叫这个名字", en=" (several rows have this name)") if twice else Text("", en="")
    values = "、".join(f"{column}={value}" for column, value in sorted(row.values.items()))
    return Question(
        "which_estate",
        f"which_estate|{file}|{name}|{row.community or ''}|{values if twice else ''}",
        f"{name}{community}",
        Text(
            f"{file} 第 {row.row} 行的“{name}”{community}是台账中的哪个小区{why}？",
            en=f"Which estate of the register is “{name}”{community}, row {row.row} of {file}{why.en}?",
        ),
        (*choices, _NONE_OF_THEM),
        {**details, "name": row.name, "values": dict(row.values)},
        row.row,
    )
