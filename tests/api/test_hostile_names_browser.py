"""Every text of the database is a script: no page, map or popup runs it, or shows it as anything but text."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import psycopg2
import pytest
from playwright.sync_api import Page, sync_playwright

from gisplanner.api.app import create_app
from gisplanner.api.maps import MAPS
from gisplanner.domain.accounts import Viewer
from gisplanner.store.database import Database
from tests.api.everyone import JOB, PROPOSAL, plant
from tests.api.ogc.conftest import running
from tests.api.test_browser import CHROMIUM_ARGS
from tests.calling import calling

EVIL: Final = (
    """'"></title></script><img src=x onerror=window.hit=1><svg onload=window.hit=2>"""
    "<script>window.hit=3</script>{{7*7}}"
)
IN_ADDRESS: Final = "%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E"
WORDS: Final = {
    ("district", "profile"), ("job", "process"), ("job", "role"), ("job", "account"), ("open_question", "kind"),
    ("stage_evidence", "media_type"), ("estate", "code"), ("project", "code"), ("proposal", "name"),
}  # fmt: skip
"""Columns that hold words of the program, or what an address here names."""
PATIENCE_MS: Final = 120_000
OPENED: Final = """() => {
  let opened = 0;
  const gisplanner = window.gisplanner || {};
  Object.values(gisplanner.groups || {}).forEach(group => group.getLayers().forEach(layer => {
    if (layer.feature && layer.getBounds) group.showFacts(layer);
    else if (layer.openPopup) layer.openPopup();
    opened += 1;
  }));
  return opened;
}"""
FOUND: Final = """() => [
  window.hit === undefined, document.querySelectorAll("img[src=x], svg[onload]").length,
  document.documentElement.innerHTML.includes("window.hit")
]"""


@pytest.fixture
def address(db: Database) -> Iterator[str]:
    plant(db)
    local = Viewer("local", "admin")
    app = create_app(db, visitor=local)
    made = calling(app, base_url="http://localhost")(
        "/districts/a/proposals/make", "POST", json={"name": PROPOSAL, "gap_m": 50}
    )
    assert made.status_code == 201, made.text
    assert spoil(db) > 60
    with running(app) as base:
        yield base


def spoil(db: Database) -> int:
    """Put the script into every text that may be anything, and return into how many columns."""
    spoilt = 0
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "JOIN pg_tables ON tablename = table_name AND schemaname = table_schema "
            "WHERE table_schema = 'gisplanner' AND data_type IN ('text', 'ARRAY') AND is_generated = 'NEVER' "
            "AND table_name NOT LIKE 'account%%' AND table_name NOT LIKE '%%token%%'"
        )
        columns = [tuple(row) for row in cursor.fetchall() if (row[0], row[1]) not in WORDS]
        for table in {one[0] for one in columns}:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, column, kind in columns:
            value = f"ARRAY[%s || {table}.ctid::text]" if kind == "ARRAY" else f"%s || {table}.ctid::text"
            cursor.execute("SAVEPOINT one")
            try:
                cursor.execute(f"UPDATE {table} SET {column} = {value}", (EVIL,))
                spoilt += cursor.rowcount > 0
            except psycopg2.Error:
                cursor.execute("ROLLBACK TO one")
        for table in {one[0] for one in columns}:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return spoilt


def look(page: Page, url: str) -> list[str]:
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {url}"), dialog.dismiss()))
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.status < 500, (url, answer.status, page.inner_text("body")[:500])
    if "/maps/" in url:
        page.evaluate(OPENED)
    silent, injected, told = page.evaluate(FOUND)
    if not silent or injected:
        wrong.append(f"{url}: ran {not silent}, {injected} elements")
    return [*wrong, *(["told"] if told else [])]


def look_at_all(address: str, paths: list[str]) -> dict[str, list[str]]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_MS)
        found = {}
        for path in paths:
            page = context.new_page()
            found[path] = look(page, address + path)
            page.close()
        browser.close()
    return found


@pytest.mark.browser
@pytest.mark.drill
def test_no_name_becomes_a_script_anywhere(address: str):
    base, ogc = "/districts/a", "/ogc/collections/a.estates"
    told = [
        "/", f"{base}/entry", f"{base}/entry/projects/P2", f"{base}/entry/estates/estates-others",
        f"{base}/questions", f"{base}/proposals?name={PROPOSAL}", f"{ogc}/items?f=html",
        "/ogc/collections/a.pipe_segments/items?f=html", f"{ogc}/items/estates-others?f=html",
        *(f"{base}/maps/{name}.html" for name in MAPS if name != "fire"),
    ]  # fmt: skip
    others = [
        "/jobs", f"/ogc/jobs/{JOB}?f=html", "/ogc/jobs?f=html", "/upload", f"{base}/maps/fire.html",
        f"{base}/maps/progress.svg", "/ogc/collections?f=html", f"{base}/entry?q={IN_ADDRESS}",
        f"{base}/maps/{IN_ADDRESS}.html", f"/ogc?lang={IN_ADDRESS}",
    ]  # fmt: skip
    with ThreadPoolExecutor(max_workers=1) as thread:  # the driver wants a thread without an event loop
        found = thread.submit(look_at_all, address, [*told, *others]).result()
    assert {path: wrong for path, wrong in found.items() if set(wrong) - {"told"}} == {}
    assert [path for path in told if "told" not in found[path]] == [], "pages that show no name prove nothing"
