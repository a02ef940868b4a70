"""What is to be dug, what was scheduled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

SURFACE: Final = "surface"
"""Kind of the work that closes a section: backfill and surface (恢复路面)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of street that is opened once.

    Attributes
    ----------
    lines
        Networks to be laid in it with the cover of each, metres; the deepest is laid first.
    """

    id: str
    length_m: float
    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class CutOver:
    """A building that moves to the new line of a network (割接): one working day without that service.

    Attributes
    ----------
    after
        Sections whose line of that network has to lie before.
    line
        Line it moves to where that is not the network's own: several operators in one duct route (四网合一).
    """

    building: str
    network: str
    after: tuple[str, ...]
    line: str | None = None

    @property
    def needs(self) -> str:
        """Return the line that has to lie."""
        return self.line or self.network


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast work goes (本工具参数): crews at work at once, metres a crew does in a day."""

    crews: int = 2
    lay_m_a_day: float = 30.0
    surface_m_a_day: float = 60.0
    cut_overs_a_day: int = 4
    cut_over_window_days: int = 20


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: a network laid in a section, or its surface; both days included."""

    section: str
    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Outage:
    """A building without a service for one working day (停水、停气、停电)."""

    building: str
    network: str
    day: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """Works and outages.

    Attributes
    ----------
    working_days
        Working days from the start to the last surface, and ``working_days_at_least`` what no calendar undercuts.
    """

    works: tuple[Work, ...]
    outages: tuple[Outage, ...]
    working_days: int
    working_days_at_least: int

    @property
    def proven(self) -> bool:
        """Return whether no calendar ends earlier."""
        return self.working_days == self.working_days_at_least
