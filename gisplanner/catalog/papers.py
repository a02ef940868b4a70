"""The papers of the product, from ``rules/papers.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from gisplanner import rules
from gisplanner.catalog.layers import faults_of
from gisplanner.domain.papers import PaperBook, PaperSpec
from gisplanner.errors import CatalogueError, Fault, NotFoundError
from gisplanner.text import Text

PAPERS_FILE: Final = Path(rules.__file__).parent / "papers.toml"


@cache
def papers() -> dict[str, PaperSpec]:
    """Return all papers by key.

    Raises
    ------
    CatalogueError
        The shipped file is wrong; all faults at once.

    Examples
    --------
    >>> papers()["relocation"].name
    '管线迁改函'
    """
    try:
        book = PaperBook.model_validate(tomllib.loads(PAPERS_FILE.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueError(
            Text("文书定义文件有误。", en="The file of papers is wrong."), faults_of(PAPERS_FILE, error)
        ) from error
    return {one.key: one for one in book.papers}


def paper(name: str) -> PaperSpec:
    """Return a paper by its key or its Chinese name.

    Raises
    ------
    NotFoundError
        There is none; the fault lists those there are.
    """
    for one in papers().values():
        if name in {one.key, one.name}:
            return one
    known = "、".join(f"{one.key} {one.name}" for one in papers().values())
    raise NotFoundError(
        Text(f"没有文书 {name}。", en=f"There is no paper {name}."),
        [Fault(column="PAPER", value=name, allowed=known)],
    )
