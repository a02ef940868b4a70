"""Questions an import leaves open (待核问题): what nobody may decide for the one who knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gisplanner.text import Text

QuestionKind = Literal["which_estate", "which_value", "what_value", "doubtful_figure", "same_estate"]

NONE = "none"
"""Answer: none of these, leave it out."""

REGISTER = "register"
"""Answer: what the register says stays."""

FILE = "file"
"""Answer: what the file says is right."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a person may give; ``score`` is the likeness of two names, 0–100."""

    answer: str
    label: Text
    score: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the stored form."""
        return {"answer": self.answer, "zh": str(self.label), "en": self.label.en, "score": self.score}


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be asked.

    Attributes
    ----------
    fingerprint
        What makes it the same question when the file comes again.
    subject
        Whom it is about: a name of the file or of an estate.
    details
        What is written once it is answered.
    """

    kind: QuestionKind
    fingerprint: str
    subject: str
    text: Text
    choices: tuple[Choice, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    row: int | None = None


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question as it stands in the database; ``answer`` is ``None`` as long as nobody answered."""

    id: int
    kind: QuestionKind
    subject: str
    text: Text
    choices: tuple[Choice, ...]
    details: dict[str, Any]
    file: str
    row: int | None
    batch: int | None
    asked_at: datetime
    asked_by: str
    answer: str | None
    note: str | None
    answered_at: datetime | None
    answered_by: str | None
    lapsed: bool
