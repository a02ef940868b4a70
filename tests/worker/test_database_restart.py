"""The drill: the database falls over under load with a job in its middle; nothing is lost or written twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import httpx
import pytest
import shapely

from gisplanner.services.accounts import add_account
from gisplanner.services.database import open_database
from gisplanner.services.districts import create_district
from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from tests.ingest_files import EAST, NORTH
from tests.worker_processes import PATIENCE_S, until, until_held_up

ITEMS = "/ogc/collections/a.buildings/items?limit=50&f=json"
ROWS, READERS, BROKEN_OFF = 200, 6, 0


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server with its worker on the data folder, and its address."""
    environment = {**os.environ, "GISPLANNER_HOME": str(home)}
    command = [sys.executable, "-m", "gisplanner", "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        found = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stderr)))
        said = threading.Thread(target=lambda: sys.stderr.writelines(process.stderr or ()))
        said.start()
        try:
            yield process, found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
            said.join()


@contextmanager
def readers(url: str, headers: dict[str, str]) -> Iterator[Counter[int]]:
    """Read items over several connections as long as the block lasts, and count what is answered."""
    seen: Counter[int] = Counter()
    done = threading.Event()

    def read() -> None:
        with httpx.Client(headers=headers, timeout=PATIENCE_S) as client:
            while not done.is_set():
                try:
                    seen[client.get(url + ITEMS).status_code] += 1
                except httpx.RemoteProtocolError:  # an answer that had begun cannot become an error any more
                    seen[BROKEN_OFF] += 1

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for one in threads:
        one.start()
    try:
        yield seen
    finally:
        done.set()
        for one in threads:
            one.join()


def stored(db: Database, *prefixes: str) -> list[int]:
    with db.transaction() as connection, connection.cursor() as cursor:
        counts = []
        for prefix in prefixes:
            cursor.execute("SELECT count(*) FROM building WHERE code LIKE %s", (f"{prefix}%",))
            counts.append(cursor.fetchone()[0])
        return counts


def file_of(prefix: str, number: int, folder: Path) -> bytes:
    x = [EAST + 40 * k for k in range(ROWS)]
    outlines = [shapely.box(east, NORTH + 50 * number, east + 20, NORTH + 50 * number + 10) for east in x]
    codes = [f"{prefix}{k:04d}" for k in range(ROWS)]
    path = folder / f"{prefix}.gpkg"
    gpd.GeoDataFrame({"code": codes}, geometry=outlines, crs=4547).to_file(path, layer="data")
    return path.read_bytes()


@pytest.mark.drill
def test_a_database_that_falls_over_under_load_loses_no_job_and_the_server_goes_on(
    server_folder: Path, tmp_path: Path
):
    home = server_folder / "falls-over"
    cluster = Cluster(home, base=server_folder)
    db = open_database(home, base=server_folder)
    try:
        create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
        headers = {"Authorization": f"Bearer {add_account(db, 'pl', 'planner').token}"}
        with serving(home) as (server, url), httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_S) as http:

            def submitted(prefix: str, number: int) -> str:
                content, name = file_of(prefix, number, tmp_path), {"X-File-Name": f"{prefix}.gpkg"}
                upload = http.post("/uploads", headers=name, content=content)
                assert upload.status_code == 201, upload.text
                inputs = {"district": "a", "kind": "buildings", "upload": upload.json()["id"], "dry_run": False}
                job = http.post(
                    "/ogc/processes/import/execution", headers={"Prefer": "respond-async"}, json={"inputs": inputs}
                )
                assert job.status_code == 201, job.text
                return job.headers["location"]

            def status(job: str) -> str:
                answer = http.get(job)
                return answer.json()["status"] if answer.status_code == 200 else f"{answer.status_code}"

            with held_up(db):
                fallen = submitted("F", 0)
                until_held_up(db)
                with readers(url, headers) as seen:
                    until(lambda: seen[200] > 50, "no answers")
                    fall_over(cluster)
                    until(lambda: seen[503] > 0, f"nobody noticed: {seen}")
            cluster.ensure_running()
            with readers(url, headers) as later:
                until(lambda: later[200] > 50, f"the server does not come back: {later}")
            assert server.poll() is None
            assert set(seen) <= {200, 503, BROKEN_OFF}, seen
            until(lambda: status(fallen) in ("successful", "failed"), f"the job hangs: {status(fallen)}")
            assert (status(fallen), stored(db, "F")) == ("successful", [ROWS])

            with held_up(db):
                dismissed = submitted("D", 1)
                until_held_up(db)
                assert http.delete(dismissed).status_code == 200
            after = submitted("L", 2)
            until(lambda: status(after) == "successful", f"the worker does not go on: {status(after)}")
            assert (status(dismissed), stored(db, "F", "D", "L")) == ("dismissed", [ROWS, 0, ROWS])
            assert http.get("/readyz").status_code == 200
    finally:
        db.close()
        cluster.stop()


@contextmanager
def held_up(db: Database) -> Iterator[None]:
    """Keep whoever writes buildings waiting in the middle of its transaction, while others read."""
    connection = db.connect()
    try:
        connection.cursor().execute("LOCK TABLE building IN SHARE ROW EXCLUSIVE MODE")
        yield
    finally:
        connection.close()


def fall_over(cluster: Cluster) -> None:
    """End the database at once, as a crash does: it recovers from its log when it starts again."""
    process = cluster.server()
    assert process is not None
    process.send_signal(signal.SIGQUIT)
    process.wait(PATIENCE_S)
