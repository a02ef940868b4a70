"""``gisplanner fire``: who a fire engine reaches, and the cheapest way to open the lane."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from gisplanner.cli.options import DAY, DISTRICT, one_of, options_of, refuse
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.fire.comparison import (
    compare_fire_plans,
    comparison_sentences,
    plans_document,
    plans_sentences,
)
from gisplanner.services.fire.demolition import register_removals, removals_of_kept
from gisplanner.services.fire.district import plan_fire_district
from gisplanner.services.fire.evaluate import evaluate_fire, evaluate_fire_district
from gisplanner.services.fire.kept import keep_fire_plan, kept_features, kept_fire_plan, withdraw_fire_plan
from gisplanner.services.fire.outputs import Handover, handover_of_district, handover_of_file
from gisplanner.services.fire.plan import plan_fire
from gisplanner.services.fire.wishes import DEFAULT_PROFILE, FireWishes
from gisplanner.services.progress.permission import acting_as
from gisplanner.text import Text

_INTERRUPTED = 130


@root.group()
def fire() -> None:
    """消防车道：可达与打通 (fire lanes)."""


_SOURCE = options_of(
    click.option(
        "--file",
        "path",
        type=click.Path(path_type=Path),
        help="含 site、buildings、obstacles、entrances 图层的文件 (file with these layers)",
    ),
    click.option("--district", metavar="D", help="区县代号：已入库的小区 (stored district)"),
    click.option("--estate", metavar="E", help="区县里的一个小区，编码或名称 (one estate of it)"),
    click.option(
        "--profile",
        default=DEFAULT_PROFILE,
        show_default=True,
        metavar="P",
        help="政策依据；none 只用国家标准 (profile)",
    ),
    click.option("--width", type=float, metavar="M", help="车道净宽，米；缺省取政策依据或国家标准 (lane width)"),
    click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)"),
    click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)"),
)
"""What is looked at, and by which numbers."""


@command(fire, "plan")
@_SOURCE
@click.option(
    "--budget",
    type=float,
    metavar="C",
    help="费用上限，元：在其内可达户数最多；区县为各小区合计 (most households within it)",
)
@click.option(
    "--households", type=float, metavar="N", help="至少 N 户可达，费用最省；区县为各小区合计 (goal in households)"
)
@click.option("--curve", type=float, metavar="C", help="预算曲线的步长，元 (budget curve, step in yuan)")
@click.option("--tolerance", type=float, metavar="M", help="测量误差，米；缺省 0.10 (survey accuracy)")
@click.option("--time-limit", default=60.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)")
@click.option("--keep", metavar="NAME", help="把方案留存在区县库里 (keep the plan under a name)")
@click.option("--because", metavar="TEXT", help="留存理由 (why it is kept)")
@click.option(
    "--out",
    "outs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="L.geojson",
    help="写出 .geojson、.dxf、.xlsx（大队表）、.html（文件为 A3 图与试算，区县为地图），可多次给出 (files)",
)
@click.option(
    "--folder",
    "--outputs",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="写出全套成果：地图、图形、大队表、拆除清单、各小区 A3 图 (folder for all outputs)",
)
def plan(
    session: Session,
    path: Path | None,
    district: str | None,
    estate: str | None,
    profile: str,
    width: float | None,
    crs: str | None,
    encoding: str | None,
    budget: float | None,
    households: float | None,
    curve: float | None,
    tolerance: float | None,
    time_limit: float,
    keep: str | None,
    because: str | None,
    outs: tuple[Path, ...],
    folder: Path | None,
) -> None:
    """最省打通方案 (the cheapest opening)."""
    _one_source(path, district, estate=estate, keep=keep, crs=crs, encoding=encoding)
    wishes = FireWishes(
        profile=None if profile == "none" else profile,
        width_m=width,
        tolerance_m=tolerance,
        budget=budget,
        households=households,
        curve_step=curve,
        time_limit_s=time_limit,
    )
    if path is not None:
        result = plan_fire(path, wishes, crs=crs, encoding=encoding)
        _write(session, handover_of_file(result, path.stem), outs, folder)
        session.result(result.document(session.language), result.sentences())
        return
    with session.database() as opened:
        db = acting_as(opened, session.actor)
        found = get_district(db, str(district))
        stored = plan_fire_district(
            db,
            found,
            wishes,
            estate=estate,
            stoppable=True,
            tell=lambda done, many, name: session.progress(f"[{done + 1}/{many}] {name}"),
        )
        if keep is not None and not stored.stopped:
            keep_fire_plan(db, found, stored, keep, because or "")
        _write(session, handover_of_district(db, found, stored), outs, folder)
    session.result(stored.document(session.language), stored.sentences())
    if stored.stopped:
        raise SystemExit(_INTERRUPTED)


def _one_source(path: Path | None, district: str | None, **given: str | None) -> None:
    one_of(path, district)
    if path is None:
        refuse(given, ("crs", "encoding"), "--file")
    else:
        refuse(given, ("estate", "keep"), "--district")


def _write(session: Session, made: Handover, outs: tuple[Path, ...], folder: Path | None) -> None:
    for out in outs:
        made.write(out)
    if folder is not None:
        names = made.write_folder(folder, on=date.today())  # noqa: DTZ011 - a calendar day at the office
        session.progress(
            Text(f"已写出 {len(names)} 个文件到 {folder}。", en=f"Wrote {len(names)} files to {folder}.")
        )


@command(fire, "evaluate")
@_SOURCE
@click.option("--remove", default="", metavar="3,7", help="拆移的障碍物编号，逗号分隔 (obstacles to remove)")
def evaluate(
    session: Session,
    path: Path | None,
    district: str | None,
    estate: str | None,
    profile: str,
    width: float | None,
    crs: str | None,
    encoding: str | None,
    remove: str,
) -> None:
    """拆移之后哪些楼栋可达 (who is served after removals)."""
    _one_source(path, district, estate=estate, crs=crs, encoding=encoding)
    chosen = [one.strip() for one in remove.replace("，", ",").split(",") if one.strip()]
    wishes = FireWishes(profile=None if profile == "none" else profile, width_m=width)
    if path is not None:
        document = evaluate_fire(path, chosen, wishes, crs=crs, encoding=encoding)
    else:
        with session.database() as opened:
            db = acting_as(opened, session.actor)
            document = evaluate_fire_district(db, get_district(db, str(district)), chosen, wishes, estate=estate)
    served = document["served"]
    who = "、".join(map(str, served))
    session.result(
        document,
        Text(
            f"拆移 {len(chosen)} 处（费用 {document['cost']:g}）后可达 {len(served)} 栋：{who}",
            en=f"{len(served)} buildings served after {len(chosen)} removals (cost {document['cost']:g}): {who}",
        ),
    )


@fire.group("plans")
def plans() -> None:
    """留存的消防方案：列表、查看、比较、撤回、转拆违台账 (kept fire plans)."""


@command(plans, "list")
@DISTRICT
@click.option("--all", "everything", is_flag=True, help="含已撤回的 (withdrawn ones too)")
def list_plans(session: Session, district: str, everything: bool) -> None:
    """留存的方案，一行一个 (kept plans)."""
    with session.database() as db:
        seen = acting_as(db, session.actor)
        document = plans_document(seen, get_district(seen, district), withdrawn=everything)
    session.result(document, plans_sentences(document))


@command(plans, "show")
@click.argument("name")
@DISTRICT
def show(session: Session, name: str, district: str) -> None:
    """一个方案的全部答案与来历 (one plan with its provenance)."""
    with session.database() as db:
        seen = acting_as(db, session.actor)
        found = kept_fire_plan(seen, get_district(seen, district), name)
    document = {**found.figures(), "parameters": dict(found.parameters), "answer": dict(found.answer)}
    session.result(document, plans_sentences({"plans": [found.figures()]}))


@command(plans, "compare")
@click.argument("names", nargs=-1, required=True)
@DISTRICT
def compare(session: Session, names: tuple[str, ...], district: str) -> None:
    """几个方案并列：费用、户数、各自多拆的 (plans side by side)."""
    with session.database() as db:
        seen = acting_as(db, session.actor)
        document = compare_fire_plans(seen, get_district(seen, district), names)
    session.result(document, comparison_sentences(document))


@command(plans, "delete")
@click.argument("name")
@DISTRICT
@click.option("--because", required=True, metavar="TEXT", help="撤回理由 (why)")
def delete(session: Session, name: str, district: str, because: str) -> None:
    """撤回一个方案，记录留底 (withdraw a plan; it stays on record)."""
    with session.database() as db:
        seen = acting_as(db, session.actor)
        withdraw_fire_plan(seen, get_district(seen, district), name, because)
    session.result(
        {"withdrawn": name, "because": because}, Text(f"已撤回方案「{name}」。", en=f"The plan {name} is withdrawn.")
    )


@command(plans, "register")
@click.argument("name")
@DISTRICT
@click.option("--on", required=True, type=DAY, metavar="DATE", help="摸底日期 (day)")
def register(session: Session, name: str, district: str, on: datetime) -> None:
    """把方案的拆除逐件记入拆违台账（摸底） (removals become cases of the demolition register)."""
    with session.database() as db:
        seen = acting_as(db, session.actor)
        found = get_district(seen, district)
        kept = kept_fire_plan(seen, found, name)
        removals = removals_of_kept(kept.answer, kept_features(seen, found, kept))
        made = register_removals(seen, found, removals, on=on.date(), document=f"消防方案「{name}」")
    session.result(made.document(), made.sentences())
