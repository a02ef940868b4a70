"""Connections that only read, handed from one request to the next."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.store import reading
from gisplanner.store.database import Database
from gisplanner.store.statements import Statement
from tests.calling import awaited


def test_a_connection_is_not_lost_with_who_gives_up_as_its_turn_comes(
    db_of_readers: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    readers = db_of_readers._readers

    async def given_up() -> list[Any]:
        readers.close()
        line = await readers._take()
        waiting = asyncio.ensure_future(readers._take())
        await asyncio.sleep(0)
        readers._give_back(line)
        await asyncio.sleep(0)  # the connection is its now, but it has not gone on yet
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        found = await readers.read([Statement("SELECT 1")])
        readers.close()
        return found

    assert awaited(given_up()) == [[(1,)]]


def test_who_waits_too_long_is_told(db_of_readers: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    monkeypatch.setattr(reading, "_PATIENCE_S", 0.01)
    readers = db_of_readers._readers

    async def too_many() -> None:
        readers.close()
        line = await readers._take()
        with pytest.raises(DatabaseUnavailableError, match="请求太多"):
            await readers.read([Statement("SELECT 1")])
        monkeypatch.setattr(reading, "_PATIENCE_S", 30.0)
        readers._give_back(line)
        assert await readers.read([Statement("SELECT 1")]) == [[(1,)]]
        readers.close()

    awaited(too_many())
