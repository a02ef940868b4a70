"""``gisplanner pipes``: pipelines of a file or of a district."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.conflicts import conflicts_of_district, conflicts_of_file, write_conflicts
from gisplanner.services.districts import get_district
from gisplanner.text import Text


@root.group()
def pipes() -> None:
    """管线：净距冲突、路由 (pipelines)."""


@command(pipes, "conflicts")
@click.option("--file", "path", type=click.Path(path_type=Path), help="含管线图层的文件 (file with the lines)")
@click.option("--layer", metavar="L", help="文件里的管线图层 (layer of the lines)")
@click.option("--district", metavar="D", help="区县代号：已入库的各家管线 (stored district)")
@click.option("--buildings-layer", metavar="B", help="文件里的楼栋图层 (layer of the buildings)")
@click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)")
@click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.geojson", help="写出冲突点 (file to write)")
def conflicts(
    session: Session,
    path: Path | None,
    layer: str | None,
    district: str | None,
    buildings_layer: str | None,
    crs: str | None,
    encoding: str | None,
    out: Path | None,
) -> None:
    """检查净距冲突 (check clearances by pair and clause)."""
    if (path is None) == (district is None):
        raise UsageError(Text("请给出 --file 或 --district 其中之一。", en="Give either --file or --district."))
    if path is not None:
        result = conflicts_of_file(path, layer=layer, buildings_layer=buildings_layer, crs=crs, encoding=encoding)
    else:
        if layer or buildings_layer or crs or encoding:
            raise UsageError(
                Text(
                    "--layer、--buildings-layer、--crs、--encoding 只用于 --file。",
                    en="--layer, --buildings-layer, --crs and --encoding go with --file only.",
                )
            )
        with session.database() as db:
            result = conflicts_of_district(db, get_district(db, str(district)))
    if out is not None:
        write_conflicts(result, out)
    session.result(result.document(session.language), result.sentences())
