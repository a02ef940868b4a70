"""Run the programs of PostgreSQL: as the right account, in a clean environment, never through a shell."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

PIPE: Final = subprocess.PIPE
_DONE_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Account:
    """An ordinary account of the operating system that a program runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program that has ended said.

    ``output`` holds standard output and standard error in the order they were written.
    """

    code: int
    output: str


def start(
    arguments: Sequence[str | Path],
    *,
    account: Account | None = None,
    password: str | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.STDOUT,
) -> subprocess.Popen[bytes]:
    """Start a program and return it running.

    Parameters
    ----------
    arguments
        Absolute path of the program and its arguments, handed over as they are.
    account
        Account to change to; only root can. ``None``: the caller's own.
    password
        Password for the database server; it travels in the environment, since arguments can be read by everybody.
    """
    return subprocess.Popen(  # noqa: S603 - no shell; every program comes from a found PostgreSQL installation
        [os.fspath(argument) for argument in arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd="/",  # the account may not be allowed into the caller's folder
        env=_environment(password),
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
        umask=0o077,
    )


def run(
    arguments: Sequence[str | Path],
    *,
    account: Account | None = None,
    password: str | None = None,
    script: str = "",
    timeout_s: float = _DONE_S,
) -> Outcome:
    """Run a program to its end with ``script`` as its standard input.

    Raises
    ------
    subprocess.TimeoutExpired
        The program did not end in ``timeout_s`` seconds; it is stopped.
    """
    with start(arguments, account=account, password=password, stdin=subprocess.PIPE) as program:
        try:
            output, _ = program.communicate(script.encode(), timeout=timeout_s)
        except BaseException:
            program.kill()
            raise
    return Outcome(program.returncode, output.decode(errors="replace"))


def _environment(password: str | None) -> Mapping[str, str]:
    # PGHOST, PGPORT, PGDATA, PGSERVICE … of the caller would lead the programs to some other server,
    # and their messages are recognised by their English text.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    kept["LC_ALL"] = "C"
    if password is not None:
        kept["PGPASSWORD"] = password
    return kept
