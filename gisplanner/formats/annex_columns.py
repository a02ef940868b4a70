"""The columns of annex 2 (附件2 改造计划表): printed headers, their variants, and the unit of the floor area."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gisplanner.errors import Fault
from gisplanner.formats.table import Table, TableRow
from gisplanner.text import Text

PRINTED: Final = {
    "seq": "序号",
    "subdistrict": "所在街道",
    "community": "所在社区",
    "estate": "小区名称",
    "households": "户数",
    "buildings": "栋数",
    "floor_area": "总建筑面积（万平方米）",
    "remark": "备注",
    "year_built": "建成时间",
    "ownership": "产权性质",
    "kind": "小区类别",
}
"""Header of each column as the document prints it; the last three are asked for by other texts, not printed."""

REQUIRED: Final = ("seq", "subdistrict", "community", "estate", "households", "buildings", "floor_area", "remark")

_VARIANTS: Final = {
    "序号": "seq",
    "seq": "seq",
    "所在街道": "subdistrict",
    "街道": "subdistrict",
    "所在街道(乡镇)": "subdistrict",
    "所属街道": "subdistrict",
    "街道名称": "subdistrict",
    "街道(乡镇)": "subdistrict",
    "乡镇(街道)": "subdistrict",
    "subdistrict": "subdistrict",
    "所在社区": "community",
    "社区": "community",
    "社区居委会": "community",
    "社区名称": "community",
    "所属社区": "community",
    "社区(村)": "community",
    "community": "community",
    "小区名称": "estate",
    "小区": "estate",
    "老旧小区名称": "estate",
    "小区(院落)名称": "estate",
    "estate": "estate",
    "户数": "households",
    "户数(户)": "households",
    "总户数": "households",
    "总户数(户)": "households",
    "居民户数": "households",
    "涉及户数": "households",
    "households": "households",
    "栋数": "buildings",
    "栋数(栋)": "buildings",
    "楼栋数": "buildings",
    "楼栋数(栋)": "buildings",
    "房屋栋数": "buildings",
    "总栋数": "buildings",
    "buildings": "buildings",
    "备注": "remark",
    "remark_raw": "remark",
    "项目名称": "remark",
    "建成时间": "year_built",
    "建成年份": "year_built",
    "建成年代": "year_built",
    "建设年代": "year_built",
    "竣工时间": "year_built",
    "竣工年份": "year_built",
    "建筑年代": "year_built",
    "year_built": "year_built",
    "产权性质": "ownership",
    "产权": "ownership",
    "房屋产权": "ownership",
    "房屋性质": "ownership",
    "ownership": "ownership",
    "小区类别": "kind",
    "小区/散居楼": "kind",
    "estate_kind": "kind",
    "project": "project",
    "project_code": "project_code",
    "project_source": "project_source",
}
_FLOOR_AREA: Final = re.compile(r"(?:总)?(?:改造)?建筑(?:总)?面积(?:\((?:单位:)?(?P<unit>[^()]*)\))?")
TO_10K_M2: Final = {
    **dict.fromkeys(("万平方米", "万m2", "万平米", "万平", "万方", "公顷", "ha", "hm2"), Decimal(1)),
    **dict.fromkeys(("平方米", "m2", "平米", "平方", "平"), Decimal("0.0001")),
}
"""Units of a floor area and what turns them into 万㎡; a hectare is 10,000 ㎡."""

_UNIT_NOTE: Final = re.compile(r"(?:面积)?(?:计量)?单位[:为](?P<units>.+)")
_BRACKETS: Final = str.maketrans("【】〔〕[]{}", "()()()()")
_INVISIBLE: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_SEARCHED_ROWS: Final = 50
_ENOUGH_TO_BE_A_HEADER: Final = 3


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands.

    Attributes
    ----------
    row
        Row number of the header in the file.
    index
        Position (from 0) of each recognised column.
    shown
        Header of each recognised column as the file writes it, without line breaks.
    to_10k_m2
        Factor that turns the floor area of the file into 万㎡.
    ignored
        Headers that were not understood.
    width
        Number of columns of the header row.
    """

    row: int
    index: dict[str, int]
    shown: dict[str, str]
    to_10k_m2: Decimal
    ignored: tuple[str, ...]
    width: int


def plain_header(text: str) -> str:
    r"""Return a header without spaces, line breaks and differences of width.

    Examples
    --------
    >>> plain_header("总建筑面积\n（万 ㎡）")
    '总建筑面积(万m2)'
    """
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS).casefold()


def column_of(text: str) -> str | None:
    """Return the column a header names, ``None`` if it is not one of ours.

    Examples
    --------
    >>> column_of("所在 街道"), column_of("floor_area_10k_m2"), column_of("容积率")
    ('subdistrict', 'floor_area', None)
    """
    plain = plain_header(text)
    if plain == "floor_area_10k_m2" or _FLOOR_AREA.fullmatch(plain):
        return "floor_area"
    return _VARIANTS.get(plain)


