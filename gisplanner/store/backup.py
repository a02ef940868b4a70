"""Backups of our schema: one compressed file that restores into any empty home or server, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from gisplanner.errors import DatabaseUnavailableError, FileFormatError, InputError, NotFoundError
from gisplanner.resources import resource_dir
from gisplanner.store.database import SCHEMA
from gisplanner.store.dsn import split_password
from gisplanner.store.installation import Installation
from gisplanner.store.migrations import sql_checksums
from gisplanner.store.processes import PIPE, run, start
from gisplanner.text import Text

_MAGIC: Final = b"PGDMP"
_MIGRATION_TABLE: Final = "_yoyo_migration"
_KEPT_PER_STEP_BYTES: Final = 1024 * 1024


def write_backup(dsn: str, file: Path, tools: Installation) -> int:
    """Write a backup and return its size in bytes; an existing file is replaced only by a complete one.

    Raises
    ------
    InputError
        The file cannot be written there.
    DatabaseUnavailableError
        The database broke off.
    """
    target = file.absolute()
    if not target.parent.is_dir():
        raise NotFoundError(Text(f"目录 {target.parent} 不存在。", en=f"There is no folder {target.parent}."))
    if target.is_dir():
        raise InputError(Text(f"{file} 是目录，请给出文件名。", en=f"{file} is a folder; name a file."))
    writing = target.with_name(f".{target.name}.{os.getpid()}.partial")
    without_password, password = split_password(dsn)
    try:
        done = run(
            [
                *(tools.program("pg_dump"), "-Fc", "-n", SCHEMA, "--no-owner", "--no-privileges"),
                *("--lock-wait-timeout=30s", "-f", writing, "-d", without_password),
            ],
            password=password,
            timeout_s=24 * 3600,
        )
        if done.code:
            raise _backup_failed(done.output, file)
        with writing.open("rb") as written:
            os.fsync(written.fileno())
        size = writing.stat().st_size
        writing.replace(target)
    finally:
        writing.unlink(missing_ok=True)
    return size


def check_backup(file: Path, tools: Installation) -> None:
    """Check that a file is a backup of ours that this version can read.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError
        It is no backup, it is damaged, or it was made by a newer version.
    """
    if not file.is_file():
        raise NotFoundError(Text(f"没有备份文件 {file}。", en=f"There is no backup file {file}."))
    listed = run([tools.program("pg_restore"), "--list", file.absolute()])
    if listed.code and _begins_like_a_dump(file):
        raise _damaged(file, listed.output)
    needed = (f"SCHEMA - {SCHEMA} ", f"TABLE {SCHEMA} district ", f"TABLE DATA {SCHEMA} {_MIGRATION_TABLE} ")
    if listed.code or not all(entry in listed.output for entry in needed):
        raise FileFormatError(
            Text(
                f"{file} 不是本程序的备份文件（gisplanner db backup 写出的），未作任何改动。",
                en=f"{file} is not a backup of this program (written by gisplanner db backup); nothing was changed.",
            )
        )
    rows = run([tools.program("pg_restore"), "-a", "-n", SCHEMA, "-t", _MIGRATION_TABLE, "-f", "-", file.absolute()])
    if rows.code:
        raise _damaged(file, rows.output)
    applied = re.findall(r"^[0-9a-f]{64}\t([^\t]+)\t", rows.output, re.MULTILINE)
    unknown = sorted(name for name in applied if f"migrations/{name}.sql" not in sql_checksums())
    if unknown:
        raise FileFormatError(
            Text(
                f"备份 {file} 来自更新版本的程序（本程序没有 {'、'.join(unknown)}），请升级程序后再恢复。",
                en=f"The backup {file} comes from a newer version (this one lacks {', '.join(unknown)}): "
                "upgrade first.",
            )
        )


def _begins_like_a_dump(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def restore_backup(dsn: str, file: Path, tools: Installation) -> None:
    """Put the content of a backup in place of the schema, in one transaction.

    Raises
    ------
    FileFormatError
        The backup is damaged; the database is as it was.
    DatabaseUnavailableError
        The database broke off, is busy or its disk is full; it is as it was.
    """
    without_password, password = split_password(dsn)
    steps = resource_dir("sql") / "restore"
    psql: list[str | Path] = [tools.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", without_password]
    pg_restore: list[str | Path] = [
        tools.program("pg_restore"),
        "-n",
        SCHEMA,
        "--no-owner",
        "--no-privileges",
        "-f",
        "-",
    ]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as unread, Path(os.devnull).open("wb") as nowhere:
        writer = start(psql, password=password, stdin=PIPE, stdout=nowhere, stderr=said)
        reader = start([*pg_restore, file.absolute()], stdout=PIPE, stderr=unread)
        assert writer.stdin is not None
        assert reader.stdout is not None
        with writer, reader:
            try:
                writer.stdin.write((steps / "begin.sql").read_bytes())
                shutil.copyfileobj(reader.stdout, writer.stdin, _KEPT_PER_STEP_BYTES)
                if reader.wait() == 0:
                    # Without this last line the server undoes everything when the session ends.
                    writer.stdin.write((steps / "commit.sql").read_bytes())
                writer.stdin.close()
            except BrokenPipeError:  # psql gave up; what it said tells why
                reader.kill()
                with suppress(BrokenPipeError):
                    writer.stdin.close()
            except BaseException:
                reader.kill()
                writer.kill()
                raise
        if writer.returncode:
            raise _restore_failed(_text(said), file)
        if reader.returncode:
            raise _damaged(file, _text(unread))


def _text(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode(errors="replace")


def _reason(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"\b(FATAL|ERROR|error):", line)]
    return (telling or lines or ["?"])[0].strip()


def _damaged(file: Path, output: str) -> FileFormatError:
    return FileFormatError(
        Text(
            f"备份文件 {file} 已损坏，数据库保持原样：{_reason(output)}",
            en=f"The backup {file} is damaged; the database is as it was: {_reason(output)}",
        )
    )


def _backup_failed(output: str, file: Path) -> InputError | DatabaseUnavailableError:
    reason = _reason(output)
    if "could not open output file" in output or "could not write" in output or "No space left" in output:
        return InputError(
            Text(f"备份写不进 {file}：{reason}", en=f"The backup cannot be written to {file}: {reason}")
        )
    return DatabaseUnavailableError(Text(f"备份没有完成：{reason}", en=f"The backup was not completed: {reason}"))


def _restore_failed(output: str, file: Path) -> FileFormatError | DatabaseUnavailableError:
    if "lock timeout" in output:
        return DatabaseUnavailableError(
            Text(
                "数据库正被其他程序使用，未作任何改动；请停止它们（如 gisplanner serve）后重试。",
                en="Other programs are using the database; nothing was changed: stop them (gisplanner serve?) and "
                "try again.",
            )
        )
    reason = _reason(output)
    if re.search(r"FATAL|connection|No space left|terminating", output):
        return DatabaseUnavailableError(
            Text(
                f"恢复没有完成，数据库保持原样：{reason}",
                en=f"The restore was not completed; the database is as it was: {reason}",
            )
        )
    return _damaged(file, output)
