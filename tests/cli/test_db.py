"""``gisplanner db`` as a person runs it: on a private cluster and on a server named by its address."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from gisplanner.cli.main import main
from gisplanner.resources import resource_dir
from gisplanner.store import backup
from gisplanner.store.cluster import Cluster
from gisplanner.store.database import Database
from gisplanner.store.installation import find_client_tools

SQUARE = "SRID=4547;POLYGON((0 0, 10.123456789 0, 10 10, 0 10, 0 0))"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command and return its exit code and what it wrote to both outputs."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        written = capfd.readouterr()
        return code, written.out, written.err

    return command


@pytest.fixture
def server(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database that the commands reach by its address."""
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    return db


@pytest.fixture
def home(server_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of this test alone."""
    folder = Path(tempfile.mkdtemp(dir=server_folder))
    monkeypatch.setenv("GISPLANNER_HOME", str(folder / "数据 1"))
    monkeypatch.delenv("GISPLANNER_DATABASE_URL", raising=False)
    folder.chmod(0o755)
    yield folder / "数据 1"
    Cluster(folder / "数据 1").stop()
    shutil.rmtree(folder)


def _fill(dsn: str, name: str = "甲") -> None:
    with closing(Database(dsn, actor="王工")) as database, database.transaction() as connection:
        connection.cursor().execute(
            "INSERT INTO district (id, name, srid, west_deg, south_deg, east_deg, north_deg) "
            "VALUES ('d', '区', 4547, 114, 25, 115, 26);"
            "INSERT INTO estate (district_id, srid, code, name, floor_area_10k_m2, needs, geom) "
            f"VALUES ('d', 4547, 'E1', '旧名', 37.76740, '{{加装电梯,\"a,b\"}}', '{SQUARE}');"
            f"UPDATE estate SET name = '{name}'"
        )


def _content(dsn: str) -> list[Any]:
    with closing(Database(dsn)) as database, database.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT estate.id, name, floor_area_10k_m2, needs, ST_AsEWKT(geom) AS geom, "
            "before ->> 'name' AS earlier, changed_by, changed_at "
            "FROM estate LEFT JOIN history ON row_id = estate.id ORDER BY 1"
        )
        return cursor.fetchall()


def _faults(out: str) -> dict[str, Any]:
    return json.loads(out)["error"]


def test_a_private_database_from_first_start_to_stop(home: Path, run):
    code, out, _ = run("db", "status", "--json")
    assert (code, json.loads(out)["running"], home.exists()) == (0, False, False)

    code, out, err = run("db", "start", "--json")
    assert (code, err) == (0, "")
    state = json.loads(out)
    assert state["kind"] == "private"
    assert state["running"] is True
    assert state["up_to_date"] is True
    assert state["home"] == str(home)
    assert state["size_bytes"] > 0

    code, out, _ = run("db", "url")
    psql = find_client_tools().program("psql")
    asked = subprocess.run(
        [psql, "-X", "-Atc", "SELECT count(*) FROM gisplanner.estate", out.strip()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (code, asked.stdout) == (0, "0\n")

    _, out, _ = run("db", "status")
    assert "数据库正在运行" in out
    assert "表结构与本版本一致" in out
    assert json.loads(run("db", "stop", "--json")[1]) == {"running": False, "was_running": True}
    code, out, _ = run("db", "stop", "--lang", "en")
    assert (code, out) == (0, "The database was not running.\n")


def test_a_backup_restores_into_an_empty_home(home: Path, server: Database, run, tmp_path: Path, monkeypatch):
    _fill(server.dsn)
    file = tmp_path / "备份 1.dump"
    code, out, _ = run("db", "backup", file, "--json")
    assert (code, json.loads(out)["size_bytes"]) == (0, file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]

    monkeypatch.delenv("GISPLANNER_DATABASE_URL")
    assert run("db", "restore", file)[0] == 0
    restored = Cluster(home).dsn
    assert _content(restored) == _content(server.dsn)
    assert _content(restored)[0].floor_area_10k_m2 == Decimal("37.76740")
    with closing(Database(restored)) as database:
        with database.transaction() as connection:  # numbering goes on where it was
            connection.cursor().execute("INSERT INTO estate (district_id, srid, code) VALUES ('d', 4547, 'E2')")
        with pytest.raises(psycopg2.errors.RestrictViolation), database.transaction() as connection:
            connection.cursor().execute("DELETE FROM history")
    assert json.loads(run("db", "status", "--json")[1])["up_to_date"] is True


def test_a_filled_database_is_replaced_only_on_demand(server: Database, run, tmp_path: Path):
    file = tmp_path / "b.dump"
    _fill(server.dsn, "备份中的名字")
    before = _content(server.dsn)
    run("db", "backup", file)
    with server.transaction() as connection:
        connection.cursor().execute("UPDATE estate SET name = '后来的名字'")
    later = _content(server.dsn)

    code, out, _ = run("db", "restore", file, "--json")
    assert (code, _faults(out)["code"]) == (2, "usage")
    assert "--replace" in _faults(out)["message"]
    assert _content(server.dsn) == later

    assert json.loads(run("db", "restore", file, "--replace", "--json")[1])["replaced"] is True
    assert _content(server.dsn) == before


@pytest.fixture
def good(server: Database, tmp_path: Path) -> Path:
    """A backup with so many rows that they make up most of the file; the server still holds them."""
    file = tmp_path / "good.dump"
    _fill(server.dsn)
    with server.transaction() as connection:
        connection.cursor().execute(
            "INSERT INTO estate (district_id, srid, code, name) "
            "SELECT 'd', 4547, i::text, md5(i::text) || md5((-i)::text) FROM generate_series(1, 8000) AS i"
        )
    backup.write_backup(server.dsn, file, find_client_tools())
    return file


def _cut(good: Path) -> Path:
    short = good.with_name("short.dump")
    short.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    return short


def _text(good: Path) -> Path:
    text = good.with_name("text.dump")
    text.write_text("DROP SCHEMA gisplanner CASCADE;")
    return text


def _flipped(good: Path) -> Path:
    """A compressed block of the data is damaged; the table of contents is whole."""
    content = bytearray(good.read_bytes())
    for at in range(len(content) // 2, len(content) // 2 + 1000):
        content[at] ^= 0xFF
    flipped = good.with_name("flipped.dump")
    flipped.write_bytes(content)
    return flipped


@pytest.mark.parametrize(("spoil", "says"), [(_text, "不是本程序的备份"), (_cut, "已损坏"), (_flipped, "已损坏")])
def test_a_file_that_is_no_whole_backup_changes_nothing(server: Database, good: Path, run, spoil, says: str):
    before = _content(server.dsn)
    code, out, err = run("db", "restore", spoil(good), "--replace", "--json")
    assert (code, _faults(out)["code"], err) == (2, "file_format", "")
    assert says in _faults(out)["message"]
    assert "\n" not in _faults(out)["message"]
    assert _content(server.dsn) == before


def test_a_backup_of_another_program_is_refused(server: Database, run, tmp_path: Path):
    file = tmp_path / "other.dump"
    with server.transaction() as connection:
        connection.cursor().execute("CREATE SCHEMA other; CREATE TABLE other.district (id int)")
    pg_dump = find_client_tools().program("pg_dump")
    subprocess.run([pg_dump, "-Fc", "-n", "other", "-f", file, "-d", server.dsn], check=True)
    code, out, _ = run("db", "restore", file, "--json")
    assert (code, _faults(out)["code"]) == (2, "file_format")


def test_a_backup_of_a_newer_version_is_refused(good: Path, run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backup, "sql_checksums", dict)
    code, out, _ = run("db", "restore", good, "--replace", "--json")
    assert (code, _faults(out)["code"]) == (2, "file_format")
    assert "0001.foundation" in _faults(out)["message"]


def test_a_backup_that_does_not_exist(server: Database, run, tmp_path: Path):
    code, out, _ = run("db", "restore", tmp_path / "none.dump", "--json")
    assert (code, _faults(out)["code"]) == (2, "not_found")


def test_a_database_in_use_is_not_replaced(
    server: Database, good: Path, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    impatient = tmp_path / "sql"
    shutil.copytree(resource_dir("sql"), impatient)
    begin = impatient / "restore" / "begin.sql"
    begin.write_text(begin.read_text().replace("'30s'", "'100ms'"))
    monkeypatch.setattr(backup, "resource_dir", lambda _kind: impatient)
    before = _content(server.dsn)
    with server.transaction() as reader:
        reader.cursor().execute("SELECT * FROM estate")
        code, out, _ = run("db", "restore", good, "--replace", "--json")
    assert code == 4
    assert "正被其他程序使用" in _faults(out)["message"]
    assert _content(server.dsn) == before


def test_a_backup_that_fails_keeps_the_earlier_one(server: Database, good: Path, run, monkeypatch):
    kept = good.read_bytes()
    with server.transaction() as connection:
        connection.cursor().execute("CREATE TABLE unreadable (id int); REVOKE ALL ON unreadable FROM current_user")
    code, out, _ = run("db", "backup", good, "--json")
    assert code == 4
    assert "unreadable" in _faults(out)["message"]
    assert good.read_bytes() == kept
    assert [path.name for path in good.parent.iterdir()] == [good.name]


@pytest.mark.parametrize("place", ["missing/b.dump", ".", "/proc/b.dump"])
def test_a_backup_that_cannot_be_written_there(server: Database, run, tmp_path: Path, place: str):
    code, out, _ = run("db", "backup", tmp_path / place, "--json")
    assert code == 2
    assert "\n" not in _faults(out)["message"]
    assert list(tmp_path.iterdir()) == []


def test_a_server_is_told_apart_from_the_private_database(server: Database, run):
    state = json.loads(run("db", "start", "--json")[1])
    assert (state["kind"], state["running"], state["home"]) == ("server", True, None)
    code, out, _ = run("db", "stop", "--json")
    assert (code, _faults(out)["code"]) == (2, "usage")
    assert run("db", "status")[0] == 0


def test_the_address_never_shows_the_password(server: Database, run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", f"{server.dsn} password=ss-secret")
    for command in ("url", "status", "start"):
        code, out, err = run("db", command, "--json")
        assert code == 0
        assert "ss-secret" not in out + err


@pytest.mark.parametrize(
    "address", ["postgresql://planner:ss-secret@127.0.0.1:9/plans", "mysql://planner:ss-secret@db/plans", "ss-secret"]
)
@pytest.mark.parametrize("command", ["start", "status", "url", "backup"])
def test_a_server_that_is_not_there_is_exit_code_4(
    run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, command: str
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", address)
    code, out, err = run("db", command, *([tmp_path / "b.dump"] if command == "backup" else []), "--json")
    assert (code, _faults(out)["code"]) == (4, "database_unavailable")
    assert "\n" not in _faults(out)["message"]
    assert "ss-secret" not in out + err
