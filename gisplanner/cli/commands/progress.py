"""``gisplanner progress``: record stages and what opens their gates, report the rates."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from gisplanner.cli.options import DAY, DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.domain.progress import DeadlineState, FactKind, ProgressState, Rates, Weight
from gisplanner.services.districts import get_district
from gisplanner.services.progress.events import advance, progress_rates, progress_state
from gisplanner.services.progress.evidence import evidence_named
from gisplanner.services.progress.filing_due import set_filing_due
from gisplanner.services.progress.gates import count_notice_start_day, record
from gisplanner.services.progress.permission import acting_as
from gisplanner.services.progress.weekly import write_weekly
from gisplanner.text import Text

_WEIGHTS: dict[Weight, Text] = {
    "estates": Text("小区数", en="number of estates"),
    "households": Text("户数", en="households"),
    "buildings": Text("栋数", en="buildings"),
    "floor_area": Text("面积（万㎡）", en="floor area (10,000 m²)"),
}


_KINDS: dict[FactKind, Text] = {
    "date": Text("日期", en="day"),
    "gate": Text("前置事项", en="precondition"),
    "signature": Text("签字", en="signature"),
    "defect": Text("验收问题", en="defect"),
}


@root.group("progress")
def progress() -> None:
    """进度 (progress of the works)."""


@command(progress, "advance")
@click.argument("project")
@click.argument("stage")
@click.option("--on", required=True, type=DAY, help="日期 YYYY-MM-DD (day)")
@click.option(
    "--evidence", metavar="FILE", help="佐证文件（存入库中），或文号 (a file, which is kept, or a document)"
)
@DISTRICT
def advance_command(
    session: Session, project: str, stage: str, on: datetime, evidence: str | None, district: str
) -> None:
    """记录项目 PROJECT（编码或名称）进入阶段 STAGE（名称或序号） (record a stage)."""
    told, files = (evidence, ()) if evidence is None else evidence_named(evidence)
    with session.database() as db:
        event = advance(
            acting_as(db, session.actor), get_district(db, district), project, stage, on=on.date(), evidence=told,
            files=files,
        )  # fmt: skip
    session.result(
        {
            "project": event.project,
            "project_code": event.project_code,
            "stage_no": event.stage_no,
            "stage": event.stage_name,
            "on": event.happened_on.isoformat(),
            "evidence": event.evidence,
            "files": [one.name for one in files],
        },
        Text(
            f"已记录：{event.project} 于 {event.happened_on} 进入第 {event.stage_no} 阶段 {event.stage_name}。"
            + ("佐证文件已存入。" if files else ""),
            en=f"{event.project} reached stage {event.stage_no} ({event.stage_name}) on {event.happened_on}.",
        ),
    )


@command(progress, "report")
@click.option(
    "--weight", type=click.Choice(list(_WEIGHTS)), default="estates", show_default=True, help="权重 (weight)"
)
@click.option("--as-of", type=DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@DISTRICT
def report(session: Session, weight: Weight, as_of: datetime | None, district: str) -> None:
    """开工率与完工率，注明权重和计划版本 (rates with their weight and baseline)."""
    with session.database() as db:
        found = get_district(db, district)
        state = progress_state(acting_as(db, session.actor), found, as_of=None if as_of is None else as_of.date())
    told = progress_rates(state, weight)
    session.result(_document(found.id, state, told), _sentences(state, told))


@command(progress, "record")
@click.argument("project")
@click.argument("kind", type=click.Choice(list(_KINDS)))
@click.argument("names", nargs=-1, required=True)
@click.option("--on", required=True, type=DAY, help="日期 YYYY-MM-DD (day)")
@click.option("--evidence", help="佐证材料 (evidence file)")
@click.option(
    "--open", "is_open", is_flag=True, help="未完成；验收问题未销号 (not done; for a defect: not mended yet)"
)
@DISTRICT
def record_command(
    session: Session,
    project: str,
    kind: FactKind,
    names: tuple[str, ...],
    on: datetime,
    evidence: str | None,
    *,
    is_open: bool,
    district: str,
) -> None:
    """记录前置事项 gate、公示等日期 date、验收签字 signature、验收问题 defect；同名再记即更正 (record facts)."""
    with session.database() as db:
        facts = record(
            acting_as(db, session.actor), get_district(db, district), project, kind, names, on=on.date(),
            done=not is_open, evidence=evidence,
        )  # fmt: skip
    session.result(
        {
            "project": project,
            "facts": [
                {
                    "kind": one.kind,
                    "name": one.name,
                    "done": one.done,
                    "on": one.happened_on.isoformat(),
                    "evidence": one.evidence,
                }
                for one in facts
            ],
        },
        Text(
            f"已记录{_KINDS[kind]} {len(facts)} 项：{'、'.join(one.name for one in facts)}（{on.date()}）。",
            en=f"Recorded {len(facts)}: {', '.join(one.name for one in facts)} ({on.date()}).",
        ),
    )


@command(progress, "notice-days")
@click.option("--count-start-day/--skip-start-day", required=True, help="公示开始当日是否计入 (count the first day)")
@DISTRICT
def notice_days(session: Session, *, count_start_day: bool, district: str) -> None:
    """设定本区公示工作日是否计入开始当日；缺省不计 (how working days of a notice are counted)."""
    with session.database() as db:
        count_notice_start_day(db, get_district(db, district), counted=count_start_day)
    session.result(
        {"district": district, "count_start_day": count_start_day},
        Text(
            f"公示开始当日{'计入' if count_start_day else '不计入'}工作日。",
            en=f"The first day of a notice is {'counted' if count_start_day else 'not counted'}.",
        ),
    )


@command(progress, "filing-due")
@click.argument("due", type=DAY)
@click.option("--on", required=True, type=DAY, help="确定期限的日期 YYYY-MM-DD (day it was set)")
@click.option("--document", required=True, help="通知文号 (the notice)")
@click.option("--project", help="只对一个项目，缺省为全区县 (of one project only)")
@DISTRICT
def filing_due_command(
    session: Session, due: datetime, on: datetime, document: str, project: str | None, district: str
) -> None:
    """确定管线方案报送期限 DUE（文件没有规定），按期率据此计算；再记即更正 (when plans of networks are due)."""
    with session.database() as db:
        told = set_filing_due(
            acting_as(db, session.actor), get_district(db, district), due.date(), on=on.date(), document=document,
            project=project,
        )  # fmt: skip
    of = told.project_code or district
    session.result(
        {"district": district, **told.as_dict()},
        Text(f"{of} 管线方案报送期限：{told.due_on}（{told.document}）。", en=f"{of}: plans due {told.due_on}."),
    )


@command(progress, "weekly")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="X.xlsx|X.docx",
    help="写出的文件 (file to write)",
)
@click.option("--as-of", type=DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@DISTRICT
def weekly_command(session: Session, out: Path, as_of: datetime | None, district: str) -> None:
    """调度通报：工作簿或文稿，含图表、滞后和尚缺前置 (weekly bulletin)."""
    with session.database() as db:
        seen, day = acting_as(db, session.actor), None if as_of is None else as_of.date()
        made = write_weekly(seen, get_district(db, district), out, as_of=day)
    state = made.state
    session.result(
        {
            "district": district,
            "out": str(out),
            "as_of": state.as_of.isoformat(),
            "projects": len(made.projects),
            "behind": sorted(state.behind),
            "illustrative": state.illustrative,
        },
        Text(
            f"已写出 {out}：项目 {len(made.projects)} 个，滞后 {len(state.behind)} 个。",
            en=f"Wrote {out}: {len(made.projects)} projects, {len(state.behind)} behind.",
        ),
    )


def _document(district: str, state: ProgressState, told: Rates) -> dict[str, object]:
    parents = {stage.no: stage.parent for stage in state.stages}
    return {
        "district": district,
        "as_of": state.as_of.isoformat(),
        "baseline": None
        if state.baseline is None
        else {"version": state.baseline.version, "document_number": state.baseline.document_number},
        "weight": told.weight,
        "total": str(told.total),
        "started": str(told.started),
        "completed": str(told.completed),
        "started_percent": None if told.started_percent is None else float(told.started_percent),
        "completed_percent": None if told.completed_percent is None else float(told.completed_percent),
        "unknown_estates": told.unknown,
        "illustrative": state.illustrative,
        "stages": [
            {
                "no": share.no,
                "name": share.name,
                "parent_stage": parents.get(share.no),
                "estates": share.estates,
                "amount": str(share.amount),
                "percent": None if share.percent is None else float(share.percent),
            }
            for share in told.stages
        ],
        "deadlines": [lag_document(one) for one in state.deadlines],
        "behind": sorted(state.behind),
    }


def lag_document(one: DeadlineState) -> dict[str, object]:
    """Return one project against one deadline as JSON."""
    return {
        "project_code": one.project_code,
        "project": one.project,
        "deadline": one.key,
        "title": one.title,
        "event": one.event,
        "due": None if one.due is None else one.due.isoformat(),
        "happened_on": None if one.happened_on is None else one.happened_on.isoformat(),
        "lag_days": one.lag_days,
        "status": one.status,
        "soft": one.soft,
        "inherited": one.inherited,
        "quote": one.quote,
        "document": one.document,
    }


def _sentences(state: ProgressState, told: Rates) -> Text:
    weight = _WEIGHTS[told.weight]
    baseline = state.baseline
    zh = [
        f"截至 {state.as_of}，按{weight}计，"
        + (
            "无已下达计划，按台账现值" if baseline is None else f"计划 v{baseline.version} {baseline.document_number}"
        ),
        (
            f"开工率 {told.started_percent}%（{told.started}/{told.total}）  "
            f"完工率 {told.completed_percent}%（{told.completed}/{told.total}）"
        ),
        *(f"  {share.no} {share.name}: {share.estates} 个小区, {share.amount}" for share in told.stages),
    ]
    en = [
        f"As of {state.as_of}, by {weight.en}, "
        + ("no issued plan: register as it stands" if baseline is None else f"plan v{baseline.version}"),
        (
            f"started {told.started_percent}% ({told.started}/{told.total})  "
            f"completed {told.completed_percent}% ({told.completed}/{told.total})"
        ),
        *(f"  {share.no} {share.name}: {share.estates} estates, {share.amount}" for share in told.stages),
    ]
    for one in state.deadlines:
        if one.behind or one.status == "late":
            mark = "（推定）" if one.inherited else ""
            zh.append(f"  滞后 {one.lag_days} 天：{one.project}，{one.title}{mark}，期限 {one.due}")
            en.append(f"  {one.lag_days} day(s) late: {one.project_code}, {one.key}, due {one.due}")
    if told.unknown:
        zh.append(f"  资料不足：{told.unknown} 个小区没有该项数据，未计入百分比")
        en.append(f"  unknown: {told.unknown} estates have no such figure and are in no percentage")
    if state.illustrative:
        zh.append("  注意：含示例进度，不是真实进度")
        en.append("  note: contains example progress, not facts")
    return Text("\n".join(zh), en="\n".join(en))
