"""The desk in a real browser: pick a bundle, click an estate, give a reason, see it move, take it back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from gisplanner.api.app import create_app
from gisplanner.api.server import listening
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.bundling import proposals as service
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.api.test_browser import CHROMIUM_ARGS


@pytest.fixture
def address(db: Database, nankang: District) -> Iterator[str]:
    sketch_outlines(db, nankang)
    service.save_official(db, nankang, "备注")
    with listening("127.0.0.1", 0) as listener:
        app = create_app(db, visitor=Viewer("王工", "planner"))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


def click_estate(page: Page, name: str) -> None:
    box = page.locator(".estate-name", has_text=name).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def worked(address: str) -> dict[str, object]:
    """Do what a planner does and return what was seen."""
    seen: dict[str, object] = {"complaints": [], "foreign": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.on("console", lambda one: seen["complaints"].append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: seen["complaints"].append(str(error)))
        page.on(
            "request",
            lambda one: None if one.url.startswith((address, "data:")) else seen["foreign"].append(one.url),
        )
        page.goto(f"{address}/districts/nankang/proposals")
        page.wait_for_selector("body[data-ready=yes]")
        names = [one.bounding_box() for one in page.locator(".estate-name").all() if one.is_visible()]
        seen["names"] = len(names)
        page.click("[data-bundle=P08]")
        page.click("[data-do=move]")
        click_estate(page, "芙蓉花苑")
        seen["what"] = page.inner_text("#what")
        page.fill("[name=reason]", "同一社区")
        page.keyboard.press("Enter")
        page.wait_for_selector(".message.good")
        page.click("[data-tab=official]")
        seen["official"] = page.inner_text("#tab-official")
        page.click("[data-tab=changes]")
        seen["changes"] = page.inner_text("#tab-changes")
        page.click("[data-do=lock]")
        page.fill("[name=reason]", "已公示")
        page.click("#do")
        page.wait_for_selector("#pending", state="hidden")
        seen["locked"] = page.locator("[data-do=move]").is_disabled()
        page.click("[data-do=undo]")
        page.fill("[name=reason]", "恢复")
        page.click("#do")
        page.wait_for_selector("#pending", state="hidden")
        page.click("[data-do=merge]")
        click_estate(page, "火车站家属房")
        seen["merge"] = page.inner_text("#what")
        page.click("[data-tab=why]")
        seen["why"] = page.inner_text("#tab-why")
        page.click("[data-tab=subsidy]")
        page.wait_for_selector("#tab-subsidy h3")
        seen["subsidy"] = page.inner_text("#tab-subsidy")
        browser.close()
    return seen


def bounded(address: str) -> dict[str, object]:
    """Make a proposal with bounds on households and a budget; return what was seen."""
    seen: dict[str, object] = {"complaints": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.on("pageerror", lambda error: seen["complaints"].append(str(error)))
        page.goto(f"{address}/districts/nankang/proposals")
        page.wait_for_selector("body[data-ready=yes]")
        page.click("#new")
        page.fill("#make [name=name]", "预算")
        page.fill("#make [name=gap_m]", "60")
        page.fill("[data-measure=households] [data-bound=at_least]", "100")
        page.fill("[data-measure=households] [data-bound=at_most]", "1500")
        page.fill("[data-budget=yes] [data-bound=at_most]", "2000")
        page.select_option("#make [name=first]", "estates")
        seen["wide"] = page.evaluate(
            "document.querySelector('.panel').scrollWidth - document.querySelector('.panel').clientWidth"
        )
        page.click("#make button[type=submit]")
        page.wait_for_selector(".message:not([hidden])")
        seen["refused"] = page.inner_text("#message")
        seen["below"] = page.evaluate(
            "document.getElementById('message').getBoundingClientRect().bottom - innerHeight"
        )
        page.fill("[data-budget=yes] [data-bound=at_most]", "")
        page.fill("#make [name=gap_m]", "1")
        page.uncheck("#make [name=leftovers]")
        page.click("#make button[type=submit]")
        page.wait_for_selector("#message:has-text('达不到下限')")
        seen["left"] = page.inner_text("#message")
        page.fill("#make [name=gap_m]", "60")
        page.check("#make [name=leftovers]")
        page.click("#make button[type=submit]")
        page.wait_for_selector(".message.good")
        page.click("#tab-bundles .bundle >> nth=0")
        page.click("[data-tab=why]")
        seen["why"] = page.inner_text("#tab-why")
        browser.close()
    return seen


@pytest.mark.requirement("R5.03")
def test_bounds_and_a_budget_are_chosen_on_the_page(address: str):
    with ThreadPoolExecutor(max_workers=1) as thread:
        seen = thread.submit(bounded, address).result()
    assert seen["complaints"] == []
    assert seen["wide"] == 0, "the form fits its panel"
    assert str(seen["refused"]).startswith("资料不足"), "the plan tells no costs"
    assert float(str(seen["below"])) < 1, "a refusal is in view"
    assert "老进修学校家属楼" in str(seen["left"]), "what cannot be bundled is told by name"
    assert "NK2024-" not in str(seen["left"])
    assert "户" in str(seen["why"])
    assert "相邻而不在其中" in str(seen["why"])


@pytest.mark.requirement("R5.03", "R5.10")
def test_a_planner_moves_an_estate_by_clicking(address: str):
    with ThreadPoolExecutor(max_workers=1) as thread:
        seen = thread.submit(worked, address).result()
    assert seen["complaints"] == []
    assert seen["foreign"] == []
    assert seen["names"] > 10
    assert seen["what"] == "移动 芙蓉花苑：片区 P07 → 片区 P08"
    assert "移动 1 个小区" in seen["official"]
    assert "五陂上片区：未匹配" in seen["official"]
    assert "芙蓉花苑 → P08：同一社区" in seen["changes"]
    assert seen["locked"] is True
    assert seen["merge"] == "合并：片区 P09 并入片区 P08"
    assert "何以成片" in seen["why"]
    assert "联合验收：项目建设单位组织" in seen["why"]
    assert "资料不足" in seen["subsidy"], "nobody knows the years: nothing is applied for yet"
