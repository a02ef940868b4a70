"""``gisplanner import``: geometry files into a district."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.ingest import KINDS, import_features


@command(root, "import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--district", required=True, metavar="D", help="导入到哪个区县 (district)")
@click.option("--layer", metavar="L", help="文件中的图层；缺省取与种类同名的，或唯一的一个")
@click.option("--crs", metavar="EPSG:n|gcj02|bd09", help="文件没有坐标系时的声明 (CRS of a file that does not say)")
@click.option("--encoding", metavar="NAME", help="Shapefile 属性文字的编码，如 GBK")
@click.option("--add-new", is_flag=True, help="小区：台账中没有的也新增 (add estates the register lacks)")
@click.option(
    "--replace", is_flag=True, help="移除该文件旧版本带来、新版本没有的要素 (remove what the new file lacks)"
)
@click.option(
    "--trust-coordinates", is_flag=True, help="坐标已由人核实，不与已有图形对照 (do not hold against what is stored)"
)
@click.option("--dry-run", is_flag=True, help="只看结果，不写入 (show everything, write nothing)")
def import_command(
    session: Session,
    kind: str,
    file: Path,
    district: str,
    layer: str | None,
    crs: str | None,
    encoding: str | None,
    add_new: bool,
    replace: bool,
    trust_coordinates: bool,
    dry_run: bool,
) -> None:
    """导入几何数据 (bring geometry into a district).

    FILE: GeoPackage, GeoJSON, Shapefile (.zip), GeoParquet, .osm, .osm.pbf
    """
    with session.database() as db:
        report = import_features(
            db,
            get_district(db, district),
            kind,
            file,
            layer=layer,
            crs=crs,
            encoding=encoding,
            dry_run=dry_run,
            add_new=add_new,
            replace=replace,
            trust_coordinates=trust_coordinates,
        )
    session.result(report.as_dict(session.language), report.sentences())
