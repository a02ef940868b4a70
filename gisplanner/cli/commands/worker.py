"""``gisplanner worker``: runs jobs outside the server."""

from __future__ import annotations

import signal

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.logs import log_as_json
from gisplanner.text import Text
from gisplanner.worker.limits import Limits, end_with_parent
from gisplanner.worker.supervisor import Worker, WorkerOptions


@command(root, "worker")
@click.option("--at-once", type=click.IntRange(1, 64), metavar="N", help="同时执行几个作业 (jobs at a time)")
@click.option("--end-with", type=int, hidden=True)
def worker(session: Session, at_once: int | None, end_with: int | None) -> None:
    """执行作业：报送的文件、片区、管线、消防 (run jobs until told to stop).

    serve 会自带一个；多台机器分担时另行启动，GISPLANNER_HOME/uploads 须为共享目录。
    """
    if end_with is not None:
        end_with_parent(end_with, signal.SIGTERM)
    settings = session.settings
    if settings.log_format == "json":
        log_as_json()
    with session.database() as db:
        options = WorkerOptions(
            dsn=db.dsn,
            uploads=settings.uploads_dir,
            at_once=at_once or settings.jobs_at_once,
            grace_s=settings.grace_s,
            limits=Limits(memory_bytes=settings.job_memory_mb << 20, seconds=settings.job_minutes * 60),
            log_json=settings.log_format == "json",
        )
        if end_with is None:
            session.progress(Text("工作进程已启动，Ctrl-C 停止。", en="The worker is running, Ctrl-C stops."))
        Worker(options).run()
    session.result({"stopped": True}, Text("工作进程已停止。", en="The worker has stopped."))
