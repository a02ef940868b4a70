"""What the pages of entry (进度与填报) show: projects with their next stage and its gates, estates to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import MEETS, Answer
from gisplanner.domain.profile import Profile, StageSpec
from gisplanner.domain.progress import DeadlineState, ProjectFact
from gisplanner.errors import Fault, NotFoundError
from gisplanner.rules.acceptance import required_parties
from gisplanner.rules.deadlines import NOTICE_START
from gisplanner.rules.gates import gates, need_names, project_facts
from gisplanner.services.progress.deadlines import judge_deadlines
from gisplanner.services.progress.filing_due import FilingDues, filing_dues
from gisplanner.services.progress.gates import profile_of, recorded_facts
from gisplanner.services.progress.ground import standing_faults
from gisplanner.services.progress.permission import not_yours
from gisplanner.services.progress.projects import find_estate, find_project, stages_of, today
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

MOST_LISTED: Final = 300
"""Estates on one page; further ones are found by name (本工具参数)."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Projects and estates an account may record something of."""

    projects: tuple[Any, ...]
    behind: dict[str, int]
    """Code of a project → days it is behind its latest deadline."""
    estates: tuple[Any, ...]
    more: int
    """Estates that are not listed."""
    due: FilingDues


@dataclass(frozen=True, slots=True)
class StageState:
    """A stage of a project: when it was reached and with what proof, or that it is still to come."""

    stage: StageSpec
    event: Any | None
    files: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ProjectDesk:
    """A project as its page shows it."""

    code: str
    name: str
    stages: tuple[StageState, ...]
    coming: StageSpec | None
    gates: tuple[Answer, ...]
    """What the next stage asks for today, met or not, each with its clause."""
    standing: tuple[Fault, ...]
    """What still stands on the ground of works that would begin."""
    deadlines: tuple[DeadlineState, ...]
    facts: tuple[ProjectFact, ...]
    names: tuple[tuple[str, tuple[str, ...]], ...]
    """Kind of fact → names that the document knows."""
    estates: tuple[Any, ...]

    @property
    def open_gates(self) -> int:
        """Return how many things the next stage still waits for."""
        return sum(one.answer != MEETS for one in self.gates) + len(self.standing)


def overview(db: Database, district: District, *, search: str = "") -> Overview:
    """Return what an account may record something of; ``search`` is part of an estate's name, code or community."""
    day = today()
    with db.transaction() as connection:
        projects = tuple(queries().entry_projects(connection, district_id=district.id, as_of=day))
        estates = [row for row in queries().entry_estates(connection, district_id=district.id) if _found(row, search)]
        behind: dict[str, int] = {}
        for one in judge_deadlines(connection, district, day):
            if one.behind and one.lag_days is not None:
                behind[one.project_code] = max(one.lag_days, behind.get(one.project_code, 0))
        due = filing_dues(connection, district, day)
    return Overview(projects, behind, tuple(estates[:MOST_LISTED]), max(0, len(estates) - MOST_LISTED), due)


def project_desk(db: Database, district: District, project: str) -> ProjectDesk:
    """Return a project with its stages, what the next one waits for, and what may be recorded.

    Raises
    ------
    NotFoundError
        There is no such project.
    PermissionDeniedError
        None of its estates is the account's.
    """
    day = today()
    with db.transaction() as connection:
        found = find_project(connection, district, project)
        members = {row.code for row in queries().entry_projects(connection, district_id=district.id, as_of=day)}
        if found.code not in members:
            raise not_yours(db)
        rows = list(queries().stage_evidence_of_project(connection, project_id=found.id))
        stages = stages_of(district)
        reached = max((row.stage_no for row in rows), default=0)
        coming = next((stage for stage in stages if stage.no == reached + 1), None)
        profile = None if district.profile is None else profile_of(connection, district, district.profile)
        facts = tuple(recorded_facts(connection, found.id, day))
        asked: tuple[Answer, ...] = ()
        standing: tuple[Fault, ...] = ()
        if profile is not None and coming is not None:
            asked = tuple(gates(profile, coming, project_facts(found.name, facts), day))
            standing = tuple(standing_faults(connection, profile, found.id, coming, day))
        deadlines = judge_deadlines(connection, district, day)
        estates = tuple(queries().entry_estates_of_project(connection, project_id=found.id))
    return ProjectDesk(
        found.code, found.name, tuple(_state(stage, rows) for stage in stages), coming, asked, standing,
        tuple(one for one in deadlines if one.project_code == found.code), facts, _names(profile), estates,
    )  # fmt: skip


def estate_photos(db: Database, district: District, estate: str) -> tuple[list[Any], list[Any]]:
    """Return the photos of an estate (without the pictures) and the demolitions in it.

    Raises
    ------
    NotFoundError
        There is no such estate, at least none the account sees.
    """
    with db.transaction() as connection:
        found = find_estate(connection, district, estate)
        photos = list(queries().photos_of_estate(connection, estate_id=found.id))
        cases = [
            row
            for row in queries().demolitions(connection, district_id=district.id, as_of=today())
            if row.estate_code == found.code
        ]
    return photos, cases


def photo_jpeg(db: Database, district: District, photo_id: int) -> bytes:
    """Return a picture as JPEG.

    Raises
    ------
    NotFoundError
        There is none, at least none the account sees.
    """
    with db.transaction() as connection:
        jpeg = queries().photo_jpeg(connection, photo_id=photo_id, district_id=district.id)
    return bytes(_there(jpeg, photo_id, Text("没有这张照片。", en="There is no such photo.")))


def evidence_file(db: Database, district: District, file_id: int) -> tuple[str, str, bytes]:
    """Return name, media type and content of a file that proves a stage.

    Raises
    ------
    NotFoundError
        There is none, at least none the account sees.
    """
    with db.transaction() as connection:
        row = queries().stage_evidence_file(connection, file_id=file_id, district_id=district.id)
    row = _there(row, file_id, Text("没有这份佐证。", en="There is no such evidence."))
    return row.file_name, row.media_type, bytes(row.content)


def _there(found: Any, number: int, otherwise: Text) -> Any:
    if found is None:
        raise NotFoundError(otherwise, [Fault(value=str(number))])
    return found


def _found(row: Any, search: str) -> bool:
    return not search or any(search in (word or "") for word in (row.name, row.code, row.community, row.subdistrict))


def _state(stage: StageSpec, rows: Sequence[Any]) -> StageState:
    mine = [row for row in rows if row.stage_no == stage.no]
    return StageState(stage, mine[0] if mine else None, tuple(row for row in mine if row.file_id is not None))


def _names(profile: Profile | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if profile is None:
        return ()
    needs = tuple(dict.fromkeys(name for names in need_names(profile).values() for name in names))
    parties = () if profile.acceptance is None else required_parties(profile.acceptance)
    notice = () if profile.public_notice is None else (NOTICE_START,)
    return (("gate", needs), ("signature", parties), ("date", (*notice, "开工", "完工")))
