"""Outlines whose name is nearly that of an estate: asked about, and the answer holds for every later import."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from gisplanner.domain.questions import NONE, Choice, Question
from gisplanner.formats.vector import VectorFile
from gisplanner.services.ingest.fill import Origin
from gisplanner.services.ingest.report import Leftover
from gisplanner.store.database import Connection
from gisplanner.store.questions import ask, lapse, unanswered
from gisplanner.text import Text


def ask_about_rows(connection: Connection, district_id: str, file: VectorFile, left: Iterable[Leftover]) -> int:
    """Ask about every row of a file that has suggestions; return how many questions there are."""
    name = file.path.name
    asked = [_question(file, one) for one in left if one.suggestions and one.name]
    ask(connection, district_id, asked, file=name, batch_id=None)
    lapse(connection, district_id, ["which_estate"], asked, file=name)
    return len(unanswered(connection, district_id, asked))


def _question(file: VectorFile, left: Leftover) -> Question:
    choices = [
        Choice(one.code, Text(f"{one.name} {one.code}", en=f"{one.name} {one.code}"), one.score)
        for one in left.suggestions
    ]
    origin = Origin(file.path.name, file.sha256, left.row, datetime.now(UTC).date())
    return Question(
        "which_estate",
        f"which_estate|{file.path.name}|{left.name}",
        str(left.name),
        Text(
            f"{file.path.name} 第 {left.row} 行的轮廓“{left.name}”是台账中的哪个小区？",
            en=f"Which estate of the register is the outline “{left.name}”, row {left.row} of {file.path.name}?",
        ),
        (*choices, Choice(NONE, Text("都不是", en="none of them"))),
        {**origin.details(), "name": left.name},
        left.row,
    )
