"""Plans that are late (逾期), company by company: against the day the headquarters set, for no document gives one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.filing import DONE, FilingMatrix, FilingState
from gisplanner.services.progress.filing_due import filing_dues
from gisplanner.store.database import Database
from gisplanner.text import Text

_HANDED_IN: Final = "已报"


@dataclass(frozen=True, slots=True)
class LatePlan:
    """A plan that was due; 已报 waits for the headquarters, 未报 and 退回 for the company."""

    estate: str
    name: str
    owner: str
    state: FilingState
    due: date
    days: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is late on a day.

    Attributes
    ----------
    due
        The day that holds for each estate; estates for which none was set are missing.
    """

    plans: tuple[LatePlan, ...]
    due: Mapping[str, date]
    on: date

    def by_owner(self) -> dict[str, Counter[str]]:
        """Return by company how many late plans stand in each state."""
        found: dict[str, Counter[str]] = {}
        for one in self.plans:
            found.setdefault(one.owner, Counter())[one.state] += 1
        return found

    def document(self) -> dict[str, Any]:
        """Return the members of the JSON document."""
        return {
            "due": {estate: day.isoformat() for estate, day in self.due.items()},
            "overdue": [
                {
                    "estate": one.estate,
                    "name": one.name,
                    "owner": one.owner,
                    "state": one.state,
                    "due": one.due.isoformat(),
                    "days": one.days,
                }
                for one in self.plans
            ],
            "overdue_by_owner": [
                {"owner": owner, "overdue": sum(states.values()), "states": dict(states)}
                for owner, states in self.by_owner().items()
            ],
        }

    def sentences(self) -> Text:
        """Return the list for a person, one line a company."""
        if not self.due:
            return Text(
                "报送期限：文件没有规定，指挥部办公室尚未确定（progress filing-due）。",
                en="No day is set by which plans are due (progress filing-due).",
            )
        days = sorted(set(self.due.values()))
        span = str(days[0]) if len(days) == 1 else f"{days[0]} – {days[-1]}"
        zh, en = [f"报送期限 {span}，{self.on} 逾期 {len(self.plans)} 份。"], [f"due {span}: {len(self.plans)} late."]
        for owner, states in self.by_owner().items():
            waiting = states[_HANDED_IN]
            owed = sum(states.values()) - waiting
            zh.append(f"  {owner}：逾期未报或退回 {owed}，已报待备案 {waiting}")
            en.append(f"  {owner}: {owed} not handed in, {waiting} wait to be filed")
        return Text("\n".join(zh), en="\n".join(en))


def overdue_plans(
    db: Database, district: District, matrix: FilingMatrix, *, on: date, due: date | None = None
) -> Overdue:
    """Return what is neither filed nor 不涉及 after the day it was due.

    Parameters
    ----------
    due
        A day for all estates; ``None`` takes the days the headquarters set, a project's own before the district's.
    """
    with db.transaction() as connection:
        dues = filing_dues(connection, district, on)
    estates = layer_frame(db, district, "estates")
    project = dict(zip(estates["code"], estates["project_code"], strict=True))
    days = {code: due or dues.of(project.get(code)) for code, _ in matrix.estates}
    known = {code: day for code, day in days.items() if day is not None}
    plans = tuple(
        LatePlan(code, name, owner, matrix.cell(code, owner).state, known[code], (on - known[code]).days)
        for owner in matrix.owners
        for code, name in matrix.estates
        if code in known and on > known[code] and matrix.cell(code, owner).state not in DONE
    )
    return Overdue(plans, known, on)
