"""``gisplanner fire``: who a fire engine reaches, and the cheapest way to open the lane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.fire.district import plan_fire_district, write_district_lanes
from gisplanner.services.fire.evaluate import evaluate_fire
from gisplanner.services.fire.outputs import write_fire_plan
from gisplanner.services.fire.plan import DEFAULT_PROFILE, plan_fire
from gisplanner.text import Text


@root.group()
def fire() -> None:
    """消防车道：可达与打通 (fire lanes)."""


_FILE = click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(path_type=Path),
    help="含 site、buildings、obstacles、entrances 图层的文件 (file with these layers)",
)
_PROFILE = click.option(
    "--profile", default=DEFAULT_PROFILE, show_default=True, metavar="P", help="政策依据；none 只用国家标准 (profile)"
)
_WIDTH = click.option("--width", type=float, metavar="M", help="车道净宽，米；缺省取政策依据或国家标准 (lane width)")
_CRS = click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)")
_ENCODING = click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)")


@command(fire, "plan")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    help="含 site、buildings、obstacles、entrances 图层的文件 (file with these layers)",
)
@click.option("--district", metavar="D", help="区县代号：已入库的小区逐个计算 (stored district)")
@_PROFILE
@_WIDTH
@click.option("--budget", type=float, metavar="C", help="费用上限：在其内可达户数最多 (most households within it)")
@click.option("--curve", type=float, metavar="C", help="预算曲线的步长，元 (budget curve, step in yuan)")
@click.option("--tolerance", type=float, metavar="M", help="测量误差，米；缺省 0.10 (survey accuracy)")
@click.option("--time-limit", default=60.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)")
@_CRS
@_ENCODING
@click.option(
    "--out",
    "outs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="L.geojson",
    help="写出 .geojson、.dxf、.xlsx（消防大队表）、.html（A3 图与试算），可多次给出 (files to write)",
)
def plan(
    session: Session,
    path: Path | None,
    district: str | None,
    profile: str,
    width: float | None,
    budget: float | None,
    curve: float | None,
    tolerance: float | None,
    time_limit: float,
    crs: str | None,
    encoding: str | None,
    outs: tuple[Path, ...],
) -> None:
    """最省打通方案 (the cheapest opening)."""
    if (path is None) == (district is None):
        raise UsageError(Text("请给出 --file 或 --district 其中之一。", en="Give either --file or --district."))
    shared: dict[str, Any] = {
        "profile": None if profile == "none" else profile,
        "width_m": width,
        "tolerance_m": tolerance,
        "time_limit_s": time_limit,
    }
    if path is not None:
        result = plan_fire(path, budget=budget, curve_step=curve, crs=crs, encoding=encoding, **shared)
        for out in outs:
            write_fire_plan(result, out)
        session.result(result.document(session.language), result.sentences())
        return
    if crs or encoding or budget is not None or curve is not None:
        raise UsageError(
            Text(
                "--crs、--encoding、--budget、--curve 只用于 --file。",
                en="--crs, --encoding, --budget and --curve go with --file only.",
            )
        )
    with session.database() as db:
        stored = plan_fire_district(db, get_district(db, str(district)), **shared)
    for out in outs:
        write_district_lanes(stored, out)
    session.result(stored.document(session.language), stored.sentences())


@command(fire, "evaluate")
@_FILE
@click.option("--remove", default="", metavar="3,7", help="拆移的障碍物编号，逗号分隔 (obstacles to remove)")
@_PROFILE
@_WIDTH
@_CRS
@_ENCODING
def evaluate(
    session: Session,
    path: Path,
    remove: str,
    profile: str,
    width: float | None,
    crs: str | None,
    encoding: str | None,
) -> None:
    """拆移之后哪些楼栋可达 (who is served after removals)."""
    chosen = [one.strip() for one in remove.replace("，", ",").split(",") if one.strip()]
    document = evaluate_fire(
        path,
        chosen,
        profile=None if profile == "none" else profile,
        width_m=width,
        crs=crs,
        encoding=encoding,
    )
    served = document["served"]
    who = "、".join(map(str, served))
    session.result(
        document,
        Text(
            f"拆移 {len(chosen)} 处（费用 {document['cost']:g}）后可达 {len(served)} 栋：{who}",
            en=f"{len(served)} buildings served after {len(chosen)} removals (cost {document['cost']:g}): {who}",
        ),
    )