def header_row(table: Table) -> TableRow | None:
    """Return the row of the headers: the first with the most of them, at least three; titles may stand above.

    A header of two rows (规模 above 户数, 栋数 and 面积) is returned as one, in the place of its lower row.
    """
    best, most = None, _ENOUGH_TO_BE_A_HEADER - 1
    above: TableRow | None = None
    for row in table.rows[:_SEARCHED_ROWS]:
        for candidate in (row, None if above is None else _together(above, row)):
            known = 0 if candidate is None else len({column_of(cell.text) for cell in candidate.cells} - {None})
            if known > most:
                best, most = candidate, known
        above = row
    return best


def _together(upper: TableRow, lower: TableRow) -> TableRow | None:
    """Return two rows of one header as one: what the lower says, where it is blank what stands above it."""
    if any(cell.text.strip() and plain_header(cell.text).isdecimal() for cell in lower.cells):
        return None
    count = max(len(upper.cells), len(lower.cells))
    return TableRow(
        lower.number,
        tuple(lower.cell(at) if lower.cell(at).text.strip() else upper.cell(at) for at in range(count)),
    )


def read_header(table: Table, row: TableRow, faults: list[Fault]) -> Header:
    """Return where the columns stand; what is missing, doubled or without a unit is added to ``faults``."""
    index: dict[str, int] = {}
    shown: dict[str, str] = {}
    ignored = []
    for position, cell in enumerate(row.cells):
        name = _INVISIBLE.sub(" ", cell.text).strip()
        column = column_of(cell.text)
        if column is None:
            if name:
                ignored.append(name)
        elif column in index:
            faults.append(
                Fault(
                    file=table.file,
                    layer=table.sheet,
                    row=row.number,
                    column=name,
                    value=name,
                    allowed=Text("每列一个", en="one of each column"),
                    hint=Text("表头重复；删去多余的一列。", en="The header stands twice; delete one column."),
                )
            )
        else:
            index[column], shown[column] = position, name
    faults.extend(_missing(table, row.number, index))
    factor = _factor(table, row, shown.get("floor_area"), faults)
    last = max((position for position, cell in enumerate(row.cells) if cell.text.strip()), default=-1)
    return Header(row.number, index, shown, factor, tuple(ignored), last + 1)


def no_header(table: Table) -> Fault:
    """Return the fault of a table in which no row looks like the header."""
    first = next((row for row in table.rows if not row.blank), None)
    return Fault(
        file=table.file,
        layer=table.sheet,
        row=None if first is None else first.number,
        value=None if first is None else " | ".join(cell.text.strip() for cell in first.cells),
        allowed="、".join(PRINTED[column] for column in REQUIRED),
        hint=Text("没有找到表头行；保留印发表格的表头。", en="No header row was found; keep the printed headers."),
    )


def _missing(table: Table, row: int, present: dict[str, int]) -> Sequence[Fault]:
    return [
        Fault(
            file=table.file,
            layer=table.sheet,
            row=row,
            column=PRINTED[column],
            allowed="、".join(PRINTED[name] for name in REQUIRED),
            hint=Text(f"缺少“{PRINTED[column]}”列。", en=f"The column {PRINTED[column]} is missing."),
        )
        for column in REQUIRED
        if column not in present
    ]


def _factor(table: Table, row: TableRow, shown: str | None, faults: list[Fault]) -> Decimal:
    if shown is None or plain_header(shown) == "floor_area_10k_m2":
        return Decimal(1)
    found = _FLOOR_AREA.fullmatch(plain_header(shown))
    unit = (found.group("unit") if found else None) or _unit_above(table, row)
    if unit in TO_10K_M2:
        return TO_10K_M2[unit]
    faults.append(
        Fault(
            file=table.file,
            layer=table.sheet,
            row=row.number,
            column=shown,
            value=unit,
            allowed="万平方米、万㎡、平方米、㎡、公顷",
            hint=Text(
                "面积的单位要写在表头里，例如“总建筑面积（万平方米）”。",
                en="Write the unit of the area into the header, for example 总建筑面积（万平方米）.",
            ),
        )
    )
    return Decimal(1)


def _unit_above(table: Table, row: TableRow) -> str | None:
    """Return the unit of area a line above the header states (单位：万平方米、户), if it states exactly one."""
    notes = [
        found["units"]
        for line in table.rows
        if line.number < row.number
        for cell in line.cells
        if (found := _UNIT_NOTE.search(plain_header(cell.text).strip("()")))
    ]
    units = {unit for note in notes for unit in re.split(r"[、,;/和]", note) if unit in TO_10K_M2}
    return units.pop() if len(units) == 1 else None
