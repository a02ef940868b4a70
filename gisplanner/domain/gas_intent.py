"""How many households of an estate want gas (燃气报装意向), as a sub-district counts and the gas company reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from gisplanner.domain.clause import Definition

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class IntentRecord(Definition):
    """One row of the table a sub-district fills in (燃气报装意向统计表)."""

    estate: Word = Field(title="小区")
    households: Annotated[int, Field(ge=0)] = Field(title="报装户数")
    on: date = Field(title="日期")
    note: Word | None = Field(default=None, title="说明")


@dataclass(frozen=True, slots=True)
class GasIntent:
    """The last count of one estate."""

    estate_code: str
    estate: str | None
    subdistrict: str | None
    owner: str
    households: int
    estate_households: int | None
    on: date
    note: str | None
    illustrative: bool = False

    def record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "estate": self.estate or self.estate_code,
            "subdistrict": self.subdistrict,
            "owner": self.owner,
            "households": self.households,
            "estate_households": self.estate_households,
            "on": self.on.isoformat(),
            "note": self.note,
            "illustrative": self.illustrative,
        }
