"""``gisplanner grid``: local independent grids (独立坐标系)."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.local_grids import DEFAULT_LIMIT_M, fit_grid
from gisplanner.text import Text


@root.group("grid")
def grid() -> None:
    """独立坐标系 (local independent grids)."""


@command(grid, "fit")
@click.argument("file", type=click.Path(path_type=Path))
@DISTRICT
@click.option("--name", default="main", show_default=True, help="名称；导入时写作 --crs local:名称")
@click.option(
    "--limit-m",
    default=DEFAULT_LIMIT_M,
    show_default=True,
    type=click.FloatRange(min=0.001),
    help="点位残差限值（米）",
)
def fit(session: Session, file: Path, district: str, name: str, limit_m: float) -> None:
    """由控制点求四参数并存入区县 (fit from control points).

    FILE: CSV 或 XLSX，列：点名、独立X、独立Y、X、Y（X 为北坐标）
    """
    with session.database() as db:
        fitted = fit_grid(db, get_district(db, district), file, name=name, limit_m=limit_m)
    listed = "\n".join(f"  {point.name}  {point.residual_m:.4f} m" for point in fitted.points)
    session.result(
        fitted.as_dict(),
        Text(
            f"独立坐标系 {name} 已存：尺度 {fitted.grid.scale:.8f}，旋转 {fitted.grid.rotation_deg:.6f}°，"
            f"点位残差（限值 {limit_m:g} m）：\n{listed}\n导入时用 --crs local:{name}",
            en=f"Local grid {name} stored: scale {fitted.grid.scale:.8f}, rotation {fitted.grid.rotation_deg:.6f}°, "
            f"residuals (limit {limit_m:g} m):\n{listed}\nImport with --crs local:{name}",
        ),
    )
