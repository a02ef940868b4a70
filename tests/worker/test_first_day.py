"""The first day of a planner, in a real browser: a district, the spreadsheet, its figures, outlines, bundles."""

from __future__ import annotations

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from gisplanner.store.database import Database
from tests.api.test_browser import CHROMIUM_ARGS
from tests.register_files import published_lines, write_xlsx
from tests.worker.test_upload_page import serve


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES_OF_TESTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def first_day(entrance: str, register: Path) -> dict[str, str]:
    """Do what a planner does and return what the pages said."""
    said: dict[str, str] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(entrance)
        page.click("a.button:text('新建区县')")
        picture(page, "new_district")
        page.click("button:text('赣州市南康区')")
        page.wait_for_selector("article.district")
        page.click("a.button:text('报送台账')")
        said["kind"] = page.input_value("select[name=kind]")
        page.set_input_files("input[name=file]", register)
        page.click("#try")
        page.wait_for_selector("#confirm:visible", timeout=60_000)
        page.click("#confirm")
        page.wait_for_selector("#report-title:text('已写入')", timeout=60_000)
        said["written"] = page.inner_text("#report")
        page.click("#look")
        page.wait_for_selector("dl.figures")
        said["figures"] = page.inner_text("dl.figures")
        said["check"] = page.inner_text("section.check")
        picture(page, "register")
        page.click("a:text('待核问题')")
        picture(page, "questions")
        page.check("input[name=choice] >> nth=0")
        page.click("button:text('答复') >> nth=0")
        page.wait_for_load_state()
        said["questions"] = str(page.locator("form.question").count())
        page.click("text=← 赣州市南康区")
        page.click("button:text('绘制示意轮廓')")
        page.wait_for_selector("a[href$='/proposals']", timeout=60_000)
        picture(page, "sketched")
        page.click("a[href$='/proposals']")
        page.wait_for_selector("body[data-ready=yes]")
        page.fill("#make input[name=name]", "首版")
        page.click("#make button[type=submit]")
        page.wait_for_selector("#tab-bundles .bundle", timeout=60_000)
        said["bundles"] = page.inner_text("#summary")
        picture(page, "desk")
        said["complaints"] = "\n".join(complaints)
        browser.close()
    return said


@pytest.mark.browser
def test_from_an_empty_database_to_bundles(db: Database, tmp_path: Path):
    register = write_xlsx(tmp_path / "附件2.xlsx", published_lines())
    process, _ = serve(db, tmp_path)
    try:
        assert process.stderr is not None
        entrance = re.search(r"http\S+/enter\?token=\S+", process.stderr.readline())
        assert entrance is not None
        with ThreadPoolExecutor(max_workers=1) as thread:
            said = thread.submit(first_day, entrance[0], register).result()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
    assert said["kind"] == "register"
    assert "小区 28/28 ✓" in said["written"]
    assert said["figures"].count("✓ 与方案一致") == 6
    assert "37.7674" in said["figures"]
    assert [name for name in ("怡然居小区", "蓝田花园小区", "新园小区") if name not in said["check"]] == []
    assert said["questions"] == "2"
    assert "11" in said["bundles"]
    assert said["complaints"] == ""
