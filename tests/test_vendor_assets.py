"""The script that vendors front-end libraries: nothing to do when all is there, everything anew when it is not."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The script, working on a copy of ``web`` whose npm only counts."""
    spec = importlib.util.spec_from_file_location("vendor_assets", ROOT / "scripts" / "vendor_assets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    web = tmp_path / "web"
    shutil.copytree(ROOT / "web", web, ignore=shutil.ignore_patterns("node_modules", "static", "templates"))
    for name, value in {"WEB": web, "VENDOR": web / "vendor", "MANIFEST": web / "vendor" / "manifest.json"}.items():
        monkeypatch.setattr(module, name, value)
    module.installed = 0

    def install() -> None:
        module.installed += 1
        for library in json.loads((ROOT / "web/vendor/manifest.json").read_text(encoding="utf-8"))["libraries"]:
            folder = web / "node_modules" / library["name"]
            shutil.copytree(ROOT / "web/vendor" / library["folder"], folder, dirs_exist_ok=True)
            told = {"version": library["version"], "license": library["licence_name"]}
            (folder / "package.json").write_text(json.dumps(told), encoding="utf-8")

    monkeypatch.setattr(module, "install", install)
    return module


def test_a_second_run_does_nothing(script):
    before = script.MANIFEST.stat().st_mtime_ns
    script.main()
    assert script.installed == 0
    assert script.MANIFEST.stat().st_mtime_ns == before


@pytest.mark.parametrize("harm", ["gone", "changed", "lock"])
def test_what_is_gone_or_changed_is_brought_anew(script, harm):
    leaflet = script.VENDOR / "leaflet-1.9.4" / "dist" / "leaflet.js"
    sound = leaflet.read_bytes()
    if harm == "gone":
        leaflet.unlink()
    elif harm == "changed":
        leaflet.write_bytes(b"")
    else:
        (script.WEB / "package-lock.json").write_text("{}", encoding="utf-8")
    script.main()
    assert script.installed == 1
    assert leaflet.read_bytes() == sound
    script.main()
    assert script.installed == 1


def test_versions_that_are_no_longer_pinned_go(script):
    (script.VENDOR / "leaflet-0.7").mkdir()
    script.MANIFEST.unlink()
    script.main()
    assert not (script.VENDOR / "leaflet-0.7").exists()
    assert (script.VENDOR / "leaflet-1.9.4").is_dir()


def test_pins_are_exact_and_the_lock_file_names_no_address():
    package = json.loads((ROOT / "web/package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    assert set(package["gisplanner"]["vendor"]) <= set(package["dependencies"])
    for name, version in package["dependencies"].items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert not any("resolved" in one for one in lock["packages"].values())
    assert all("integrity" in one for path, one in lock["packages"].items() if path)
