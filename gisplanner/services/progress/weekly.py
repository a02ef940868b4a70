"""Write the weekly bulletin (调度通报) of a district as a workbook with charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import DeadlineState, EstateProgress, ProgressState, ProjectFact
from gisplanner.domain.weekly import ProjectLine, Weekly
from gisplanner.formats.weekly_book import write_weekly_book
from gisplanner.rules.gates import open_gates, project_facts
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.gates import facts_by_project, profile_of
from gisplanner.store.database import Database


def write_weekly(db: Database, district: District, path: Path, *, as_of: date | None = None) -> Weekly:
    """Write the bulletin as of a day (default: today) and return what it says.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    state = progress_state(db, district, as_of=as_of)
    by_project: dict[str, list[EstateProgress]] = {}
    for estate in state.estates:
        if estate.project_code is not None:
            by_project.setdefault(estate.project_code, []).append(estate)
    judged: dict[str, list[DeadlineState]] = {}
    for one in state.deadlines:
        judged.setdefault(one.project_code, []).append(one)
    with db.transaction() as connection:
        facts = facts_by_project(connection, district, state.as_of)
        profile = None if district.profile is None else profile_of(connection, district, district.profile)
    lines = tuple(
        _line(profile, state, members, facts.get(code, ()), judged.get(code, ()))
        for code, members in by_project.items()
    )
    baseline = state.baseline
    weekly = Weekly(
        title=f"{district.name}老旧小区改造调度通报",
        state=state,
        baseline="台账现状（尚无下达计划）"
        if baseline is None
        else f"计划第 {baseline.version} 版（{baseline.document_number}）",
        projects=lines,
        documents=_documents(district),
    )
    write_weekly_book(path, weekly)
    return weekly


def _line(
    profile: Profile | None,
    state: ProgressState,
    members: Sequence[EstateProgress],
    facts: Sequence[ProjectFact],
    judged: Sequence[DeadlineState],
) -> ProjectLine:
    first = members[0]
    coming = next((stage for stage in state.stages if stage.no == (first.stage_no or 0) + 1), None)
    unmet: tuple[str, ...] = ()
    if coming is not None and profile is not None:
        known_facts = project_facts(str(first.project), facts)
        unmet = tuple(f"{one.title}：{one.reason}" for one in open_gates(profile, coming, known_facts, state.as_of))
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
    )


def _documents(district: District) -> tuple[str, ...]:
    if district.profile is None:
        return ()
    profile = load_profile(district.profile)
    return tuple(
        f"{one.code}　《{one.title}》" + ("（征求意见稿）" if one.status == "draft" else "")
        for one in (profile.document, *profile.parents)
    )
