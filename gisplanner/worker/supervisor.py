"""A worker: takes jobs from the queue, runs each in a child within limits, and picks up what dead workers left."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

import procrastinate
from procrastinate.jobs import Status

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import GisPlannerError, InternalError
from gisplanner.services.database import Database
from gisplanner.services.jobs.queue import QUEUE_SCHEMA, TASK, prepare_queue, queue_app
from gisplanner.services.jobs.records import get_job
from gisplanner.services.jobs.upkeep import forget_jobs, out_of_bounds, requeue, settle_orphans
from gisplanner.services.uploads.spool import forget_uploads
from gisplanner.text import Text
from gisplanner.worker.limits import NURSERY_OF, Limits
from gisplanner.worker.order import Order, run_order

_LOOK_S: Final = 0.5
_TIDY_S: Final = 5.0
_NOTICED_S: Final = 5.0
_SOON_S: Final = 0.1
_FORGET_EVERY: Final = 720
_STALLED_S: Final = 30.0

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker works.

    Attributes
    ----------
    dsn
        Connection string of the database.
    uploads
        Folder of the files that were handed in; shared with the server.
    at_once
        How many jobs it runs at the same time.
    grace_s
        How long jobs may go on when the worker is told to end; after that they go back into the queue.
    """

    dsn: str
    uploads: Path
    at_once: int = 2
    grace_s: float = 20.0
    log_json: bool = False
    limits: Limits = field(default_factory=Limits)


class Worker:
    """Runs jobs until it is told to end by SIGTERM or SIGINT."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._name = f"{os.uname().nodename}:{os.getpid()}"
        self._db = Database(options.dsn, actor=self._name)
        self._running: set[UUID] = set()

    def run(self) -> None:
        """Work until a signal; jobs under way get a while to end.

        Raises
        ------
        DatabaseUnavailableError
            The database cannot be reached.
        """
        try:
            prepare_queue(self._db)
            _processes()
            os.environ[NURSERY_OF] = str(os.getpid())
            forkserver.ensure_running()
            self._options.uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
            asyncio.run(self._work())
        finally:
            self._db.close()

    async def _work(self) -> None:
        app = queue_app(self._options.dsn)
        app.task(name=TASK, queue=QUEUE_SCHEMA)(self._run_job)
        async with app.open_async():
            tidying = asyncio.create_task(self._tidy(app))
            try:
                await app.run_worker_async(
                    queues=[QUEUE_SCHEMA],
                    name=self._name,
                    concurrency=self._options.at_once,
                    delete_jobs="always",
                    shutdown_graceful_timeout=self._options.grace_s,
                    stalled_worker_timeout=_STALLED_S,
                )
            finally:
                tidying.cancel()
                with suppress(asyncio.CancelledError):
                    await tidying

    async def _run_job(self, job_id: str) -> None:
        wanted = UUID(job_id)
        self._running.add(wanted)
        try:
            with TemporaryDirectory(prefix="gisplanner-job-") as folder:
                await self._run_child(wanted, folder)
        finally:
            self._running.discard(wanted)

    async def _run_child(self, job_id: UUID, folder: str) -> None:
        options = self._options
        order = Order(
            options.dsn, job_id, options.uploads, Path(folder), self._name, options.limits, options.log_json
        )
        child = _processes().Process(target=run_order, args=(order,), name=f"job {job_id}")
        await asyncio.to_thread(child.start)
        reason: GisPlannerError | None = None
        try:
            reason = await self._watch(child, job_id)
        except asyncio.CancelledError:
            # The worker ends: what was begun here is begun again by another.
            await _kill(child)
            await asyncio.to_thread(self._settle, job_id, None)
            raise
        finally:
            await _kill(child)
        if child.exitcode:
            _log.warning("child ended with %s", child.exitcode, extra={"job": str(job_id)})
            await asyncio.to_thread(self._settle, job_id, reason or _reason_of(child.exitcode))

    async def _watch(self, child: BaseProcess, job_id: UUID) -> GisPlannerError | None:
        """Wait for the end of a child; end it when its time is over or its job was dismissed."""
        until = time.monotonic() + self._options.limits.seconds
        while await _lives(child):
            if time.monotonic() > until:
                await _kill(child)
                return out_of_bounds()
            job = await asyncio.to_thread(get_job, self._db, _ADMINISTRATOR, job_id)
            if job.status == "dismissed":
                await _kill(child)
                return None
        return None

    def _settle(self, job_id: UUID, error: GisPlannerError | None) -> None:
        # The database notices a moment later that the process is gone.
        until = time.monotonic() + _NOTICED_S
        while get_job(self._db, _ADMINISTRATOR, job_id).status == "running" and time.monotonic() < until:
            requeue(self._db, settle_orphans(self._db, only=job_id, error=error))
            time.sleep(_SOON_S)

    async def _tidy(self, app: procrastinate.App) -> None:
        """Pick up what dead workers left behind; remove what is kept no more."""
        turn = 0
        while True:
            try:
                await asyncio.to_thread(self._pick_up)
                for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_S):
                    await app.job_manager.finish_job(stalled, status=Status.FAILED, delete_job=True)
                if turn % _FORGET_EVERY == 0:
                    await asyncio.to_thread(self._forget)
            except Exception:  # noqa: BLE001 - a database that restarts must not end the worker
                _log.exception("tidying failed; it is tried again")
            turn += 1
            await asyncio.sleep(_TIDY_S)

    def _pick_up(self) -> None:
        requeue(self._db, settle_orphans(self._db))

    def _forget(self) -> None:
        forget_uploads(self._db, self._options.uploads)
        forget_jobs(self._db)


_ADMINISTRATOR: Final = Viewer("worker", "admin")


def _reason_of(code: int) -> GisPlannerError:
    if code in {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGABRT, -signal.SIGSEGV}:
        return out_of_bounds()
    return InternalError(
        Text("执行作业的进程意外结束，未写入任何内容。", en="The process of the job ended; nothing was written.")
    )


@cache
def _processes() -> ForkServerContext:
    """Return where children come from: one process without threads that has loaded everything once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gisplanner.worker.nursery"])
    return context


async def _lives(child: BaseProcess) -> bool:
    """Wait a moment for a child to end and return whether it has not."""
    await asyncio.to_thread(child.join, _LOOK_S)
    return child.is_alive()


async def _kill(child: BaseProcess) -> None:
    if child.is_alive():
        child.kill()
        await asyncio.to_thread(child.join)
