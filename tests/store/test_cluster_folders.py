"""Where the private cluster lies and whose it is: sockets, folders that are closed, other accounts."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store import cluster_folder
from gisplanner.store.cluster import Cluster
from tests.store.clusters import needs_root, one_line


def test_a_socket_path_that_is_too_long(folder: Path, monkeypatch: pytest.MonkeyPatch):
    long = folder / ("长" * 30)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(DatabaseUnavailableError) as error:
        Cluster(folder / "home", base=folder).ensure_running()
    assert "too long" in one_line(error)


@pytest.mark.parametrize("trap", ["open", "link", "file"])
def test_a_squatted_socket_folder_is_refused(cluster_of_one: Cluster, trap: str, tmp_path: Path):
    sockets = cluster_of_one.socket_dir
    if trap == "open":
        sockets.mkdir()
        sockets.chmod(0o777)
    elif trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        sockets.symlink_to(tmp_path / "elsewhere")
    else:
        sockets.touch()
    try:
        with pytest.raises(DatabaseUnavailableError) as error:
            cluster_of_one.ensure_running()
        assert "squatting" in one_line(error)
        assert cluster_of_one.server() is None
    finally:
        sockets.rmdir() if trap == "open" else sockets.unlink()


@needs_root
def test_a_socket_folder_of_another_account_is_refused(cluster_of_one: Cluster):
    sockets = cluster_of_one.socket_dir
    sockets.mkdir(mode=0o700)
    os.chown(sockets, pwd.getpwnam("nobody").pw_uid, -1)
    try:
        with pytest.raises(DatabaseUnavailableError) as error:
            cluster_of_one.ensure_running()
        assert "squatting" in one_line(error)
    finally:
        sockets.rmdir()


@needs_root
def test_a_home_under_a_folder_the_server_cannot_enter(folder: Path):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    folder.chmod(0o755)
    with pytest.raises(DatabaseUnavailableError) as error:
        Cluster(closed / "home").ensure_running()
    assert f"cannot enter {closed}" in one_line(error)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert list(closed.iterdir()) == []


@needs_root
def test_a_private_home_is_opened_for_the_server_alone(folder: Path):
    home = folder / "home"
    home.mkdir(mode=0o700)
    cluster = Cluster(home, base=folder)
    cluster.ensure_running()
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
    assert home.stat().st_gid == pwd.getpwnam("postgres").pw_gid
    assert home.stat().st_uid == 0


@needs_root
def test_root_without_an_ordinary_account(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster_folder, "SERVER_ACCOUNT", "no-such-account")
    with pytest.raises(DatabaseUnavailableError) as error:
        Cluster(folder / "home", base=folder).ensure_running()
    assert "useradd --system" in one_line(error)


def _require_reachable_for_nobody() -> None:
    """Skip where the checkout or its interpreter lies below a folder that is closed to other accounts."""
    try:
        reached = _as_nobody("import gisplanner.text").returncode == 0
    except PermissionError:
        reached = False
    if not reached:
        pytest.skip(f"an ordinary account cannot run {sys.executable} on this checkout")


def _as_nobody(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    nobody = pwd.getpwnam("nobody")
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "HOME": "/", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_root
def test_an_ordinary_account_runs_its_own_server_and_not_that_of_another(folder: Path, cluster_of_one: Cluster):
    _require_reachable_for_nobody()
    program = (
        "import sys; from pathlib import Path; from gisplanner.store.cluster import Cluster\n"
        "c = Cluster(Path(sys.argv[1]))\n"
        "c.ensure_running(); print(c.server().username()); c.stop()"
    )
    folder.chmod(0o755)
    mine = folder / "mine"
    mine.mkdir()
    os.chown(mine, pwd.getpwnam("nobody").pw_uid, -1)
    done = _as_nobody(program, str(mine / "home"))
    if "PermissionError" in done.stderr and "site-packages" in done.stderr:
        pytest.skip("this environment's Python cannot be used by other accounts")
    assert (done.returncode, done.stdout.strip()) == (0, "nobody"), done.stderr

    cluster_of_one.home.chmod(0o755)
    refused = _as_nobody(program, str(cluster_of_one.home))
    assert "DatabaseUnavailableError" in refused.stderr
    assert "属于另一个账户" in refused.stderr

    # root finds whose it is and runs it as that account
    theirs = Cluster(mine / "home", base=mine)
    theirs.ensure_running()
    assert theirs.server().username() == "nobody"
    theirs.stop()


def test_a_home_that_is_a_file(folder: Path):
    file = folder / "home"
    file.write_text("x")
    for home in (file, file / "below"):
        with pytest.raises(DatabaseUnavailableError) as error:
            Cluster(home, base=folder).ensure_running()
        assert "is a file" in one_line(error)
    assert file.read_text() == "x"


def test_a_home_that_cannot_be_written():
    home = Path("/proc/gisplanner")
    with pytest.raises(DatabaseUnavailableError) as error:
        Cluster(home).ensure_running()
    assert str(home) in one_line(error)
