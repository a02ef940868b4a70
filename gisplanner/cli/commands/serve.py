"""``gisplanner serve``: the start page, live from the database."""

from __future__ import annotations

import click

from gisplanner.api.app import create_app
from gisplanner.api.server import LAST_PORT, serve_app
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command


@command(root, "serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="监听地址 (address)")
@click.option(
    "--port",
    type=click.IntRange(0, LAST_PORT),
    help="端口；缺省 8000，被占用则用 8001–8010 中空闲的一个 (port)",
)
def serve(session: Session, host: str, port: int | None) -> None:
    """打开网页：地图、核对结果和下载 (serve the start page, maps and downloads)."""
    key = session.settings.tianditu_key
    with session.database() as db:
        app = create_app(db, tianditu_key=None if key is None else key.get_secret_value())
        address = serve_app(app, host=host, port=port, tell=session.progress)
    if session.as_json:
        session.result({"url": address}, address)
