"""Cut-over windows (割接窗口): days kept for a company in an estate, and what it booked in them with its users."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

WindowKind = Literal["预留", "预约"]


@dataclass(frozen=True, slots=True)
class CutOverWindow:
    """Days of one company in one estate; both included.

    Attributes
    ----------
    building
        The building that is cut over; ``None``: the whole estate.
    fixed_day
        The day kept windows were counted back from (倒排).
    """

    estate_code: str
    estate: str | None
    owner: str
    kind: WindowKind
    first_day: date
    last_day: date
    building: str | None = None
    fixed_day: date | None = None
    note: str | None = None
    illustrative: bool = False

    def meets(self, other: CutOverWindow) -> bool:
        """Return whether both take a service from somebody on one day.

        Examples
        --------
        >>> kept = CutOverWindow("E1", "甲", "移动", "预约", date(2024, 9, 2), date(2024, 9, 3), building="1栋")
        >>> from dataclasses import replace
        >>> kept.meets(replace(kept, owner="电信", building=None)), kept.meets(replace(kept, building="2栋"))
        (True, False)
        """
        return (
            self.estate_code == other.estate_code
            and self.first_day <= other.last_day
            and other.first_day <= self.last_day
            and (self.building is None or other.building is None or self.building == other.building)
        )

    def holds(self, other: CutOverWindow) -> bool:
        """Return whether another window of the same company and estate lies in this one."""
        whose = (self.estate_code, self.owner) == (other.estate_code, other.owner)
        return whose and self.first_day <= other.first_day and other.last_day <= self.last_day

    @property
    def days(self) -> str:
        """Return the days for people."""
        return str(self.first_day) if self.first_day == self.last_day else f"{self.first_day} – {self.last_day}"

    def record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "estate": self.estate or self.estate_code,
            "owner": self.owner,
            "kind": self.kind,
            "building": self.building,
            "first": self.first_day.isoformat(),
            "last": self.last_day.isoformat(),
            "counted_back_from": None if self.fixed_day is None else self.fixed_day.isoformat(),
            "note": self.note,
            "illustrative": self.illustrative,
        }


def overlaps(windows: Sequence[CutOverWindow]) -> list[tuple[CutOverWindow, CutOverWindow]]:
    """Return pairs of one kind and different companies that meet."""
    return [
        (a, b)
        for a, b in itertools.combinations(windows, 2)
        if a.kind == b.kind and a.owner != b.owner and a.meets(b)
    ]
