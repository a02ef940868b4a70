"""The weekly bulletin (调度通报) as a workbook: figures, charts, projects with their lag, places to sign."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Final, get_args

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gisplanner.domain.progress import DeadlineState, Rates, Weight
from gisplanner.domain.weekly import ProjectLine, Weekly
from gisplanner.files import replacing
from gisplanner.formats.workbook_bytes import save_reproducibly
from gisplanner.rules.kpi import LEVELS, rates_by
from gisplanner.rules.progress import rates

WEIGHTS: Final[dict[Weight, tuple[str, str]]] = {
    "estates": ("小区数", "个"),
    "households": ("户数", "户"),
    "buildings": ("栋数", "栋"),
    "floor_area": ("面积", "万㎡"),
}
_FONT: Final = "宋体"
_HEAD: Final = PatternFill("solid", fgColor="DCE6F1")
_LATE: Final = PatternFill("solid", fgColor="F8CBAD")
_THIN: Final = Side(style="thin", color="808080")
_STATUS: Final = {"in_time": "按期", "late": "逾期完成", "overdue": "滞后", "open": "未到期", "unknown": "资料不足"}
_GATES_WIDTH: Final = 60
_LINE_PT: Final = 14
_EXAMPLE: Final = "含示例进度，不是真实进度"


def write_weekly_book(path: Path, weekly: Weekly) -> None:
    """Write the bulletin: sheets 总览, 项目进度, 期限对照, 分级指标 and 期限依据, each ready for A4 across.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    book = Workbook()
    overview = book.worksheets[0]
    overview.title = "总览"
    _overview(overview, weekly)
    _projects(book.create_sheet("项目进度"), weekly)
    _deadlines(book.create_sheet("期限对照"), weekly)
    _levels(book.create_sheet("分级指标"), weekly)
    _clauses(book.create_sheet("期限依据"), weekly)
    for sheet in book.worksheets:
        _page(sheet)
    with replacing(path) as writing:
        save_reproducibly(book, writing, datetime.combine(weekly.state.as_of, datetime.min.time()))


def _overview(sheet: Worksheet, weekly: Weekly) -> None:
    _title(sheet, weekly, 8)
    state = weekly.state
    _table(
        sheet,
        4,
        ["权重", "单位", "合计", "已开工", "开工率（%）", "已完工", "完工率（%）", "无此项数据的小区"],
        [_rate_row(rates(state.estates, state.stages, weight)) for weight in get_args(Weight)],
    )
    shares = rates(state.estates, state.stages, "estates").stages
    _table(sheet, 10, ["序号", "阶段", "小区数", "占比（%）"], [(s.no, s.name, s.estates, s.percent) for s in shares])
    last = 10 + len(shares)
    _chart(sheet, "F10", "各阶段小区数（个）", columns=(3, 3), rows=(10, last), names=2)
    behind = [one for one in state.deadlines if one.behind]
    sheet.cell(last + 10, 1, f"滞后项目 {len(state.behind)} 个，滞后事项 {len(behind)} 项，详见“期限对照”。")
    for offset, label in enumerate(("填报人：", "审核人：", "单位（盖章）：", "日期：")):
        sheet.cell(last + 12, 1 + 2 * offset, label)


def _rate_row(told: Rates) -> tuple[Any, ...]:
    name, unit = WEIGHTS[told.weight]
    return (
        name, unit, told.total, told.started, told.started_percent, told.completed, told.completed_percent,
        told.unknown,
    )  # fmt: skip


def _projects(sheet: Worksheet, weekly: Weekly) -> None:
    heads = ["项目编码", "项目名称", "小区数", "户数", "当前阶段", "进入日期", "下一阶段", "尚缺前置"]
    _title(sheet, weekly, len(heads))
    _table(sheet, 4, heads, [_project_row(one) for one in weekly.projects])
    _widths(sheet, (13, 34, 8, 8, 12, 12, 12, _GATES_WIDTH))
    for number, line in enumerate(weekly.projects, start=5):
        lines = sum(ceil(2 * len(text) / _GATES_WIDTH) for text in line.open_gates)
        sheet.row_dimensions[number].height = _LINE_PT * max(2, lines)
    sheet.freeze_panes = "C5"


def _project_row(line: ProjectLine) -> tuple[Any, ...]:
    gates = "\n".join(line.open_gates) or ("—" if line.next_stage is None else "齐备")
    return (
        line.code, line.name, line.estates, line.households, line.stage or "无进度记录", line.since,
        line.next_stage or "—", gates,
    )  # fmt: skip


def _deadlines(sheet: Worksheet, weekly: Weekly) -> None:
    heads = ["项目编码", "项目名称", "期限", "最迟", "实际", "滞后天数", "结论", "适用"]
    _title(sheet, weekly, len(heads))
    judged = [one for line in weekly.projects for one in line.deadlines]
    _table(sheet, 4, heads, [_judged(one) for one in judged])
    _widths(sheet, (13, 44, 28, 12, 12, 10, 12, 8))
    for number, one in enumerate(judged, start=5):
        if one.status in {"late", "overdue"}:
            sheet.cell(number, 6).fill = sheet.cell(number, 7).fill = _LATE
    sheet.freeze_panes = "C5"


