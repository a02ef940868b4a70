"""Facts of a stored district for a review: what the register says, what is assumed, what the overlay measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.domain.works import WILLING
from gisplanner.domain.years import year_range
from gisplanner.errors import Fault, InputError
from gisplanner.rules.eligibility import Overlap
from gisplanner.rules.facts import read_facts
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

UNCLASSIFIED: Final = "未注明"
"""Exclusion areas of this kind take no part: nobody said what they are."""

Rows = Sequence[Mapping[str, Any]]


def subjects_of(rows: Rows) -> list[str]:
    """Return a name for each estate that no other has: its own, else with its code."""
    names = Counter(row["name"] for row in rows)
    return [
        row["name"] if row["name"] and names[row["name"]] == 1 else f"{row['name'] or '未命名'}（{row['code']}）"
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class WillingFigure:
    """The latest recorded count of willing households (同意户数) of an estate, and where it is from.

    ``used`` is false where it cannot be: no whole number, or above the households of the register.
    """

    subject: str
    amount: str
    on: date
    source: str | None
    illustrative: bool
    used: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "estate": self.subject,
            "willing": self.amount,
            "date": self.on.isoformat(),
            "source": self.source,
            "illustrative": self.illustrative,
            "used": self.used,
        }


def willing_figures(
    db: Database, district: District, rows: Rows, subjects: Sequence[str]
) -> tuple[WillingFigure, ...]:
    """Return what is recorded of willing households, in the order of the rows."""
    with db.transaction() as connection:
        found = {
            one.code: one for one in queries().willing_figures(connection, district_id=district.id, kind=WILLING)
        }
    figures = []
    for row, subject in zip(rows, subjects, strict=True):
        one = found.get(row["code"])
        if one is not None:
            households = row["households"]
            used = one.amount == int(one.amount) and (households is None or one.amount <= households)
            figures.append(
                WillingFigure(subject, f"{one.amount:f}", one.happened_on, one.source, one.illustrative, used)
            )
    return tuple(figures)


def stored_facts(row: Mapping[str, Any], subject: str, willing: WillingFigure | None = None) -> dict[str, Any]:
    """Return the facts the register has of an estate; what cannot be read or used counts as not given."""
    year = row["year_built"] if row["year_built"] and year_range(row["year_built"]) else None
    counts = {key: row[key] for key in ("households", "buildings")}
    if willing is not None and willing.used:
        counts["willing"] = willing.amount
    return {
        "name": subject,
        "year_built": year,
        **{key: int(value) for key, value in counts.items() if value is not None and value == value},  # noqa: PLR0124
    }


def assumed_facts(what_if: Any, rows: Rows, subjects: Sequence[str], file: str | None) -> dict[str, dict[str, Any]]:
    """Return facts assumed for a question by subject; estates are found by code or by a name only one has.

    Raises
    ------
    InputError
        The facts have faults, or speak of estates that are not in the register.
    """
    if what_if is None:
        return {}
    read_facts(what_if, file=file)
    by_word: dict[str, list[str]] = {}
    for row, subject in zip(rows, subjects, strict=True):
        for word in {row["code"], row["name"], subject} - {None}:
            by_word.setdefault(word, []).append(subject)
    faults: list[Fault] = []
    assumed: dict[str, dict[str, Any]] = {}
    for number, one in enumerate(what_if.get("estates", [])):
        meant = by_word.get(one["name"].strip(), [])
        if len(meant) == 1:
            assumed[meant[0]] = {key: value for key, value in one.items() if key != "name"}
            continue
        hint = (
            Text("同名小区不止一个，请写编码", en="several estates have this name: give the code")
            if meant
            else Text("台账中没有", en="not in the register")
        )
        faults.append(
            Fault(
                file=file,
                layer="estates",
                row=number,
                column="name",
                value=one["name"],
                allowed="、".join(
                    row["code"] for row, subject in zip(rows, subjects, strict=True) if subject in meant
                )
                or None,
                hint=hint,
            )
        )
    if faults:
        raise InputError(Text("假设的事实对不上台账。", en="The assumed facts do not fit the register."), faults)
    return assumed


def measured_overlaps(
    db: Database, district: District, rows: Rows, subjects: Sequence[str], tolerance_m2: float
) -> tuple[dict[str, dict[str, Overlap]], int]:
    """Return the overlaps of each estate with outline by kind of stored area, and how many areas have no kind."""
    with db.transaction() as connection:
        kinds = {row.kind: row.areas for row in queries().exclusion_kinds(connection, district_id=district.id)}
        measured = {
            (row.code, row.kind): row.area_m2
            for row in queries().exclusion_overlaps(connection, district_id=district.id)
        }
    told = {
        subject: {
            kind: Overlap(kind, measured.get((row["code"], kind), 0.0), tolerance_m2)
            for kind in kinds
            if kind != UNCLASSIFIED and row["geom"] is not None
        }
        for row, subject in zip(rows, subjects, strict=True)
    }
    return told, kinds.get(UNCLASSIFIED, 0)
