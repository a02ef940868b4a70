"""``gisplanner serve`` as a process of its own: starts, answers, ends, and says why it cannot start."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from gisplanner.api.server import DEFAULT_PORT, LAST_DEFAULT_PORT, listening, sentences
from gisplanner.errors import UsageError
from gisplanner.store.database import Database

COMMAND = [sys.executable, "-m", "gisplanner", "serve"]


def environment(db: Database) -> dict[str, str]:
    return {**os.environ, "GISPLANNER_DATABASE_URL": db.dsn, "PYTHONWARNINGS": "default"}


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(db: Database, stop: signal.Signals):
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--json"],
        env=environment(db),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, line
        answer = httpx.get(f"{found[0]}/healthz", timeout=10)
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        begun = time.monotonic()
        process.send_signal(stop)
        out, rest = process.communicate(timeout=10)
        assert time.monotonic() - begun < 5
    finally:
        process.kill()
    assert process.returncode == 0
    assert json.loads(out) == {"url": found[0]}
    assert rest.endswith("已停止。\n")


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(db: Database):
    with taken_port() as port:
        done = subprocess.run(
            [*COMMAND, "--port", str(port), "--json"],
            env=environment(db),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "usage"
    assert (error["items"][0]["column"], error["items"][0]["value"]) == ("--port", str(port))


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch):
    with taken_port() as port:
        monkeypatch.setattr("gisplanner.api.server.DEFAULT_PORT", port)
        monkeypatch.setattr("gisplanner.api.server.LAST_DEFAULT_PORT", port + 10)
        with listening("127.0.0.1", None) as listener:
            assert port < listener.getsockname()[1] <= port + 10
        monkeypatch.setattr("gisplanner.api.server.LAST_DEFAULT_PORT", port)
        with pytest.raises(UsageError, match="都被占用"), listening("127.0.0.1", None):
            pass
    assert (DEFAULT_PORT, LAST_DEFAULT_PORT) == (8000, 8010)


def test_an_address_that_others_can_reach_is_warned_of():
    with listening("0.0.0.0", 0) as listener:
        told = [str(sentence) for sentence in sentences(listener)]
    assert len(told) == 2
    assert "未登录者只见公开内容" in told[1]
    with listening("127.0.0.1", 0) as listener:
        assert len(list(sentences(listener))) == 1


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_of_another_machine_is_refused(host: str):
    with pytest.raises(UsageError, match="不是本机的地址"), listening(host, 0):
        pass
