"""Failures of the database server, each as the one sentence a person needs; and what it cannot keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg2
import psycopg2.errors
import sqlalchemy.exc
from psycopg2 import errorcodes

from gisplanner.errors import DatabaseUnavailableError, InputError
from gisplanner.store.dsn import split_password
from gisplanner.text import Text

_NUL = "A string literal cannot contain NUL (0x00) characters."
"""What the driver says of one."""
_BUSY = (errorcodes.LOCK_NOT_AVAILABLE, errorcodes.DEADLOCK_DETECTED, errorcodes.SERIALIZATION_FAILURE)
_GONE_CLASSES = (
    errorcodes.CLASS_CONNECTION_EXCEPTION,
    errorcodes.CLASS_INSUFFICIENT_RESOURCES,
    errorcodes.CLASS_OPERATOR_INTERVENTION,
    errorcodes.CLASS_SYSTEM_ERROR,
)


def unreachable(error: psycopg2.Error | psycopg.Error, dsn: str) -> DatabaseUnavailableError:
    """Return the sentence that says why no connection could be made, without the password."""
    reason = _first_line(error)
    _, password = split_password(dsn)
    if password:
        reason = reason.replace(password, "***")
    return DatabaseUnavailableError(
        Text(f"连接不上数据库：{reason}", en=f"The database cannot be reached: {reason}"),
    )


@contextmanager
def server_failures() -> Iterator[None]:
    """Turn what the server could not do (disk full, shut down, busy) into one sentence; other errors pass.

    Raises
    ------
    DatabaseUnavailableError
        The server could not serve; the transaction is undone.
    InputError
        A text holds characters that no database keeps.
    """
    try:
        yield
    except (ValueError, psycopg2.errors.UntranslatableCharacter) as error:
        if not _no_text(error):
            raise
        raise InputError(
            Text("文字中有不能存储的字符，没有存入。", en="A text holds characters that cannot be stored.")
        ) from error
    except (psycopg2.OperationalError, psycopg.OperationalError) as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise DatabaseUnavailableError(sentence) from error
    except sqlalchemy.exc.DBAPIError as error:
        original = error.orig
        sentence = _sentence(original) if isinstance(original, psycopg2.OperationalError) else None
        if sentence is None:
            raise
        raise DatabaseUnavailableError(sentence) from error


def _no_text(error: Exception) -> bool:
    """Return whether it is about NUL, or half of a pair of surrogates."""
    if isinstance(error, UnicodeEncodeError):
        return error.reason == "surrogates not allowed"
    return isinstance(error, psycopg2.errors.UntranslatableCharacter) or str(error) == _NUL


def _sentence(error: psycopg2.OperationalError | psycopg.OperationalError) -> Text | None:
    code = error.pgcode if isinstance(error, psycopg2.Error) else error.sqlstate
    if code == errorcodes.DISK_FULL:
        return Text(
            "数据库所在的磁盘已满，这次操作已全部撤销，已有数据完好；请腾出空间后重试。",
            en="The disk of the database is full; this operation is undone as a whole and the data is intact: "
            "free some space and try again.",
        )
    if code in _BUSY:
        return Text(
            "另一个程序正在改同样的数据，这次操作已全部撤销；请稍后重试。",
            en="Another program is changing the same data; this operation is undone as a whole: try again later.",
        )
    if code == errorcodes.QUERY_CANCELED:
        return None
    if code is None or code[:2] in _GONE_CLASSES:
        reason = _first_line(error)
        return Text(
            f"数据库中断了这次操作（{reason}），操作已全部撤销；请重试，或用 gisplanner db status 查看。",
            en=f"The database broke off this operation ({reason}); it is undone as a whole: try again, or look at "
            "gisplanner db status.",
        )
    return None


def _first_line(error: psycopg2.Error | psycopg.Error) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
