"""A private PostgreSQL + PostGIS cluster under the program's data folder, reached through a unix socket only."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.text import Text

DATABASE = "gisplanner"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of one data folder (``GISPLANNER_HOME``)."""

    home: Path

    @property
    def data(self) -> Path:
        """Folder that ``initdb`` made."""
        return self.home / "postgres"

    @property
    def socket_dir(self) -> Path:
        """Short private folder of the unix socket."""
        tag = hashlib.sha256(str(self.home.absolute()).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"gisplanner-{tag}"

    @property
    def dsn(self) -> str:
        """Connection string of the program's database in this cluster."""
        return f"host={self.socket_dir} user={DATABASE} dbname={DATABASE}"

    def ensure_running(self) -> None:
        """Create and start the cluster if that is not done yet."""
        account = _server_account()
        self.home.mkdir(parents=True, exist_ok=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            for folder in (self.home, self.socket_dir):
                os.chown(folder, account.pw_uid, account.pw_gid)
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb",
                "-D",
                str(self.data),
                "-k",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-U",
                DATABASE,
                "-A",
                "trust",
            )
        if subprocess.run([_binary("pg_isready"), "-h", str(self.socket_dir), "-q"], check=False).returncode:
            self._run(
                "pg_ctl",
                "-D",
                str(self.data),
                "-w",
                "-l",
                str(self.home / "postgres.log"),
                "-o",
                f"-c listen_addresses='' -k {self.socket_dir}",
                "start",
            )
            psql = [_binary("psql"), "-h", str(self.socket_dir), "-U", DATABASE, "-d", "postgres", "-Atc"]
            if (
                subprocess.run(
                    [*psql, f"SELECT 1 FROM pg_database WHERE datname='{DATABASE}'"],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout.strip()
                != "1"
            ):
                subprocess.run([*psql, f"CREATE DATABASE {DATABASE}"], check=True, capture_output=True)

    def stop(self) -> None:
        """Stop the server."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        account = _server_account()
        drop = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        subprocess.run(
            [_binary(program), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **drop,
        )  # type: ignore[call-overload]


def _server_account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _binary(name: str) -> str:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise DatabaseUnavailableError(Text("没有找到 PostgreSQL。", en="PostgreSQL not found."))
    return found
