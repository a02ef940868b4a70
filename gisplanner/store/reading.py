"""Reads of the server: one message to the database and one back, awaited, each under the role of its request.

A transaction costs four trips to the database, and a thread to wait in costs as much again; that is more than most
reads take. Here all statements of a request travel together, as one implicit transaction, and the event loop goes on
meanwhile.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import psycopg
from psycopg import errors

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store.failures import server_failures, unreachable
from gisplanner.store.queries import queries
from gisplanner.text import Text

_AT_ONCE: Final = 8
"""Connections of one server: more statements at once than cores only wait for each other in the database."""
_PATIENCE_S: Final = 30.0
_LONGEST_READ: Final = "30s"
_PLANS: Final = 200
_NAMED: Final = re.compile(r"%\((\w+)\)s")
_CUSTOM: Final = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"

Connection = psycopg.AsyncConnection[Any]
Rows = list[tuple[Any, ...]]
Plan = Literal["kept", "parsed", "none"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is asked of the database: SQL in the ``%(name)s`` style and its values.

    Attributes
    ----------
    plan
        ``kept``: asked again and again, and its best plan does not depend on the values. ``parsed``: asked again and
        again, planned for its values each time. ``none``: of a shape of its own.
    as_bytes
        Whether values come as the UTF-8 bytes of their text, ready to be sent on.
    """

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan = "none"
    as_bytes: bool = False


@dataclass(eq=False, slots=True)
class _Line:
    """A connection and the statements it has parsed, each by its name."""

    connection: Connection
    parsed: dict[str, str] = field(default_factory=dict)
    uncertain: bool = False
    """Whether an error leaves open which statements it has parsed."""


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
        self._free: list[_Line] = []
        self._waiting: deque[asyncio.Future[_Line | None]] = deque()
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
            found = await _rows(line, statements)
        except psycopg.Error:
            line.uncertain = True
            self._give_back(line, usable=not line.connection.closed)
            raise
        except BaseException:  # given up in the middle: nobody knows what would come back next
            self._give_back(line, usable=False)
            raise
        self._give_back(line, usable=True)
        return found

    def close(self) -> None:
        """Close all idle connections."""
        with self._lock:
            lines, self._free = self._free, []
            self._open -= len(lines)
        for line in lines:
            line.connection.pgconn.finish()

    async def _take(self) -> _Line:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._free:
                return self._free.pop()
            turn: asyncio.Future[_Line | None] | None = None
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

    async def _connect(self) -> _Line:
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
        return _Line(connection)

    def _give_back(self, line: _Line, *, usable: bool) -> None:
        if not usable:
            line.connection.pgconn.finish()
        self._hand_on(line if usable else None)

    def _hand_on(self, line: _Line | None) -> None:
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

    def _end_turn(self, turn: asyncio.Future[_Line | None], line: _Line | None) -> None:
        if turn.done():  # it waits no more
            self._hand_on(line)
        else:
            turn.set_result(line)


async def _in_time(turn: asyncio.Future[_Line | None]) -> _Line | None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await turn
    except TimeoutError as error:
        raise DatabaseUnavailableError(
            Text("同时的请求太多，请稍后再试。", en="Too many requests at once; try again later.")
        ) from error


async def _rows(line: _Line, statements: Sequence[Statement]) -> list[Rows]:
    pieces: list[tuple[str, Statement | None]] = []
    if line.uncertain:
        line.parsed.clear()
        line.uncertain = False
        pieces.append(("DEALLOCATE ALL", None))
    if any(one.plan == "parsed" for one in statements):
        pieces.append((_CUSTOM, None))
    values: dict[str, Any] = {}
    for one in statements:
        values |= one.values
        pieces += [(text, None) for text in _to_parse(line, one)]
        pieces.append((_to_run(line, one), one))
    cursor = line.connection.cursor()
    await cursor.execute("; ".join(text for text, _ in pieces).encode(), values)
    found: list[Rows] = []
    for _, asked in pieces:
        if asked is not None:
            found.append(_raw(cursor) if asked.as_bytes else await cursor.fetchall())
        cursor.nextset()
    return found


def _to_parse(line: _Line, one: Statement) -> Iterator[str]:
    if one.plan == "none" or one.sql in line.parsed or len(line.parsed) >= _PLANS:
        return
    name = line.parsed[one.sql] = f"parsed_{len(line.parsed)}"
    numbered = one.sql % {name: f"${place}" for place, name in enumerate(_names(one), 1)}
    yield f"PREPARE {name} AS {numbered.replace('%', '%%')}"


def _to_run(line: _Line, one: Statement) -> str:
    name = None if one.plan == "none" else line.parsed.get(one.sql)
    if name is None:
        return one.sql
    given = ", ".join(f"%({value})s" for value in _names(one))
    return f"EXECUTE {name} ({given})" if given else f"EXECUTE {name}"


def _names(one: Statement) -> list[str]:
    return sorted(set(_NAMED.findall(one.sql)))


def _raw(cursor: psycopg.AsyncCursor[Any]) -> Rows:
    result = cursor.pgresult
    assert result is not None
    rows, value = range(result.ntuples), result.get_value
    columns = [[value(row, column) for row in rows] for column in range(result.nfields)]
    return list(zip(*columns, strict=True))


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
