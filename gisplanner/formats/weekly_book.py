"""The weekly bulletin (调度通报) as a workbook: figures, charts, projects with their lag, places to sign."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Final, get_args

from gisplanner.domain.indicators import LEVELS, IndicatorTable
from gisplanner.domain.progress import DeadlineState, Rates, Weight
from gisplanner.domain.weekly import ProjectLine, Weekly
from gisplanner.formats.printed_book import PrintedBook, row_height
from gisplanner.rules.progress import rates

WEIGHTS: Final[dict[Weight, tuple[str, str]]] = {
    "estates": ("小区数", "个"),
    "households": ("户数", "户"),
    "buildings": ("栋数", "栋"),
    "floor_area": ("面积", "万㎡"),
}
STATUS: Final = {"in_time": "按期", "late": "逾期完成", "overdue": "滞后", "open": "未到期", "unknown": "资料不足"}
EXAMPLE: Final = "含示例进度，不是真实进度"
SIGNED: Final = ("填报人：", "审核人：", "单位（盖章）：", "日期：")
_GATES_WIDTH: Final = 44
_UNITS_WIDTH: Final = 26
_NAME_WIDTH: Final = 34
_BASIS_WIDTH: Final = 22


def write_weekly_book(path: Path, weekly: Weekly) -> None:
    """Write the bulletin: 总览, 项目进度, 期限对照, 分级指标, 指标明细 and 期限依据, each ready for A4 across.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    below = f"截至 {weekly.state.as_of}　基线：{weekly.baseline}"
    book = PrintedBook(weekly.title, below, warning=EXAMPLE if weekly.illustrative else None)
    _overview(book, weekly)
    _projects(book, weekly)
    _deadlines(book, weekly)
    _levels(book, weekly)
    _indicators(book, weekly)
    _clauses(book, weekly)
    book.save(path, weekly.state.as_of)


def _overview(book: PrintedBook, weekly: Weekly) -> None:
    sheet = book.sheet("总览", 8)
    state = weekly.state
    heads = ["权重", "单位", "合计", "已开工", "开工率（%）", "已完工", "完工率（%）", "无此项数据\n的小区"]
    book.table(sheet, heads, [_rate_row(rates(state.estates, state.stages, weight)) for weight in get_args(Weight)])
    shares = rates(state.estates, state.stages, "estates").stages
    after = book.table(
        sheet, ["序号", "阶段", "小区数", "占比（%）"], [(s.no, s.name, s.estates, s.percent) for s in shares], top=9
    )
    book.bars(sheet, (9, 4), "各阶段小区数（个）", names=(1, 10, after - 1), columns={2: "小区数"})
    behind = [one for one in state.deadlines if one.behind]
    last = max(after, 24)
    book.note(sheet, last + 1, f"滞后项目 {len(state.behind)} 个，滞后事项 {len(behind)} 项，详见“期限对照”。")
    if weekly.briefing:
        book.note(sheet, last + 2, f"通报依据：{weekly.briefing}")
    for offset, label in enumerate(SIGNED):
        book.note(sheet, last + 4, label, 2 * offset)


def _rate_row(told: Rates) -> tuple[Any, ...]:
    name, unit = WEIGHTS[told.weight]
    return (
        name, unit, told.total, told.started, told.started_percent, told.completed, told.completed_percent,
        told.unknown,
    )  # fmt: skip


def _projects(book: PrintedBook, weekly: Weekly) -> None:
    heads = ["项目编码", "项目名称", "小区数", "户数", "当前阶段", "进入日期", "下一阶段", "尚缺前置", "责任单位",
             "拆违\n已拆/共", "资金到位\n（万元）", "计划投资\n（万元）"]  # fmt: skip
    sheet = book.sheet("项目进度", len(heads), (12, 26, 7, 7, 11, 11, 11, _GATES_WIDTH, _UNITS_WIDTH, 7, 9, 9))
    heights = [
        max(
            row_height(one.open_gates, _GATES_WIDTH - 2, least=2),
            row_height(["、".join(one.units)], _UNITS_WIDTH - 2),
        )
        for one in weekly.projects
    ]
    book.table(sheet, heads, [_project_row(one) for one in weekly.projects], heights=heights)
    sheet.freeze_panes(4, 2)


def _project_row(line: ProjectLine) -> tuple[Any, ...]:
    gates = "\n".join(line.open_gates) or ("—" if line.next_stage is None else "齐备")
    there, planned = (None, None) if line.funds is None else line.funds
    return (
        line.code, line.name, line.estates, line.households, line.stage or "无进度记录", line.since,
        line.next_stage or "—", gates, "、".join(line.units) or "—",
        "—" if line.demolished is None else f"{line.demolished[0]}/{line.demolished[1]}",
        ten_thousand(there), ten_thousand(planned),
    )  # fmt: skip


