"""The weekly bulletin (调度通报) as a paper to print, sign and send: DOCX with charts."""

from __future__ import annotations

from pathlib import Path
from typing import Final, get_args

from docx.document import Document as Paper

from gisplanner.domain.progress import Weight
from gisplanner.domain.weekly import ProjectLine, Weekly
from gisplanner.formats import docx_parts as parts
from gisplanner.formats.charts import bars
from gisplanner.formats.weekly_book import EXAMPLE, SIGNED, STATUS, WEIGHTS, ten_thousand
from gisplanner.rules.progress import rates

_MOST_LISTED: Final = 60
_CHOSEN: Final = (
    "lag_days", "willing", "filing", "demolished", "funds", "defects", "handover", "management", "complaints_open",
)  # fmt: skip


def write_weekly_paper(path: Path, weekly: Weekly) -> None:
    """Write the bulletin: 总体进度, 滞后项目, 项目进度, 主要指标, 依据, places to sign.

    Of more than sixty projects the paper lists those that are behind; the workbook has all of them.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    paper = parts.new_paper()
    below = f"截至 {weekly.state.as_of}　基线：{weekly.baseline}"
    parts.title(paper, weekly.title, below, warning=EXAMPLE if weekly.illustrative else None)
    _overall(paper, weekly)
    _behind(paper, weekly)
    _projects(paper, weekly)
    _indicators(paper, weekly)
    _sources(paper, weekly)
    parts.signatures(paper, SIGNED)
    parts.save_paper(paper, path, weekly.state.as_of)


def _overall(paper: Paper, weekly: Weekly) -> None:
    state = weekly.state
    parts.heading(paper, "一、总体进度")
    told = rates(state.estates, state.stages, "estates")
    parts.text(
        paper,
        f"计划改造小区 {told.total:f} 个，已开工 {told.started:f} 个，开工率 {told.started_percent}%；"
        f"已完工 {told.completed:f} 个，完工率 {told.completed_percent}%（均按小区数计）。"
        f"滞后项目 {len(state.behind)} 个。",
    )
    rows = []
    for weight in get_args(Weight):
        one, (name, unit) = rates(state.estates, state.stages, weight), WEIGHTS[weight]
        rows.append((
            name, unit, f"{one.total:f}", f"{one.started:f}", one.started_percent, f"{one.completed:f}",
            one.completed_percent, one.unknown,
        ))  # fmt: skip
    heads = ["权重", "单位", "合计", "已开工", "开工率%", "已完工", "完工率%", "无数据小区"]
    parts.table(paper, heads, rows, (1.8, 1.4, 2.2, 2.2, 2.0, 2.2, 2.0, 2.2))
    png = bars(
        "各阶段小区数", [one.name for one in told.stages], {"小区数": [one.estates for one in told.stages]}, unit="个"
    )
    parts.picture(paper, png, 13.5, "图1　各阶段小区数")
    table = next((one for one in weekly.tables if one.level == "subdistrict"), None)
    if table is not None and table.values:
        series = {
            title: [float(values[f"{key}.estates"].percent or 0) for values in table.values.values()]
            for key, title in (("started", "开工率"), ("completed", "完工率"))
        }
        parts.picture(paper, bars("各街道开工率、完工率（按小区数）", list(table.values), series, unit="%"), 13.5,
                      "图2　各街道开工率、完工率（按小区数）")  # fmt: skip


def _behind(paper: Paper, weekly: Weekly) -> None:
    parts.heading(paper, "二、滞后项目")
    rows = [
        (
            line.code,
            line.name,
            one.title + ("（推定）" if one.inherited else ""),
            one.due,
            one.lag_days,
            STATUS[one.status],
        )
        for line in weekly.projects
        for one in line.deadlines
        if one.behind
    ]
    if not rows:
        parts.text(paper, "截至通报日没有滞后项目。")
        return
    heads = ["项目编码", "项目名称", "期限", "最迟", "滞后天数", "结论"]
    parts.table(paper, heads, rows[:_MOST_LISTED], (2.4, 5.2, 3.8, 2.1, 1.4, 1.3), left=(1, 2))
    if len(rows) > _MOST_LISTED:
        parts.text(paper, f"共 {len(rows)} 项，其余见工作簿“期限对照”。")


def _projects(paper: Paper, weekly: Weekly) -> None:
    parts.heading(paper, "三、项目进度与尚缺前置")
    listed = [one for one in weekly.projects if one.worst_lag is not None] or list(weekly.projects)
    if len(weekly.projects) <= _MOST_LISTED:
        listed = list(weekly.projects)
    heads = ["项目", "小区/户", "当前阶段", "下一阶段尚缺", "责任单位", "到位/计划（万元）"]
    rows = [_project_row(one) for one in listed[:_MOST_LISTED]]
    parts.table(paper, heads, rows, (3.6, 1.5, 1.9, 4.6, 3.0, 1.8), size_pt=8, left=(0, 3, 4))
    if len(listed) < len(weekly.projects) or len(listed) > _MOST_LISTED:
        parts.text(paper, f"项目共 {len(weekly.projects)} 个，其余见工作簿“项目进度”。")


def _project_row(line: ProjectLine) -> tuple[object, ...]:
    gates = "；".join(line.open_gates) or ("—" if line.next_stage is None else "齐备")
    money = "—" if line.funds is None else " / ".join(f"{ten_thousand(one):g}" for one in line.funds)
    stage = line.stage or "无进度记录"
    return (
        f"{line.code} {line.name}", f"{line.estates} / {line.households if line.households is not None else '—'}",
        f"{stage}\n{line.since or ''}".strip(), gates, "、".join(line.units) or "—", money,
    )  # fmt: skip


def _indicators(paper: Paper, weekly: Weekly) -> None:
    parts.heading(paper, "四、主要指标")
    tables = [one for one in weekly.tables if one.level in {"district", "subdistrict"}]
    if not tables:
        parts.text(paper, "没有指标数据。")
        return
    places = [(table, name) for table in tables for name in table.values][:6]
    chosen = [one for one in tables[0].indicators if one.key in _CHOSEN]
    rows = [
        (one.title, one.unit, one.basis, *(table.values[name][one.key].told for table, name in places))
        for one in chosen
    ]
    width = 9.4 / max(1, len(places))
    parts.table(
        paper,
        ["指标", "单位", "权重", *(name for _, name in places)],
        rows,
        (2.8, 1.0, 3.2, *(width for _ in places)),
        size_pt=8.5,
    )  # fmt: skip
    parts.text(paper, "资料不足的小区不计入；未知不算合格。全部指标见工作簿“指标明细”。", small=True)


def _sources(paper: Paper, weekly: Weekly) -> None:
    parts.heading(paper, "五、依据")
    by_key = {one.key: one for one in weekly.state.deadlines}
    for one in by_key.values():
        mark = "（推定）" if one.inherited else ""
        parts.text(paper, f"{one.title}{mark}：「{one.quote}」（{one.document}）", small=True)
    if weekly.briefing:
        parts.text(paper, f"通报：{weekly.briefing}", small=True)
    for line in weekly.documents:
        parts.text(paper, line, small=True)
