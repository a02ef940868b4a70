"""Papers a bureau types daily (文书): what stands in each, as data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gisplanner.domain.clause import Definition

Rows = Literal["estates", "demolitions", "reviewers", "parties", "defects", "handover", "residents", "figures"]


class PaperTable(Definition):
    """A table of a paper: one row for each thing in ``rows``, cells written with ``row.…``."""

    rows: Rows
    heads: tuple[str, ...] = Field(min_length=1)
    cells: tuple[str, ...] = Field(min_length=1)
    widths_cm: tuple[float, ...] = Field(min_length=1)


class PaperSpec(Definition):
    """One paper. Texts hold Jinja places such as ``{{ project.name }}``."""

    key: str
    name: str
    """What the bureau calls it: 管线迁改函."""
    title: str
    subject: Literal["project", "estate"] = "project"
    numbered: bool = False
    to: str | None = None
    """Whom it is addressed to."""
    needs: tuple[str, ...] = ()
    """What a person must give: unit …"""
    paragraphs: tuple[str, ...] = ()
    table: PaperTable | None = None
    closing: tuple[str, ...] = ()
    signed: bool = True
    """Whether office and day stand at the end."""
    signatures: tuple[str, ...] = ()
    photos: bool = False
    """Whether photos of what it is about stand at the end."""
    own_design: str | None = None
    """Said in small print where no held document gives the form (自拟)."""


class PaperBook(Definition):
    """All papers."""

    papers: tuple[PaperSpec, ...] = Field(min_length=1)
