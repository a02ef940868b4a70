"""``gisplanner pipes``: plans of pipelines, one, side by side, or compound by compound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import DISTRICT, one_of, options_of, refuse
from gisplanner.cli.pipe_options import (
    GROUND,
    HAND,
    ONE,
    SEARCH,
    WORKS,
    asked_ground,
    hand_of,
    span_of,
)
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.services.pipes.alternatives import (
    BASE,
    BUILT_IN,
    Alternative,
    compared,
    compared_document,
    compared_sentences,
    plan_alternatives,
    write_comparison,
)
from gisplanner.services.pipes.district import estates_of
from gisplanner.services.pipes.estates import Orders, each_document, each_sentences, plan_each
from gisplanner.services.pipes.hand import read_hand
from gisplanner.services.pipes.kept import keep_plan, kept_comparison, kept_ground, kept_plans, kept_sentences
from gisplanner.services.pipes.outputs import full_document, full_sentences, write_outputs
from gisplanner.services.pipes.pictures import context_of
from gisplanner.services.pipes.plan import plan_ground, write_plan
from gisplanner.services.pipes.plan_file import read_plan_file
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.works import plan_works
from gisplanner.text import Text


@root.group()
def pipes() -> None:
    """管线：净距冲突、路由 (pipelines)."""


@command(pipes, "plan")
@options_of(*GROUND, *ONE, HAND, *WORKS, *SEARCH)
@click.option("--keep", metavar="NAME", help="把方案留存在区县库里 (keep the plan under a name)")
@click.option("--because", metavar="TEXT", help="留存理由 (why it is kept)")
@click.option("--out", type=click.Path(path_type=Path), metavar="P.geojson", help="写出管线方案 (file to write)")
@click.option(
    "--folder", type=click.Path(path_type=Path), metavar="DIR", help="写出全套成果 (folder for all outputs)"
)
def plan(
    session: Session,
    *,
    hand: Path | None,
    profile: str | None,
    start: datetime | None,
    deadline: datetime | None,
    time_limit: float,
    seed: int,
    out: Path | None,
    folder: Path | None,
    **options: Any,
) -> None:
    """各管线综合路由、同沟敷设、排管与工期 (plan routes, lanes and works of all utilities together)."""
    span, wishes = span_of(start, deadline), hand_of(hand)
    asked = asked_ground(session, options)
    result = plan_ground(asked.ground, wishes, standards=asked.standards, time_limit_s=time_limit, seed=seed)
    works = None if span is None else plan_works(result, *span)
    if out is not None:
        write_plan(result, out)
    if folder is not None:
        write_outputs(result, folder, works=works, profile_name=profile)
    if options["keep"] is not None:
        with session.database() as db:
            found = get_district(db, options["district"])
            which = options["project"] or options["estate"]
            made_with = {"seed": seed, "time_limit_s": time_limit}
            keep_plan(db, found, result, options["keep"], options["because"] or "", project=which, **made_with)
    session.result(full_document(result, works, profile, session.language), full_sentences(result, works, profile))


@command(pipes, "compare")
@options_of(*GROUND, *ONE, *SEARCH)
@click.option(
    "--with",
    "built_in",
    multiple=True,
    type=click.Choice(sorted(BUILT_IN)),
    help="内置方案：弱电各自排管、燃气改另一侧，可重复；都不给则全比 (alternatives that are always asked for)",
)
@click.option(
    "--hand",
    "hands",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="H.json",
    help="按人工干预再做一个方案，可重复；方案以文件名为名 (one more plan by what a planner says)",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="X.html", help="写出比选图 (map to write)")
@click.option("--keep", metavar="PREFIX", help="各方案以此为前缀留存 (keep every plan)")
@click.option("--because", metavar="TEXT", help="留存理由 (why they are kept)")
def compare(
    session: Session,
    *,
    time_limit: float,
    seed: int,
    built_in: tuple[str, ...],
    hands: tuple[Path, ...],
    out: Path | None,
    **options: Any,
) -> None:
    """同一片地按几种做法规划，列表、同图比较 (plan in several ways, in one table and on one map)."""
    chosen = built_in or (() if hands else tuple(sorted(BUILT_IN)))
    ways = [BASE, *(BUILT_IN[name] for name in chosen)]
    ways += [Alternative(path.stem, "人工干预", read_hand(path)) for path in hands]
    asked = asked_ground(session, options)
    planned = plan_alternatives(
        asked.ground, ways, standards=asked.standards, time_limit_s=time_limit, seed=seed, tell=session.progress
    )
    rows = compared(planned)
    if out is not None:
        ground = asked.ground
        write_comparison(rows, out, title="管线方案比选图", context=context_of(ground.roads, ground.buildings))
    if options["keep"] is not None:
        with session.database() as db:
            found = get_district(db, options["district"])
            which = options["project"] or options["estate"]
            made_with = {"seed": seed, "time_limit_s": time_limit}
            for one, result in planned:
                told = "；".join(filter(None, [options["because"], one.because]))
                keep_plan(db, found, result, f"{options['keep']} {one.name}", told, project=which, **made_with)
    session.result(compared_document(rows, session.language), compared_sentences(rows))


@command(pipes, "estates")
@options_of(*GROUND, HAND, *WORKS, *SEARCH)
@click.option("--folder", type=click.Path(path_type=Path), required=True, metavar="DIR", help="每个小区一个子文件夹")
@click.option("--only", multiple=True, metavar="NAME", help="只做这些小区，可重复 (only these)")
def estates(
    session: Session,
    *,
    hand: Path | None,
    profile: str | None,
    start: datetime | None,
    deadline: datetime | None,
    time_limit: float,
    seed: int,
    folder: Path,
    only: tuple[str, ...],
    **options: Any,
) -> None:
    """逐个小区规划，可随时中止，再运行接着做 (plan compound by compound; stop at any time, go on later)."""
    span, wishes = span_of(start, deadline), hand_of(hand)
    path, district = options["path"], options["district"]
    one_of(path, district)
    if path is not None:
        refuse(options, ("keep_existing",), "--district")
        if options["estates_layer"] is None:
            raise UsageError(Text("--file 须同时给出 --estates-layer。", en="--file takes --estates-layer."))
        file = read_plan_file(path, options["estates_layer"], crs=options["crs"], encoding=options["encoding"])
        wanted = [(name, _reading(file.ground, row)) for row, name in enumerate(file.names())]
        orders = Orders(wishes, None, span, profile, time_limit, seed)
        rows = plan_each(_known(wanted, only), folder, orders, only=only, tell=session.progress)
    else:
        refuse(options, ("crs", "encoding", "estates_layer"), "--file")
        with session.database() as db:
            found = get_district(db, str(district))
            wanted = estates_of(db, found, existing=options["keep_existing"])
            orders = Orders(wishes, standards_of(db, found), span, profile, time_limit, seed)
            rows = plan_each(_known(wanted, only), folder, orders, only=only, tell=session.progress)
    document = each_document(rows)
    session.result(document, each_sentences(document))


Reading = Callable[[], Ground]


def _reading(read: Callable[[list[int]], Ground], row: int) -> Reading:
    return lambda: read([row])


def _known(wanted: list[tuple[str, Reading]], names: tuple[str, ...]) -> list[tuple[str, Reading]]:
    known = {name for name, _ in wanted}
    missing = [name for name in names if name not in known]
    if missing:
        told = "、".join(missing)
        raise UsageError(Text(f"没有小区「{told}」。", en=f"There are no estates {told}."))
    return wanted


@command(pipes, "plans")
@DISTRICT
@click.option("--name", "names", multiple=True, metavar="NAME", help="只比这些，可重复 (only these)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.html", help="写出比选图 (map to write)")
def plans(session: Session, district: str, names: tuple[str, ...], out: Path | None) -> None:
    """留存的管线方案并列比较 (kept plans side by side)."""
    with session.database() as db:
        found = get_district(db, district)
        document = kept_plans(db, found, names)
        if out is not None:
            rows = kept_comparison(db, found, names)
            write_comparison(
                rows, out, title=f"{found.name}管线方案比选图", context=context_of(*kept_ground(db, found))
            )
    session.result(document, kept_sentences(document))
