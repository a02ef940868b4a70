"""What the documents say is so: commands exist, links lead somewhere, the command page is current."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def load_script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


commands = load_script("commands")


def test_the_command_page_is_current():
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page(), "run scripts/commands.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def spoken_commands() -> list[tuple[str, str]]:
    said = re.compile(r"(?:^|`)\s*(gisplanner [^`\n]+)", re.MULTILINE)
    return [
        (page.name, line.replace("\\|", "|").split("  #")[0].strip())
        for page in PAGES
        if page.name != "commands.md"
        for line in said.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "line"), spoken_commands(), ids=lambda text: text[:60])
def test_commands_that_documents_speak_of_exist(page: str, line: str):
    known = dict(commands.leaves(commands.root, ("gisplanner",)))
    words = shlex.split(line)
    depth = 1
    node: click.Command = commands.root
    while isinstance(node, click.Group) and depth < len(words):
        choices = words[depth].split("|")
        found = [node.get_command(click.Context(node), choice) for choice in choices]
        assert None not in found, f"{page}: {line}"
        node = found[0] or node
        depth += 1
    assert tuple(words[:depth]) in known or "|" in words[depth - 1]
    options = {option for parameter in node.params for option in parameter.opts}
    assert [word for word in words[depth:] if word.startswith("--") and word.split("=")[0] not in options] == []
