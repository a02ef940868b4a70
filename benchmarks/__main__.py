"""Run the benchmarks named on the command line, or all: each ``bench_<name>.py`` has ``run() -> list[Table]``.

A long one has ``PIECES`` too; ``name:piece`` runs one of them and leaves the rest of the page as it is.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.table import Table, update_page, write_page


def main() -> None:
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    wanted = sys.argv[1:] or known
    unknown = {name.partition(":")[0] for name in wanted} - set(known)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for one in wanted:
        name, _, piece = one.partition(":")
        module = importlib.import_module(f"benchmarks.bench_{name}")
        pieces = getattr(module, "PIECES", {})
        tables = measured(pieces, [piece] if piece else list(pieces)) if pieces else module.run()
        for table in tables:
            print(table.markdown())
        print(update_page(name, tables, pieces) if piece else write_page(name, tables))


def measured(pieces: Mapping[str, Callable[[], list[Table]]], chosen: Sequence[str]) -> list[Table]:
    """Run pieces; each table tells which one measured it, so that the piece replaces it later."""
    return [replace(table, piece=one) for one in chosen for table in pieces[one]()]


if __name__ == "__main__":
    main()
