"""The output register (完成量台账) of a month: estate by estate in the columns of a form, frozen when handed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.works import works_catalogue, works_catalogue_from
from gisplanner.domain.district import District
from gisplanner.domain.progress import EstateProgress
from gisplanner.domain.works import OutputColumn, WorksCatalogue
from gisplanner.errors import Fault, FileFormatError, RefusedError
from gisplanner.formats.printed_book import PrintedBook
from gisplanner.services.progress.book import WorksBook, works_book
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.projects import today
from gisplanner.services.progress.weekly import baseline_words
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

EXAMPLE: Final = "含示例记录，不是真实完成量"
_STATUSES: Final = ("计划", "完成", "验收")
_FIELDS: Final = ("estate_code", "name", "subdistrict", "community", "households", "buildings", "floor_area_10k_m2")


@dataclass(frozen=True, slots=True)
class OutputMonth:
    """What a month's form says: headings and one row for each estate; ``frozen_by`` once it is handed in."""

    month: date
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    frozen_by: str | None
    illustrative: bool

    def total(self, heading: str) -> Decimal:
        """Return the sum of a column of numbers."""
        position = self.headings.index(heading)
        return sum((Decimal(str(row[position] or 0)) for row in self.rows), Decimal(0))


def output_month(db: Database, district: District, month: date, *, columns: Path | None = None) -> OutputMonth:
    """Return the form of a month: as it was frozen, else as the records stand at its end.

    Parameters
    ----------
    columns
        A file of columns that the bureau edited, for the form in use (TOML); a frozen month keeps its own.

    Raises
    ------
    FileFormatError
        The file of columns is wrong, or fills a column with something that is not recorded.
    """
    first = month.replace(day=1)
    catalogue = works_catalogue() if columns is None else works_catalogue_from(columns)
    _check(catalogue, columns)
    with db.transaction() as connection:
        frozen = queries().output_month(connection, district_id=district.id, month=first)
    if frozen is not None:
        headings, *rows = frozen.rows
        return OutputMonth(first, tuple(headings[1:]), tuple(map(tuple, rows)), frozen.frozen_by, bool(headings[0]))
    last = min(_last_day(first), today())
    state = progress_state(db, district, as_of=last)
    with db.transaction() as connection:
        book = works_book(connection, district, last)
    rows = [tuple(_cell(one, estate, book) for one in catalogue.columns) for estate in state.estates]
    headings = tuple(one.heading for one in catalogue.columns)
    return OutputMonth(first, headings, tuple(rows), None, state.illustrative or book.illustrative)


def freeze_month(db: Database, district: District, month: date, *, columns: Path | None = None) -> OutputMonth:
    """Freeze a month as it stands: its figures never change again, later records belong to later months.

    Raises
    ------
    RefusedError
        The month is not over, or is frozen already, or a later one is.
    """
    first = month.replace(day=1)
    with db.transaction() as connection:
        latest = queries().output_month_latest(connection, district_id=district.id)
    if latest is not None and first <= latest:
        raise RefusedError(
            Text(f"{latest:%Y-%m} 及以前的月份已经封存。", en=f"Months up to {latest:%Y-%m} are frozen."),
            [Fault(column="MONTH", value=f"{first:%Y-%m}", allowed=f"> {latest:%Y-%m}")],
        )
    if _last_day(first) >= today():
        raise RefusedError(
            Text(f"{first:%Y-%m} 还没有结束，不能封存。", en=f"{first:%Y-%m} is not over."),
            [Fault(column="MONTH", value=f"{first:%Y-%m}")],
        )
    told = output_month(db, district, first, columns=columns)
    stored = [[told.illustrative, *told.headings], *(list(map(_plain, row)) for row in told.rows)]
    with db.transaction() as connection:
        queries().output_month_insert(
            connection, district_id=district.id, month=first, rows=json.dumps(stored, ensure_ascii=False)
        )
    return output_month(db, district, first)


def write_month(db: Database, district: District, told: OutputMonth, path: Path) -> None:
    """Write the form of a month as a workbook with its totals.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    state = progress_state(db, district, as_of=min(_last_day(told.month), today()))
    frozen = f"已封存（{told.frozen_by}）" if told.frozen_by else "未封存"
    book = PrintedBook(
        f"{district.name}老旧小区改造完成量月报（{told.month:%Y年%m月}）",
        f"基线：{baseline_words(state)}　{frozen}　表头为本工具口径，可按所用统计报表修改",
        warning=EXAMPLE if told.illustrative else None,
    )
    heads = [heading.replace("（", "\n（") for heading in told.headings]
    sheet = book.sheet("月报", len(heads), [12, 22, 10, 14, *(9 for _ in heads[4:])])
    rows = [tuple(_number(value) for value in row) for row in told.rows]
    sums = [_sum(rows, position) for position in range(len(heads))]
    book.table(sheet, heads, [*rows, ("合计", *sums[1:])], head_lines=3)
    sheet.freeze_panes(4, 2)
    book.save(path, _last_day(told.month))


def _check(catalogue: WorksCatalogue, file: Path | None) -> None:
    known = {f"output.{one.code}.{status}" for one in catalogue.outputs for status in _STATUSES}
    known |= {f"register.{name}" for name in _FIELDS} | {"rate.started", "rate.completed", "fund.计划", "fund.到位"}
    faults = [
        Fault(
            file=None if file is None else str(file),
            column=one.heading,
            value=one.fill,
            allowed="、".join(sorted(known)),
        )
        for one in catalogue.columns
        if one.fill not in known
    ]
    if faults:
        raise FileFormatError(Text("月报的列没有对应的数据。", en="Columns that nothing fills."), faults)


def _cell(column: OutputColumn, estate: EstateProgress, book: WorksBook) -> Any:
    kind, _, rest = column.fill.partition(".")
    return _FILL[kind](rest, estate, book)


def _of_register(rest: str, estate: EstateProgress, _book: WorksBook) -> Any:
    return getattr(estate, rest)


def _of_rate(rest: str, estate: EstateProgress, _book: WorksBook) -> Any:
    return int(estate.progress == "completed" if rest == "completed" else estate.progress != "not_started")


def _of_output(rest: str, estate: EstateProgress, book: WorksBook) -> Any:
    item, _, status = rest.rpartition(".")
    return book.outputs.get(estate.estate_code, {}).get((item, status))


def _of_fund(rest: str, estate: EstateProgress, book: WorksBook) -> Any:
    rows: Sequence[Any] = book.funds.get(estate.project_code or "", ())
    amounts = [row.amount_cny for row in rows if row.status == rest]
    return sum(amounts, Decimal(0)) if amounts else None


_FILL: Final[Mapping[str, Callable[[str, EstateProgress, WorksBook], Any]]] = {
    "register": _of_register,
    "rate": _of_rate,
    "output": _of_output,
    "fund": _of_fund,
}


def _plain(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _number(value: Any) -> Any:
    """Return a number that was frozen as text as a number again; names and codes stay text."""
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return Decimal(value)
    return value


def _sum(rows: Sequence[Sequence[Any]], position: int) -> Any:
    values = [row[position] for row in rows if isinstance(row[position], int | Decimal)]
    return sum(values, Decimal(0)) if values else None


def _last_day(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
