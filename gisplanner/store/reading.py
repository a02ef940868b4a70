"""Reads of the server: one message to the database and one back, awaited, each under the role of its request.

A transaction costs four trips to the database, and a thread to wait in costs as much again; that is more than most
reads take. Here all statements of a request travel together, as one implicit transaction, and the event loop goes on
meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg import errors

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store.failures import server_failures, unreachable
from gisplanner.store.queries import queries
from gisplanner.store.statements import Line, Rows, Statement
from gisplanner.text import Text

_AT_ONCE: Final = 8
"""Connections of one server: more statements at once than cores only wait for each other in the database."""
_PATIENCE_S: Final = 30.0
_LONGEST_READ: Final = "30s"


class Readers:
    """Connections that only read, kept open; whoever waits for one gets it in turn.

    Parameters
    ----------
    dsn
        Connection string.
    search_path, actor
        Settings of each connection.
    """

    def __init__(self, dsn: str, *, search_path: str, actor: str) -> None:
        self._dsn = dsn
        self._settings = {"search_path": search_path, "actor": actor}
        self._free: list[Line] = []
        self._waiting: deque[asyncio.Future[Line | None]] = deque()
        self._open = 0
        self._lock = threading.Lock()

    async def read(self, statements: Sequence[Statement]) -> list[Rows]:
        """Run statements in one transaction and return the rows of each.

        A connection that broke while it lay idle is replaced by a new one, once: a read can be repeated.

        Raises
        ------
        DatabaseUnavailableError
            The server could not serve, or a statement took too long.
        """
        with server_failures():
            try:
                return await self._read_once(statements)
            except errors.QueryCanceled as error:
                raise DatabaseUnavailableError(
                    Text("查询用时太长，请缩小范围或条件。", en="The query takes too long; ask for less.")
                ) from error
            except psycopg.OperationalError as error:
                if not _broken(error):
                    raise
            self.close()
            return await self._read_once(statements)

    async def _read_once(self, statements: Sequence[Statement]) -> list[Rows]:
        line = await self._take()
        try:
            return await line.ask(statements)
        except psycopg.Error:
            line.uncertain = True
            raise
        finally:
            self._give_back(line)

    def close(self) -> None:
        """Close all idle connections."""
        with self._lock:
            lines, self._free = self._free, []
            self._open -= len(lines)
        for line in lines:
            line.end()

    async def _take(self) -> Line:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._free:
                return self._free.pop()
            turn: asyncio.Future[Line | None] | None = None
            if self._open < _AT_ONCE:
                self._open += 1
            else:
                turn = loop.create_future()
                self._waiting.append(turn)
        try:
            line = None if turn is None else await _in_time(turn)
        except BaseException:
            if turn is not None and turn.done() and not turn.cancelled():  # it gave up as its turn came
                self._hand_on(turn.result())
            raise
        return await self._connect() if line is None else line

    async def _connect(self) -> Line:
        connection = None
        try:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._dsn, autocommit=True, cursor_factory=psycopg.AsyncClientCursor
                )
            except psycopg.OperationalError as error:
                raise unreachable(error, self._dsn) from error
            await connection.execute(queries().session_begin.sql, self._settings)
            await connection.execute(queries().session_reads_only.sql, {"longest": _LONGEST_READ})
        except BaseException:
            if connection is not None:
                connection.pgconn.finish()
            self._hand_on(None)
            raise
        return Line(connection)

    def _give_back(self, line: Line) -> None:
        usable = line.idle
        if not usable:  # broken, or given up in the middle: nobody knows what would come back next
            line.end()
        self._hand_on(line if usable else None)

    def _hand_on(self, line: Line | None) -> None:
        """Give a connection, or the place of one that is gone, to whoever has waited longest."""
        while True:
            with self._lock:
                if not self._waiting:
                    if line is None:
                        self._open -= 1
                    else:
                        self._free.append(line)
                    return
                turn = self._waiting.popleft()
            try:
                turn.get_loop().call_soon_threadsafe(self._end_turn, turn, line)
            except RuntimeError:  # its event loop has ended
                continue
            return

    def _end_turn(self, turn: asyncio.Future[Line | None], line: Line | None) -> None:
        if turn.done():  # it waits no more
            self._hand_on(line)
        else:
            turn.set_result(line)


async def _in_time(turn: asyncio.Future[Line | None]) -> Line | None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await turn
    except TimeoutError as error:
        raise DatabaseUnavailableError(
            Text("同时的请求太多，请稍后再试。", en="Too many requests at once; try again later.")
        ) from error


def under(viewer: Viewer) -> Statement:
    """Return the statement after which a transaction runs under the role of a request of ``viewer``."""
    return Statement(queries().request_begin.sql.rstrip(";"), request_settings(viewer), "kept")


def request_settings(viewer: Viewer, *, all_fields: bool = False) -> dict[str, str]:
    """Return the parameters of the query ``request_begin`` for an account."""
    return {
        "fields": "all" if all_fields else "",
        "role": viewer.role,
        "district": viewer.scope_array("district"),
        "subdistrict": viewer.scope_array("subdistrict"),
        "owner": viewer.scope_array("owner"),
        "actor": viewer.name,
    }


def _broken(error: psycopg.Error) -> bool:
    return error.sqlstate is None or error.sqlstate.startswith("57P")
