"""The rules of the house that no linter knows: small rooms, no hidden imports, nothing of the builder's machine."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "gisplanner").rglob("*.py"))
MAX_MODULE_LINES = 320
MAX_BODY_LINES = 55


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_modules_hold_one_idea(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_functions_fit_on_a_screen_and_hide_no_imports(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    too_long = {
        function.name: body_lines(function) for function in functions if body_lines(function) > MAX_BODY_LINES
    }
    hidden = [
        function.name
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert (too_long, hidden) == ({}, [])


def tracked_text_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and not name.endswith((".png", ".ico", ".woff2"))]


def test_no_registry_address_and_no_path_of_a_machine_is_tracked():
    pattern = re.compile(
        r"--(extra-)?index-url|\"resolved\": *\"http|https?://[a-z0-9.-]*(registry|packages)[a-z0-9.-]*/|/home/\w+/|/root/"
    )
    found = [
        f"{name_of(path)}:{number}"
        for path in tracked_text_files()
        if path != Path(__file__) and path.exists()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_every_imported_package_is_declared_and_every_declared_one_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=!~ \[]", line)[0].lower() for line in project["dependencies"]}
    graph = grimp.build_graph("gisplanner", include_external_packages=True, cache_dir=None)
    packages = {module for module in graph.modules if graph.is_module_squashed(module)}
    standard = __import__("sys").stdlib_module_names
    imported = {module for module in packages if module not in standard}
    distribution_of = {
        "argon2": "argon2-cffi",
        "prometheus_client": "prometheus-client",
        "psycopg2": "psycopg2-binary",
        "yoyo": "yoyo-migrations",
        "pydantic_settings": "pydantic-settings",
        "osmium": "osmium",
        "docx": "python-docx",
        "PIL": "pillow",
    }
    imported = {distribution_of.get(module, module).lower() for module in imported}
    needed_only_at_run_time = {
        "pyarrow",  # GeoParquet behind geopandas
        "pyogrio",
        "starlette",
        "psycopg",  # behind the queue
        "python-multipart",  # forms behind fastapi
        "httptools",  # the parser that uvicorn takes
    }
    assert imported - declared - {"starlette", "anyio", "branca"} == set()
    assert declared - imported - needed_only_at_run_time == set()
