"""Refuse a stage that may not be entered yet, with the clause; record what opens the gates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import Answer
from gisplanner.domain.profile import Profile, StageSpec
from gisplanner.domain.progress import FactKind, ProjectFact
from gisplanner.errors import Fault, InputError, RefusedError
from gisplanner.rules.acceptance import required_parties
from gisplanner.rules.gates import need_names, open_gates, project_facts
from gisplanner.rules.words import stands_in
from gisplanner.services.progress.ground import standing_faults
from gisplanner.services.progress.permission import recording
from gisplanner.services.progress.projects import find_project, yet_to_come
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


def record(
    db: Database,
    district: District,
    project: str,
    kind: FactKind,
    names: Sequence[str],
    *,
    on: date,
    done: bool = True,
    evidence: str | None = None,
    illustrative: bool = False,
) -> list[ProjectFact]:
    """Record days, preconditions, signatures or defects of a project; a later record of the same name corrects it.

    Raises
    ------
    NotFoundError
        No such project.
    InputError
        Nothing is named, the day is yet to come, or the document asks for no such signature or precondition.
    PermissionDeniedError
        The project has no estate in the streets of the account.
    """
    wanted = list(dict.fromkeys(name.strip() for name in names))
    faults = _faults(district, kind, wanted, on)
    if faults:
        raise InputError(Text("没有记录：内容有误。", en="Nothing was recorded."), faults)
    facts = [ProjectFact(kind, name, done, on, evidence, illustrative) for name in wanted]
    with recording(db) as connection:
        found = find_project(connection, district, project)
        for one in facts:
            queries().project_fact_insert(
                connection, project_id=found.id, kind=one.kind, name=one.name, done=one.done,
                happened_on=one.happened_on, evidence=one.evidence, illustrative=one.illustrative,
            )  # fmt: skip
    return facts


def _faults(district: District, kind: FactKind, names: Sequence[str], on: date) -> list[Fault]:
    faults = [Fault(column="NAME", value=name, hint=Text("不能为空", en="empty")) for name in names if not name]
    if not names:
        faults.append(Fault(column="NAME", hint=Text("至少写一个名称", en="name at least one")))
    faults += yet_to_come("--on", on)
    known = _known_names(district, kind)
    if known is not None:
        faults += [
            Fault(column="NAME", value=name, allowed="、".join(known))
            for name in names
            if name and not stands_in(name, known)
        ]
    return faults


def _known_names(district: District, kind: FactKind) -> tuple[str, ...] | None:
    profile = None if district.profile is None else load_profile(district.profile)
    if profile is None or kind in {"date", "defect"}:
        return None
    if kind == "signature":
        return () if profile.acceptance is None else required_parties(profile.acceptance)
    synonyms = (word for one in profile.checklists for words in one.synonyms.values() for word in words)
    return tuple(dict.fromkeys((*(name for names in need_names(profile).values() for name in names), *synonyms)))


def recorded_facts(connection: Connection, project_id: int, as_of: date) -> list[ProjectFact]:
    """Return the last word on everything recorded of a project up to a day."""
    return [
        ProjectFact(**row._asdict())
        for row in queries().project_facts(connection, project_id=project_id, as_of=as_of)
    ]


def facts_by_project(connection: Connection, district: District, as_of: date) -> dict[str, list[ProjectFact]]:
    """Return the last word on everything recorded up to a day, by the code of the project."""
    found: dict[str, list[ProjectFact]] = {}
    for row in queries().project_facts_of_district(connection, district_id=district.id, as_of=as_of):
        code, *fact = row
        found.setdefault(code, []).append(ProjectFact(*fact))
    return found


def profile_of(connection: Connection, district: District, name: str) -> Profile:
    """Return the profile of a district with the district's own way of counting a public notice (公示)."""
    profile = load_profile(name)
    counted = queries().notice_counting(connection, district_id=district.id)
    if profile.public_notice is None or not counted:
        return profile
    notice = profile.public_notice.model_copy(update={"count_start_day": True})
    return profile.model_copy(update={"public_notice": notice})


def count_notice_start_day(db: Database, district: District, *, counted: bool) -> None:
    """Set whether the first day of a public notice (公示) counts as one of its working days in this district."""
    with db.transaction() as connection:
        queries().notice_counting_set(connection, district_id=district.id, counted=counted)


def check_gates(connection: Connection, district: District, project: object, stage: StageSpec, on: date) -> None:
    """Refuse a stage of which a gate is not passed.

    Raises
    ------
    RefusedError
        One fault for each gate, with its clause.
    """
    if district.profile is None:
        return
    project_id, name = project.id, project.name  # type: ignore[attr-defined]
    profile = profile_of(connection, district, district.profile)
    facts = project_facts(name, recorded_facts(connection, project_id, on))
    unmet = open_gates(profile, stage, facts, on)
    standing = standing_faults(connection, profile, project_id, stage, on)
    if unmet or standing:
        told = "；".join([*(f"{one.title}：{one.reason}" for one in unmet), *(str(one.allowed) for one in standing)])
        english = "; ".join([
            *(f"{_en(one.title)}: {_en(one.reason)}" for one in unmet),
            *(_en(one.allowed or "") for one in standing),
        ])  # fmt: skip
        raise RefusedError(
            Text(
                f"{name} 不能于 {on} 进入第 {stage.no} 阶段（{stage.name}）。{told}",
                en=f"{name} may not enter stage {stage.no} ({stage.name}) on {on}. {english}",
            ),
            [*(_fault(one) for one in unmet), *standing],
        )


def _en(text: str) -> str:
    return text.en if isinstance(text, Text) else text


def _fault(answer: Answer) -> Fault:
    clauses = [] if answer.quote is None else [f"「{answer.quote}」（{answer.document}）"]
    clauses += [f"「{one.quote}」（{one.document}）" for one in answer.also]
    return Fault(column=answer.title, value=answer.answer, allowed=answer.reason, hint="；".join(clauses) or None)
