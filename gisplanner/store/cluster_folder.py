"""The folders of the private cluster: who owns them, who may enter them, how the data folder is made."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.resources import resource_dir
from gisplanner.store.installation import Installation
from gisplanner.store.processes import Account, Outcome, run
from gisplanner.text import Text

SERVER_ACCOUNT: Final = "postgres"
"""The account that PostgreSQL's packages create; the server runs as it when the caller is root."""

SUPERUSER: Final = "postgres"
DATABASE: Final = "gisplanner"
_SETTINGS: Final = "gisplanner.conf"
_WAL_SEGMENT_BYTES: Final = 16 * 1024 * 1024


def server_account(data: Path) -> Account | None:
    """Return the account the server runs as, ``None`` for the caller's own.

    Raises
    ------
    DatabaseUnavailableError
        The data folder belongs to somebody else, or root finds no ordinary account.
    """
    owner = data.stat().st_uid if data.exists() else None
    caller = os.geteuid()
    if caller != 0:
        if owner not in (None, caller):
            raise DatabaseUnavailableError(
                Text(
                    f"数据目录 {data} 属于另一个账户（uid {owner}），请用该账户或 root 运行。",
                    en=f"The data folder {data} belongs to another account (uid {owner}): run as it or as root.",
                )
            )
        return None
    try:
        found = pwd.getpwuid(owner) if owner else pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        raise DatabaseUnavailableError(
            Text(
                f"PostgreSQL 不能以 root 运行，而本机没有普通账户 {owner or SERVER_ACCOUNT}；"
                f"请建立它（useradd --system {SERVER_ACCOUNT}），或用普通账户运行本程序。",
                en=f"PostgreSQL refuses to run as root and there is no ordinary account {owner or SERVER_ACCOUNT}: "
                f"create it (useradd --system {SERVER_ACCOUNT}) or run this program as an ordinary account.",
            )
        ) from None
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def prepare_home(home: Path, base: Path, account: Account | None) -> None:
    """Make the program's data folder and see to it that the server's account can pass through.

    ``base`` is ``home`` or a folder above it that is ours as well; both may be opened for passing through,
    no other folder is touched.
    """
    found = next(folder for folder in (home, *home.parents) if folder.exists())
    if account is not None and not found.is_relative_to(base):
        _refuse_closed(home, found, account)
    for folder in reversed([home, *home.parents]):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o700 if folder == home else 0o755)
        elif not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if account is not None:
        for folder in (home, *home.parents):
            if folder.is_relative_to(base):
                _let_pass(folder, account)
        _refuse_closed(home, home, account)


def _refuse_closed(home: Path, entered: Path, account: Account) -> None:
    if not entered.is_dir() or _may(account, "-x", entered):
        return
    closed = next(folder for folder in reversed([entered, *entered.parents]) if not _may(account, "-x", folder))
    raise DatabaseUnavailableError(
        Text(
            f"数据库账户 {account.name} 进不了 {closed}，因此用不了数据目录 {home}；"
            "请把 GISPLANNER_HOME 设到别处（如 /var/lib/gisplanner），或以普通账户运行。",
            en=f"The database account {account.name} cannot enter {closed}, so it cannot use the data folder {home}: "
            "set GISPLANNER_HOME to some other place (such as /var/lib/gisplanner) or run as an ordinary account.",
        )
    )


