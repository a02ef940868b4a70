"""Write constraints.txt: the exact versions that are installed now and that the tests passed with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = "# Exact versions this release was tested with; written by `make constraints`.\n"


def main() -> None:
    """Freeze the running environment, this project left out."""
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--all", "--exclude-editable", "--exclude", "gisplanner"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = [line for line in frozen.splitlines() if "==" in line and not line.startswith(("#", "-"))]
    Path("constraints.txt").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
