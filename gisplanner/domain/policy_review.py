"""The review of a new document (条文审核): each candidate passage with what a person has decided about it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gisplanner.domain.candidate import Decision
from gisplanner.domain.clause import Definition, DocumentSpec


class PassagePlace(Definition):
    """Line from 1 and characters from the start of the text."""

    line: int
    start: int
    end: int


class ReviewedPassage(Definition):
    """A candidate passage and its decision; only ``confirmed`` and ``changed`` go into a profile."""

    id: str
    section: str
    title: str
    quote: str
    places: tuple[PassagePlace, ...]
    value: dict[str, Any] | None = None
    decision: Decision = "open"
    decided_by: str | None = None
    decided_at: str | None = None
    note: str | None = None


class DocumentReview(Definition):
    """All candidates of one document; ``sha256`` is that of its text, without white space."""

    document: DocumentSpec
    sha256: str
    passages: tuple[ReviewedPassage, ...] = Field(default=())

    def passage(self, passage_id: str) -> ReviewedPassage | None:
        """Return the passage of an id."""
        return next((one for one in self.passages if one.id == passage_id), None)

    def tally(self) -> dict[str, int]:
        """Return the number of passages by decision."""
        counts = dict.fromkeys(("open", "confirmed", "changed", "rejected"), 0)
        for one in self.passages:
            counts[one.decision] += 1
        return counts
