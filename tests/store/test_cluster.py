"""The private cluster: made, started and kept through crashes, races, full disks and damage."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store import cluster_folder
from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.migrations import migrate
from tests.store.clusters import needs_root, one_line


def _kept(cluster: Cluster) -> str:
    with closing(psycopg2.connect(cluster.dsn)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT value FROM kept")
        return cursor.fetchone()[0]


def _show(cluster: Cluster, setting: str) -> str:
    with closing(psycopg2.connect(cluster.dsn)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", (setting,))
        return cursor.fetchone()[0]


def _server_uid() -> int:
    return pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else os.geteuid()


def test_a_home_with_spaces_and_chinese_characters(folder: Path):
    home = folder / "我的 数据" / "it's 100%"
    cluster = Cluster(home, base=folder)
    cluster.ensure_running()

    assert _show(cluster, "server_encoding") == "UTF8"
    assert _show(cluster, "lc_collate") == "C.UTF-8"
    assert _show(cluster, "data_checksums") == "on"
    assert _show(cluster, "listen_addresses") == ""
    assert _show(cluster, "fsync") == "on"
    assert int(_show(cluster, "max_connections")) == 60
    assert (cluster.socket_dir / ".s.PGSQL.5432").is_socket()
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
    assert cluster.data.stat().st_uid == cluster.socket_dir.stat().st_uid == _server_uid()
    assert cluster.server().uids().real == _server_uid()
    assert len(os.fsencode(cluster.socket_dir / ".s.PGSQL.5432")) <= 107
    assert cluster.log.is_relative_to(home)
    assert "reject" in (cluster.data / "pg_hba.conf").read_text()
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert cluster.server() is None


def test_two_programs_start_an_empty_home_at_once(folder: Path):
    program = (
        "import sys; from pathlib import Path; from gisplanner.services.database import open_database\n"
        "open_database(Path(sys.argv[1]), base=Path(sys.argv[2])).close()"
    )
    home = folder / "home"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(home), str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[0].decode() for one in started]
    assert [one.returncode for one in started] == [0, 0], said
    cluster = Cluster(home, base=folder)
    with closing(Database(cluster.dsn)) as database:
        assert migrate(database) is False
    assert sorted(path.name for path in home.iterdir()) == ["lock", "log", "postgres"]


def test_a_crash_leaves_a_pid_file_that_does_not_matter(cluster_of_one: Cluster):
    cluster_of_one.ensure_running()
    server = cluster_of_one.server()
    backend = psycopg2.connect(cluster_of_one.dsn)
    server.kill()
    psutil.wait_procs([server], timeout=10)
    backend.close()
    assert (cluster_of_one.data / "postmaster.pid").exists()
    assert cluster_of_one.server() is None

    cluster_of_one.ensure_running()
    assert _kept(cluster_of_one) == "南康"


def test_a_pid_file_whose_number_another_program_got(cluster_of_one: Cluster):
    drop = {"user": _server_uid()} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **drop) as other:  # the same account, or PostgreSQL would not mind it
        try:
            cluster_of_one.ensure_running()
            lines = (cluster_of_one.data / "postmaster.pid").read_text().splitlines()
            sockets = cluster_of_one.socket_dir
            cluster_of_one.stop()
            sockets.mkdir(mode=0o700)
            files = (cluster_of_one.data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock")
            for file in files:
                file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
            for path in (sockets, *files):
                os.chown(path, _server_uid(), -1)
                path.chmod(0o700 if path == sockets else 0o600)
            assert cluster_of_one.server() is None

            cluster_of_one.ensure_running()
            assert _kept(cluster_of_one) == "南康"
            assert other.poll() is None
        finally:
            other.send_signal(signal.SIGTERM)


def test_a_home_removed_under_a_running_server_is_made_anew(cluster_of_one: Cluster):
    cluster_of_one.ensure_running()
    orphan = cluster_of_one.server()
    cluster_of_one.home.rename(cluster_of_one.home.with_name("gone"))  # removing races with what the server writes
    cluster_of_one.ensure_running()
    assert not orphan.is_running()
    assert cluster_of_one.server() != orphan
    assert _show(cluster_of_one, "data_directory_mode") == "0700"


def test_an_interrupted_initdb_is_begun_again(folder: Path):
    home = folder / "home"
    (home / "postgres.partial" / "base").mkdir(parents=True)
    (home / "postgres.partial" / "PG_VERSION").write_text("15\n")
    for name in ("base/1", "global", "pg_wal"):
        (home / "postgres" / name).mkdir(parents=True)
    cluster = Cluster(home, base=folder)
    cluster.ensure_running()
    assert (home / "postgres.incomplete-1" / "pg_wal").is_dir()
    assert not (home / "postgres.partial").exists()


def test_an_initdb_that_fails_leaves_no_data_folder(folder: Path, monkeypatch: pytest.MonkeyPatch):
    cluster = Cluster(folder / "home", base=folder)

    def without_space(*_arguments, **_keywords):
        return cluster_folder.Outcome(1, "initdb: error: could not write: No space left on device\n")

    monkeypatch.setattr(cluster_folder, "_may", lambda *_: True)
    monkeypatch.setattr(cluster_folder, "run", without_space)
    with pytest.raises(DatabaseUnavailableError) as error:
        cluster.ensure_running()
    assert "is full" in one_line(error)
    assert not cluster.data.exists()
    monkeypatch.undo()
    cluster.ensure_running()


def test_a_damaged_data_folder_is_not_touched(cluster_of_one: Cluster):
    (cluster_of_one.data / "global" / "pg_control").unlink()
    before = sorted(cluster_of_one.data.rglob("*"))
    with pytest.raises(DatabaseUnavailableError) as error:
        cluster_of_one.ensure_running()
    assert "damaged" in one_line(error)
    assert sorted(cluster_of_one.data.rglob("*")) == before


def test_a_data_folder_of_another_version(cluster_of_one: Cluster):
    (cluster_of_one.data / "PG_VERSION").write_text("11\n")
    with pytest.raises(DatabaseUnavailableError) as error:
        cluster_of_one.ensure_running()
    assert "made by PostgreSQL 11" in one_line(error)
    assert "apt-get install postgresql-11 postgresql-11-postgis-3" in error.value.message


def test_what_the_log_says_is_in_the_sentence(cluster_of_one: Cluster):
    with (cluster_of_one.data / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(DatabaseUnavailableError) as error:
        cluster_of_one.ensure_running()
    assert "FATAL" in one_line(error)
    assert str(cluster_of_one.log.parent) in error.value.message


def test_a_running_server_is_found_whatever_the_temporary_folder(
    cluster_of_one: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cluster_of_one.ensure_running()
    server = cluster_of_one.server()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cluster_of_one.ensure_running()
    assert cluster_of_one.server() == server
    assert _kept(cluster_of_one) == "南康"


def test_settings_of_the_environment_lead_nowhere_else(cluster_of_one: Cluster, monkeypatch: pytest.MonkeyPatch):
    for name, value in {"PGPORT": "5999", "PGHOST": "192.0.2.1", "PGDATA": "/nowhere", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)
    cluster_of_one.ensure_running()
    assert _kept(cluster_of_one) == "南康"


@pytest.mark.drill
@needs_root
def test_a_full_disk_costs_nothing_but_the_unfinished_work(folder: Path, stopped: Path):
    small = folder / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", small], check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a small file system")
    cluster = Cluster(small / "home", base=folder)
    try:
        subprocess.run(["cp", "-a", stopped, small / "home"], check=True)
        cluster.ensure_running()
        with closing(Database(cluster.dsn)) as database:
            migrate(database)
            with pytest.raises(DatabaseUnavailableError) as error, database.transaction() as connection:
                connection.cursor().execute(
                    "CREATE TABLE big AS SELECT repeat(md5(i::text), 50) AS x FROM generate_series(1, 1000000) AS i"
                )
            assert "is undone as a whole" in one_line(error)
        if cluster.server() is not None:
            cluster.stop()

        filled = subprocess.run(["dd", "if=/dev/zero", f"of={small / 'ballast'}", "bs=64k"], check=False)
        assert filled.returncode == 1
        with pytest.raises(DatabaseUnavailableError) as error:
            cluster.ensure_running()
        assert "is full" in one_line(error)

        (small / "ballast").unlink()
        cluster.ensure_running()
        assert _kept(cluster) == "南康"
        cluster.stop()
        checked = cluster_folder.run(
            [cluster.installation().program("pg_checksums"), "--check", "-D", cluster.data],
            account=cluster_folder.server_account(cluster.data),
        )
        assert checked.code == 0, checked.output
    finally:
        cluster.stop()
        subprocess.run(["umount", small], check=True)


def test_nobody_waits_for_ever_for_the_lock(folder: Path, monkeypatch: pytest.MonkeyPatch):
    import fcntl

    from gisplanner.store import cluster as module

    home = folder / "home"
    home.mkdir()
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)
    with (home / "lock").open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        before = time.monotonic()
        with pytest.raises(DatabaseUnavailableError) as error:
            Cluster(home, base=folder).ensure_running()
    assert "keeps holding" in one_line(error)
    assert time.monotonic() - before < 5