def private_folder(folder: Path, account: Account | None) -> None:
    """Make a folder that only the server's account (and root) can enter, or check that it is one.

    Raises
    ------
    DatabaseUnavailableError
        Somebody else made it first, or left it open to others; or the server's account cannot write there.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        check_private(folder, account)
    if account is None:
        return
    os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    if not _may(account, "-w", folder):
        raise DatabaseUnavailableError(
            Text(
                f"数据库账户 {account.name} 写不进 {folder}，请检查 TMPDIR 和 GISPLANNER_HOME 指向的目录。",
                en=f"The database account {account.name} cannot write to {folder}; check where TMPDIR and "
                "GISPLANNER_HOME point.",
            )
        )


def check_private(folder: Path, account: Account | None) -> None:
    """Check that a folder belongs to us and is closed to others: a squatter's server must not get our data.

    Raises
    ------
    DatabaseUnavailableError
        It does not, or it is no folder.
    """
    found = folder.lstat()
    allowed = {os.geteuid()} | (set() if account is None else {account.uid})
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed or found.st_mode & 0o077:
        raise DatabaseUnavailableError(
            Text(
                f"{folder} 不是本账户私有的目录（可能被他人占用），请删除它，或设置 TMPDIR 后重试。",
                en=f"{folder} is not a private folder of this account; somebody may be squatting it: "
                "remove it, or set TMPDIR and try again.",
            )
        )


def create_data(data: Path, installation: Installation, account: Account | None) -> None:
    """Make the data folder with its roles, database and PostGIS; it gets its name only when complete.

    Raises
    ------
    DatabaseUnavailableError
        A step failed, and why; nothing half-made stays behind under the final name.
    """
    making = data.with_name(f"{data.name}.partial")
    if making.exists():
        shutil.rmtree(making)
    private_folder(making, account)
    settings = ("--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "-U", SUPERUSER)
    made = run([installation.program("initdb"), "-D", making, "-k", "-E", "UTF8", *settings], account=account)
    if made.code:
        raise program_failed("initdb", made, data.parent)
    with (making / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(f"\ninclude_if_exists = '{_SETTINGS}'\n")
    sql = resource_dir("sql") / "cluster"
    single: list[str | Path] = [installation.program("postgres"), "--single", "-j", "-D", making]
    roles = run(
        [*single, "-c", "exit_on_error=on", SUPERUSER], account=account, script=(sql / "roles.sql").read_text("utf-8")
    )
    if roles.code:
        raise program_failed("postgres --single", roles, data.parent)
    postgis = run([*single, DATABASE], account=account, script=(sql / "postgis.sql").read_text("utf-8"))
    if postgis.code:
        raise program_failed("CREATE EXTENSION postgis", postgis, data.parent)
    making.rename(data)


def set_aside_half_made(data: Path) -> None:
    """Rename a data folder that never got a table file (an ``initdb`` was interrupted); a damaged one is kept.

    Raises
    ------
    DatabaseUnavailableError
        The folder holds data but not what a cluster needs: nothing is touched.
    """
    if not data.exists() or ((data / "PG_VERSION").exists() and (data / "global" / "pg_control").exists()):
        return
    if any((data / "base").glob("*/*")):
        raise DatabaseUnavailableError(
            Text(
                f"数据目录 {data} 已损坏（缺少 PG_VERSION 或 global/pg_control），未作任何改动；"
                "请从备份恢复到新的 GISPLANNER_HOME。",
                en=f"The data folder {data} is damaged (PG_VERSION or global/pg_control is missing) and was left "
                "as it is: restore a backup into a new GISPLANNER_HOME.",
            )
        )
    number = 1
    while (aside := data.with_name(f"{data.name}.incomplete-{number}")).exists():
        number += 1
    data.rename(aside)


def write_settings(data: Path, account: Account | None) -> None:
    """Put the settings of this version into the data folder."""
    written = data / f"{_SETTINGS}.new"
    written.unlink(missing_ok=True)
    shutil.copyfile(resource_dir("sql") / "cluster" / "postgresql.conf", written)
    if account is not None:
        os.chown(written, account.uid, account.gid)
    written.replace(data / _SETTINGS)


@contextmanager
def one_sentence(folder: Path) -> Iterator[None]:
    """Turn an operating system error met in ``folder`` into one sentence.

    Raises
    ------
    DatabaseUnavailableError
        What is the matter with the folder.
    """
    try:
        yield
    except DatabaseUnavailableError:
        raise
    except OSError as error:
        place = error.filename or folder
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(folder) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise DatabaseUnavailableError(
                Text(
                    f"数据目录 {folder} 用不了：{place} 是一个文件，不是目录，请改设 GISPLANNER_HOME。",
                    en=f"The data folder {folder} cannot be used: {place} is a file, not a folder; "
                    "set GISPLANNER_HOME to another place.",
                )
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise DatabaseUnavailableError(
                Text(
                    f"当前账户无权写 {place}，请改设 GISPLANNER_HOME 或改用有权限的账户。",
                    en=f"This account may not write to {place}: set GISPLANNER_HOME to another place or use an "
                    "account that may.",
                )
            ) from error
        raise DatabaseUnavailableError(
            Text(
                f"数据目录 {folder} 用不了：{error.strerror}（{place}）。",
                en=f"The data folder {folder} cannot be used: {error.strerror} ({place}).",
            )
        ) from error


def disk_full(folder: Path) -> DatabaseUnavailableError:
    """Return the sentence for a full disk."""
    return DatabaseUnavailableError(
        Text(
            f"磁盘已满：{folder} 所在的磁盘没有空间，未完成的操作已撤销，已有数据完好；请腾出空间后重试。",
            en=f"The disk that holds {folder} is full; what was not finished is undone and the data is intact: "
            "free some space and try again.",
        )
    )


def program_failed(step: str, outcome: Outcome, home: Path) -> DatabaseUnavailableError:
    """Return the sentence for a PostgreSQL program that gave up."""
    if "No space left on device" in outcome.output or shutil.disk_usage(home).free < _WAL_SEGMENT_BYTES:
        return disk_full(home)
    lines = [line for line in outcome.output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))]
    reason = (telling or lines or [f"exit code {outcome.code}"])[-1].strip()
    return DatabaseUnavailableError(
        Text(
            f"数据库没有就绪：{step} 失败：{reason}（日志在 {home / 'log'}）。",
            en=f"The database is not ready: {step} failed: {reason} (log in {home / 'log'}).",
        )
    )


def _let_pass(folder: Path, account: Account) -> None:
    found = folder.stat()
    if found.st_uid == os.geteuid() and not found.st_mode & 0o077:
        os.chown(folder, -1, account.gid)
        folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXGRP)


def _may(account: Account, what: str, path: Path) -> bool:
    program = shutil.which("test") or "/usr/bin/test"
    return run([program, what, path], account=account).code == 0
