"""Progress: record that a project reached a stage, and tell where the plan stands on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.profile import Progress, StageSpec
from gisplanner.domain.progress import BaselineRef, EstateProgress, ProgressState, Rates, StageEvent, Weight
from gisplanner.errors import Fault, InputError, NotFoundError, RefusedError
from gisplanner.rules.progress import rates
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


def advance(
    db: Database,
    district: District,
    project: str,
    stage: str,
    *,
    on: date,
    evidence: str | None = None,
    illustrative: bool = False,
) -> StageEvent:
    """Record that ``project`` (code or exact name) reached ``stage`` (name or number) on a day.

    Raises
    ------
    NotFoundError
        No such project or stage; the fault lists the stages there are.
    InputError
        The name fits projects of several years: give the code.
    RefusedError
        The project has already reached this stage or a later one, or the day lies before its last record.
    """
    wanted = _stage(district, stage)
    with db.transaction() as connection:
        found = _project(connection, district, project)
        last = queries().stage_event_latest(connection, project_id=found.id)
        if last is not None and (wanted.no <= last.stage_no or on < last.happened_on):
            raise RefusedError(
                Text(
                    f"{found.name} 已于 {last.happened_on} 进入第 {last.stage_no} 阶段（{last.stage_name}），"
                    f"不能在 {on} 记为第 {wanted.no} 阶段（{wanted.name}）。",
                    en=f"{found.name} reached stage {last.stage_no} ({last.stage_name}) on {last.happened_on}; "
                    f"stage {wanted.no} ({wanted.name}) on {on} cannot follow it.",
                )
            )
        queries().stage_event_insert(
            connection,
            project_id=found.id,
            stage_no=wanted.no,
            stage_name=wanted.name,
            happened_on=on,
            evidence=evidence,
            illustrative=illustrative,
        )
    return StageEvent(found.code, found.name, wanted.no, wanted.name, on, evidence, illustrative)


def progress_state(db: Database, district: District, *, as_of: date | None = None) -> ProgressState:
    """Return where every estate of the latest issued plan stands on ``as_of`` (default: today).

    A district without an issued plan shows its register, all without record; ``baseline`` is then ``None``.
    """
    day = as_of or date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant
    stages = _stages(district)
    counts_as: dict[int | None, Progress] = {stage.no: stage.progress for stage in stages}
    with db.transaction() as connection:
        issued = queries().baseline_latest(connection, district_id=district.id)
        rows = (
            queries().estate_progress_of_register(connection, district_id=district.id)
            if issued is None
            else queries().estate_progress_of_baseline(
                connection, baseline_id=issued.id, district_id=district.id, as_of=day
            )
        )
        estates = tuple(
            EstateProgress(**row._asdict(), progress=counts_as.get(row.stage_no, "not_started")) for row in rows
        )
    baseline = None if issued is None else BaselineRef(issued.version, issued.document_number, issued.document_title)
    return ProgressState(day, baseline, stages, estates)


def progress_rates(state: ProgressState, weight: Weight) -> Rates:
    """Return 开工率 and 完工率 of a state by one weight."""
    return rates(state.estates, state.stages, weight)


def _stages(district: District) -> tuple[StageSpec, ...]:
    return () if district.profile is None else load_profile(district.profile).stages


def _stage(district: District, wanted: str) -> StageSpec:
    stages = _stages(district)
    for stage in stages:
        if wanted in {stage.name, str(stage.no)}:
            return stage
    known = "、".join(f"{stage.no} {stage.name}" for stage in stages)
    raise NotFoundError(
        Text(f"没有阶段 {wanted}。", en=f"There is no stage {wanted}."),
        [
            Fault(
                column="STAGE",
                value=wanted,
                allowed=known or Text("该区县没有政策依据，因而没有阶段", en="no profile, so no stages"),
            )
        ],
    )


def _project(connection: Connection, district: District, wanted: str) -> Any:
    found = list(queries().project_find(connection, district_id=district.id, project=wanted))
    if not found:
        raise NotFoundError(
            Text(f"没有项目 {wanted}。", en=f"There is no project {wanted}."),
            [
                Fault(
                    column="PROJECT",
                    value=wanted,
                    hint=Text("写项目编码或完整名称", en="give its code or exact name"),
                )
            ],
        )
    if len(found) > 1:
        raise InputError(
            Text(f"{wanted} 在几个年度里都有，请写项目编码。", en=f"{wanted} is in several years; give the code."),
            [Fault(column="PROJECT", value=wanted, allowed="、".join(row.code for row in found))],
        )
    return found[0]
