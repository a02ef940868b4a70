"""The order in which estates come (优先次序): the parts a document names, then open complaints, each shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import ScoreResult
from gisplanner.domain.policy_facts import EstateFacts
from gisplanner.domain.progress import EstateProgress
from gisplanner.domain.works import WILLING
from gisplanner.rules.scores import estate_scores
from gisplanner.services.progress.book import WorksBook, works_book
from gisplanner.services.progress.events import progress_state
from gisplanner.store.database import Database

_WILLING = 2
_OF = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """One estate: its scores, and complaints that are counted and never named."""

    estate: EstateProgress
    scores: tuple[ScoreResult, ...]
    complaints: int
    complaints_open: int

    @property
    def met(self) -> int:
        """Return how many parts of its scores are met."""
        return sum(one.met for one in self.scores)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "estate": self.estate.estate_code,
            "name": self.estate.name,
            "met": self.met,
            "scores": [one.as_dict() for one in self.scores],
            "complaints": self.complaints,
            "complaints_open": self.complaints_open,
        }


def ranked_estates(db: Database, district: District, *, as_of: date | None = None) -> list[Ranked]:
    """Return all estates, those first that meet most of what the document gives priority to.

    No document weighs the parts or counts complaints; equal estates are ordered by open complaints, then by all
    complaints (本工具参数), then as in the plan.
    """
    state = progress_state(db, district, as_of=as_of)
    with db.transaction() as connection:
        book = works_book(connection, district, state.as_of)
    made = [_ranked(district, book, one) for one in state.estates]
    return sorted(made, key=lambda one: (-one.met, -one.complaints_open, -one.complaints))


def _ranked(district: District, book: WorksBook, one: EstateProgress) -> Ranked:
    cases = book.complaints.get(one.estate_code, ())
    facts = EstateFacts(name=one.name or one.estate_code, **_known(book, one))
    scores = () if district.profile is None else tuple(estate_scores(load_profile(district.profile), facts))
    return Ranked(one, scores, len(cases), sum(not case.closed for case in cases))


def _known(book: WorksBook, one: EstateProgress) -> Mapping[str, Any]:
    """Return what records say of an estate; a will of two thirds of the households counts as strong (本工具参数)."""
    agreed = book.figure(one.estate_code, WILLING)
    if agreed is None or not one.households:
        return {}
    return {"strong_will": bool(agreed * _OF >= one.households * _WILLING)}
