"""How long the server waits for a client: who dribbles a request in, or takes no answer, is let go.

A connection costs a client nothing and the server a place. A few hundred clients that never come to the point
(slowloris), or that ask for much and read nothing, would shut out everybody else.
"""

from __future__ import annotations

import asyncio
import math
from typing import Final

from gisplanner.api.wire import Protocol

HEAD_S: Final = 20.0
"""Time for the head of a request, from the opening of the connection or its first byte on."""
STILL_S: Final = 30.0
"""How long a body may stand still, and an answer lie there without being taken."""
SLOWEST_BYTES_PER_S: Final = 1000
"""A body that comes in slower than this is given up in the end."""
MAX_HEAD_BYTES: Final = 64 << 10
_LOOK_S: Final = 5.0
_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(Protocol):
    """The protocol of the server, with an end to its patience.

    Deadlines are numbers; one look every few seconds at each connection costs less than a timer for each request.
    """

    look_s: float = _LOOK_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection and begin to look at it."""
        super().connection_made(transport)
        self._head_bytes: int | None = 0
        self._until = self.loop.time() + HEAD_S
        self._stuck_since: float | None = None
        self._looking = self.loop.call_later(self.look_s, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a connection go."""
        self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, of a head no more than fit one."""
        if self._head_bytes is not None:
            self._until = min(self._until, self.loop.time() + HEAD_S)  # blank lines between requests count, too
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        super().on_message_begin()
        self._until = self.loop.time() + HEAD_S

    def on_headers_complete(self) -> None:
        """Note that a body begins."""
        self._head_bytes = None
        self._until = self.loop.time() + STILL_S
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Wait longer for who sends."""
        now = self.loop.time()
        self._until = min(now + STILL_S, max(now, self._until) + len(body) / SLOWEST_BYTES_PER_S)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is there: now it is the server that takes its time."""
        self._head_bytes = 0
        self._until = math.inf
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Note that the client does not take what is sent."""
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it does."""
        self._stuck_since = None
        super().resume_writing()

    def _look(self) -> None:
        now = self.loop.time()
        if self.flow.read_paused:  # what stands still is the server
            self._until = max(self._until, now + STILL_S)
        if now > self._until or (self._stuck_since is not None and now > self._stuck_since + STILL_S):
            self.transport.abort()
            return
        self._looking = self.loop.call_later(self.look_s, self._look)
