"""``gisplanner pipes``: pipelines of a file or of a district."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.conflicts import conflicts_of_district, conflicts_of_file, write_conflicts
from gisplanner.services.districts import get_district
from gisplanner.services.pipes_plan import plan_pipes, write_plan
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


@command(pipes, "plan")
@click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(path_type=Path),
    help="含 buildings、roads、sources 图层的文件 (file with these layers)",
)
@click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)")
@click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)")
@click.option("--time-limit", default=60.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)")
@click.option("--seed", default=0, show_default=True, metavar="K", help="随机种子 (seed)")
@click.option("--out", type=click.Path(path_type=Path), metavar="P.geojson", help="写出管线方案 (file to write)")
def plan(
    session: Session,
    path: Path,
    crs: str | None,
    encoding: str | None,
    time_limit: float,
    seed: int,
    out: Path | None,
) -> None:
    """各管线综合路由、同沟敷设 (plan routes of all utilities together)."""
    result = plan_pipes(path, crs=crs, encoding=encoding, time_limit_s=time_limit, seed=seed)
    if out is not None:
        write_plan(result, out)
    session.result(result.document(session.language), result.sentences())
