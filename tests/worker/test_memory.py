"""Memory of server, worker and jobs while hostile files come in: bounded, whatever a file unfolds to."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

import httpx
import numpy as np
import psutil
import pytest
import shapely

from gisplanner.services.accounts import add_account
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from tests.ingest_files import EAST, NORTH
from tests.worker.test_hostile_uploads import REFUSED, file_of, many_vertices
from tests.worker_processes import PATIENCE_S, until, worker

SERVER_MB, GROWTH_MB = 600, 150
UPLOAD_MB = 200
"""The default: the server must not hold a file of this size."""
JOB_MB = 900
LIBRARIES_MB = 400
"""What a job maps of programs and libraries, which its limit, on memory of its own, does not count."""
SIZES = {"VmHWM": "peak", "VmRSS": "now"}


def memory_mb(pid: int) -> dict[str, float]:
    """Return what a process holds now and the most it ever held, as the kernel counts it."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return {name: int(told[field].split()[0]) / 1024 for field, name in SIZES.items() if field in told}


class Watch:
    """The peak of every process below a worker, looked at until told to end."""

    def __init__(self, pid: int) -> None:
        self._worker = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.peaks_mb: dict[int, float] = {}
        self.jobs: set[int] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            for one in (self._worker, *self._worker.children(recursive=True)):
                # What has just ended has no memory any more.
                with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                    held = memory_mb(one.pid)
                    if one.pid != self._worker.pid and one.ppid() != self._worker.pid:
                        self.jobs.add(one.pid)
                    if "peak" in held:
                        self.peaks_mb[one.pid] = max(self.peaks_mb.get(one.pid, 0.0), held["peak"])


@contextmanager
def server(db: Database, home: Path) -> Iterator[tuple[int, str]]:
    log = home / "server.log"
    settings = {"GISPLANNER_DATABASE_URL": db.dsn, "GISPLANNER_HOME": str(home), "GISPLANNER_GRACE_S": "1"}
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "gisplanner", "serve", "--port", "0"],
            env={**os.environ, **settings, "GISPLANNER_UPLOAD_LIMIT_MB": str(UPLOAD_MB)},
            stdout=subprocess.DEVNULL,
            stderr=told,
        )
    try:
        until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()) is not None, "the server")
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        assert found is not None
        yield process.pid, found[0]
        assert process.poll() is None, "the server is alive afterwards"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def hostile(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield the kind, the name and the bytes of each file, one at a time."""
    for kind, name, content, _ in REFUSED.values():
        yield kind, name, content
    for count in (10_000_000, 16_000_000):
        yield "roads", "vertices.parquet", file_of([many_vertices(count)], ".parquet", folder)
    for bad in (math.nan, math.inf, 1e300):
        with np.errstate(invalid="ignore"):
            line = shapely.LineString([(EAST, NORTH), (bad, NORTH), (EAST + 9, NORTH)])
            yield "roads", "nowhere.parquet", file_of([line], ".parquet", folder)


def handed_in(client: httpx.Client, kind: str, name: str, content: bytes) -> dict[str, object]:
    received = client.post("/uploads", headers={"X-File-Name": quote(name)}, content=content)
    assert received.status_code == 201, received.text
    asked = {"district": "a", "kind": kind, "upload": received.json()["id"], "dry_run": False}
    asked |= {"owner": "区深燃公司"} if kind == "networks" else {}
    sent = client.post("/ogc/processes/import/execution", headers={"Prefer": "respond-async"}, json={"inputs": asked})
    assert sent.status_code == 201, sent.text
    ended: dict[str, object] = {}

    def over() -> bool:
        ended.update(client.get(sent.headers["location"]).json())
        return ended["status"] not in {"accepted", "running"}

    until(over, name)
    return ended


def too_long() -> Iterator[bytes]:
    for _ in range(UPLOAD_MB + 1):
        yield bytes(1 << 20)


@pytest.mark.drill
def test_memory_stays_bounded_whatever_comes_in(db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    signed = {"Authorization": f"Bearer {add_account(db, '王工', 'planner').token}"}
    limits = {"GISPLANNER_JOB_MEMORY_MB": str(JOB_MB), "GISPLANNER_JOB_MINUTES": "1"}
    with (
        server(db, tmp_path) as (pid, address),
        worker(db, tmp_path, **limits) as working,
        Watch(working.pid) as watch,
        httpx.Client(base_url=address, headers=signed, timeout=PATIENCE_S) as client,
    ):
        assert client.get("/ogc/collections").status_code == 200
        before = memory_mb(pid)["now"]
        ends = [handed_in(client, *one) for one in hostile(tmp_path)]
        silent = client.post("/uploads", headers={"X-File-Name": "a.zip"}, content=too_long())
        held = memory_mb(pid)["peak"]
        assert client.get("/healthz").status_code == 200
        assert working.poll() is None
    assert silent.status_code == 413
    assert {one["status"] for one in ends[len(REFUSED) :]} == {"failed"}
    job = max(watch.peaks_mb[one] for one in watch.jobs)
    rest = max(peak for one, peak in watch.peaks_mb.items() if one not in watch.jobs)
    with capsys.disabled():
        sys.stdout.write(
            f"\npeak RSS over {len(ends) + 1} hostile files: server {held:.0f} MB (before {before:.0f}), "
            f"worker {rest:.0f} MB, largest job {job:.0f} MB (own memory at most {JOB_MB})\n"
        )
    assert held < SERVER_MB
    assert held - before < GROWTH_MB
    assert rest < SERVER_MB, "what runs jobs holds none of what they read"
    assert job < JOB_MB + LIBRARIES_MB
