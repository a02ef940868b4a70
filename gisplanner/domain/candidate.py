"""Candidate passages of a new document (候选条文): found by text rules, decided by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from gisplanner.domain.clause import Definition

Decision = Literal["open", "confirmed", "changed", "rejected"]


class CueSpec(Definition):
    """A text rule: the words by which a passage of one section of a profile is recognised."""

    section: str
    """Where a confirmed passage goes in a profile file, e.g. ``eligibility.built``."""
    title: str
    patterns: tuple[str, ...] = Field(min_length=1)
    """Regular expressions over the text without white space."""
    unless: tuple[str, ...] = ()
    """A passage that matches one of these is another matter."""
    unit: Literal["clause", "sentence", "match"] = "clause"
    """How much of the text is the passage: up to ； and 。, up to 。, or the match alone."""
    merge: bool = False
    """Passages with the same matched words are one candidate with several places."""
    under: str | None = None
    """Headings under which alone the rule looks; every numbered item there is a passage."""
    needs_sibling: str | None = None
    """Under such a heading: one of the items must match, or the list is not meant."""
    name_only: bool = False
    """Of a numbered item only its heading is the passage."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands in the file: line from 1, characters from the start of the text."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may carry a rule, with the values read from it.

    Attributes
    ----------
    quote
        The passage as it is written, without line breaks.
    places
        Every place where the same words stand; the first is the quoted one.
    value
        The fields of the profile section as far as the words give them; ``None`` where a person must fill them in.
    """

    id: str
    section: str
    title: str
    quote: str
    places: tuple[Place, ...]
    value: dict[str, Any] | None = None
