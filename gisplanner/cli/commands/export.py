"""``gisplanner export``: a stored layer into a file."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.export import FORMATS, PUBLIC_GRID_M, ExportResult, Format, export_layer
from gisplanner.text import Text, in_language


@command(root, "export")
@click.argument("layer")
@DISTRICT
@click.option("--format", "file_format", required=True, type=click.Choice(list(FORMATS)), help="格式 (format)")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="输出文件 (file to write)")
@click.option("--public", is_flag=True, help="公众版：只含公开字段，坐标概化 (public version)")
@click.option(
    "--public-grid", default=PUBLIC_GRID_M, show_default=True, metavar="M", type=float, help="概化网格，米 (grid, m)"
)
def export(
    session: Session,
    layer: str,
    district: str,
    file_format: Format,
    out: Path,
    public: bool,
    public_grid: float,
) -> None:
    """导出一个图层 (export a layer)."""
    with session.database() as db:
        made = export_layer(
            db, get_district(db, district), layer, file_format, out, public=public, public_grid_m=public_grid
        )
    session.result(
        {
            "layer": made.layer,
            "format": made.format,
            "out": str(made.path),
            "crs": made.crs,
            "features": made.features,
            "without_geometry": made.without_geometry,
            "illustrative": made.illustrative,
            "public": made.public,
            "fields": dict(made.fields),
            "losses": [in_language(loss, session.language) for loss in made.losses],
        },
        _sentences(made),
    )


def _sentences(made: ExportResult) -> Text:
    zh = [f"已写 {made.path}：{made.features} 个要素，{made.crs}，其中 {made.without_geometry} 个没有图形。"]
    en = [f"Wrote {made.path}: {made.features} features, {made.crs}, {made.without_geometry} without geometry."]
    if made.illustrative:
        zh.append(f"{made.illustrative} 个要素是示意数据。")
        en.append(f"{made.illustrative} features are illustrative.")
    zh += [f"  - {loss}" for loss in made.losses]
    en += [f"  - {in_language(loss, 'en')}" for loss in made.losses]
    return Text("\n".join(zh), en="\n".join(en))
