"""Write the weekly bulletin (调度通报) of a district, as a workbook with charts or as a paper to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.indicators import Level
from gisplanner.domain.profile import Profile, StageSpec
from gisplanner.domain.progress import DeadlineState, EstateProgress, ProgressState, ProjectFact
from gisplanner.domain.weekly import ProjectLine, Weekly
from gisplanner.domain.works import REMOVED_STEP
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.weekly_book import write_weekly_book
from gisplanner.formats.weekly_paper import write_weekly_paper
from gisplanner.rules.duties import stage_units
from gisplanner.rules.gates import open_gates, project_facts
from gisplanner.services.progress.book import WorksBook
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.indicators import measured_of
from gisplanner.store.database import Database
from gisplanner.text import Text

_WRITERS: Final = {".xlsx": write_weekly_book, ".docx": write_weekly_paper}
_LEVELS: Final[tuple[Level, ...]] = ("district", "subdistrict", "community", "renewal_area", "project")
_MOST_PROJECTS: Final = 2000
"""Rates of single projects are told up to this many; of more, each project stands in 项目进度 anyway."""
_TOLD_IN_FULL: Final = ("district", "subdistrict")


def write_weekly(db: Database, district: District, path: Path, *, as_of: date | None = None) -> Weekly:
    """Write the bulletin as of a day (default: today), ``.xlsx`` or ``.docx``, and return what it says.

    Raises
    ------
    UsageError
        ``path`` ends in neither.
    InputError
        ``path`` cannot be written to.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(
            Text("通报写成 .xlsx 或 .docx。", en="A bulletin is written as .xlsx or .docx."),
            [Fault(file=path.name, value=path.suffix, allowed=".xlsx, .docx")],
        )
    weekly = weekly_of(db, district, as_of=as_of)
    writer(path, weekly)
    return weekly


def weekly_of(db: Database, district: District, *, as_of: date | None = None) -> Weekly:
    """Return what the bulletin of a day says."""
    state = progress_state(db, district, as_of=as_of)
    found = measured_of(db, district, state)
    lines = project_lines(found.profile, state, found.facts, found.book)
    levels = _LEVELS if len(lines) <= _MOST_PROJECTS else _LEVELS[:-1]
    return Weekly(
        title=f"{district.name}老旧小区改造调度通报",
        state=state,
        baseline=baseline_words(state),
        projects=lines,
        documents=documents_of(district),
        tables=tuple(found.table(level, district.name, only_rates=level not in _TOLD_IN_FULL) for level in levels),
        briefing=_briefing(found.profile),
    )


def baseline_words(state: ProgressState) -> str:
    """Return the plan the figures refer to, as one phrase."""
    if state.baseline is None:
        return "台账现状（尚无下达计划）"
    return f"计划第 {state.baseline.version} 版（{state.baseline.document_number}）"


def _briefing(profile: Profile | None) -> str | None:
    if profile is None or profile.briefing is None:
        return None
    mark = "，推定" if profile.briefing.inherited else ""
    return f"「{profile.briefing.quote}」（{profile.briefing.document}{mark}）"


def project_lines(
    profile: Profile | None, state: ProgressState, facts: Mapping[str, Sequence[ProjectFact]], book: WorksBook
) -> tuple[ProjectLine, ...]:
    """Return every project of the plan with what stands between it and its next stage."""
    by_project: dict[str, list[EstateProgress]] = {}
    for estate in state.estates:
        if estate.project_code is not None:
            by_project.setdefault(estate.project_code, []).append(estate)
    judged: dict[str, list[DeadlineState]] = {}
    for one in state.deadlines:
        judged.setdefault(one.project_code, []).append(one)
    units = {} if profile is None else {one.no: _units(profile, one) for one in profile.stages}
    return tuple(
        _line(profile, state, members, facts.get(code, ()), judged.get(code, ()), book=book, units=units)
        for code, members in by_project.items()
    )


def _units(profile: Profile, stage: StageSpec) -> tuple[str, ...]:
    told = stage_units(profile, stage)
    return told.units + told.required_as_well


def _line(
    profile: Profile | None,
    state: ProgressState,
    members: Sequence[EstateProgress],
    facts: Sequence[ProjectFact],
    judged: Sequence[DeadlineState],
    *,
    book: WorksBook,
    units: Mapping[int, tuple[str, ...]],
) -> ProjectLine:
    first = members[0]
    coming = next((stage for stage in state.stages if stage.no == (first.stage_no or 0) + 1), None)
    unmet: tuple[str, ...] = ()
    if coming is not None and profile is not None:
        known_facts = project_facts(str(first.project), facts)
        unmet = tuple(f"{one.title}：{one.reason}" for one in open_gates(profile, coming, known_facts, state.as_of))
    cases = [one for estate in members for one in book.demolitions.get(estate.estate_code, ())]
    standing = sum(one.step < REMOVED_STEP for one in cases)
    if standing and coming is not None and coming.progress == "under_way" and first.progress == "not_started":
        unmet = (*unmet, f"拆违未清：{standing} 处")
    known = [estate.households for estate in members if estate.households is not None]
    return ProjectLine(
        code=str(first.project_code),
        name=str(first.project),
        estates=len(members),
        households=sum(known) if len(known) == len(members) else None,
        stage=first.stage_name,
        since=None if first.since is None else first.since.isoformat(),
        next_stage=None if coming is None else coming.name,
        open_gates=unmet,
        deadlines=tuple(judged),
        units=units.get(first.stage_no or 0, ()),
        demolished=(sum(one.step >= REMOVED_STEP for one in cases), len(cases)) if cases else None,
        funds=_funds(book, str(first.project_code)),
    )


def _funds(book: WorksBook, project: str) -> tuple[Decimal, Decimal] | None:
    rows = book.funds.get(project, ())
    planned, there = (
        sum((row.amount_cny for row in rows if row.status == status), Decimal(0)) for status in ("计划", "到位")
    )
    return (there, planned) if planned else None


def documents_of(district: District) -> tuple[str, ...]:
    """Return the documents a district goes by, drafts marked."""
    if district.profile is None:
        return ()
    profile = load_profile(district.profile)
    return tuple(
        f"{one.code}　《{one.title}》" + ("（征求意见稿）" if one.status == "draft" else "")
        for one in (profile.document, *profile.parents)
    )
