"""Progress: record that a project reached a stage, and tell where the plan stands on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gisplanner.domain.district import District
from gisplanner.domain.profile import Progress
from gisplanner.domain.progress import BaselineRef, EstateProgress, ProgressState, Rates, StageEvent, Weight
from gisplanner.errors import Fault, RefusedError
from gisplanner.rules.progress import rates
from gisplanner.services.progress.deadlines import judge_deadlines
from gisplanner.services.progress.evidence import EvidenceFile, keep_evidence
from gisplanner.services.progress.gates import check_gates
from gisplanner.services.progress.order import check_order
from gisplanner.services.progress.permission import recording
from gisplanner.services.progress.projects import find_project, find_stage, stages_of, today
from gisplanner.store.database import Database
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
    files: Sequence[EvidenceFile] = (),
    illustrative: bool = False,
) -> StageEvent:
    """Record that ``project`` (code or exact name) reached ``stage`` (name or number) on a day.

    Parameters
    ----------
    evidence
        What proves it: a document and its number; may be left out where there are ``files``.
    files
        The proof itself, kept with the record.

    Raises
    ------
    NotFoundError
        No such project or stage; the fault lists the stages there are.
    InputError
        The name fits projects of several years: give the code.
    RefusedError
        No evidence; the project has already reached this stage or a later one; a stage would be skipped; the day
        lies before its last record or is yet to come; or a gate is open (each with its clause). Nothing is stored.
    PermissionDeniedError
        The project has no estate in the streets of the account.
    """
    evidence = evidence or "、".join(one.name for one in files) or None
    wanted = find_stage(district, stage)
    if evidence is None or not evidence.strip():
        raise RefusedError(
            Text(
                f"进入「{wanted.name}」没有佐证材料，没有记录。", en=f"No evidence for {wanted.name}: not recorded."
            ),
            [Fault(column="--evidence", hint=Text("写佐证文件名或文号", en="name the file or document"))],
        )
    with recording(db) as connection:
        found = find_project(connection, district, project)
        queries().project_lock(connection, project_id=found.id)
        last = queries().stage_event_latest(connection, project_id=found.id)
        check_order(stages_of(district), wanted, found.name, last, on)
        check_gates(connection, district, found, wanted, on)
        made = queries().stage_event_insert(
            connection,
            project_id=found.id,
            stage_no=wanted.no,
            stage_name=wanted.name,
            happened_on=on,
            evidence=evidence,
            illustrative=illustrative,
        )
        keep_evidence(connection, made, files)
    return StageEvent(found.code, found.name, wanted.no, wanted.name, on, evidence, illustrative)


def progress_state(db: Database, district: District, *, as_of: date | None = None) -> ProgressState:
    """Return where every estate of the latest issued plan stands on ``as_of`` (default: today).

    A district without an issued plan shows its register, all without record; ``baseline`` is then ``None``.
    """
    day = as_of or today()
    stages = stages_of(district)
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
        judged = judge_deadlines(connection, district, day)
        estates = tuple(
            EstateProgress(**row._asdict(), progress=counts_as.get(row.stage_no, "not_started")) for row in rows
        )
    baseline = None if issued is None else BaselineRef(issued.version, issued.document_number, issued.document_title)
    return ProgressState(day, baseline, stages, estates, judged)


def progress_rates(state: ProgressState, weight: Weight) -> Rates:
    """Return 开工率 and 完工率 of a state by one weight."""
    return rates(state.estates, state.stages, weight)
