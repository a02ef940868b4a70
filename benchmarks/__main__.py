"""Run the benchmarks named on the command line, or all: each ``bench_<name>.py`` has ``run() -> list[Table]``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.table import write_page


def main() -> None:
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    wanted = sys.argv[1:] or known
    unknown = set(wanted) - set(known)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in wanted:
        tables = importlib.import_module(f"benchmarks.bench_{name}").run()
        for table in tables:
            print(table.markdown())
        print(write_page(name, tables))


if __name__ == "__main__":
    main()
