"""All indicators (指标) of a district at one level: 小区、项目、片区、社区、街道 or 区."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from gisplanner.domain.district import District
from gisplanner.domain.indicators import LEVELS, Indicator, IndicatorTable, IndicatorValue, Level
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import EstateProgress, ProgressState, ProjectFact
from gisplanner.rules.indicators import NOT_STATED, indicators, roll_up
from gisplanner.services.progress.book import WorksBook, works_book
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.gates import facts_by_project, profile_of
from gisplanner.services.progress.measures import Measures, extinguishers_due, measure, sources_of
from gisplanner.store.database import Database

NO_AREA: Final = "未划片区"
RATES: Final = ("started.", "completed.")


@dataclass(frozen=True, slots=True)
class Measured:
    """A district measured once, to be told at any level."""

    state: ProgressState
    book: WorksBook
    indicators: tuple[Indicator, ...]
    measures: Measures
    profile: Profile | None
    facts: Mapping[str, Sequence[ProjectFact]]
    """What is recorded of each project at its gates, by its code."""
    needed: Mapping[str, Decimal] = field(default_factory=dict)
    """Extinguishers each estate must have by the document, where its floors are known."""

    def table(self, level: Level, district: str, *, only_rates: bool = False) -> IndicatorTable:
        """Return the indicators at a level; ``only_rates`` leaves out all but 开工率 and 完工率."""
        wanted = tuple(one for one in self.indicators if not only_rates or one.key.startswith(RATES))
        groups = _groups(self.state.estates, level, self.book, district)
        codes = {name: [one.estate_code for one in members] for name, members in groups.items()}
        values: dict[str, dict[str, IndicatorValue]] = {name: {} for name in groups}
        for one in wanted:
            for name, value in roll_up(one, codes, self.measures.get(one.key, {})).items():
                values[name][one.key] = value
        return IndicatorTable(
            level=level,
            state=self.state,
            indicators=wanted,
            values=values,
            stages={name: _stages(members) for name, members in groups.items()},
            estates={name: len(members) for name, members in groups.items()},
            illustrative=self.state.illustrative or self.book.illustrative,
        )


def measured(db: Database, district: District, *, as_of: date | None = None) -> Measured:
    """Measure every indicator of a district as of a day (default: today)."""
    return measured_of(db, district, progress_state(db, district, as_of=as_of))


def measured_of(db: Database, district: District, state: ProgressState) -> Measured:
    """Measure every indicator of a district in a state that is known already."""
    with db.transaction() as connection:
        profile = None if district.profile is None else profile_of(connection, district, district.profile)
        book = works_book(connection, district, state.as_of)
        facts = facts_by_project(connection, district, state.as_of)
        sources = sources_of(connection, district, state, book=book, profile=profile, facts=facts)
    due = {code: extinguishers_due(sources.extinguishers, row) for code, row in sources.floors.items()}
    needed = {code: one for code, one in due.items() if one is not None}
    return Measured(state, book, indicators(profile), measure(sources), profile, facts, needed)


def indicator_table(db: Database, district: District, level: Level, *, as_of: date | None = None) -> IndicatorTable:
    """Return all indicators of a district at one level as of a day (default: today)."""
    return measured(db, district, as_of=as_of).table(level, district.name)


def _groups(
    estates: Sequence[EstateProgress], level: Level, book: WorksBook, district: str
) -> dict[str, list[EstateProgress]]:
    assert level in LEVELS
    found: dict[str, list[EstateProgress]] = {}
    for one in estates:
        found.setdefault(_place(one, level, book, district), []).append(one)
    return found


def _place(one: EstateProgress, level: Level, book: WorksBook, district: str) -> str:
    if level == "district":
        return district
    if level == "renewal_area":
        code, name = book.areas.get(one.estate_code, ("", NO_AREA))
        return name if not code or name == code else f"{code} {name}"
    if level == "estate":
        return f"{one.estate_code} {one.name or ''}".strip()
    if level == "project":
        return NOT_STATED if one.project_code is None else f"{one.project_code} {one.project}"
    return {"subdistrict": one.subdistrict, "community": one.community}[level] or NOT_STATED


def _stages(members: Sequence[EstateProgress]) -> str:
    counts: dict[tuple[int, str], int] = {}
    for one in members:
        place = (one.stage_no or 0, one.stage_name or "无进度记录")
        counts[place] = counts.get(place, 0) + 1
    return "、".join(f"{name} {number}" for (_, name), number in sorted(counts.items()))