def _judged(one: DeadlineState) -> tuple[Any, ...]:
    return (
        one.project_code, one.project, one.title, one.due, one.happened_on, one.lag_days, _STATUS[one.status],
        "推定" if one.inherited else "直接",
    )  # fmt: skip


def _widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width


def _levels(sheet: Worksheet, weekly: Weekly) -> None:
    heads = ["层级", "名称", *(f"{name}\n{what}" for name, _ in WEIGHTS.values() for what in ("开工率%", "完工率%"))]
    _title(sheet, weekly, len(heads))
    state, rows = weekly.state, []
    for level, label in LEVELS.items():
        tables = {weight: rates_by(state.estates, state.stages, level, weight) for weight in get_args(Weight)}
        for name in tables["estates"]:
            told = [tables[weight][name] for weight in get_args(Weight)]
            rows.append((label, name, *(v for one in told for v in (one.started_percent, one.completed_percent))))
    _table(sheet, 4, heads, rows)
    sheet.column_dimensions["B"].width = 34
    sheet.freeze_panes = "C5"
    subdistricts = sum(row[0] == "街道" for row in rows)
    if subdistricts:
        place = f"A{len(rows) + 7}"
        sheet.row_breaks.append(Break(id=len(rows) + 5))
        _chart(
            sheet, place, "各街道开工率、完工率（按小区数，%）", columns=(3, 4), rows=(4, 4 + subdistricts), names=2
        )


def _clauses(sheet: Worksheet, weekly: Weekly) -> None:
    _title(sheet, weekly, 5)
    by_key = {one.key: one for one in weekly.state.deadlines}
    rows = [
        (one.title, one.event, "推定" if one.inherited else "直接", one.document, one.quote)
        for one in by_key.values()
    ]
    _table(sheet, 4, ["期限", "对照", "适用", "文件", "原文"], rows)
    notes = (
        *weekly.documents,
        "滞后天数：未达到的截至本通报日；负数为提前。同一事项有几个期限的，分别对照。",
        "百分比均注明权重；没有该项数据的小区不计入。完工按进入最后阶段（验收已过）计。",
    )
    for number, note in enumerate(notes, start=6 + len(rows)):
        sheet.cell(number, 1, note)
    _widths(sheet, (26, 14, 10, 10, 80))


def _title(sheet: Worksheet, weekly: Weekly, width: int) -> None:
    state = weekly.state
    sheet.cell(1, 1, weekly.title).data_type = "s"
    sheet.cell(1, 1).font = Font(name=_FONT, size=18, bold=True)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet.cell(1, 1).alignment = Alignment(horizontal="center")
    sheet.cell(2, 1, f"截至 {state.as_of}　基线：{weekly.baseline}").font = Font(name=_FONT, size=11)
    if state.illustrative:
        sheet.cell(3, 1, _EXAMPLE).font = Font(name=_FONT, size=11, bold=True, color="C00000")


def _table(sheet: Worksheet, top: int, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    styles: dict[tuple[bool, type], Any] = {}
    for number, values in enumerate([heads, *rows], start=top):
        for position, value in enumerate(values, start=1):
            cell: Any = sheet.cell(number, position)
            cell.value = float(value) if isinstance(value, Decimal) else value
            if isinstance(value, str):
                cell.data_type = "s"  # a name that begins with = stays a name
            kind = (number == top, type(value))
            if kind in styles:
                cell._style = copy(styles[kind])  # noqa: SLF001 - dressing every cell anew takes most of the time
            else:
                _dress(cell, value, head=number == top)
                styles[kind] = copy(cell._style)  # noqa: SLF001
    sheet.row_dimensions[top].height = _LINE_PT * (1 + max(head.count("\n") for head in heads)) + 2
    for position in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = 13


def _dress(cell: Any, value: Any, *, head: bool) -> None:
    cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
    cell.font = Font(name=_FONT, size=10, bold=head)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    if isinstance(value, Decimal):
        cell.number_format = "0.0###"
    if head:
        cell.fill = _HEAD


def _chart(  # noqa: PLR0917 - a chart is a place, a title and three ranges
    sheet: Worksheet, place: str, title: str, columns: tuple[int, int], rows: tuple[int, int], names: int
) -> None:
    chart = BarChart()
    chart.type, chart.title, chart.height, chart.width = "bar", title, 8.5, 15
    first, last = rows
    chart.add_data(
        Reference(sheet, min_col=columns[0], max_col=columns[1], min_row=first, max_row=last), titles_from_data=True
    )
    chart.set_categories(Reference(sheet, min_col=names, min_row=first + 1, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = 0
    if columns[0] == columns[1]:
        chart.legend = None
    sheet.add_chart(chart, place)


def _page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:4"
    footer = HeaderFooterItem()
    footer.center.text = "第 &P 页，共 &N 页"
    sheet.oddFooter = footer
