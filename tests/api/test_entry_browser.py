"""The pages of entry in a real browser: an estate is filled in, a photo is seen, a file too large is told of."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from gisplanner.api.app import create_app
from gisplanner.api.server import listening
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.progress.entry_desk import project_desk
from gisplanner.services.progress.estate_entry import estate_record
from gisplanner.store.database import Database
from tests.api.test_browser import CHROMIUM_ARGS, PHONE

BASE = "/districts/nankang/entry"
ESTATE, PROJECT, NEED = "NK2024-021", "NK2024-P08", "vote:老旧供水主管维修或更换"
Told = TypeVar("Told")


@pytest.fixture
def address(db: Database, nankang: District) -> Iterator[str]:
    """The application of a street behind a real server."""
    street = Viewer("蓉江街办", "subdistrict", {"district": (nankang.id,), "subdistrict": ("蓉江街道",)})
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(db, visitor=street), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{BASE}"
        server.should_exit = True
        thread.join(timeout=10)


def visit(do: Callable[[Page], Told], *, scripts: bool = True) -> Told:
    """Do something on a page of the size of a phone; its own thread, for the driver must not meet a running loop."""

    def run() -> Told:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
            page = browser.new_page(
                viewport={"width": PHONE[0], "height": PHONE[1]}, java_script_enabled=scripts, locale="zh-CN"
            )
            try:
                return do(page)
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.browser
@pytest.mark.requirement("R1.04", "R1.10", "R1.11")
def test_an_estate_is_filled_in_and_its_photo_is_seen(db: Database, nankang: District, address: str, tmp_path: Path):
    photo = tmp_path / "现场.png"
    Image.frombytes("RGB", (1700, 900), os.urandom(1700 * 900 * 3)).save(photo)

    def do(page: Page) -> tuple[str, int, str, int]:
        page.goto(address)
        page.get_by_role("link", name="金赣小区", exact=True).first.click()
        page.get_by_label("建成时间").fill("1998")
        page.get_by_label("同意户数").fill("511")
        page.locator(f'input[name="{NEED}"]').fill("210")
        page.get_by_role("button", name="存入", exact=True).click()
        page.get_by_text("已存入，改动见下方记录。").wait_for()
        changes = page.locator("table").inner_text()
        form = page.locator("form", has=page.get_by_role("group", name="小区照片"))
        form.get_by_label("照片", exact=True).set_input_files(photo)
        form.get_by_label("说明").fill("西门")
        form.get_by_role("button", name="存入照片").click()
        page.get_by_text("照片已存入。").wait_for()
        picture = page.locator(".photos img")
        picture.scroll_into_view_if_needed()
        width = picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
        return (
            changes,
            width,
            page.locator(".photos figcaption").inner_text(),
            page.evaluate("document.documentElement.scrollWidth"),
        )

    changes, width, caption, wide = visit(do)
    assert "1998" in changes
    assert "211" not in changes
    assert (width, wide) == (1280, PHONE[0])
    assert "西门" in caption
    assert "蓉江街办" in caption
    record = estate_record(db, nankang, ESTATE)
    assert (record.year_built, record.counts["同意户数"]) == ("1998", 511)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_evidence_that_is_too_large_is_told_on_the_form_and_nothing_typed_is_lost(
    db: Database, nankang: District, address: str, tmp_path: Path, scripts: bool
):
    large = tmp_path / "会议纪要.pdf"
    large.write_bytes(b"%PDF-1.4 " + bytes(9_000_000))

    def do(page: Page) -> tuple[str, str, str]:
        page.goto(f"{address}/projects/{PROJECT}")
        form = page.locator("form", has=page.get_by_role("button", name="记录进入该阶段"))
        form.get_by_label("佐证材料").fill("〔2024〕3号")
        form.get_by_label("日期").fill("2024-06-03")
        form.get_by_label("佐证文件").set_input_files(large)
        form.locator("button").click()
        told = page.get_by_role("alert")
        told.wait_for()
        return told.inner_text(), form.get_by_label("佐证材料").input_value(), form.get_by_label("日期").input_value()

    told, document, day = visit(do, scripts=scripts)
    assert "会议纪要.pdf" in told
    assert "9.0 MB" in told
    assert "每份至多 8 MB" in told
    assert "压缩后重新选择" in told
    assert (document, day) == ("〔2024〕3号", "2024-06-03")
    assert all(one.event is None for one in project_desk(db, nankang, PROJECT).stages)
