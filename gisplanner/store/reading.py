"""Reads of the server: one message to the database and one back, under the role of a request.

A transaction costs four trips to the database and the pool's question whether it is there costs another; that is more
than most reads take. Here a statement travels together with the role it runs under, as one implicit transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import psycopg2
from psycopg2 import extensions
from psycopg2.extras import NamedTupleCursor
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store.failures import server_failures
from gisplanner.store.queries import queries
from gisplanner.text import Text

_KEPT: Final = 8
_MORE: Final = 8
_PATIENCE_S: Final = 30.0
_LONGEST_READ: Final = "30s"
_PLANS: Final = 200
_NAMED: Final = re.compile(r"%\((\w+)\)s")
_GONE: Final = (psycopg2.OperationalError, psycopg2.InterfaceError)

Connection = extensions.connection


class Readers:
    """Connections that only read, kept open; each statement on them is a transaction of its own.

    Parameters
    ----------
    connect
        Makes a connection that is ready to work.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        def reader() -> Any:
            connection = connect()
            connection.autocommit = True
            queries().session_reads_only(connection, longest=_LONGEST_READ)
            return connection

        self._pool = QueuePool(
            reader,
            pool_size=_KEPT,
            max_overflow=_MORE,
            timeout=_PATIENCE_S,
            use_lifo=True,
            reset_on_return=None,
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Yield a connection for named queries with the right of the program; nothing can be written on it."""
        with server_failures():
            pooled = self._alive()
            connection = _driver(pooled)
            connection.cursor_factory = NamedTupleCursor
            try:
                yield connection
            finally:
                connection.cursor_factory = extensions.cursor
                _give_back(pooled)

    def rows(
        self, statement: str, params: Mapping[str, Any], viewer: Viewer | None, *, as_bytes: bool, planned_once: bool
    ) -> list[tuple[Any, ...]]:
        """Run one statement as ``viewer`` and return its rows; with ``as_bytes`` text comes as UTF-8 bytes.

        ``planned_once`` keeps the plan for the connection: for a statement that is asked again and again, whose best
        plan does not depend on its parameters, and that takes longer to plan than to run.

        A connection that broke while it lay in the pool is replaced by a new one, once: a read can be repeated.

        Raises
        ------
        DatabaseUnavailableError
            The server could not serve, or the statement took too long.
        """
        begin = ""
        if viewer is not None:
            begin, params = _as_request(), {**params, **request_settings(viewer)}
        work = _Work(begin, statement, params, as_bytes, planned_once)
        with server_failures():
            try:
                return _rows(self._pool.connect(), work)
            except psycopg2.errors.QueryCanceled as error:
                raise DatabaseUnavailableError(
                    Text("查询用时太长，请缩小范围或条件。", en="The query takes too long; ask for less.")
                ) from error
            except _GONE as error:
                if not _broken(error):
                    raise
            self._pool.dispose()
            self._pool = self._pool.recreate()
            return _rows(self._pool.connect(), work)

    def close(self) -> None:
        """Close all connections."""
        self._pool.dispose()

    def _alive(self) -> PoolProxiedConnection:
        pooled = self._pool.connect()
        if _driver(pooled).closed:
            pooled.invalidate()
            pooled = self._pool.connect()
        return pooled


@dataclass(frozen=True, slots=True)
class _Work:
    begin: str
    statement: str
    params: Mapping[str, Any]
    as_bytes: bool
    planned_once: bool


def _rows(pooled: PoolProxiedConnection, work: _Work) -> list[tuple[Any, ...]]:
    try:
        statement = _planned(pooled.info, work) if work.planned_once else work.statement
        with _driver(pooled).cursor() as cursor:
            if work.as_bytes:
                extensions.register_type(extensions.BYTES, cursor)
            cursor.execute(work.begin + statement, work.params)
            return cursor.fetchall()
    except psycopg2.Error:
        pooled.info.pop("planned", None)
        _driver(pooled).close()  # whether a plan was kept is not known now
        raise
    finally:
        _give_back(pooled)


def _planned(info: dict[Any, Any], work: _Work) -> str:
    """Return the statement that runs a plan of this connection, made in the same message if it is not there yet."""
    plans: dict[tuple[str, str], str] = info.setdefault("planned", {})
    names = sorted(set(_NAMED.findall(work.statement)))
    given = ", ".join(f"%({name})s" for name in names)
    key = (work.begin, work.statement)
    if key in plans:
        return f"EXECUTE {plans[key]} ({given})"
    if len(plans) >= _PLANS:
        return work.statement
    made = plans[key] = f"planned_{len(plans)}"
    numbered = work.statement % {name: f"${place}" for place, name in enumerate(names, 1)}
    return f"PREPARE {made} AS {numbered.replace('%', '%%')}; EXECUTE {made} ({given})"


def request_settings(viewer: Viewer) -> dict[str, str]:
    """Return the parameters of the query ``request_begin`` for an account."""
    return {
        "role": viewer.role,
        "district": viewer.scope_array("district"),
        "subdistrict": viewer.scope_array("subdistrict"),
        "owner": viewer.scope_array("owner"),
        "actor": viewer.name,
    }


@cache
def _as_request() -> str:
    return str(queries().request_begin.sql)


def _driver(pooled: PoolProxiedConnection) -> Connection:
    connection = pooled.driver_connection
    assert isinstance(connection, Connection)
    return connection


def _give_back(pooled: PoolProxiedConnection) -> None:
    if _driver(pooled).closed:
        pooled.invalidate()
    else:
        pooled.close()


def _broken(error: psycopg2.Error) -> bool:
    return isinstance(error, psycopg2.InterfaceError) or error.pgcode is None
