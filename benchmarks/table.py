"""A table of measurements, printed and kept under ``docs/benchmarks``."""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PIECE = re.compile(r"^<!-- (.+) -->$", re.MULTILINE)
PAGES = Path(__file__).parents[1] / "docs" / "benchmarks"


@dataclass
class Table:
    """Rows of text under headings; the title says what is compared with what, ``piece`` which part measured it."""

    title: str
    headings: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    piece: str = ""

    def markdown(self) -> str:
        lines = [f"## {self.title}", ""]
        lines += [f"<!-- {self.piece} -->", ""] if self.piece else []
        lines += ["| " + " | ".join(self.headings) + " |", "|" + "---|" * len(self.headings)]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        lines += ["", *self.notes] if self.notes else []
        return "\n".join(lines) + "\n"


def seconds(work: Callable[[], object], *, runs: int = 3) -> float:
    """Median wall time of ``work`` over ``runs`` runs after none to warm up: the first counts like any other."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def write_page(name: str, tables: Sequence[Table]) -> Path:
    """Write the page of a benchmark."""
    return _write(name, [table.markdown() for table in tables])


def update_page(name: str, tables: Sequence[Table], pieces: Collection[str]) -> Path:
    """Replace what a piece wrote on the page of a benchmark; new tables come last.

    What no piece of the benchmark writes any more goes: sections of pieces that are gone, and those of no piece once
    every piece has written its own.
    """
    page = PAGES / f"{name}.md"
    written = page.read_text(encoding="utf-8").split("\n## ")[1:] if page.exists() else []
    sections = {text.partition("\n")[0]: f"## {text.rstrip()}\n" for text in written}
    measured = {table.piece for table in tables}
    titles = {table.title for table in tables}
    writer = {title: _piece_of(text) for title, text in sections.items()}
    whole = set(pieces) <= measured | set(writer.values())
    kept = {
        title: text
        for title, text in sections.items()
        if title in titles
        or (writer[title] in pieces and writer[title] not in measured)
        or not (writer[title] or whole)
    }
    return _write(name, list((kept | {table.title: table.markdown() for table in tables}).values()))


def _piece_of(section: str) -> str:
    found = _PIECE.search(section)
    return found[1] if found else ""


def _write(name: str, sections: Sequence[str]) -> Path:
    PAGES.mkdir(parents=True, exist_ok=True)
    page = PAGES / f"{name}.md"
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    head = f"# {name}\n\nWritten by `make bench ARGS={name}` on {machine}. Ratios compare runs of one session.\n"
    page.write_text("\n".join([head, *sections]), encoding="utf-8")
    return page
