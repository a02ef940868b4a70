"""A caller of the application in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from fastapi import FastAPI

Call = Callable[..., httpx.Response]


def awaited(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns."""
    # A thread of its own: a browser driver of another test may keep an event loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


def calling(app: FastAPI, *, base_url: str = "http://here") -> Call:
    """Return a function that sends one request to ``app``, as a server would."""

    async def send(method: str, url: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            return await client.request(method, url, **options)

    def call(url: str, method: str = "GET", **options: Any) -> httpx.Response:
        answer: httpx.Response = awaited(send(method, url, **options))
        return answer

    return call
