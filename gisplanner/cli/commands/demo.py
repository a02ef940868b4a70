"""``gisplanner demo``: the main job on the published plan of 南康, on a database of its own."""

from __future__ import annotations

import time
from pathlib import Path

import click

from gisplanner.api.app import create_app
from gisplanner.api.server import LAST_PORT, serve_app
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.database import open_database, stop_database
from gisplanner.services.demo import Demo, run_demo
from gisplanner.services.networks.access import LOCAL
from gisplanner.text import Text
from gisplanner.worker.beside import worker_beside


@command(root, "demo")
@click.option("--no-serve", is_flag=True, help="只写文件，不打开网页 (write the files and end)")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="输出文件夹；缺省为数据文件夹下的 demo/out (folder to write to)",
)
@click.option("--port", type=click.IntRange(0, LAST_PORT), help="端口；缺省 8000–8010 中空闲的一个 (port)")
def demo(session: Session, no_serve: bool, out: Path | None, port: int | None) -> None:
    """核对、画示意轮廓、划片区、出图、导出南康区2024年计划 (the main job on the plan of 南康).

    只用数据文件夹下 demo 里自己的数据库，不碰别的数据。
    """
    home = session.settings.home_dir / "demo"
    begun = time.perf_counter()
    session.progress(Text("启动自带的 PostGIS…", en="starting the private PostGIS …"))
    db = open_database(home, actor=session.actor, base=session.settings.home_dir)
    try:
        made = run_demo(db, (out or home / "out").absolute(), tell=session.progress)
        session.result(made.summary, _sentences(made, time.perf_counter() - begun))
        if not no_serve:
            key = session.settings.tianditu_key
            app = create_app(
                db,
                tianditu_key=None if key is None else key.get_secret_value(),
                visitor=LOCAL,
                uploads_dir=home / "uploads",
            )
            with worker_beside(home=home, database_url=None):
                serve_app(app, port=port, tell=session.progress)
    finally:
        db.close()
        stop_database(home)


def _sentences(made: Demo, seconds: float) -> Text:
    counts = made.summary["counts"]
    files = "\n".join(f"  {made.out / name}" for name in made.summary["files"])
    return Text(
        f"南康区2024年计划：小区 {counts['estates']}，社区 {counts['communities']}，街道 {counts['subdistricts']}，"
        f"栋数 {counts['buildings']}，户数 {counts['households']}，面积 {counts['floor_area_10k_m2']} 万㎡；"
        f"项目 {made.summary['projects']}，连片片区 {made.summary['bundles']}，"
        f"不一致 {len(made.summary['mismatches'])}，存疑小区 {len(made.summary['suspicious'])}。\n"
        f"轮廓为示意数据，进度为示例，均非实际。用时 {seconds:.1f} 秒。文件：\n{files}",
        en=f"The 2024 plan of 南康: {counts['estates']} estates, {counts['communities']} communities, "
        f"{counts['subdistricts']} sub-districts, {counts['buildings']} buildings, "
        f"{counts['households']} households, "
        f"{counts['floor_area_10k_m2']} × 10,000 m²; {made.summary['projects']} projects, "
        f"{made.summary['bundles']} bundles, {len(made.summary['mismatches'])} mismatches, "
        f"{len(made.summary['suspicious'])} doubtful estates.\n"
        f"Outlines and progress are illustrative. {seconds:.1f} s. Files:\n{files}",
    )
