"""Write the weekly bulletin (调度通报) of a district as a workbook with charts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.progress import EstateProgress, ProgressState
from gisplanner.domain.weekly import ProjectLine, Weekly
from gisplanner.formats.weekly_book import write_weekly_book
from gisplanner.rules.gates import open_gates, project_facts
from gisplanner.services.progress import progress_state
from gisplanner.services.progress_gates import profile_of, recorded_facts
from gisplanner.services.progress_projects import find_project
from gisplanner.store.database import Connection, Database


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
    with db.transaction() as connection:
        lines = tuple(_line(connection, district, state, members) for members in by_project.values())
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
    connection: Connection, district: District, state: ProgressState, members: list[EstateProgress]
) -> ProjectLine:
    first = members[0]
    code = str(first.project_code)
    coming = next((stage for stage in state.stages if stage.no == (first.stage_no or 0) + 1), None)
    unmet: tuple[str, ...] = ()
    if coming is not None and district.profile is not None:
        project = find_project(connection, district, code)
        facts = project_facts(project.name, recorded_facts(connection, project.id, state.as_of))
        profile = profile_of(connection, district, district.profile)
        unmet = tuple(f"{one.title}：{one.reason}" for one in open_gates(profile, coming, facts, state.as_of))
    known = [estate.households for estate in members if estate.households is not None]
    return ProjectLine(
        code=code,
        name=str(first.project),
        estates=len(members),
        households=sum(known) if len(known) == len(members) else None,
        stage=first.stage_name,
        since=None if first.since is None else first.since.isoformat(),
        next_stage=None if coming is None else coming.name,
        open_gates=unmet,
        deadlines=tuple(one for one in state.deadlines if one.project_code == code),
    )


def _documents(district: District) -> tuple[str, ...]:
    if district.profile is None:
        return ()
    profile = load_profile(district.profile)
    return tuple(
        f"{one.code}　《{one.title}》" + ("（征求意见稿）" if one.status == "draft" else "")
        for one in (profile.document, *profile.parents)
    )
