"""The rows below the header: one estate each, merged cells carried down, totals and printer's remarks set apart."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal, cast, get_args

from gisplanner.domain.register import EstateKind, ProjectSource, RegisterRow, RegisterTotals
from gisplanner.formats.annex_cells import LONGEST_NAME, Findings, clean, read_count, read_floor_area, read_text
from gisplanner.formats.annex_columns import PRINTED, Header, plain_header
from gisplanner.formats.table import BLANK, Cell, TableRow
from gisplanner.text import Text

_TOTAL: Final = re.compile(r"(?P<whole>(?:全区|全县|全市|总)?(?:合计|总计|共计|累计)(?:[(:\d].*)?)|.*(?:小计|合计)")
_FOOTNOTE: Final = re.compile(r"\(?(注|说明|备注|填表|制表|审核|填报|联系|单位|日期|负责|盖章|第?\d+[、.)）])")
_SECTION: Final = re.compile(r"\(?[一二三四五六七八九十]+[)、.]\s*(?P<name>.+(?:街道|镇|乡))(?:办事处)?")
_NAMING: Final = ("seq", "subdistrict", "community", "estate")


class AnnexRows:
    """Collects the estates of a register row by row; what cannot be read goes to ``findings``."""

    def __init__(self, header: Header, findings: Findings) -> None:
        self.header = header
        self.findings = findings
        self.rows: list[RegisterRow] = []
        self.totals = RegisterTotals()
        self.notes: list[Text] = []
        self._last_seq = 0
        self._place: tuple[str, str] = ("", "")
        self._project = ""
        self._nameless = False
        self._code_of: dict[str, str] = {}
        self._project_of: dict[str, str] = {}
        self._merged_remarks = False
        self._read: dict[tuple[str, ...], int] = {}

    def take(self, row: TableRow) -> None:
        """Read one row of the file."""
        if row.blank or self._set_apart(row) or not self._fits(row):
            return
        number = row.number
        written = tuple(self._plain(row, column) for column in self.header.index)
        seq = self._seq(row, self._read.setdefault(written, number))
        subdistrict, community = self._place_of(row)
        estate = read_text(self._cell(row, "estate"), number, self._shown("estate"), self.findings)
        if not estate:
            self.findings.fault(
                number,
                self._shown("estate"),
                None,
                allowed=Text("小区名称", en="the name of the estate"),
                hint=Text("小区名称不能空，也不能合并。", en="An estate name may be neither blank nor merged."),
            )
        source = self._remark(row)
        self._compare_reading(row, source)
        self.rows.append(
            RegisterRow(
                seq=seq,
                subdistrict=subdistrict,
                community=community,
                estate=estate,
                households=self._count(row, "households"),
                buildings=self._count(row, "buildings"),
                floor_area_10k_m2=self._floor_area(row),
                project=self._project,
                project_source=source,
                source_row=number,
                year_built=self._optional(row, "year_built"),
                ownership=self._optional(row, "ownership"),
                kind=self._kind(row),
            )
        )

    def _cell(self, row: TableRow, column: str) -> Cell:
        index = self.header.index.get(column)
        return BLANK if index is None else row.cell(index)

    def _shown(self, column: str) -> str:
        return self.header.shown.get(column) or PRINTED.get(column, column)

    def _count(self, row: TableRow, column: Literal["households", "buildings"]) -> int | None:
        return read_count(self._cell(row, column), row.number, self._shown(column), self.findings, of=column)

    def _floor_area(self, row: TableRow) -> Decimal | None:
        return read_floor_area(
            self._cell(row, "floor_area"),
            row.number,
            self._shown("floor_area"),
            self.header.to_10k_m2,
            self.findings,
        )

    def _optional(self, row: TableRow, column: str) -> str | None:
        return read_text(self._cell(row, column), row.number, self._shown(column), self.findings) or None

    def _kind(self, row: TableRow) -> EstateKind | None:
        said = self._optional(row, "kind")
        for kind in get_args(EstateKind):
            if said == kind:
                return cast("EstateKind", kind)
        if said is not None:
            self.findings.fault(row.number, self._shown("kind"), said, allowed="、".join(get_args(EstateKind)))
        return None

    def _set_apart(self, row: TableRow) -> bool:
        """Tell whether a row is no estate: the header again on a new page, a total, a remark of the printer."""
        header = self.header
        if all(
            plain_header(row.cell(position).text) == plain_header(header.shown[column])
            for column, position in header.index.items()
        ):
            self._note(row, Text("重复的表头", en="the header again"))
            return True
        label = next(filter(None, (_TOTAL.fullmatch(self._plain(row, column)) for column in _NAMING)), None)
        if label is not None and self._plain(row, "estate") in {"", label[0]}:
            self._total(row, label)
            return True
        return self._is_remark(row)

    def _is_remark(self, row: TableRow) -> bool:
        """Tell whether a row names no estate and no figure: a note below the table, a heading, an empty line."""
        stated = [column for column in self.header.index if self._plain(row, column)]
        written = [clean(cell.text) for cell in row.cells if cell.text.strip()]
        if stated == ["seq"] and self._plain(row, "seq").isdecimal() and len(written) == 1:
            self._note(row, Text("只有序号的空行", en="an empty line with a number"))
            return True
        section = _SECTION.fullmatch(written[0]) if len(written) == 1 else None
        if section is not None:
            self._place = (section["name"], "")
            self._note(row, Text(f"“{section['name']}”的标题行", en=f"the heading of {section['name']}"))
            return True
        if all(_FOOTNOTE.match(plain_header(text)) for text in written):
            self._note(row, Text("表注", en="a remark"))
            return True
        return False

    def _plain(self, row: TableRow, column: str) -> str:
        return plain_header(self._cell(row, column).text)

    def _note(self, row: TableRow, what: Text) -> None:
        self.notes.append(
            Text(f"第 {row.number} 行是{what}，未作为小区读取。", en=f"Row {row.number} is {what.en}, not an estate.")
        )

    def _total(self, row: TableRow, label: re.Match[str]) -> None:
        self._note(row, Text(f"{clean(label[0])}行", en="a total"))
        if label["whole"] is not None:
            self.totals = RegisterTotals(
                buildings=self._count(row, "buildings"),
                households=self._count(row, "households"),
                floor_area_10k_m2=self._floor_area(row),
            )

    def _fits(self, row: TableRow) -> bool:
        """Tell whether the cells of a row stand under their headers."""
        needed = max(position for column, position in self.header.index.items() if column in _NEEDED)
        surplus = [cell.text for cell in row.cells[self.header.width :] if cell.text.strip()]
        if not surplus and len(row.cells) > needed:
            return True
        self.findings.fault(
            row.number,
            self._shown("seq"),
            ",".join(cell.text for cell in row.cells),
            allowed=Text(f"{self.header.width} 列", en=f"{self.header.width} columns"),
            hint=Text(
                "这一行的列数与表头不符；带千分位逗号的数要加双引号。",
                en="The row has another number of columns than the header; quote numbers with thousands separators.",
            ),
        )
        return False

    def _seq(self, row: TableRow, same_as: int) -> int:
        cell, shown = self._cell(row, "seq"), self._shown("seq")
        before = len(self.findings.faults)
        seq = read_count(cell, row.number, shown, self.findings, of="seq", least=1)
        if seq is None:
            if len(self.findings.faults) == before:
                self.findings.fault(row.number, shown, None, allowed=Text("序号不能空", en="a number"))
            return 0
        if seq <= self._last_seq:
            self.findings.fault(
                row.number,
                shown,
                cell.text,
                allowed=f"> {self._last_seq}",
                hint=Text("序号重复或倒序。", en="Numbers must rise from row to row.")
                if same_as == row.number
                else Text(
                    f"与第 {same_as} 行完全相同，删去其中一行。", en=f"The same as row {same_as}; delete one of them."
                ),
            )
        elif self._last_seq and seq > self._last_seq + 1:
            self.notes.append(
                Text(
                    f"序号不连续：{self._last_seq} 之后是 {seq}（第 {row.number} 行）。",
                    en=f"序号 jumps from {self._last_seq} to {seq} (row {row.number}).",
                )
            )
        self._last_seq = max(self._last_seq, seq)
        return seq

    def _place_of(self, row: TableRow) -> tuple[str, str]:
        above = self._place
        subdistrict = self._carried(row, "subdistrict", above[0])
        community = self._carried(row, "community", above[1] if subdistrict == above[0] else "")
        self._place = (subdistrict, community)
        return self._place

    def _carried(self, row: TableRow, column: str, above: str) -> str:
        cell, shown = self._cell(row, column), self._shown(column)
        before = len(self.findings.faults)
        text = read_text(cell, row.number, shown, self.findings)
        if text:
            return text
        if not above and len(self.findings.faults) == before:
            self.findings.fault(
                row.number,
                shown,
                None,
                hint=Text(
                    f"{shown}为空，上面也没有可沿用的。", en=f"{shown} is blank and nothing above holds for it."
                ),
            )
        elif above and cell.merge != "continued":
            self.findings.tidied(row.number, shown, cell.text, above)
        return above

    def _remark(self, row: TableRow) -> ProjectSource:
        cell, shown = self._cell(row, "remark"), self._shown("remark")
        before = len(self.findings.faults)
        text = read_text(cell, row.number, shown, self.findings, longest=2 * LONGEST_NAME)
        if text:
            self._project = text
            self._merged_remarks = self._merged_remarks or cell.merge == "first"
            return "stated"
        nameless = cell.merge == "first" or (not self._project and not self._nameless)
        if len(self.findings.faults) == before and nameless:
            self._nameless = True  # one fault a block: the rows below want the same name
            self.findings.fault(
                row.number,
                shown,
                None,
                allowed=Text("项目名称", en="the name of the project"),
                hint=Text(
                    "每个项目的第一行要写明备注（项目名称）；上面没有可沿用的名称，不能归入任何项目。",
                    en="The first row of each project must name it in 备注; there is no name above to carry down.",
                ),
            )
        elif self._merged_remarks and cell.merge == "none":
            self.notes.append(
                Text(
                    f"第 {row.number} 行备注为空且不在合并单元格内，沿用上行“{self._project}”，请核对。",
                    en=f"备注 of row {row.number} is blank outside a merged cell; “{self._project}” is carried down.",
                )
            )
        return "carried_down"

    def _compare_reading(self, row: TableRow, source: ProjectSource) -> None:
        """Compare the reading that the file brings along with our own; a contradiction is a fault."""
        if not self._project:
            return  # told already: the first 备注 is blank
        ours = {"project": self._project, "project_source": source}
        code = read_text(self._cell(row, "project_code"), row.number, "project_code", self.findings)
        if code:
            ours["project_code"] = self._code_of.setdefault(self._project, code)
            if self._project_of.setdefault(code, self._project) != self._project:
                ours["project_code"] = Text("每个项目一个编号", en="one code for each project")
        for column, reading in ours.items():
            said = read_text(self._cell(row, column), row.number, self._shown(column), self.findings)
            if said and said != reading:
                self.findings.fault(
                    row.number,
                    self._shown(column),
                    said,
                    allowed=reading,
                    hint=Text(
                        "与由备注列得出的归属不一致；以备注列为准，改正或删去这一列。",
                        en="It contradicts what 备注 says; mend or delete this column.",
                    ),
                )


_NEEDED: Final = frozenset({"seq", "subdistrict", "community", "estate", "households", "buildings", "floor_area"})
