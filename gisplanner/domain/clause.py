"""Passages of policy documents (条文): what every rule that was read from a text stands on."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

DocumentStatus = Literal["issued", "draft"]
Strength = Literal["hard", "soft", "encouraged"]
"""``soft`` = 原则上 / 力争; ``encouraged`` = 鼓励 / 积极: an encouragement is never a duty."""


class Definition(BaseModel):
    """A record read from a definition file: frozen, and an unknown key is a fault of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentSpec(Definition):
    """A policy document that is held in full."""

    code: str
    title: str
    number: str | None = None
    issued_on: date | None = None
    status: DocumentStatus
    file: str = ""
    """File of the full text, as the official keeps it."""


class Passage(Definition):
    """One unbroken verbatim passage of a document (原文)."""

    quote: str = Field(min_length=2)
    document: str = ""
    """Code of the document; empty in a file means the profile's own, and is filled in on loading."""
    inherited: bool = False
    """Read from the parent document; that it applies here is inferred (推定). Set on loading, never in a file."""


class Clause(Passage):
    """A rule's passage, with how binding it is and what else the text says about it."""

    strength: Strength = "hard"
    note: str | None = None
    """How this tool reads the passage where the words leave room (读法); never part of the text."""
    note_en: str | None = None
    """The same in English."""
    also: tuple[Passage, ...] = ()
    """Further passages that must be shown beside this one."""


class CitedDocument(Passage):
    """A document that a held document cites and that is not held itself (引用而未收录)."""

    title: str
    number: str | None = None
    affects: tuple[str, ...] = Field(min_length=1)
    """Rules whose answers it could change: a rule name covers what stands below it (``eligibility`` covers
    ``eligibility.built_year``)."""

    @property
    def name(self) -> str:
        """Title and number as one citation."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


class Contradiction(Definition):
    """Two or more passages that cannot both be followed, or one that can be read in two ways (矛盾与歧义)."""

    key: str
    title: str
    title_en: str | None = None
    texts: tuple[Passage, ...] = Field(min_length=1)
    reading: str
    """What this tool does about it."""
    reading_en: str | None = None
    affects: tuple[str, ...] = ()
    inherited: bool = False


class Unstated(Clause):
    """Something the document names and leaves without its content (点到而未给出)."""

    key: str
    title: str
