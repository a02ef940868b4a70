"""Where files lie that were handed in: within limits however many come at once, and nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import httpx
import pytest

from gisplanner.api import uploads as door
from gisplanner.api.app import create_app
from gisplanner.domain.accounts import Viewer
from gisplanner.errors import TooManyRequestsError
from gisplanner.services.accounts import add_account
from gisplanner.services.uploads import spool
from gisplanner.services.uploads.spool import KEPT_HOURS, MAX_AT_ONCE, Receiving, forget_uploads
from gisplanner.store.database import Database
from tests.calling import awaited

GAS = Viewer("区深燃公司", "operator")


def received(folder: Path, content: bytes = b"x") -> Receiving:
    made = Receiving(folder, limit_bytes=1 << 20)
    made.write(content)
    return made


def test_what_killed_processes_left_is_removed_in_the_end(db: Database, tmp_path: Path):
    kept = received(tmp_path).keep(db, GAS, "a.gpkg")
    half, fresh = tmp_path / "half", received(tmp_path)
    half.write_bytes(b"half a file")
    place = tmp_path / "gisplanner-gone"
    place.mkdir()
    os.link(tmp_path / str(kept.id), place / "a.gpkg")
    old = time.time() - (KEPT_HOURS + 2) * 3600
    for one in (half, place):
        os.utime(one, (old, old))
    assert forget_uploads(db, tmp_path) == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([str(kept.id), str(fresh.id)])
    fresh.discard()


def test_many_at_once_do_not_slip_under_the_limit_together(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spool, "MAX_FILES", 2)
    told: list[str] = []

    def keep(one: Receiving) -> None:
        try:
            told.append(one.keep(db, GAS, "a.gpkg").file_name)
        except TooManyRequestsError:
            told.append("refused")

    threads = [threading.Thread(target=keep, args=(received(tmp_path),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["a.gpkg"] * 2 + ["refused"] * 4
    assert len(list(tmp_path.iterdir())) == 2


def test_an_account_hands_in_a_few_files_at_a_time(db: Database, tmp_path: Path):
    token = add_account(db, "王工", "planner").token
    other = add_account(db, "李工", "planner").token
    app = create_app(db, uploads_dir=tmp_path)

    async def crowd() -> tuple[list[int], list[int]]:
        go_on = asyncio.Event()

        async def slowly():
            yield b"a"
            await go_on.wait()

        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:

            def send(by: str, content: object) -> asyncio.Task[httpx.Response]:
                headers = {"Authorization": f"Bearer {by}", "X-File-Name": "a.gpkg"}
                return asyncio.create_task(client.post("/uploads", headers=headers, content=content))

            waiting = [send(token, slowly()) for _ in range(MAX_AT_ONCE)]
            while door._on_their_way["王工"] < MAX_AT_ONCE:  # noqa: ASYNC110 - nobody tells when they are in
                await asyncio.sleep(0.01)
            now = [(await send(by, b"b")).status_code for by in (token, other)]
            go_on.set()
            then = [(await one).status_code for one in waiting]
            return now, [*then, (await send(token, b"c")).status_code]

    assert awaited(crowd()) == ([429, 201], [201] * (MAX_AT_ONCE + 1))


def test_a_full_account_is_told_before_it_sends(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spool, "MAX_FILES", 0)
    token = add_account(db, "王工", "planner").token
    headers = {"Authorization": f"Bearer {token}", "X-File-Name": "a.gpkg"}

    async def sent() -> tuple[int, int]:
        pulled = 0

        async def endless():
            nonlocal pulled
            for _ in range(100):
                pulled += 1
                yield bytes(1 << 20)

        transport = httpx.ASGITransport(app=create_app(db, uploads_dir=tmp_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            answer = await client.post("/uploads", headers=headers, content=endless())
        return answer.status_code, pulled

    assert awaited(sent()) == (429, 0)
    assert list(tmp_path.iterdir()) == []
