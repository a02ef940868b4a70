"""Statements of a request, sent as one message over one connection."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg.pq import ConnStatus

from gisplanner.domain.accounts import Viewer
from gisplanner.store import statements
from gisplanner.store.database import Database
from gisplanner.store.reading import under
from gisplanner.store.statements import Line, Statement
from tests.calling import awaited

ROLE = Statement("SELECT current_user::text, current_setting('search_path')")
SETTING = "SELECT current_setting('plan_cache_mode')"


def on_a_line(db: Database, work: Callable[[Line], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        connection = await psycopg.AsyncConnection.connect(
            db.dsn, autocommit=True, options="-c search_path=gisplanner,public"
        )
        line = Line(connection)
        try:
            return await work(line)
        finally:
            line.end()

    return awaited(run())


def test_a_message_is_one_transaction_under_one_role_and_leaves_none_behind(db_of_readers: Database):
    async def work(line: Line) -> list[Any]:
        during = await line.ask([under(Viewer("众")), ROLE, Statement("SELECT txid_current()", plan="kept"), ROLE])
        after = await line.ask([ROLE])
        return [*during[1], *during[3], *after[0]]

    first, second, after = on_a_line(db_of_readers, work)
    assert first == second == ("gisplanner_request", "gisplanner_public,gisplanner,public")
    assert after[0] != "gisplanner_request"
    assert after[1] == "gisplanner,public"


def test_a_message_goes_there_and_back_once(db_of_readers: Database, monkeypatch: pytest.MonkeyPatch):
    async def work(line: Line) -> list[int]:
        waits: list[int] = []
        results = statements._Answer.results

        async def counted(self: Any) -> Any:
            waits[-1] += 1
            return await results(self)

        monkeypatch.setattr(statements._Answer, "results", counted)
        for _ in range(3):
            waits.append(0)
            await line.ask([under(Viewer("众")), ROLE, Statement("SELECT %(a)s::int", {"a": 1}, "parsed")])
        return waits

    assert on_a_line(db_of_readers, work) == [1, 1, 1]


VALUES = [
    ("SELECT %(v)s::int", 7, 7),
    ("SELECT %(v)s::float8", 0.1, 0.1),
    ("SELECT %(v)s::text", "南康 '%' \\ \"", "南康 '%' \\ \""),
    ("SELECT %(v)s::bytea", b"\x00\xff", b"\x00\xff"),
    ("SELECT %(v)s::text[]", ["a", 'b"'], ["a", 'b"']),
    ("SELECT %(v)s::boolean", True, True),
    ("SELECT %(v)s::text", None, None),
    ("SELECT '100%%' || %(v)s || %(v)s", "x", "100%xx"),
]


@pytest.mark.parametrize("plan", ["kept", "parsed", "none"])
@pytest.mark.parametrize(("sql", "value", "expected"), VALUES)
def test_values_come_back_as_they_went(db_of_readers: Database, plan: Any, sql: str, value: Any, expected: Any):
    async def work(line: Line) -> Any:
        return [await line.ask([Statement(sql, {"v": value}, plan)]) for _ in range(2)]

    assert on_a_line(db_of_readers, work) == [[[(expected,)]]] * 2


@pytest.mark.parametrize("plan", ["kept", "none"])
def test_bytes_are_ready_to_be_sent_on(db_of_readers: Database, plan: Any):
    sql = "SELECT '康'::text, '\\x00ff'::bytea, NULL::text UNION ALL SELECT 'b', '\\x', 'c'"

    async def work(line: Line) -> Any:
        return await line.ask([Statement(sql, plan=plan, as_bytes=True)])

    assert on_a_line(db_of_readers, work) == [[("康".encode(), b"\x00\xff", None), (b"b", b"", b"c")]]


def test_only_what_is_parsed_is_planned_for_its_values(db_of_readers: Database):
    async def work(line: Line) -> list[str]:
        kept, parsed = Statement(SETTING, plan="kept"), Statement(f"{SETTING} AS mode", plan="parsed")
        found = await line.ask([kept, parsed, parsed])
        return [rows[0][0] for rows in [*found, *(await line.ask([kept]))]]

    assert on_a_line(db_of_readers, work) == ["auto", "force_custom_plan", "force_custom_plan", "auto"]


@pytest.mark.parametrize("plan", ["kept", "parsed", "none"])
def test_after_an_error_the_connection_serves_on_and_knows_its_statements(db_of_readers: Database, plan: Any):
    divide = "SELECT 12 / %(by)s::int"

    async def work(line: Line) -> list[Any]:
        found = [await line.ask([Statement(divide, {"by": 3}, plan)])]
        with pytest.raises(psycopg.errors.DivisionByZero):
            await line.ask(
                [under(Viewer("众")), Statement(divide, {"by": 0}, plan), Statement("SELECT 1", plan="kept")]
            )
        assert line.idle
        line.uncertain = True
        found.append(await line.ask([Statement(divide, {"by": 4}, plan), Statement("SELECT 1", plan="kept")]))
        return [*found, await line.ask([ROLE])]

    first, second, role = on_a_line(db_of_readers, work)
    assert (first, second) == ([[(4,)]], [[(3,)], [(1,)]])
    assert role[0][0][0] != "gisplanner_request"


def test_a_value_that_cannot_be_written_stops_the_message_before_it_is_sent(db_of_readers: Database):
    async def work(line: Line) -> Any:
        echo = "SELECT %(v)s::text"
        with pytest.raises(psycopg.DataError):
            await line.ask([Statement("SELECT 1", plan="kept"), Statement(echo, {"v": "a\x00b"}, "kept")])
        assert line.idle
        line.uncertain = True
        return await line.ask([Statement("SELECT 1", plan="kept"), Statement(echo, {"v": "ab"}, "kept")])

    assert on_a_line(db_of_readers, work) == [[(1,)], [("ab",)]]


def test_what_was_not_asked_for_longest_makes_room(db_of_readers: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statements, "_PARSED_AT_MOST", 3)

    async def work(line: Line) -> set[str]:
        for number in (1, 2, 3, 1, 4, 5, 1):
            assert await line.ask([Statement(f"SELECT {number}", plan="kept")]) == [[(number,)]]
        held = await line.ask([Statement("SELECT statement FROM pg_prepared_statements")])
        return {row[0] for row in held[0]}

    assert on_a_line(db_of_readers, work) == {"SELECT 1", "SELECT 4", "SELECT 5"}


@pytest.mark.parametrize("who", ["idle", "busy"])
def test_a_connection_the_server_ended_says_so(db_of_readers: Database, who: str):
    async def work(line: Line) -> bool:
        ((pid,),) = (await line.ask([Statement("SELECT pg_backend_pid()")]))[0]
        if who == "busy":
            sleeping = asyncio.ensure_future(line.ask([Statement("SELECT pg_sleep(30)")]))
            await asyncio.sleep(0)
        with db_of_readers.transaction() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(psycopg.OperationalError):
            await (sleeping if who == "busy" else line.ask([Statement("SELECT 1")]))
        return line.idle

    assert on_a_line(db_of_readers, work) is False


def test_a_connection_that_broke_is_not_mixed_up_with_the_next_of_its_number(db_of_readers: Database):
    """libpq closes a broken socket by itself; whoever opens one next gets its number, before the error is told."""

    async def work(line: Line) -> bool:
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        wire, number = line._wire, line._wire.socket
        asking = asyncio.create_task(line.ask([Statement("SELECT pg_sleep(60)")]))
        await asyncio.sleep(0)
        with closing(psycopg.connect(db_of_readers.dsn)) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (wire.backend_pid,))
        while wire.status != ConnStatus.BAD:
            assert not asking.done()
            await asyncio.sleep(0)
        here, there = socket.socketpair()
        with here, there:
            if here.fileno() != number:
                os.dup2(here.fileno(), number)
            loop.add_reader(number, heard.set)
            with pytest.raises(psycopg.OperationalError):
                await asking
            there.send(b"x")
            try:
                await asyncio.wait_for(heard.wait(), 5)
            finally:
                loop.remove_reader(number)
                if here.fileno() != number:
                    os.close(number)
        return heard.is_set()

    assert on_a_line(db_of_readers, work)


def test_a_question_and_an_answer_larger_than_any_buffer_go_through_while_the_loop_goes_on(db_of_readers: Database):
    text = "甲" * 4_000_000

    async def work(line: Line) -> tuple[int, int]:
        turns = 0

        async def turning() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.ensure_future(turning())
        asked = Statement("SELECT %(v)s::text FROM generate_series(1, 3)", {"v": text}, "kept")
        rows = (await line.ask([asked, Statement("SELECT 1", plan="kept")]))[0]
        beside.cancel()
        assert line.idle
        return sum(row[0] == text for row in rows), turns

    equal, turns = on_a_line(db_of_readers, work)
    assert equal == 3
    assert turns > 3


def test_what_nobody_waits_for_any_more_is_ended_in_the_database_too(db_of_readers: Database):
    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(29%'"

    def until(there: int) -> None:
        found = -1
        while found != there:
            with db_of_readers.transaction() as connection, connection.cursor() as cursor:
                cursor.execute(running)
                found = int(cursor.fetchone()[0])

    async def work(line: Line) -> None:
        sleeping = asyncio.ensure_future(line.ask([Statement("SELECT pg_sleep(29)")]))
        await asyncio.to_thread(until, 1)
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        await asyncio.to_thread(until, 0)

    on_a_line(db_of_readers, work)
