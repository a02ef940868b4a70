"""Fill what a survey found into estates of the register: blanks are filled, nothing is overwritten without a yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gisplanner.domain.questions import FILE, NONE, REGISTER, Choice, Question
from gisplanner.domain.works import WILLING
from gisplanner.domain.years import year_range
from gisplanner.formats.survey_columns import LABELS, SurveyColumn
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text

_OF_ESTATE: Final = ("year_built", "ownership")
Values = Mapping[SurveyColumn, str]


@dataclass(frozen=True, slots=True)
class KnownEstate:
    """An estate of the register and what it already holds in the columns a survey fills."""

    id: int
    code: str
    name: str | None
    community: str | None
    households: int | None
    values: Mapping[SurveyColumn, str | None]

    @property
    def label(self) -> str:
        """Return name and community, to be told from its namesakes."""
        return (self.name or self.code) + (f"（{self.community}）" if self.community else "")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where values come from: file, its fingerprint, row, and the day they hold from."""

    file: str
    sha256: str
    row: int | None
    on: date

    def details(self) -> dict[str, Any]:
        """Return the form a question keeps until it is answered."""
        return {"file": self.file, "sha256": self.sha256, "row": self.row, "on": self.on.isoformat()}


def origin_of(details: Mapping[str, Any]) -> Origin:
    """Return the origin a question kept."""
    return Origin(details["file"], details["sha256"], details["row"], date.fromisoformat(details["on"]))


def known_estates(connection: Connection, district_id: str) -> dict[str, KnownEstate]:
    """Return the estates of a district by code."""
    rows = queries().survey_estates(connection, district_id=district_id, willing_kind=WILLING)
    return {
        row.code: KnownEstate(
            row.id,
            row.code,
            row.name,
            row.community,
            row.households,
            {
                "year_built": row.year_built,
                "ownership": row.ownership,
                "willing_households": None if row.willing_households is None else str(int(row.willing_households)),
            },
        )
        for row in rows
    }


def compare(estate: KnownEstate, values: Values, origin: Origin) -> tuple[dict[SurveyColumn, str], list[Question]]:
    """Return what may be filled in at once, and what a person has to decide."""
    fill: dict[SurveyColumn, str] = {}
    questions = []
    for column, value in values.items():
        held = estate.values[column]
        why = unfit(column, value, estate.households)
        if why is not None:
            questions.append(_what_value(estate, column, value, why, origin))
        elif held is None:
            fill[column] = value
        elif not _same(column, held, value):
            questions.append(_which_value(estate, column, held, value, origin))
    return fill, questions


def unfit(column: SurveyColumn, value: str, households: int | None) -> Text | None:
    """Return why a value cannot be stored as it is; ``None`` if it can."""
    if column == "year_built" and year_range(value) is None:
        return Text("读不出年份", en="no year can be read from it")
    if column == "willing_households":
        if not value.isdecimal():
            return Text("不是整数", en="no whole number")
        if households is not None and int(value) > households:
            return Text(f"大于总户数 {households}", en=f"more than the {households} households there are")
    return None


def write_values(
    connection: Connection, estate: KnownEstate, values: Values, origin: Origin, *, batch_id: int
) -> None:
    """Write values over what the estate holds; what stood there can be put back by undoing the batch."""
    if any(column in values for column in _OF_ESTATE):
        columns = [*(column for column in _OF_ESTATE if column in values), "survey_batch_id", "batch_id"]
        queries().batch_remember_columns(
            connection, batch_id=batch_id, target="estate", ids=[estate.id], columns=columns
        )
        queries().survey_fill(
            connection,
            estate_id=estate.id,
            year_built=values.get("year_built"),
            ownership=values.get("ownership"),
            batch_id=batch_id,
        )
    if "willing_households" in values:
        queries().survey_figure(
            connection,
            estate_id=estate.id,
            kind=WILLING,
            amount=int(values["willing_households"]),
            happened_on=origin.on,
            source=origin.file,
            batch_id=batch_id,
        )


def _same(column: SurveyColumn, held: str, value: str) -> bool:
    if column == "year_built":
        return held.strip() == value.strip() or (
            year_range(held) is not None and year_range(held) == year_range(value)
        )
    return held.strip() == value.strip()


def _which_value(estate: KnownEstate, column: SurveyColumn, held: str, value: str, origin: Origin) -> Question:
    label = LABELS[column]
    return Question(
        "which_value",
        f"which_value|{estate.code}|{column}|{held}|{value}",
        estate.label,
        Text(
            f"{estate.label}的{label}：台账是“{held}”，{origin.file} 第 {origin.row} 行是“{value}”，以哪个为准？",
            en=f"{label.en} of {estate.label}: the register says “{held}”, row {origin.row} of {origin.file} "
            f"“{value}”. Which is right?",
        ),
        (
            Choice(REGISTER, Text(f"保留“{held}”", en=f"keep “{held}”")),
            Choice(FILE, Text(f"改为“{value}”", en=f"change to “{value}”")),
        ),
        {**origin.details(), "code": estate.code, "column": column, "value": value},
        origin.row,
    )


def _what_value(estate: KnownEstate, column: SurveyColumn, value: str, why: Text, origin: Origin) -> Question:
    label = LABELS[column]
    return Question(
        "what_value",
        f"what_value|{estate.code}|{column}|{value}",
        estate.label,
        Text(
            f"{estate.label}的{label}写的是“{value}”（{origin.file} 第 {origin.row} 行），{why}：应是多少？",
            en=f"{label.en} of {estate.label} says “{value}” (row {origin.row} of {origin.file}): {why.en}. "
            "What should it be?",
        ),
        (Choice(NONE, Text("不采用", en="leave it out")),),
        {**origin.details(), "code": estate.code, "column": column},
        origin.row,
    )
