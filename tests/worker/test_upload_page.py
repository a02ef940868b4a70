"""A company logs in, drops a file, reads the dry run, confirms: in a real browser, with a real server and worker."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import httpx
import psutil
import pytest
import shapely
from playwright.sync_api import sync_playwright

from gisplanner.services.accounts import add_account
from gisplanner.services.districts import create_district
from gisplanner.services.jobs.records import get_job, list_jobs
from gisplanner.services.sessions import set_password
from gisplanner.store.database import Database
from tests.api.test_browser import CHROMIUM_ARGS
from tests.ingest_files import EAST, NORTH
from tests.worker.test_kill import held_up, under_way
from tests.worker_processes import ADMIN, until_status

OWNER, PASSWORD = "区深燃公司", "一把很长的钥匙-2024"


def serve(db: Database, home: Path) -> tuple[subprocess.Popen[str], str]:
    environment = {
        **os.environ,
        "GISPLANNER_DATABASE_URL": db.dsn,
        "GISPLANNER_HOME": str(home),
        "GISPLANNER_GRACE_S": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gisplanner", "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())
    assert found is not None
    return process, found[0]


@pytest.fixture
def stocked(db: Database) -> Database:
    create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    add_account(db, OWNER, "operator", scope=[f"owner={OWNER}"])
    set_password(db, OWNER, PASSWORD)
    return db


@pytest.fixture
def server(stocked: Database, tmp_path: Path) -> Iterator[str]:
    process, address = serve(stocked, tmp_path)
    try:
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)


def drawn(path: Path, *, owner: str) -> Path:
    geometry = [shapely.LineString([(EAST, NORTH + y), (EAST + 50, NORTH + y)]) for y in (0, 10, 20)]
    frame = gpd.GeoDataFrame(
        {"管段编号": ["1", "2", "3"], "管线种类": "燃气", "权属单位": [OWNER, OWNER, owner]},
        geometry=geometry,
        crs=4547,
    )
    frame.to_file(path, layer="data")
    return path


def walk(address: str, good: Path, bad: Path) -> dict[str, str]:
    """Do what a person does and return what the page said at each step."""
    said: dict[str, str] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/login")
        page.fill("input[name=account]", OWNER)
        page.fill("input[name=password]", PASSWORD)
        page.click("form.log-in button")
        page.wait_for_url(f"{address}/")
        page.click("text=报送数据")
        page.set_input_files("input[name=file]", bad)
        page.click("#try")
        page.wait_for_selector("#report[data-state=bad]", timeout=60_000)
        said["refused"] = page.inner_text("#report")
        page.set_input_files("input[name=file]", good)
        page.click("#try")
        page.wait_for_selector("#confirm:visible", timeout=60_000)
        said["dry run"] = page.inner_text("#report")
        if folder := os.environ.get("PICTURES_OF_TESTS"):
            page.screenshot(path=f"{folder}/upload.png")
        page.click("#confirm")
        page.wait_for_selector("#report-title:text('已写入')", timeout=60_000)
        said["written"] = page.inner_text("#report")
        page.goto(f"{address}/jobs")
        said["jobs"] = page.inner_text("main")
        if folder := os.environ.get("PICTURES_OF_TESTS"):
            page.screenshot(path=f"{folder}/jobs.png")
        page.click("text=退出")
        page.wait_for_selector("a[href='/login']")
        said["complaints"] = "\n".join(complaints)
        browser.close()
    return said


@pytest.mark.browser
def test_a_company_hands_in_its_lines_on_the_page(stocked: Database, server: str, tmp_path: Path):
    good = drawn(tmp_path / "燃气.gpkg", owner="区电信分公司")
    bad = tmp_path / "坏.gpkg"
    bad.write_bytes(b"no geopackage")
    with ThreadPoolExecutor(max_workers=1) as thread:
        said = thread.submit(walk, server, good, bad).result()
    assert "未写入任何内容" in said["refused"]
    assert "内容不是" in said["refused"]
    assert "接收 2 段，未接收 1 行" in said["dry run"]
    assert "尚未写入" in said["dry run"]
    assert "第 1 次报送" in said["written"]
    assert said["jobs"].count("成功") == 2
    assert said["jobs"].count("失败") == 1
    assert said["complaints"] == ""
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(pipe_segment.owner), max(uploaded_by) FROM pipe_segment, network_upload")
        assert tuple(cursor.fetchone()) == (2, OWNER, OWNER)


def test_a_server_that_is_killed_loses_no_job(stocked: Database, tmp_path: Path):
    process, address = serve(stocked, tmp_path)
    token = add_account(stocked, "另一账户", "operator", scope=[f"owner={OWNER}"]).token
    file = drawn(tmp_path / "燃气.gpkg", owner=OWNER)
    headers = {"Authorization": f"Bearer {token}", "X-File-Name": "a.gpkg"}
    upload = httpx.post(f"{address}/uploads", headers=headers, content=file.read_bytes(), timeout=30).json()
    inputs = {"district": "a", "kind": "networks", "upload": upload["id"], "dry_run": False}
    with held_up(stocked):
        sent = httpx.post(
            f"{address}/ogc/processes/import/execution",
            headers={**headers, "Prefer": "respond-async"},
            json={"inputs": inputs},
            timeout=30,
        )
        job_id = list_jobs(stocked, ADMIN)[0].id
        under_way(stocked, job_id)
        worker = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        # The worker is told to end and has a second for the job: released sooner, the table would let it finish.
        _, left = psutil.wait_procs(worker, timeout=60)
        assert left == []
        assert process.stderr is not None
        process.stderr.close()
    process, address = serve(stocked, tmp_path)
    try:
        assert until_status(stocked, job_id, "successful", "failed").status == "successful"
        again = f"{address}/ogc/jobs/{sent.json()['jobID']}/results"
        assert httpx.get(again, headers=headers, timeout=30).json()["report"]["accepted"] == 3
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM network_upload")
        assert cursor.fetchone()[0] == 1
    assert get_job(stocked, ADMIN, job_id).attempt == 2
