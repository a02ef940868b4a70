"""``gisplanner serve``: the pages and the OGC API, live from the database, with a worker beside them."""

from __future__ import annotations

from contextlib import nullcontext

import click

from gisplanner.api.app import create_app
from gisplanner.api.server import LAST_PORT, serve_app
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.logs import log_as_json
from gisplanner.services.accounts import local_administrator
from gisplanner.worker.beside import worker_beside


@command(root, "serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="监听地址 (address)")
@click.option(
    "--port",
    type=click.IntRange(0, LAST_PORT),
    help="端口；缺省 8000，被占用则用 8001–8010 中空闲的一个 (port)",
)
@click.option("--no-worker", is_flag=True, help="不带工作进程，另用 gisplanner worker (no worker beside it)")
def serve(session: Session, host: str, port: int | None, no_worker: bool) -> None:
    """打开网页和 OGC API (serve pages, maps, downloads and the OGC API)."""
    settings = session.settings
    if settings.log_format == "json":
        log_as_json()
    key, url = settings.tianditu_key, settings.database_url
    local = local_administrator()
    with session.database() as db:
        app = create_app(
            db,
            tianditu_key=None if key is None else key.get_secret_value(),
            local_administrator=local,
            uploads_dir=settings.uploads_dir,
            upload_limit_mb=settings.upload_limit_mb,
        )
        beside = worker_beside(home=settings.home_dir, database_url=None if url is None else url.get_secret_value())
        with nullcontext() if no_worker else beside:
            address = serve_app(
                app,
                host=host,
                port=port,
                tell=session.progress,
                trusted_proxies=settings.trusted_proxies,
                entrance=local[0],
            )
    if session.as_json:
        session.result({"url": address}, address)
