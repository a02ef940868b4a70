"""The scheme for the pipelines of one estate (管线整治方案) as a paper to hand in: DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from docx.document import Document as Paper

from gisplanner.formats import docx_parts as parts

_NOTHING: Final = "无。"
_NUMBERS: Final = (*"一二三四五六七八九十", "十一", "十二")
_PLAN_CM: Final = 15.5


@dataclass(frozen=True, slots=True)
class SchemeTable:
    """A table of the paper; ``wide`` are positions of columns with longer text."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths_cm: Sequence[float]
    wide: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class SchemePart:
    """A chapter: sentences, then pictures with captions, then tables; a chapter without anything says 无."""

    title: str
    sentences: Sequence[str] = ()
    pictures: Sequence[tuple[bytes, str]] = ()
    tables: Sequence[SchemeTable] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """What the paper says."""

    title: str
    below: str
    warning: str | None
    parts: Sequence[SchemePart]
    signed: Sequence[str]
    day: date


def write_scheme(path: Path, scheme: Scheme) -> None:
    """Write the paper; the same content of the same day gives the same bytes.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    paper = parts.new_paper()
    parts.title(paper, scheme.title, scheme.below, warning=scheme.warning)
    for number, part in enumerate(scheme.parts):
        _part(paper, f"{_NUMBERS[number]}、{part.title}", part)
    parts.signatures(paper, scheme.signed)
    parts.save_paper(paper, path, scheme.day)


def _part(paper: Paper, title: str, part: SchemePart) -> None:
    parts.heading(paper, title)
    filled = [one for one in part.tables if one.rows]
    if not (part.sentences or part.pictures or filled):
        parts.text(paper, _NOTHING)
    for sentence in part.sentences:
        parts.text(paper, sentence)
    for png, caption in part.pictures:
        parts.picture(paper, png, _PLAN_CM, caption)
    for table in filled:
        parts.table(paper, table.heads, table.rows, table.widths_cm, left=table.wide)
