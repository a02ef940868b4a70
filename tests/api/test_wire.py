"""Head and first piece of an answer in one write."""

from __future__ import annotations

import asyncio

from gisplanner.api.wire import HeadWithBody
from tests.calling import awaited

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


class Transport:
    """What was written to it, write by write."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.writes.append(data)

    def writelines(self, pieces: tuple[bytes, ...]) -> None:
        self.write(b"".join(pieces))

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        return f"its {name}"


def written(work) -> list[bytes]:
    async def run() -> list[bytes]:
        under = Transport()
        work(HeadWithBody(under, asyncio.get_running_loop()))
        await asyncio.sleep(0)
        return under.writes

    return awaited(run())


def test_head_and_body_go_together():
    assert written(lambda wire: (wire.write(HEAD), wire.write(b"abcd"))) == [HEAD + b"abcd"]


def test_later_pieces_go_at_once():
    assert written(lambda wire: [wire.write(one) for one in (HEAD, b"ab", b"cd")]) == [HEAD + b"ab", b"cd"]


def test_a_head_whose_body_comes_later_does_not_wait_for_it():
    async def run() -> list[list[bytes]]:
        under = Transport()
        wire = HeadWithBody(under, asyncio.get_running_loop())
        wire.write(HEAD)
        before = list(under.writes)
        await asyncio.sleep(0)
        between = list(under.writes)
        wire.write(b"data: 1\n\n")
        return [before, between, under.writes]

    assert awaited(run()) == [[], [HEAD], [HEAD, b"data: 1\n\n"]]


def test_a_connection_that_is_closed_sends_the_head_first():
    async def run() -> Transport:
        under = Transport()
        wire = HeadWithBody(under, asyncio.get_running_loop())
        wire.write(HEAD)
        wire.close()
        await asyncio.sleep(0)
        return under

    under = awaited(run())
    assert (under.writes, under.closed) == ([HEAD], True)


def test_it_is_the_transport_in_everything_else():
    async def run() -> str:
        return HeadWithBody(Transport(), asyncio.get_running_loop()).get_extra_info("peername")

    assert awaited(run()) == "its peername"
