"""The papers of the product, from ``rules/papers.toml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from gisplanner import rules
from gisplanner.catalog.files import read_definition
from gisplanner.domain.papers import PaperBook, PaperSpec
from gisplanner.errors import Fault, NotFoundError
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
    book = read_definition(PAPERS_FILE, PaperBook, Text("文书定义文件有误。", en="The file of papers is wrong."))
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
