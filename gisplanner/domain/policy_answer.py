"""What the tool answers to a question about a policy document (条文答复)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from gisplanner.domain.clause import DocumentStatus
from gisplanner.text import Language, Text, in_language

Verdict = Literal["符合", "不符合", "原则上不符合(需说明)", "资料不足", "需人工认定", "文件未规定"]

MEETS: Final = "符合"
FAILS: Final = "不符合"
FAILS_IN_PRINCIPLE: Final = "原则上不符合(需说明)"
UNKNOWN: Final = "资料不足"
BY_HAND: Final = "需人工认定"
UNSTATED: Final = "文件未规定"

IN_ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        MEETS: "meets",
        FAILS: "does not meet",
        FAILS_IN_PRINCIPLE: "in principle not (to be justified)",
        UNKNOWN: "facts missing",
        BY_HAND: "a person decides",
        UNSTATED: "not in the document",
        "地方财政": "local budget",
        "相关企业": "the company concerned",
        "产权人": "the owner",
        "居民": "residents",
    }
)
"""The answers in English, for sentences; documents keep the Chinese words."""


def verdict_words(answer: str, language: Language) -> str:
    """Return an answer for a sentence; a payer without an English word keeps its own.

    Examples
    --------
    >>> verdict_words("符合", "en"), verdict_words("专营单位(政府补助)", "en")
    ('meets', '专营单位(政府补助)')
    """
    return IN_ENGLISH.get(answer, answer) if language == "en" else answer


UNQUOTED: Final = frozenset({UNKNOWN, UNSTATED})
"""The only answers that may stand without a quote."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage shown beside an answer, with the document it stands in."""

    quote: str
    document: str
    document_status: DocumentStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer about one subject, with the clause it stands on.

    Attributes
    ----------
    rule
        Identifier of the rule, e.g. ``eligibility.built_year``.
    title
        The rule in words.
    subject
        What it is about: an estate, a segment, the project.
    answer
        One of the six answers; for a segment the payer (付费方) where the text names one.
    quote
        One unbroken verbatim passage of ``document``; ``None`` only where ``answer`` is 资料不足 or 文件未规定.
    document
        Code of the document the answer stands on.
    inherited
        Whether the document applies by inference only (推定).
    cited_not_held
        Documents cited there, not held, that could change the answer.
    also
        Further passages that must be read beside the quote.
    """

    rule: str
    title: Text
    subject: str
    answer: str
    reason: Text
    quote: str | None
    document: str
    document_title: str
    document_file: str
    document_status: DocumentStatus
    inherited: bool = False
    cited_not_held: tuple[str, ...] = ()
    also: tuple[Quoted, ...] = ()

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON form, texts in ``language``; quotes stay as they are written."""
        return {
            "rule": self.rule,
            "title": in_language(self.title, language),
            "subject": self.subject,
            "answer": self.answer,
            "reason": in_language(self.reason, language),
            "quote": self.quote,
            "document": self.document,
            "document_title": self.document_title,
            "document_file": self.document_file,
            "document_status": self.document_status,
            "inherited": self.inherited,
            "cited_not_held": list(self.cited_not_held),
            "also": [
                {"quote": one.quote, "document": one.document, "document_status": one.document_status}
                for one in self.also
            ],
        }


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One visible part of a score; ``met`` is ``None`` when it is not known."""

    title: str
    met: bool | None
    quote: str
    document: str
    inherited: bool


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A score: how many of its parts are met, how many are not known. The documents give no weights."""

    key: str
    title: str
    subject: str
    parts: tuple[ScoredPart, ...]

    @property
    def met(self) -> int:
        """Number of parts that are met."""
        return sum(part.met is True for part in self.parts)

    @property
    def unknown(self) -> int:
        """Number of parts that are not known."""
        return sum(part.met is None for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "score": self.key,
            "title": self.title,
            "subject": self.subject,
            "met": self.met,
            "unknown": self.unknown,
            "of": len(self.parts),
            "parts": [
                {
                    "title": part.title,
                    "met": part.met,
                    "quote": part.quote,
                    "document": part.document,
                    "inherited": part.inherited,
                }
                for part in self.parts
            ],
        }
