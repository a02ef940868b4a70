"""Write docs/requirements.md: which test covers which row of the requirements table.

The rows (number, document, phrase, priority) are read from the table beside the checkout when it stands there,
else from the page as it was last written; the tests are read from their ``requirement`` marks.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "requirements.md"
SOURCE = ROOT.parent / "shared" / "requirements.md"

_ROW = re.compile(r"^\| (R\d+\.\d+) \| (S\d) \| (.+?) \| (.+) \| (\d) \|$")
_WRITTEN = re.compile(r"^\| (R\d+\.\d+) \| (S\d) \| (.+?) \| (\d) \| (.*) \|$")
_HEAD = """# 要求与测试对照

每一行是从五份文件里读出的一条要求；右边是点名覆盖它的测试。由 `scripts/requirements.py` 生成，不要手改。

*English:* each row is a requirement read out of the five documents, with the tests that name it. Generated.
"""


class Row(NamedTuple):
    """A requirement."""

    number: str
    document: str
    phrase: str
    priority: int


def rows() -> list[Row]:
    """Return the requirements in the order of the table."""
    if SOURCE.is_file():
        found = [_ROW.match(line) for line in SOURCE.read_text(encoding="utf-8").splitlines()]
        return [Row(one[1], one[2], one[3], int(one[5])) for one in found if one]
    found = [_WRITTEN.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return [Row(one[1], one[2], one[3], int(one[4])) for one in found if one]


def covering() -> dict[str, list[str]]:
    """Return the tests that name each requirement, as ``path::name``."""
    tests: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for number in _named(node):
                    tests[number].append(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return tests


def _named(function: ast.FunctionDef) -> list[str]:
    return [
        str(argument.value)
        for mark in function.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.requirement"
        for argument in mark.args
        if isinstance(argument, ast.Constant)
    ]


def page() -> str:
    """Return the page."""
    tests = covering()
    lines = [_HEAD]
    section = ""
    for row in rows():
        if row.number.partition(".")[0] != section:
            section = row.number.partition(".")[0]
            lines += ["", f"## {section}", "", "| 编号 | 文件 | 原文 | 优先级 | 测试 |", "|---|---|---|---|---|"]
        named = "<br>".join(f"`{test}`" for test in tests.get(row.number, []))
        lines.append(f"| {row.number} | {row.document} | {row.phrase} | {row.priority} | {named} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    all_rows, tests = rows(), covering()
    for priority in sorted({row.priority for row in all_rows}):
        of_priority = [row for row in all_rows if row.priority == priority]
        print(f"priority {priority}: {sum(row.number in tests for row in of_priority)} of {len(of_priority)} named")
    unknown = sorted(set(tests) - {row.number for row in all_rows})
    if unknown:
        sys.exit(f"no such requirement: {', '.join(unknown)}")


if __name__ == "__main__":
    main()
