"""A private PostgreSQL + PostGIS cluster under the program's data folder, reached through a unix socket only."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shlex
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import psycopg2
from psycopg2.extensions import make_dsn

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store.cluster_folder import (
    DATABASE,
    SUPERUSER,
    check_private,
    create_data,
    one_sentence,
    prepare_home,
    private_folder,
    program_failed,
    server_account,
    set_aside_half_made,
    write_settings,
)
from gisplanner.store.failures import unreachable
from gisplanner.store.installation import Installation, find_installation
from gisplanner.store.processes import Account, Outcome, run
from gisplanner.text import Text

_PORT: Final = "5432"  # only names the socket file
_SOCKET_LOCK: Final = f".s.PGSQL.{_PORT}.lock"
_ORPHAN_PATIENCE_S: Final = 3.0
_SOCKET_PATH_BYTES: Final = 107
_SOCKET_LINE: Final = 4  # of postmaster.pid, from 0
_PATIENCE_S: Final = 90.0
_POLL_S: Final = 0.05
_LOG_KEPT_BYTES: Final = 10 * 1024 * 1024
_NOT_YET: Final = re.compile(
    r"No such file or directory|Connection refused|the database system is |server closed the connection"
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of one data folder (``GISPLANNER_HOME``).

    Parameters
    ----------
    home
        Data folder of the program, absolute.
    base
        A folder above ``home`` that is ours as well, so that the server's account may be let through it when
        the caller is root.
    """

    home: Path
    base: Path | None = None

    @property
    def data(self) -> Path:
        """Folder that ``initdb`` made."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """Log file of the server."""
        return self.home / "log" / "postgres.log"

    @property
    def socket_dir(self) -> Path:
        """Short private folder of the unix socket: the running server's, else the one a start will use."""
        lines = self._pid_file()
        if any(lines[_SOCKET_LINE:]) and self.server() is not None:
            return Path(lines[_SOCKET_LINE])
        tag = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"gisplanner-{os.geteuid()}-{tag}"

    @property
    def dsn(self) -> str:
        """Connection string of the program's database, as the ordinary role that owns it."""
        return self.dsn_for(DATABASE, role=DATABASE)

    def dsn_for(self, database: str, *, role: str = SUPERUSER) -> str:
        """Return the connection string of any database in this cluster, by default for upkeep as superuser."""
        return make_dsn("", host=str(self.socket_dir), port=_PORT, user=role, dbname=database)

    def installation(self) -> Installation:
        """Return the PostgreSQL that serves this data folder.

        Raises
        ------
        DatabaseUnavailableError
            It is not on this machine, and what to install.
        """
        file = self.data / "PG_VERSION"
        return find_installation(int(file.read_text("ascii").split(".")[0]) if file.exists() else None)

    def server(self) -> psutil.Process | None:
        """Return the running server of this data folder.

        A pid file alone proves nothing: after a crash its number may belong to any other program.
        """
        lines = self._pid_file()
        try:
            process = psutil.Process(int(lines[0]))
            arguments = process.cmdline()
            folder = Path(arguments[arguments.index("-D") + 1])
            return process if folder.samefile(self.data) else None
        except (IndexError, ValueError, OSError, psutil.Error):
            return None

    def ensure_running(self) -> None:
        """Create and start the cluster if that is not done yet; any number of programs may ask at once.

        Raises
        ------
        DatabaseUnavailableError
            It cannot be made or started: one sentence says why and what to do.
        """
        with one_sentence(self.home):
            account = server_account(self.data)
            if self._answers(account):
                return
            installation = self.installation()
            prepare_home(self.home, self.base or self.home, account)
            with self._lock():
                set_aside_half_made(self.data)
                if not self.data.exists():
                    create_data(self.data, installation, account)
                self._start(installation.program("pg_ctl"), account)

    def stop(self) -> bool:
        """Stop the server; tell whether it was running.

        Raises
        ------
        DatabaseUnavailableError
            It would not stop.
        """
        with one_sentence(self.home):
            account = server_account(self.data)
            if self.server() is None:
                return False
            installation = self.installation()
            with self._lock():
                sockets = self.socket_dir
                done = run(
                    [installation.program("pg_ctl"), "-D", self.data, "-m", "fast", "-w", "stop"], account=account
                )
                if done.code and self.server() is not None:
                    raise program_failed("pg_ctl stop", done, self.home)
                with suppress(OSError):  # a folder in the way of nobody may stay
                    sockets.rmdir()
            return True

    def _answers(self, account: Account | None) -> bool:
        folder = self.socket_dir
        if not folder.exists() or self.server() is None:
            return False
        check_private(folder, account)
        try:
            psycopg2.connect(self.dsn).close()
        except psycopg2.OperationalError as error:
            if _NOT_YET.search(str(error)):
                return False
            raise unreachable(error, self.dsn) from error
        return True

    def _start(self, pg_ctl: Path, account: Account | None) -> None:
        until = time.monotonic() + _PATIENCE_S
        while not self._answers(account):
            outcome = Outcome(0, "")
            if self.server() is None:
                outcome = self._start_once(pg_ctl, account)
                # What a killed server was doing lives on for a moment and guards the data.
                if outcome.code and "pre-existing shared memory block" not in outcome.output:
                    raise program_failed("pg_ctl start", outcome, self.home)
            if time.monotonic() > until:
                raise program_failed(
                    "pg_ctl start",
                    outcome if outcome.code else Outcome(1, f"no answer on {self.socket_dir}"),
                    self.home,
                )
            time.sleep(_POLL_S)

    def _start_once(self, pg_ctl: Path, account: Account | None) -> Outcome:
        sockets = self.socket_dir
        _check_socket_path(sockets)
        private_folder(sockets, account)
        private_folder(self.log.parent, account)
        self._end_orphan(sockets)
        self._forget_reused_pid(sockets)
        write_settings(self.data, account)
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        seen = self.log.stat().st_size if self.log.exists() else 0
        quoted = '"' + str(sockets).replace('"', '""') + '"'
        options = f"-k {shlex.quote(quoted)} -p {_PORT}"
        started = run(
            [pg_ctl, "-D", self.data, "-w", "-t", str(int(_PATIENCE_S)), "-l", self.log, "-o", options, "start"],
            account=account,
        )
        if started.code == 0:
            return started
        said = self.log.read_bytes()[seen:].decode(errors="replace") if self.log.exists() else ""
        return Outcome(started.code, said or started.output)

    def _end_orphan(self, sockets: Path) -> None:
        # Somebody removed the data folder of a running server; until it notices, it holds on to the socket.
        # Its pid stands in no data folder any more, so nothing it could still write is of use.
        with suppress(OSError, IndexError, ValueError, psutil.Error):
            process = psutil.Process(int((sockets / _SOCKET_LOCK).read_text("utf-8").split("\n", 1)[0]))
            arguments = process.cmdline()
            if arguments[arguments.index("-D") + 1] == str(self.data):
                family = [process, *process.children(recursive=True)]
                process.send_signal(signal.SIGQUIT)
                _, stubborn = psutil.wait_procs(family, timeout=_ORPHAN_PATIENCE_S)
                for one in stubborn:
                    one.kill()
                psutil.wait_procs(stubborn, timeout=_ORPHAN_PATIENCE_S)

    def _forget_reused_pid(self, sockets: Path) -> None:
        # PostgreSQL clears a pid file whose process is gone, but not one whose number another program of the
        # same account has since been given. Orphans of the old server still guard the data by shared memory.
        for file in (self.data / "postmaster.pid", sockets / _SOCKET_LOCK):
            number = file.read_text("utf-8").split("\n", 1)[0].strip() if file.exists() else ""
            if number.isdigit() and _is_other_program(int(number)):
                file.unlink()

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except OSError:  # not running, or not ours to read: the caller finds out which
            return []

    @contextmanager
    def _lock(self) -> Iterator[None]:
        handle = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            until = time.monotonic() + 2 * _PATIENCE_S
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise _locked_too_long(self.home) from None
                    time.sleep(_POLL_S)
            yield
        finally:
            os.close(handle)


def _is_other_program(pid: int) -> bool:
    try:
        arguments = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False  # gone, or not ours to look at: PostgreSQL handles both
    # A server without -D in its arguments may have been started by hand on our folder.
    return not arguments or Path(arguments[0]).name not in {"postgres", "postmaster"} or "-D" in arguments


def _check_socket_path(folder: Path) -> None:
    length = len(os.fsencode(folder / f".s.PGSQL.{_PORT}"))
    if length > _SOCKET_PATH_BYTES:
        raise DatabaseUnavailableError(
            Text(
                f"套接字路径 {folder} 太长（{length} 字节，最多 {_SOCKET_PATH_BYTES}），"
                "请把 TMPDIR 设为较短的目录，如 /tmp。",
                en=f"The socket path {folder} is too long ({length} bytes, at most {_SOCKET_PATH_BYTES}): "
                "set TMPDIR to a shorter folder such as /tmp.",
            )
        )


def _locked_too_long(home: Path) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(
        Text(
            f"另一个程序一直占着 {home / 'lock'}（正在启动数据库？），请稍后重试。",
            en=f"Another program keeps holding {home / 'lock'} (is it starting the database?): try again later.",
        )
    )
