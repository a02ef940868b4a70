"""Find PostgreSQL with PostGIS on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store.processes import run
from gisplanner.text import Text

SERVER_FOLDERS: Final = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
"""Where distributions put the server programs, which are not on the path; relative to the root folder."""

CLIENT_PROGRAMS: Final = ("pg_dump", "pg_restore", "psql")
SERVER_PROGRAMS: Final = ("pg_ctl", "initdb", "postgres", *CLIENT_PROGRAMS)

HOW_TO_INSTALL: Final = "apt-get install postgresql-15 postgresql-15-postgis-3"


@dataclass(frozen=True, slots=True, order=True)
class Installation:
    """The programs of one PostgreSQL version, all from the same folder."""

    major: int
    has_postgis: bool
    bin_dir: Path

    def program(self, name: str) -> Path:
        """Return the path of a program such as ``pg_ctl``."""
        return self.bin_dir / name


def find_installation(major: int | None = None, *, root: Path = Path("/")) -> Installation:
    """Return the newest PostgreSQL that has PostGIS, or the one of version ``major``.

    Parameters
    ----------
    major
        Major version that an existing data folder needs.
    root
        Root folder to search in place of ``/``.

    Raises
    ------
    DatabaseUnavailableError
        There is none, and what to install.
    """
    found = sorted(_installations(root, SERVER_PROGRAMS), reverse=True)
    if not found:
        raise DatabaseUnavailableError(
            Text(
                f"本机没有安装 PostgreSQL 服务器，请安装：{HOW_TO_INSTALL}",
                en=f"There is no PostgreSQL server on this machine; install it: {HOW_TO_INSTALL}",
            )
        )
    with_postgis = [one for one in found if one.has_postgis]
    if not with_postgis:
        needed = f"apt-get install postgresql-{found[0].major}-postgis-3"
        raise DatabaseUnavailableError(
            Text(
                f"本机的 PostgreSQL {found[0].major} 没有 PostGIS 扩展，请安装：{needed}",
                en=f"PostgreSQL {found[0].major} on this machine has no PostGIS; install it: {needed}",
            )
        )
    if major is None:
        return with_postgis[0]
    for one in with_postgis:
        if one.major == major:
            return one
    versions = "、".join(str(one.major) for one in with_postgis)
    needed = f"apt-get install postgresql-{major} postgresql-{major}-postgis-3"
    raise DatabaseUnavailableError(
        Text(
            f"数据目录由 PostgreSQL {major} 建立，本机只有版本 {versions}；请安装原版本（{needed}），"
            "或先用原版本备份再恢复到新的数据目录。",
            en=f"The data folder was made by PostgreSQL {major}, but this machine has {versions} only; install that "
            f"version ({needed}), or make a backup with it and restore that into a new data folder.",
        )
    )


def find_client_tools(*, root: Path = Path("/")) -> Installation:
    """Return the newest ``pg_dump``, ``pg_restore`` and ``psql``, with or without a server beside them.

    Raises
    ------
    DatabaseUnavailableError
        There are none, and what to install.
    """
    found = sorted(_installations(root, CLIENT_PROGRAMS), reverse=True)
    if not found:
        raise DatabaseUnavailableError(
            Text(
                "本机没有 pg_dump 等客户端程序，请安装：apt-get install postgresql-client",
                en="pg_dump and its companions are not on this machine; install them: "
                "apt-get install postgresql-client",
            )
        )
    return found[0]


def _installations(root: Path, programs: Sequence[str]) -> Iterator[Installation]:
    folders = [folder for pattern in SERVER_FOLDERS for folder in root.glob(pattern)]
    on_path = shutil.which(programs[0])
    if on_path is not None and root == Path("/"):
        folders.append(Path(on_path).resolve().parent)
    for folder in dict.fromkeys(folders):
        if not all((folder / name).exists() for name in programs):
            continue
        version = re.search(r"\(PostgreSQL\) (\d+)", run([folder / programs[0], "--version"]).output)
        if version is not None:
            yield Installation(int(version[1]), _has_postgis(folder), folder)


def _has_postgis(bin_dir: Path) -> bool:
    program = bin_dir / "pg_config"
    if not program.exists():
        return True  # cannot be told from here; creating the extension will tell
    return (Path(run([program, "--sharedir"]).output.strip()) / "extension" / "postgis.control").exists()
