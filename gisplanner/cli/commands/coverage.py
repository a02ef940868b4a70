"""``gisplanner coverage``: whether estates and buildings are 不重不漏."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.coverage import NEAR_ROAD_M, review_coverage, write_coverage


@command(root, "coverage")
@DISTRICT
@click.option(
    "--near-road",
    default=NEAR_ROAD_M,
    show_default=True,
    metavar="M",
    type=click.FloatRange(min=0.0),
    help="出入口到道路的最大距离，米 (entrance to road at most, m)",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="逐条清单 (every finding as a row)")
def coverage(session: Session, district: str, near_road: float, out: Path | None) -> None:
    """核对小区、楼栋、出入口是否不重不漏 (nothing twice, nothing left out)."""
    with session.database() as db:
        report = review_coverage(db, get_district(db, district), near_road_m=near_road)
    if out is not None:
        write_coverage(out, report, language=session.language)
    session.result(report.as_dict(session.language), report.sentences())
