"""Jobs survive whatever is killed: begun again or ended cleanly, never lost, never written twice."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import geopandas as gpd
import psutil
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.services.jobs.execution import FencedDatabase, run_job
from gisplanner.services.jobs.records import dismiss_job, get_job, job_result
from gisplanner.services.jobs.submit import submit_job
from gisplanner.services.jobs.upkeep import MAX_ATTEMPTS, settle_orphans
from gisplanner.services.uploads.spool import Receiving
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.worker.beside import worker_beside
from tests.ingest_files import EAST, NORTH
from tests.worker_processes import ADMIN, until, until_held_up, until_status, worker

GAS = Viewer("区深燃公司", "operator", {"owner": ("区深燃公司",)})


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))


@pytest.fixture
def lines(db: Database, district: District, tmp_path: Path) -> dict[str, object]:
    """Inputs of a job that hands in three gas lines for good."""
    file = tmp_path / "燃气.gpkg"
    geometry = [shapely.LineString([(EAST, NORTH + y), (EAST + 50, NORTH + y)]) for y in (0, 10, 20)]
    frame = gpd.GeoDataFrame({"管段编号": ["1", "2", "3"], "管线种类": "燃气"}, geometry=geometry, crs=4547)
    frame.to_file(file, layer="data")
    receiving = Receiving(tmp_path / "uploads", limit_bytes=1 << 20)
    receiving.write(file.read_bytes())
    upload = receiving.keep(db, GAS, file.name)
    return {"district": "a", "kind": "networks", "upload": str(upload.id), "dry_run": False}


def versions(db: Database) -> list[int]:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version FROM network_upload ORDER BY version")
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def held_up(db: Database) -> Iterator[None]:
    """Keep every job that writes networks waiting in the middle of its transaction."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE network_upload IN ACCESS EXCLUSIVE MODE")
        yield


def under_way(db: Database, job_id: UUID) -> None:
    """Wait until a job has begun and hangs at the table that is held up."""
    until_status(db, job_id, "running")
    until_held_up(db)


def test_a_worker_killed_in_the_middle_leaves_its_job_to_another_which_writes_once(
    db: Database, lines: dict[str, object], tmp_path: Path
):
    job = submit_job(db, GAS, "import", lines)
    with worker(db, tmp_path) as first:
        with held_up(db):
            under_way(db, job.id)
            children = psutil.Process(first.pid).children(recursive=True)
            first.send_signal(signal.SIGKILL)
            first.wait()
            psutil.wait_procs(children, timeout=10)
            assert not [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        assert versions(db) == []
        assert get_job(db, GAS, job.id).status == "running"
    with worker(db, tmp_path):
        done = until_status(db, job.id, "successful", "failed")
    assert (done.status, done.attempt, done.written) == ("successful", 2, True)
    assert versions(db) == [1]
    report = job_result(db, GAS, job.id)["report"]
    assert (report["accepted"], report["version"]) == (3, 1)


def test_a_killed_worker_beside_the_server_is_followed_by_another_that_takes_over(
    db: Database, lines: dict[str, object], tmp_path: Path
):
    job = submit_job(db, GAS, "import", lines)
    with worker_beside(home=tmp_path, database_url=db.dsn) as kept:
        first = psutil.Process(kept.pid)
        with held_up(db):
            under_way(db, job.id)
            first.send_signal(signal.SIGKILL)
            until(lambda: kept.pid != first.pid, "no other worker")
        second = psutil.Process(kept.pid)
        done = until_status(db, job.id, "successful", "failed")
        assert kept.pid == second.pid
    assert (done.status, done.attempt, versions(db)) == ("successful", 2, [1])
    assert not second.is_running()


def test_children_that_are_killed_or_dismissed_write_nothing_and_the_worker_goes_on(
    db: Database, lines: dict[str, object], tmp_path: Path
):
    killed = submit_job(db, GAS, "import", lines)
    with worker(db, tmp_path, GISPLANNER_GRACE_S="1") as process:
        with held_up(db):
            under_way(db, killed.id)
            child_of(process.pid).send_signal(signal.SIGKILL)
            failed = until_status(db, killed.id, "failed")
        assert failed.error is not None
        assert "未写入任何内容" in failed.error["error"]["message"]

        dismissed = submit_job(db, GAS, "import", lines)
        with held_up(db):
            under_way(db, dismissed.id)
            assert dismiss_job(db, GAS, dismissed.id).status == "dismissed"
        until(lambda: not alive(db), "the child goes on")
        assert versions(db) == []

        given_back = submit_job(db, GAS, "import", lines)
        with held_up(db):
            under_way(db, given_back.id)
            process.send_signal(signal.SIGTERM)
            assert process.wait(40) == 0
        assert (get_job(db, GAS, given_back.id).status, versions(db)) == ("accepted", [])
    with worker(db, tmp_path):
        assert until_status(db, given_back.id, "successful", "failed").status == "successful"
    assert versions(db) == [1]


def test_of_two_processes_with_the_same_job_one_runs_it(db: Database, lines: dict[str, object], tmp_path: Path):
    job = submit_job(db, GAS, "import", lines)
    ran: list[bool] = []

    def run() -> None:
        ran.append(run_job(db.dsn, job.id, uploads=tmp_path / "uploads", worker="test"))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [False, True]
    assert (get_job(db, GAS, job.id).status, versions(db)) == ("successful", [1])


def test_what_was_written_before_the_end_was_noted_is_not_written_again(
    db: Database, lines: dict[str, object], tmp_path: Path
):
    job = submit_job(db, GAS, "import", lines)
    with db.transaction() as connection:
        begun = queries().job_begin(connection, id=str(job.id), worker="killed")
    fenced = FencedDatabase(db.dsn, actor=GAS.name, job_id=job.id, attempt=begun.attempt)
    with fenced.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE district SET name = '乙区'")
    fenced.close()
    assert settle_orphans(db) == []
    assert get_job(db, GAS, job.id).status == "successful"
    assert not run_job(db.dsn, job.id, uploads=tmp_path / "uploads", worker="test")
    assert versions(db) == []


def test_an_attempt_that_was_taken_over_cannot_write_any_more(db: Database, lines: dict[str, object]):
    job = submit_job(db, GAS, "import", lines)
    with db.transaction() as connection:
        begun = queries().job_begin(connection, id=str(job.id), worker="paused")
    assert settle_orphans(db) == [job.id]
    fenced = FencedDatabase(db.dsn, actor=GAS.name, job_id=job.id, attempt=begun.attempt)
    with pytest.raises(Exception, match="未写入"), fenced.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE district SET name = '乙区'")
    fenced.close()
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM district")
        assert cursor.fetchone()[0] == "甲区"


def test_a_job_that_kills_every_worker_is_given_up(db: Database, lines: dict[str, object]):
    job = submit_job(db, GAS, "import", lines)
    for _ in range(MAX_ATTEMPTS):
        with db.transaction() as connection:
            assert queries().job_begin(connection, id=str(job.id), worker="killed") is not None
        again = settle_orphans(db)
    assert again == []
    assert get_job(db, ADMIN, job.id).status == "failed"


def child_of(worker_pid: int) -> psutil.Process:
    """Return the process of a worker's job: a grandchild, forked from the one that has loaded everything."""
    below = psutil.Process(worker_pid).children(recursive=True)
    return next(one for one in below if one.ppid() != worker_pid)


def alive(db: Database) -> bool:
    time.sleep(0.1)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7041993")
        return bool(cursor.fetchone()[0])
