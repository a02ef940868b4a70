"""Run the benchmarks named on the command line, or all: each ``bench_<name>.py`` has ``run() -> list[Table]``.

A long one has ``PIECES`` too; ``name:piece`` runs one of them and leaves the rest of the page as it is.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.table import update_page, write_page


def main() -> None:
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    wanted = sys.argv[1:] or known
    unknown = {name.partition(":")[0] for name in wanted} - set(known)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for one in wanted:
        name, _, piece = one.partition(":")
        module = importlib.import_module(f"benchmarks.bench_{name}")
        tables = module.PIECES[piece]() if piece else module.run()
        for table in tables:
            print(table.markdown())
        print(update_page(name, tables) if piece else write_page(name, tables))


if __name__ == "__main__":
    main()
