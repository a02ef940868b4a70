"""A bare HTTP client over a kept socket: what it measures is the server, not the client."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field


class Client:
    """One connection to a server on this machine."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._port = port
        lines = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "identity", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", buffering=1 << 18)

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body."""
        first = self._sent(path)
        if not first:  # the server ended a connection that lay idle
            self.close()
            self._connect()
            first = self._sent(path)
        status = int(first.split()[1])
        length, chunked, closes = 0, False, False
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            name, value = name.lower(), value.strip().lower()
            length = int(value) if name == b"content-length" else length
            chunked |= name == b"transfer-encoding" and value == b"chunked"
            closes |= name == b"connection" and value == b"close"
        body = b"".join(self._chunks()) if chunked else self._file.read(length)
        if closes:
            self.close()
            self._connect()
        return status, body

    def _sent(self, path: str) -> bytes:
        try:
            self._socket.sendall(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())
            return self._file.readline()
        except ConnectionError:
            return b""

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline(), 16):
            yield self._file.read(size)
            self._file.readline()
        self._file.readline()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@dataclass
class Load:
    """What a number of connections got out of a server in some seconds."""

    taken_ms: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.taken_ms) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.taken_ms)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def load(make: Callable[[], Client], paths: Sequence[str], *, connections: int, seconds: float) -> Load:
    """Ask for ``paths`` in turn over some connections at once, each as fast as it is answered."""
    total = Load()
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def work(offset: int) -> None:
        client, taken, errors, at = make(), [], 0, offset
        while time.perf_counter() < until:
            start = time.perf_counter()
            status, _ = client.get(paths[at % len(paths)])
            taken.append((time.perf_counter() - start) * 1000)
            errors += status not in {200, 204}
            at += 1
        client.close()
        with lock:
            total.taken_ms += taken
            total.errors += errors

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(7 * number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.seconds = time.perf_counter() - began
    return total


def interleaved(cases: dict[str, Callable[[int], object]], *, rounds: int, budget_s: float) -> dict[str, list[float]]:
    """Return milliseconds of each case: all of them in turn, so that a busy moment of the machine hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        case(0)
    until = time.perf_counter() + budget_s
    for number in range(1, rounds + 1):
        for name, case in cases.items():
            start = time.perf_counter()
            case(number)
            taken[name].append((time.perf_counter() - start) * 1000)
        if time.perf_counter() > until:
            break
    return taken


def p50(values: Sequence[float]) -> float:
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(int(0.99 * len(ordered)), len(ordered) - 1)]
