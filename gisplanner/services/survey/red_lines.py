"""Red lines of projects (项目红线) and the inventory of municipal facilities inside them (市政设施调查摸底)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

BROKEN: Final = ("破损", "缺失")
"""Conditions of a facility that the works have to look after."""


@dataclass(frozen=True, slots=True)
class Facility:
    """A municipal facility; ``inside_m`` and ``inside_m2`` are the part of a line or surface within the red line."""

    code: str
    kind: str
    name: str | None
    condition: str | None
    owner: str | None
    keeper: str | None
    quantity: float | None
    unit: str | None
    surveyed_on: date | None
    note: str | None
    illustrative: bool
    inside_m: float | None
    inside_m2: float | None

    @property
    def measured(self) -> str | None:
        """Return how much of it there is: as recorded, else what lies within the red line."""
        if self.quantity is not None:
            return f"{self.quantity:g} {self.unit or ''}".strip()
        if self.inside_m is not None:
            return f"{self.inside_m:.1f} m"
        return None if self.inside_m2 is None else f"{self.inside_m2:.1f} ㎡"


@dataclass(frozen=True, slots=True)
class RedLine:
    """A red line with its project, the estates on its ground and the facilities inside."""

    code: str
    name: str | None
    stated_project: str | None
    """What the file says; a project of the register stands in ``project_code``, ``None`` where there is none."""
    project_code: str | None
    project_name: str | None
    document: str | None
    drawn_on: date | None
    area_m2: float
    illustrative: bool
    estates: tuple[str, ...]
    facilities: tuple[Facility, ...]

    @property
    def title(self) -> str:
        """Return what to call it."""
        return self.name or self.project_name or self.code

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many facilities of each kind there are, and how many are broken or missing."""
        kinds = Counter(one.kind for one in self.facilities)
        broken = Counter(one.kind for one in self.facilities if one.condition in BROKEN)
        return {kind: {"count": count, "broken": broken[kind]} for kind, count in sorted(kinds.items())}


@dataclass(frozen=True, slots=True)
class Inventory:
    """All red lines of a district, projects that have none, and facilities that lie in none."""

    red_lines: tuple[RedLine, ...]
    without: tuple[tuple[str, str], ...]
    """Code and name of each project without a red line."""
    outside: int

    def document(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {
            "red_lines": [
                {
                    **asdict(one),
                    "drawn_on": _day(one.drawn_on),
                    "area_m2": round(one.area_m2, 1),
                    "facilities": [_facility(facility) for facility in one.facilities],
                    "counts": one.counts,
                }
                for one in self.red_lines
            ],
            "projects_without_red_line": [{"code": code, "name": name} for code, name in self.without],
            "facilities_outside": self.outside,
        }

    def sentences(self) -> Text:
        """Return the answer for a person."""
        zh = [f"项目红线 {len(self.red_lines)} 处："]
        en = [f"{len(self.red_lines)} red lines:"]
        for one in self.red_lines:
            project = one.project_name or (
                f"台账中没有项目「{one.stated_project}」" if one.stated_project else "未注明项目"
            )
            kinds = "、".join(
                f"{kind} {told['count']}" + (f"（破损缺失 {told['broken']}）" if told["broken"] else "")
                for kind, told in one.counts.items()
            )
            zh.append(f"  {one.code} {one.title}（{project}）{one.area_m2:.0f} ㎡：{kinds or '没有市政设施记录'}")
            en.append(f"  {one.code}: {one.area_m2:.0f} m2, {len(one.facilities)} facilities")
        zh.append(f"  红线外的市政设施 {self.outside} 处；没有红线的项目 {len(self.without)} 个")
        en.append(f"  {self.outside} facilities outside; {len(self.without)} projects without a red line")
        return Text("\n".join(zh), en="\n".join(en))

    def tables(self) -> list[Table]:
        """Return the inventory as sheets to print."""
        note = ["含示意数据，不是测绘成果"] if any(one.illustrative for one in self.red_lines) else []
        lines = [
            (
                one.code, one.title, one.project_name or one.stated_project, round(one.area_m2, 1), len(one.estates),
                len(one.facilities), one.document, _day(one.drawn_on),
            )
            for one in self.red_lines
        ]  # fmt: skip
        rows = [
            (
                one.title, facility.code, facility.kind, facility.name, facility.measured, facility.condition,
                facility.owner, facility.keeper, _day(facility.surveyed_on), facility.note,
            )
            for one in self.red_lines
            for facility in one.facilities
        ]  # fmt: skip
        return [
            Table(
                "项目红线", ["项目红线", *note],
                ["红线编码", "名称", "所属项目", "面积（㎡）", "小区数", "市政设施数", "依据文件", "划定日期"], lines,
            ),
            Table(
                "红线内市政设施", ["红线范围内市政设施调查摸底表（本工具设计）", *note],
                ["红线", "设施编码", "类别", "名称", "数量", "现状", "权属单位", "管养单位", "调查日期", "说明"],
                rows,
            ),
            Table("没有红线的项目", ["没有红线的项目"], ["项目编码", "项目名称"], self.without),
        ]  # fmt: skip

    def write(self, path: Path) -> None:
        """Write the inventory as a workbook.

        Raises
        ------
        InputError
            ``path`` cannot be written to.
        """
        write_tables(path, self.tables())


def red_line_inventory(db: Database, district: District) -> Inventory:
    """Return the red lines of a district with the municipal facilities inside each."""
    with db.transaction() as connection:
        lines = list(queries().red_lines(connection, district_id=district.id))
        found = list(queries().facilities_in_red_lines(connection, district_id=district.id))
        without = list(queries().projects_without_red_line(connection, district_id=district.id))
    inside: dict[str, list[Facility]] = {}
    for row in found:
        if row.red_line is not None:
            inside.setdefault(row.red_line, []).append(_of_row(row))
    return Inventory(
        tuple(_red_line(row, inside.get(row.code, ())) for row in lines),
        tuple((row.code, row.name) for row in without),
        sum(row.red_line is None for row in found),
    )


def _red_line(row: Any, facilities: Sequence[Facility]) -> RedLine:
    return RedLine(
        row.code, row.name, row.stated, row.project_code, row.project_name, row.document, row.drawn_on, row.area_m2,
        row.illustrative, tuple(row.estates or ()), tuple(facilities),
    )  # fmt: skip


def _of_row(row: Any) -> Facility:
    told = {name: getattr(row, name) for name in Facility.__dataclass_fields__}
    return Facility(**{**told, "quantity": None if row.quantity is None else float(row.quantity)})


def _facility(one: Facility) -> dict[str, Any]:
    told = {**asdict(one), "surveyed_on": _day(one.surveyed_on)}
    return {
        **told,
        **{name: None if told[name] is None else round(told[name], 3) for name in ("inside_m", "inside_m2")},
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