def ten_thousand(yuan: Decimal | None) -> Decimal | None:
    """Return yuan in ten thousands (万元).

    Examples
    --------
    >>> ten_thousand(Decimal("20000")), ten_thousand(None)
    (Decimal('2'), None)
    """
    return None if yuan is None else yuan / 10_000


def _deadlines(book: PrintedBook, weekly: Weekly) -> None:
    heads = ["项目编码", "项目名称", "期限", "最迟", "实际", "滞后天数", "结论", "适用"]
    sheet = book.sheet("期限对照", len(heads), (13, 44, 28, 12, 12, 10, 12, 8))
    judged = [one for line in weekly.projects for one in line.deadlines]
    book.table(sheet, heads, [_judged(one) for one in judged])
    for number, one in enumerate(judged, start=4):
        if one.status in {"late", "overdue"}:
            book.late(sheet, number, 5, one.lag_days)
            book.late(sheet, number, 6, STATUS[one.status])
    sheet.freeze_panes(4, 2)


def _judged(one: DeadlineState) -> tuple[Any, ...]:
    return (
        one.project_code, one.project, one.title, one.due, one.happened_on, one.lag_days, STATUS[one.status],
        "推定" if one.inherited else "直接",
    )  # fmt: skip


def _levels(book: PrintedBook, weekly: Weekly) -> None:
    rate_heads = [f"{name}\n{what}" for name, _ in WEIGHTS.values() for what in ("开工率%", "完工率%")]
    heads = ["层级", "名称", *rate_heads]
    sheet = book.sheet("分级指标", len(heads), (8, _NAME_WIDTH))
    rows: list[tuple[Any, ...]] = []
    spans: dict[str, tuple[int, int]] = {}
    for table in weekly.tables:
        first = len(rows)
        rows += [(LEVELS[table.level], name, *_rates(table, name)) for name in table.values]
        spans[table.level] = (first, len(rows) - 1)
    heights = [row_height([str(row[1])], _NAME_WIDTH - 2) for row in rows]
    after = book.table(sheet, heads, rows, heights=heights)
    sheet.freeze_panes(4, 2)
    if "subdistrict" in spans:
        first, last = spans["subdistrict"]
        sheet.set_h_pagebreaks([after + 1])
        book.bars(
            sheet, (after + 1, 0), "各街道开工率、完工率（按小区数，%）", names=(1, first + 4, last + 4),
            columns={2: "开工率", 3: "完工率"}, percent=True,
        )  # fmt: skip


def _rates(table: IndicatorTable, name: str) -> list[Decimal | None]:
    values = table.values[name]
    return [values[f"{key}.{weight}"].percent for weight in get_args(Weight) for key in ("started", "completed")]


def _indicators(book: PrintedBook, weekly: Weekly) -> None:
    """Write every indicator of the district and its sub-districts, one a row, each with its weight."""
    places = [
        (table, name)
        for table in weekly.tables
        if table.level in {"district", "subdistrict"}
        for name in table.values
    ]
    heads = ["指标", "单位", "权重", *(name for _, name in places)]
    sheet = book.sheet("指标明细", len(heads), (24, 7, _BASIS_WIDTH, *(15 for _ in places)))
    listed = weekly.tables[0].indicators if weekly.tables else ()
    rows = [
        (one.title, one.unit, one.basis, *(table.values[name][one.key].told for table, name in places))
        for one in listed
    ]
    heights = [row_height([one.basis], _BASIS_WIDTH - 2) for one in listed]
    after = book.table(sheet, heads, rows, heights=heights)
    book.note(sheet, after + 1, "资料不足的小区不计入；百分比的分母即权重一栏。未知不算合格。")
    sheet.freeze_panes(4, 1)


def _clauses(book: PrintedBook, weekly: Weekly) -> None:
    sheet = book.sheet("期限依据", 5, (26, 14, 10, 10, 80))
    by_key = {one.key: one for one in weekly.state.deadlines}
    rows = [
        (one.title, one.event, "推定" if one.inherited else "直接", one.document, one.quote)
        for one in by_key.values()
    ]
    after = book.table(sheet, ["期限", "对照", "适用", "文件", "原文"], rows)
    notes = (
        *weekly.documents,
        "滞后天数：未达到的截至本通报日；负数为提前。同一事项有几个期限的，分别对照。",
        "百分比均注明权重；没有该项数据的小区不计入。完工按进入最后阶段（验收已过）计。",
    )
    for number, note in enumerate(notes, start=after + 1):
        book.note(sheet, number, note)
