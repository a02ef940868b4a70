"""A worker beside the server: a process of its own that ends with it, and is started again when it ends alone."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATIENCE_S: Final = 30.0
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 60.0
_SOUND_S: Final = 60.0
"""A worker that lasted so long was not broken from the start: the next one need not wait."""

_log: Final = logging.getLogger(__name__)


@contextmanager
def worker_beside(*, home: Path, database_url: str | None) -> Iterator[KeptWorker]:
    """Run a worker on the same data as long as the block lasts.

    Jobs under way get a while to end; what does not end goes back into the queue. Where this process is killed, the
    kernel tells the worker to end; where the worker is killed, another takes over its jobs.
    """
    environment = {**os.environ, "GISPLANNER_HOME": str(home)}
    environment.pop("GISPLANNER_DATABASE_URL", None)
    if database_url is not None:
        environment["GISPLANNER_DATABASE_URL"] = database_url
    kept = KeptWorker(environment)
    try:
        yield kept
    finally:
        kept.end()


class KeptWorker:
    """A worker process, and a thread that starts another when it ends before it is told to."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._told, self._lock = threading.Event(), threading.Lock()
        self._process = self._start()
        threading.Thread(target=self._keep, name="worker beside", daemon=True).start()

    @property
    def pid(self) -> int:
        """Return the process of the worker that runs now."""
        return self._process.pid

    def end(self) -> None:
        """Tell the worker to end, and end it when it takes too long."""
        with self._lock:
            self._told.set()
            worker = self._process
        worker.terminate()
        try:
            worker.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "gisplanner", "worker", "--end-with", str(os.getpid())],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the server, which tells the worker itself
        )

    def _keep(self) -> None:
        """Start one worker after another, those that end at once ever later; the thread lasts as long as its workers.

        The kernel tells a worker to end when the thread that started it does.
        """
        pause_s = _FIRST_PAUSE_S
        while True:
            begun = time.monotonic()
            how = self._process.wait()
            pause_s = _FIRST_PAUSE_S if time.monotonic() - begun > _SOUND_S else min(2.0 * pause_s, _LONGEST_PAUSE_S)
            if self._told.is_set():
                return
            _log.warning("the worker ended and is started again", extra={"exit_status": how, "in_s": pause_s})
            self._told.wait(pause_s)
            with self._lock:
                if self._told.is_set():
                    return
                self._process = self._start()
