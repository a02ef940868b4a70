"""The wheel carries its layers, SQL and web files, and runs where no checkout is near."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


def count(names: list[str], start: str, end: str) -> int:
    return sum(name.startswith(start) and name.endswith(end) for name in names)


def test_the_wheel_holds_what_the_checkout_holds(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    inside = "gisplanner/_resources"
    assert count(names, f"{inside}/layers/", ".toml") == len(list((ROOT / "layers").rglob("*.toml"))) > 10
    assert count(names, f"{inside}/layers/", ".sql") == len(list((ROOT / "layers").rglob("*.sql"))) > 5
    assert count(names, f"{inside}/sql/", ".sql") == len(list((ROOT / "sql").rglob("*.sql"))) > 5
    vendored = [path for path in (ROOT / "web" / "vendor").rglob("*") if path.is_file()]
    assert count(names, f"{inside}/web/vendor/", "") == len(vendored) > 5
    assert (
        count(names, f"{inside}/web/templates/", ".html")
        == len(list((ROOT / "web" / "templates").rglob("*.html")))
        > 0
    )
    assert count(names, "gisplanner/rules/profiles/", ".toml") > 0
    assert not any("node_modules" in name for name in names)


def test_the_wheel_runs_in_a_clean_environment(wheel: Path, tmp_path: Path):
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies of this environment, but not this checkout: a plain path line reads no nested .pth file.
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    register = next(site.glob("gisplanner/rules/profiles/nankang_annex2.csv"))
    done = subprocess.run(
        [str(home / "bin" / "python"), "-m", "gisplanner", "register", "check", str(register), "--json"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["households"] == 3433
    where = subprocess.run(
        [str(home / "bin" / "python"), "-c", "import gisplanner.resources as r; print(r.resource_dir('sql'))"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    ).stdout
    assert str(site) in where
