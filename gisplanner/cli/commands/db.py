"""``gisplanner db``: the database itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.database import (
    DatabaseState,
    backup_database,
    database_state,
    database_url,
    restore_database,
    start_database,
    stop_database,
)
from gisplanner.text import Text

_MEGABYTE = 1_000_000


@root.group()
def db() -> None:
    """数据库：启动、停止、状态、地址、备份、恢复 (the database)."""


@command(db, "start")
def start(session: Session) -> None:
    """启动数据库并把表结构更新到本版本 (start, and bring the schema to this version)."""
    state = start_database(session.settings.home_dir, url=_url(session))
    session.result(_document(state), _sentence(state))


@command(db, "stop")
def stop(session: Session) -> None:
    """停止自带的数据库 (stop the private cluster)."""
    was_running = stop_database(session.settings.home_dir, url=_url(session))
    session.result(
        {"running": False, "was_running": was_running},
        Text("数据库已停止。", en="The database is stopped.")
        if was_running
        else Text("数据库本来就没有运行。", en="The database was not running."),
    )


@command(db, "status")
def status(session: Session) -> None:
    """查看数据库状态，不启动它 (tell the state; starts nothing)."""
    state = database_state(session.settings.home_dir, url=_url(session))
    session.result(_document(state), _sentence(state))


@command(db, "url")
def url(session: Session) -> None:
    """打印供 psql、GDAL、QGIS 连接的地址，必要时先启动 (print the address for other programs)."""
    address = database_url(session.settings.home_dir, url=_url(session))
    session.result({"url": address, "schema": "gisplanner"}, address)


@command(db, "backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup(session: Session, file: Path) -> None:
    """把全部数据备份成一个文件 (write everything to one file)."""
    size = backup_database(session.settings.home_dir, file, url=_url(session))
    session.result(
        {"file": str(file), "size_bytes": size},
        Text(
            f"已备份到 {file}（{size / _MEGABYTE:.1f} MB）。",
            en=f"Backup written to {file} ({size / _MEGABYTE:.1f} MB).",
        ),
    )


@command(db, "restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="取代现有的全部数据 (put it in place of everything there is)")
def restore(session: Session, file: Path, *, replace: bool) -> None:
    """从备份恢复到空的数据库 (restore a backup into an empty database)."""
    restore_database(session.settings.home_dir, file, url=_url(session), replace=replace, actor=session.actor)
    session.result(
        {"file": str(file), "restored": True, "replaced": replace},
        Text(f"已从 {file} 恢复。", en=f"Restored from {file}."),
    )


def _url(session: Session) -> str | None:
    secret = session.settings.database_url
    return None if secret is None else secret.get_secret_value()


def _document(state: DatabaseState) -> dict[str, Any]:
    return {**asdict(state), "home": None if state.home is None else str(state.home)}


def _sentence(state: DatabaseState) -> Text:
    if not state.running:
        return Text(
            f"数据库没有运行（数据目录 {state.home}）；需要时会自动启动。",
            en=f"The database is not running (data folder {state.home}); it starts when needed.",
        )
    size = (state.size_bytes or 0) / _MEGABYTE
    where = state.url if state.home is None else state.home
    return Text(
        f"数据库正在运行：PostgreSQL {state.server_version}，PostGIS {state.postgis_version or '未安装'}，"
        f"{size:.0f} MB，另有连接 {state.other_connections} 个，"
        f"表结构{'与本版本一致' if state.up_to_date else '待更新（下一条命令会自动更新）'}；位置 {where}。",
        en=f"The database is running: PostgreSQL {state.server_version}, "
        f"PostGIS {state.postgis_version or 'missing'}, {size:.0f} MB, "
        f"{state.other_connections} other connections, schema "
        f"{'up to date' if state.up_to_date else 'to be updated by the next command'}; at {where}.",
    )
