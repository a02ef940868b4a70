"""Rows a district puts in the clearance tables (净距表区县修正): corrected, added, taken back, each with a ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from gisplanner.domain.clause import Definition

TableName = Literal["horizontal", "vertical", "cover"]
TABLES: Final[dict[TableName, str]] = {"horizontal": "水平净距", "vertical": "垂直净距", "cover": "覆土"}
_PLACES: Final = {"市政道路": "municipal_road", "小区庭院": "courtyard", "不限": "any"}
_SURFACES: Final = {"车行道": "carriageway", "人行道": "footway", "绿化带": "green", "农田": "farmland"}
_YES: Final = {"是": True, "否": False}


def _from(words: dict[str, Any]) -> BeforeValidator:
    return BeforeValidator(lambda value: words.get(value.strip(), value) if isinstance(value, str) else value)


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class DistrictRow(Definition):
    """One row as a district hands it in; of a row that is there already blank cells stay as they are."""

    table: Annotated[TableName, _from({name: code for code, name in TABLES.items()})] = Field(title="表")
    id: Word = Field(title="编号", max_length=40)
    a: Word | None = Field(default=None, title="甲类")
    b: Word | None = Field(default=None, title="乙类")
    surface: Annotated[Literal["carriageway", "footway", "green", "farmland"] | None, _from(_SURFACES)] = Field(
        default=None, title="地面"
    )
    min_m: Annotated[float, Field(gt=0, le=100)] | None = Field(default=None, title="最小净距（米）")
    preferred_m: Annotated[float, Field(gt=0, le=100)] | None = Field(default=None, title="宜采用（米）")
    where: Annotated[Literal["municipal_road", "courtyard", "any"] | None, _from(_PLACES)] = Field(
        default=None, title="位置"
    )
    obligation: Literal["强制", "应", "宜"] | None = Field(default=None, title="约束力")
    standard: Word | None = Field(default=None, title="标准")
    clause: Word | None = Field(default=None, title="条文")
    status: Literal["未核对原文", "已核对原文"] | None = Field(default=None, title="核对状态")
    source: Word | None = Field(default=None, title="依据")
    decided_by: Word | None = Field(default=None, title="决定人")
    decided_on: date | None = Field(default=None, title="日期")
    withdrawn: Annotated[bool, _from(_YES)] = Field(default=False, title="撤回")

    @property
    def key(self) -> tuple[TableName, str]:
        """Return which row of which table it is."""
        return self.table, self.id

    def said(self) -> dict[str, Any]:
        """Return the columns of the table that the row says something of."""
        columns = self.model_dump(exclude={"table", "id", "source", "decided_by", "decided_on", "withdrawn"})
        return {name: value for name, value in columns.items() if value is not None}


@dataclass(frozen=True, slots=True)
class StoredRow:
    """The last word of a district on one row of a table."""

    table: TableName
    id: str
    values: dict[str, Any]
    source: str
    decided_by: str
    decided_on: date

    @property
    def origin(self) -> str:
        """Return who put it there, on what ground."""
        return f"{self.source}（{self.decided_by}，{self.decided_on.isoformat()}）"

    def record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "table": self.table,
            "row": self.id,
            **self.values,
            "source": self.source,
            "decided_by": self.decided_by,
            "decided_on": self.decided_on.isoformat(),
        }
