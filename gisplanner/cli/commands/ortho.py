"""``gisplanner ortho``: orthophotos under the maps (正射影像)."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.imagery.orthophotos import add_orthophoto, list_orthophotos, remove_orthophoto
from gisplanner.text import Text


@root.group("ortho")
def group() -> None:
    """正射影像：地图的离线底图 (orthophotos under the maps)."""


@command(group, "add")
@click.argument("file", type=click.Path(path_type=Path))
@DISTRICT
@click.option("--licence", required=True, metavar="TEXT", help="来源与使用许可，印在图上 (source and licence)")
@click.option("--name", metavar="N", help="名称，缺省为文件名 (name)")
@click.option("--taken-on", metavar="YYYY[-MM[-DD]]", help="拍摄时间 (when it was taken)")
@click.option("--accuracy-m", type=float, metavar="M", help="平面位置中误差，米 (accuracy, m)")
@click.option("--crs", metavar="EPSG:n|local:NAME", help="影像没有坐标系时的声明 (CRS of an image that does not say)")
@click.option("--dry-run", is_flag=True, help="只看结果，不写入 (write nothing)")
def add(
    session: Session,
    file: Path,
    district: str,
    licence: str,
    name: str | None,
    taken_on: str | None,
    accuracy_m: float | None,
    crs: str | None,
    *,
    dry_run: bool,
) -> None:
    """导入正射影像，裁到区界，存为瓦片 (bring an orthophoto in).

    FILE: GeoTIFF、MBTiles
    """
    with session.database() as db:
        stored = add_orthophoto(
            db,
            get_district(db, district),
            file,
            licence=licence,
            name=name,
            taken_on=taken_on,
            accuracy_m=accuracy_m,
            crs=crs,
            dry_run=dry_run,
        )
    session.result(stored.as_dict(), stored.sentences())


@command(group, "list")
@DISTRICT
def list_(session: Session, district: str) -> None:
    """列出正射影像 (list)."""
    with session.database() as db:
        photos = list_orthophotos(db, get_district(db, district))
    lines = [f"{one['name']}  {one['pixel_m']} m  {one['tiles']}  {one['licence']}" for one in photos]
    nothing = Text("没有正射影像。", en="There is no orthophoto.")
    session.result({"orthophotos": photos}, Text("\n".join(lines), en="\n".join(lines)) if lines else nothing)


@command(group, "remove")
@click.argument("name")
@DISTRICT
def remove(session: Session, name: str, district: str) -> None:
    """删除正射影像 (remove)."""
    with session.database() as db:
        remove_orthophoto(db, get_district(db, district), name)
    session.result(
        {"district": district, "removed": name}, Text(f"已删除正射影像“{name}”。", en=f"Removed “{name}”.")
    )
