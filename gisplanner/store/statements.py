"""Statements of one request on their way to the database and back: one message there, one answer (pipeline mode).

They run as one implicit transaction. What is asked again and again is parsed once on each connection, so that a
message holds its name and its values only.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import count
from typing import Any, Final, Literal

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

_PARSED_AT_MOST: Final = 200
_CANCELLED_S: Final = 5.0
_NAMED: Final = re.compile(r"%\((\w+)\)s")

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
        Whether values come as bytes, ready to be sent on: text as UTF-8, binary data as it is.
    """

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan = "none"
    as_bytes: bool = False


_PLAN_ANEW: Final = Statement("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)", plan="kept")
_FORGET_ALL: Final = Statement("DEALLOCATE ALL")

_Part = tuple[Callable[[], None], Statement | None]
"""What puts a part of a message together, and the statement whose rows the answer to it holds, if it holds any."""


class Line:
    """A connection that only reads, and the statements it has parsed, those asked last at the end.

    Attributes
    ----------
    uncertain
        Whether an error leaves open which statements it has parsed.
    """

    def __init__(self, connection: Connection) -> None:
        self.uncertain = False
        self._connection = connection
        self._wire: PGconn = connection.pgconn
        self._wire.enter_pipeline_mode()
        self._adapter = Transformer(connection)
        self._parsed: OrderedDict[str, bytes] = OrderedDict()
        self._numbers = count()

    @property
    def idle(self) -> bool:
        """Return whether it is open, and all that was asked on it is answered."""
        return self._wire.transaction_status == TransactionStatus.IDLE

    def end(self) -> None:
        """End the connection."""
        self._wire.finish()

    async def ask(self, statements: Sequence[Statement]) -> list[Rows]:
        """Run statements in one transaction and return the rows of each.

        Raises
        ------
        psycopg.Error
            One of them failed, or the connection did.
        """
        # The message is whole before any of it is sent: values that cannot be written leave the connection as it was.
        parts = list(self._message(statements))
        for put, _ in parts:
            put()
        self._wire.pipeline_sync()
        try:
            results = await _Answer(self._wire).results()
        except asyncio.CancelledError:
            with suppress(psycopg.Error):  # nobody waits for it any more
                await self._connection.cancel_safe(timeout=_CANCELLED_S)
            raise
        return [self._rows(result, one) for result, (_, one) in zip(results, parts, strict=True) if one is not None]

    def _message(self, statements: Sequence[Statement]) -> Iterator[_Part]:
        if self.uncertain:
            self.uncertain = False
            self._parsed.clear()
            yield self._plain(_FORGET_ALL), None
        planned_anew = False
        for one in statements:
            if one.plan == "none":
                yield self._plain(one), one
                continue
            if one.plan == "parsed" and not planned_anew:
                planned_anew = True
                yield from self._by_name(_PLAN_ANEW, None)
            yield from self._by_name(one, one)

    def _plain(self, one: Statement) -> Callable[[], None]:
        text = psycopg.AsyncClientCursor(self._connection).mogrify(one.sql, one.values)
        return partial(self._wire.send_query_params, text.encode(), None, result_format=_format(one))

    def _by_name(self, one: Statement, whose: Statement | None) -> Iterator[_Part]:
        names, numbered = _numbered(one.sql)
        name = self._parsed.pop(one.sql, None)
        if name is None:
            if len(self._parsed) >= _PARSED_AT_MOST:
                _, oldest = self._parsed.popitem(last=False)
                yield partial(self._wire.send_query_params, b"DEALLOCATE " + oldest, None), None
            name = b"parsed_%d" % next(self._numbers)
            yield partial(self._wire.send_prepare, name, numbered), None
        self._parsed[one.sql] = name
        # As text a value is read by the type that its place in the statement has.
        values = self._adapter.dump_sequence([one.values[each] for each in names], [PyFormat.TEXT] * len(names))
        yield partial(self._wire.send_query_prepared, name, values, result_format=_format(one)), whose

    def _rows(self, result: PGresult, one: Statement) -> Rows:
        if not one.as_bytes:
            self._adapter.set_pgresult(result)
            return self._adapter.load_rows(0, result.ntuples, tuple)
        rows, value = range(result.ntuples), result.get_value
        columns = [[value(row, column) for row in rows] for column in range(result.nfields)]
        return list(zip(*columns, strict=True))


def _format(one: Statement) -> Format:
    return Format.BINARY if one.as_bytes else Format.TEXT


@lru_cache(maxsize=4 * _PARSED_AT_MOST)
def _numbered(sql: str) -> tuple[tuple[str, ...], bytes]:
    """Return the names of the values of a statement in the order of their numbers, and it with these numbers."""
    names = tuple(sorted(set(_NAMED.findall(sql))))
    return names, (sql % {name: f"${place}" for place, name in enumerate(names, 1)}).encode()


class _Answer:
    """What comes back for one message: the event loop takes it in as it arrives, who waits is woken once it is whole.

    It comes in many pieces; each would cost more to wait for anew than to take in.
    """

    def __init__(self, wire: PGconn) -> None:
        self._wire = wire
        self._socket = wire.socket
        self._loop = asyncio.get_running_loop()
        self._found: list[PGresult] = []
        self._whole: asyncio.Future[None] = self._loop.create_future()

    async def results(self) -> list[PGresult]:
        """Send what is still to be sent, and return the result of each part of the message."""
        try:
            self._loop.add_reader(self._socket, self._go_on)
            if self._wire.flush():
                self._loop.add_writer(self._socket, self._go_on)
            await self._whole
        except OSError as error:
            raise psycopg.OperationalError(str(error)) from error
        finally:
            if not self._whole.done() or self._whole.cancelled():
                self._look_away()
        for one in self._found:
            if one.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(one)
        if self._wire.status == ConnStatus.BAD:
            raise psycopg.OperationalError(self._wire.get_error_message())
        return self._found

    def _go_on(self) -> None:
        if self._whole.done():
            return
        try:
            self._wire.consume_input()
            if not self._wire.flush():
                self._loop.remove_writer(self._socket)
            if self._take():
                self._look_away()
                self._whole.set_result(None)
        except (psycopg.Error, OSError) as error:
            self._look_away()
            self._whole.set_exception(error)

    def _look_away(self) -> None:
        """Take nothing in any more, at once: a broken connection's number may be another's by the next turn."""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)

    def _take(self) -> bool:
        while not self._wire.is_busy():
            result = self._wire.get_result()
            if result is None:
                if self._wire.status == ConnStatus.BAD:
                    return True
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return True
            else:
                self._found.append(result)
        return False
