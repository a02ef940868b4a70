"""A table of measurements, printed and kept under ``docs/benchmarks``."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAGES = Path(__file__).parents[1] / "docs" / "benchmarks"


@dataclass
class Table:
    """Rows of text under headings; the title says what is compared with what."""

    title: str
    headings: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        lines = [f"## {self.title}", ""]
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


def update_page(name: str, tables: Sequence[Table]) -> Path:
    """Replace tables on the page of a benchmark by their titles; new ones come last."""
    page = PAGES / f"{name}.md"
    written = page.read_text(encoding="utf-8").split("\n## ")[1:] if page.exists() else []
    sections = {text.partition("\n")[0]: f"## {text.rstrip()}\n" for text in written}
    sections |= {table.title: table.markdown() for table in tables}
    return _write(name, list(sections.values()))


def _write(name: str, sections: Sequence[str]) -> Path:
    PAGES.mkdir(parents=True, exist_ok=True)
    page = PAGES / f"{name}.md"
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    head = f"# {name}\n\nWritten by `make bench ARGS={name}` on {machine}. Ratios compare runs of one session.\n"
    page.write_text("\n".join([head, *sections]), encoding="utf-8")
    return page
