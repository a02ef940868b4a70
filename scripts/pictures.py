"""Draw the pictures of README and docs: run the demo into a temporary folder and photograph its pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = {"bundles.html": "bundles.png", "progress.html": "progress.png"}


def main() -> None:
    """Photograph every page of :data:`SHOTS` at 1400 × 900 with the network cut."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is missing: run `make test` once, it installs it")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        Path(folder).chmod(0o755)  # the server may run as another account
        subprocess.run(
            [sys.executable, "-m", "gisplanner", "demo", "--no-serve", "--out", folder],
            check=True,
            env={**os.environ, "GISPLANNER_HOME": str(Path(folder) / "home")},
        )
        browser = play.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True).new_page()
        for source, picture in SHOTS.items():
            page.goto((Path(folder) / source).as_uri())
            page.wait_for_timeout(1500)
            page.screenshot(path=PICTURES / picture)
            print(PICTURES / picture)
        browser.close()


if __name__ == "__main__":
    main()
