"""Statements of one request on their way to the database and back: one message there, one answer (pipeline mode).

They run as one implicit transaction. What is asked again and again is parsed once on each connection, so that a
message holds its name and its values only.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import count
from typing import Any, Final, Literal

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait

_PARSED_AT_MOST: Final = 200
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
        results = await self._connection.wait(_answer(self._wire))
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


def _answer(wire: PGconn) -> PQGen[list[PGresult]]:
    """Send what is still to be sent, and take in all that comes back for one message."""
    found: list[PGresult] = []
    ended = False
    while not ended:
        yield Wait.RW if wire.flush() else Wait.R
        wire.consume_input()
        while not (ended or wire.is_busy()):
            result = wire.get_result()
            if result is None:
                ended = wire.status == ConnStatus.BAD
            elif result.status == ExecStatus.PIPELINE_SYNC:
                ended = True
            else:
                found.append(result)
    for one in found:
        if one.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(one)
    if wire.status == ConnStatus.BAD:
        raise psycopg.OperationalError(wire.get_error_message())
    return found
