"""Write docs/commands.md from the commands themselves; `--check` only says whether it is current."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from gisplanner.cli.root import root

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = "# 全部命令 · All commands\n\n由 `scripts/commands.py` 从程序本身写出。\n"


def leaves(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command below a group with its words."""
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        child = group.get_command(context, name)
        if isinstance(child, click.Group):
            yield from leaves(child, (*path, name))
        elif child is not None:
            yield (*path, name), child


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for words, leaf in leaves(root, ("gisplanner",)):
        # A fixed width: help must not depend on the terminal it is made in.
        context = click.Context(
            leaf,
            info_name=" ".join(words),
            terminal_width=110,
            max_content_width=110,
            help_option_names=["-h", "--help"],  # as the program itself has them
        )
        parts.append(f"## {' '.join(words)}\n\n```text\n{leaf.get_help(context)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            0 if PAGE.read_text(encoding="utf-8") == page() else "docs/commands.md is stale: run scripts/commands.py"
        )
    PAGE.write_text(page(), encoding="utf-8")
