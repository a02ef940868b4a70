"""``gisplanner tasks``: what has to be done about networks, and where it stands."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click

from gisplanner.cli.options import DAY, DISTRICT, options_of
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.networks.access import acting
from gisplanner.services.networks.applications import AUTHORITY, MATTERS, apply_for
from gisplanner.services.networks.demolish import feed_demolitions
from gisplanner.services.networks.gas_safety import gas_safety
from gisplanner.services.networks.gas_watch import gas_watch, refuse_unwatched
from gisplanner.services.networks.relocation import lines_in_the_way, lines_that_yield, together
from gisplanner.services.networks.retire import FATES, retire_segments
from gisplanner.services.networks.tasks import Step, TaskKind, record_step, store_tasks, stored_tasks
from gisplanner.services.networks.works import demolitions, read_works
from gisplanner.services.pipes.ask_gas import ask_gas
from gisplanner.services.pipes.district import plan_district
from gisplanner.services.pipes.works import wanted_digs
from gisplanner.text import Text

_KINDS = get_args(TaskKind)
_FILE = click.Path(path_type=Path)


@root.group()
def tasks() -> None:
    """管线事项：迁改、燃气保护、占压、申请、移交 (what has to be done about networks)."""


_WORKS = options_of(
    click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明 (declare the CRS)"),
    click.option("--layer", metavar="L", help="文件中的图层 (layer)"),
    click.option("--works", type=_FILE, metavar="FILE", help="拟施工内容：类别、日期、位置 (planned works)"),
)


@command(tasks, "relocate")
@DISTRICT
@_WORKS
@click.option(
    "--demolitions", "pulled_down", is_flag=True, help="拟拆除的障碍物压着的管线 (what is to be pulled down)"
)
@click.option("--planned", is_flag=True, help="须避让规划管线的现状管线 (existing lines that yield)")
@click.option("--store", is_flag=True, help="下达为迁改事项 (keep as tasks)")
def relocate(
    session: Session,
    district: str,
    works: Path | None,
    layer: str | None,
    crs: str | None,
    pulled_down: bool,
    planned: bool,
    store: bool,
) -> None:
    """哪些管线挡着施工，归谁迁改 (lines in the way of works)."""
    if works is None and not pulled_down and not planned:
        raise UsageError(
            Text("请给出 --works、--demolitions 或 --planned。", en="Give --works, --demolitions or --planned.")
        )
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        lists = []
        if works is not None:
            lists.append(lines_in_the_way(db, found, read_works(works, found, layer=layer, crs=crs)))
        if pulled_down:
            lists.append(lines_in_the_way(db, found, demolitions(db, found)))
        if planned:
            lists.append(lines_that_yield(db, found))
        listed = together(lists, found, viewer=viewer)
        document = listed.document()
        if store:
            new, known = store_tasks(db, found, listed.tasks, viewer=viewer)
            document |= {"stored": new, "known": known}
    session.result(document, listed.sentences())


@command(tasks, "gas")
@DISTRICT
@_WORKS
@click.option("--store", is_flag=True, help="下达为事项 (keep as tasks)")
@click.option("--check-days", is_flag=True, help="没有现场监护的施工日不得排入：有则退出码 5 (refuse such days)")
def gas(
    session: Session,
    district: str,
    works: Path | None,
    layer: str | None,
    crs: str | None,
    store: bool,
    check_days: bool,
) -> None:
    """燃气安全：占压、近旁开挖与树木、保护方案与现场监护 (gas safety)."""
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        planned = None if works is None else read_works(works, found, layer=layer, crs=crs)
        listed = gas_safety(db, found, planned, viewer=viewer)
        document = listed.document()
        if store:
            new, known = store_tasks(db, found, [*listed.encroachments, *listed.guards], viewer=viewer)
            document |= {"stored": new, "known": known}
        if check_days and planned is not None:
            document["watched"] = refuse_unwatched(gas_watch(db, found), planned)
    session.result(document, listed.sentences())


@command(tasks, "demolish")
@DISTRICT
@click.option("--on", required=True, type=DAY, metavar="DATE", help="列入日期 (day)")
def demolish(session: Session, district: str, on: datetime) -> None:
    """占压燃气设施的建筑、棚屋列入拆违，并按拆违进度办结占压 (what stands on gas lines becomes a case)."""
    with session.database() as db:
        fed = feed_demolitions(db, get_district(db, district), on=on.date(), viewer=acting(db, session.actor))
    session.result(fed.document(), fed.sentences())


@command(tasks, "ask-gas")
@DISTRICT
@_WORKS
@click.option("--project", metavar="P", help="区县里的一个项目，编码或名称 (one project)")
@click.option("--start", required=True, type=DAY, metavar="DATE", help="开工日 (first day of works)")
@click.option("--deadline", required=True, type=DAY, metavar="DATE", help="完工期限 (deadline of works)")
@click.option("--time-limit", default=60.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)")
@click.option("--seed", default=0, show_default=True, metavar="K", help="随机种子 (seed)")
def ask_gas_command(
    session: Session,
    district: str,
    works: Path | None,
    layer: str | None,
    crs: str | None,
    project: str | None,
    start: datetime,
    deadline: datetime,
    time_limit: float,
    seed: int,
) -> None:
    """管线方案要在燃气管旁开挖：逐处列为保护事项，请燃气公司定方案、派监护 (before pipes plan --start)."""
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        result = plan_district(db, found, project=project, time_limit_s=time_limit, seed=seed)
        digs = wanted_digs(result, start.date(), deadline.date())
        new, known = ask_gas(db, found, digs, viewer=viewer)
        if works is not None:
            more = ask_gas(db, found, read_works(works, found, layer=layer, crs=crs), viewer=viewer)
            new, known = new + more[0], known + more[1]
    session.result(
        {"sections": len(digs), "stored": new, "known": known},
        Text(
            f"{len(digs)} 个施工路段，需燃气保护 {new + known} 处，其中新列 {new} 处；"
            "方案定了、监护安排了，才能排入日历。",
            en=f"{len(digs)} sections, {new + known} places beside gas lines, {new} of them new.",
        ),
    )


@command(tasks, "list")
@DISTRICT
@click.option("--kind", required=True, type=click.Choice(_KINDS), help="哪一类 (kind)")
@click.option("--owner", metavar="O", help="只看该单位 (company)")
def listing(session: Session, district: str, kind: TaskKind, owner: str | None) -> None:
    """事项清单与状态 (tasks and where they stand)."""
    with session.database() as db:
        found = stored_tasks(db, get_district(db, district), kind, owner=owner, viewer=acting(db, session.actor))
    left = sum(not one.done for one in found)
    lines = [f"{len(found)} 项，未办结 {left} 项。"]
    lines += [f"  {one.code}：{one.owner}，{one.subject}，{one.cause}（{one.standing}）" for one in found]
    session.result(
        {"tasks": [one.record() for one in found], "left": left},
        Text("\n".join(lines), en=f"{len(found)} tasks, {left} left."),
    )


@command(tasks, "step")
@DISTRICT
@click.option("--kind", required=True, type=click.Choice(_KINDS), help="哪一类 (kind)")
@click.option("--code", required=True, help="事项编码 (code)")
@click.option("--state", required=True, help="状态 (state)")
@click.option("--on", required=True, type=DAY, metavar="DATE", help="日期 (day)")
@click.option("--until", type=DAY, metavar="DATE", help="有效期至，如监护到哪一天 (last day)")
@click.option("--mode", type=click.Choice(["自行", "委托"]), help="迁改方式 (by itself or commissioned)")
@click.option("--contractor", help="受委托单位 (to whom)")
@click.option("--before", "placement_before", type=click.Choice(["架空", "地下", "附墙"]), help="迁改前 (before)")
@click.option(
    "--after", "placement_after", type=click.Choice(["架空规整", "下地", "原位保护", "拆除"]), help="迁改后 (after)"
)
@click.option("--document", help="文件 (document)")
@click.option("--note", help="说明 (note)")
def step(
    session: Session,
    district: str,
    kind: TaskKind,
    code: str,
    state: str,
    on: datetime,
    until: datetime | None,
    **told: Any,
) -> None:
    """登记办理的一步 (record a step of a task)."""
    made = Step(state, on.date(), None if until is None else until.date(), **told)
    with session.database() as db:
        after = record_step(db, get_district(db, district), kind, code, made, viewer=acting(db, session.actor))
    session.result(after.record(), Text(f"{code}：{after.standing}。", en=f"{code}: {after.standing}."))


@command(tasks, "apply")
@DISTRICT
@click.option("--matter", required=True, type=click.Choice(MATTERS), help="申请事项 (matter)")
@click.option("--code", required=True, help="申请编号 (number)")
@click.option("--owner", required=True, metavar="O", help="申请单位 (who applies)")
@click.option("--subject", required=True, help="位置与内容 (where and what)")
@click.option("--on", required=True, type=DAY, metavar="DATE", help="申请日期 (day)")
@click.option("--estate", "estate_code", metavar="E", help="小区编码 (estate)")
@click.option("--authority", default=AUTHORITY, show_default=True, help="受理单位 (who decides)")
@click.option("--document", help="文件 (document)")
def apply(session: Session, district: str, matter: str, code: str, on: datetime, **told: Any) -> None:
    """道路开挖、管道接入、市政用电接入申请 (apply to dig or to connect)."""
    with session.database() as db:
        viewer = acting(db, session.actor)
        made = apply_for(db, get_district(db, district), matter, code, on=on.date(), viewer=viewer, **told)
    session.result(made.record(), Text(f"{code}：{made.cause}，已申请。", en=f"{code}: handed in."))


@command(tasks, "retire")
@DISTRICT
@click.option("--owner", required=True, metavar="O", help="权属单位 (company)")
@click.option("--utility", required=True, metavar="U", help="管线种类 (utility)")
@click.option("--code", "codes", required=True, multiple=True, help="管段编码，可重复 (lines)")
@click.option("--fate", required=True, type=click.Choice(list(FATES)), help="去向 (what became of them)")
@click.option("--on", required=True, type=DAY, metavar="DATE", help="日期 (day)")
@click.option("--document", help="文件 (document)")
def retire(
    session: Session,
    district: str,
    owner: str,
    utility: str,
    codes: tuple[str, ...],
    fate: str,
    on: datetime,
    document: str | None,
) -> None:
    """原管段废弃或已接入新网 (give up old lines)."""
    with session.database() as db:
        viewer = acting(db, session.actor)
        found = get_district(db, district)
        count = retire_segments(
            db, found, owner, utility, codes, fate=FATES[fate], on=on.date(), document=document, viewer=viewer
        )
    session.result({"segments": count, "fate": fate}, Text(f"{count} 段记为{fate}。", en=f"{count} lines: {fate}."))
