"""Clients that never come to the point are let go; those that are only slow are not."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gisplanner.api import patience
from gisplanner.api.patience import HEAD_S, MAX_HEAD_BYTES, SLOWEST_BYTES_PER_S, STILL_S, PatientProtocol
from tests.calling import awaited

GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10000000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


async def application(scope, receive, send) -> None:
    """Take the body in, answer with the number of bytes that came."""
    taken, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        taken += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(taken).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


class Clock:
    """The event loop, at a time of its own: who waits for later is called when the time is moved on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.now = 1000.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, work: Callable[[], None]) -> Any:
        self.waiting.append((self.now + delay, work))
        return self

    def cancel(self) -> None:
        """Be the handle of whatever waits."""

    def pass_by(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [one for one in self.waiting if one[0] <= until]:
            first = min(due, key=lambda one: one[0])
            self.waiting.remove(first)
            self.now = first[0]
            first[1]()
        self.now = until


class Line(asyncio.Transport):
    """A connection to a client that is written down."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.over = self.let_go = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def writelines(self, pieces: Any) -> None:
        self.sent += b"".join(pieces)

    def close(self) -> None:
        self.over = True

    def abort(self) -> None:
        self.over = True

    def is_closing(self) -> bool:
        return self.over

    def pause_reading(self) -> None:
        """There is nobody to be stopped."""

    def resume_reading(self) -> None:
        """There is nobody to go on."""


async def until(condition: Callable[[], bool]) -> None:
    """Let the application go on until something holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the application tells nobody when it is done
            await asyncio.sleep(0)


Told = Callable[[PatientProtocol, Line, Clock], Awaitable[None]]


def run(told: Told) -> Line:
    async def connected() -> Line:
        clock, line = Clock(asyncio.get_running_loop()), Line()
        config = uvicorn.Config(application, lifespan="off", log_level="critical")
        protocol = PatientProtocol(config, ServerState(), {}, clock)  # type: ignore[arg-type]
        protocol.connection_made(line)
        try:
            await told(protocol, line, clock)
            line.let_go = line.over
        finally:
            protocol.connection_lost(None)
            await asyncio.sleep(0)
        return line

    line: Line = awaited(connected())
    return line


@pytest.mark.parametrize(
    ("said", "patience_s"),
    [
        (b"", HEAD_S),
        (b"G", HEAD_S),
        (GET, HEAD_S),
        (b"\r\n\r\n", HEAD_S),
        (POST, STILL_S),
        (POST + b"a", STILL_S),
        (CHUNKED + b"5\r\na", STILL_S),
    ],
    ids=["nothing", "a letter", "half a head", "blank lines", "no body", "a byte", "half a chunk"],
)
def test_who_stops_in_the_middle_is_let_go(said: bytes, patience_s: float):
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        if said:
            protocol.data_received(said)
        clock.pass_by(patience_s - 1)
        assert not line.over
        clock.pass_by(2 * protocol.look_s)

    line = run(told)
    assert (line.let_go, line.sent) == (True, b"")


def test_blank_lines_between_requests_are_no_sign_of_life():
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        protocol.data_received(GET + b"\r\n")
        await until(lambda: line.sent.endswith(b"0"))
        for _ in range(int(2 * HEAD_S)):
            protocol.data_received(b"\r\n")
            clock.pass_by(1)

    assert run(told).let_go


def test_who_dribbles_is_let_go_however_alive():
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        protocol.data_received(POST)
        for _ in range(int(2 * STILL_S)):
            protocol.data_received(bytes(SLOWEST_BYTES_PER_S // 10))
            clock.pass_by(1)

    assert run(told).let_go


def test_who_is_only_slow_is_served():
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        protocol.data_received(POST)
        for _ in range(10):
            protocol.data_received(bytes(1_000_000))
            clock.pass_by(STILL_S - 2)
            assert not line.over
        await until(lambda: line.sent.endswith(b"10000000"))
        clock.pass_by(1)
        protocol.data_received(GET + b"\r\n")
        await until(lambda: line.sent.endswith(b"\r\n\r\n0"))

    run(told)


def test_the_server_may_take_its_time():
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        protocol.data_received(GET + b"\r\n")
        clock.pass_by(3600)
        assert not line.over
        await until(lambda: line.sent.endswith(b"0"))

    run(told)


@pytest.mark.parametrize("taken", [False, True])
def test_who_takes_no_answer_is_let_go(taken: bool):
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        protocol.data_received(GET + b"\r\n")
        protocol.pause_writing()
        clock.pass_by(STILL_S - 1)
        assert not line.over
        if taken:
            protocol.resume_writing()
        clock.pass_by(2 * protocol.look_s)
        assert line.over is not taken

    run(told)


def test_a_head_without_end_is_refused():
    async def told(protocol: PatientProtocol, line: Line, clock: Clock) -> None:
        protocol.data_received(GET)
        for _ in range(MAX_HEAD_BYTES // 4000 + 2):
            protocol.data_received(b"X: " + b"a" * 4000 + b"\r\n")

    line = run(told)
    assert (line.let_go, line.sent[:12]) == (True, b"HTTP/1.1 431")


def test_over_the_net_silence_ends_and_a_request_is_answered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patience, "HEAD_S", 0.1)
    monkeypatch.setattr(PatientProtocol, "look_s", 0.05)
    config = uvicorn.Config(application, http=PatientProtocol, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            place = listener.getsockname()
            with socket.create_connection(place, timeout=30) as silent:
                assert silent.recv(1) == b""
            with socket.create_connection(place, timeout=30) as client:
                client.sendall(GET + b"Connection: close\r\n\r\n")
                assert b"".join(iter(lambda: client.recv(1 << 16), b"")).endswith(b"0")
        finally:
            server.should_exit = True
            thread.join(30)
