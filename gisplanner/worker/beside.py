"""A worker beside the server: a process of its own that ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATIENCE_S: Final = 30.0


@contextmanager
def worker_beside(*, home: Path, database_url: str | None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker on the same data as long as the block lasts.

    Jobs under way get a while to end; what does not end goes back into the queue. Where this process is killed, the
    kernel tells the worker to end.
    """
    environment = {**os.environ, "GISPLANNER_HOME": str(home)}
    environment.pop("GISPLANNER_DATABASE_URL", None)
    if database_url is not None:
        environment["GISPLANNER_DATABASE_URL"] = database_url
    worker = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "gisplanner", "worker", "--end-with", str(os.getpid())],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the server, which tells the worker itself
    )
    try:
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
