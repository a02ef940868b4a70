"""The pages in a real browser: nothing foreign is asked for, nothing fails, nothing is wider than a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product

import httpx
import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from gisplanner.api.app import create_app
from gisplanner.api.maps import MAPS
from gisplanner.api.server import listening
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.store.database import Database

CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP, PHONE = (1400, 900), (390, 844)


@dataclass
class Seen:
    """What a page did and how wide it came out."""

    complaints: list[str] = field(default_factory=list)
    width: int = 0
    text: str = ""


@pytest.fixture
def address(db: Database, district: District) -> Iterator[str]:
    """The application behind a real server on a free port."""
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(
            uvicorn.Config(create_app(db, visitor=Viewer("local", "admin")), log_level="warning", lifespan="off")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        made = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert httpx.get(f"{made}/healthz", timeout=10).status_code == 200
        yield made
        server.should_exit = True
        thread.join(timeout=10)


def look(page: Page, address: str, path: str) -> Seen:
    seen = Seen()
    page.on("console", lambda message: seen.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed {request.url}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((address, "data:", "blob:"))
            else seen.complaints.append(f"foreign {request.url}")
        ),
    )
    page.on(
        "response",
        lambda answer: seen.complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )
    page.goto(address + path, wait_until="networkidle")
    seen.width = page.evaluate("document.documentElement.scrollWidth")
    seen.text = page.inner_text("body")
    return seen


def look_at_all(address: str, paths: list[str]) -> dict[tuple[str, tuple[int, int]], Seen]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        seen = {}
        for path, size in product(paths, (DESKTOP, PHONE)):
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            seen[path, size] = look(page, address, path)
            page.close()
        browser.close()
    return seen


@pytest.mark.browser
def test_pages_open_without_complaint_on_desktop_and_phone(address: str):
    paths = ["/", *(f"/districts/a/maps/{name}.html" for name, page in MAPS.items() if not page.by_profile)]
    with ThreadPoolExecutor(max_workers=1) as thread:  # the driver wants a thread without an event loop
        found = thread.submit(look_at_all, address, paths).result()
    assert {where: seen.complaints for where, seen in found.items() if seen.complaints} == {}
    assert {where: seen.width for where, seen in found.items() if seen.width > where[1][0]} == {}
    start = found["/", PHONE].text
    assert "甲<区>" in start
    assert "示意数据" in start
    assert "GeoPackage" in start
