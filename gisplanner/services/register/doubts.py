"""What a register leaves in doubt, as questions: figures nobody would expect, rows that may be one estate.

A figure is asked about and never corrected: the total the document states includes it.
"""

from __future__ import annotations

from gisplanner.domain.questions import Choice, Question
from gisplanner.domain.register import Duplicate, RegisterCheck, Suspicion
from gisplanner.services.register.report import FIGURE_NAMES, number
from gisplanner.store.database import Connection
from gisplanner.store.questions import ask, lapse
from gisplanner.text import Text

_FIGURE = (
    Choice("confirmed", Text("核实无误", en="checked, it is right")),
    Choice("wrong", Text("有误，由填报单位更正", en="wrong, the author will mend it")),
)
_TWINS = (
    Choice("different", Text("是两个小区", en="two estates")),
    Choice("same", Text("是同一小区，由填报单位更正", en="one estate, the author will mend it")),
)


def ask_doubts(
    connection: Connection, district_id: str, check: RegisterCheck, *, file: str, batch_id: int | None
) -> None:
    """Ask what a check of the register found doubtful; what it finds no more is closed."""
    questions = doubts(check)
    ask(connection, district_id, questions, file=file, batch_id=batch_id)
    lapse(connection, district_id, ["doubtful_figure", "same_estate"], questions)


def doubts(check: RegisterCheck) -> list[Question]:
    """Return what a check of the register finds doubtful, as questions; no figure is changed."""
    return [*map(_doubtful, check.suspicious), *map(_twins, check.duplicates)]


def _doubtful(found: Suspicion) -> Question:
    name, value = FIGURE_NAMES[found.figure], number(found.value)
    return Question(
        "doubtful_figure",
        f"doubtful_figure|{found.estate}|{found.figure}|{value}",
        found.estate,
        Text(
            f"{found.estate}的{name}只有 {value} ㎡/户，请核实（可能填的是基底面积）。",
            en=f"{name.en} of {found.estate} is only {value} m²: please check (perhaps the footprint was entered).",
        ),
        _FIGURE,
    )


def _twins(found: Duplicate) -> Question:
    rows = "、".join(str(row) for row in found.rows)
    return Question(
        "same_estate",
        f"same_estate|{found.a}|{found.b}",
        found.a,
        Text(
            f"第 {rows} 行的“{found.a}”和“{found.b}”是同一个小区吗？",
            en=f"Are “{found.a}” and “{found.b}” (rows {rows}) one estate?",
        ),
        _TWINS,
        row=found.rows[0],
    )
