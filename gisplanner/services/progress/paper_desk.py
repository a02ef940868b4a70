"""All a paper about one project draws on (文书依据): its estates, records, facts, filing and photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gisplanner.domain.district import District
from gisplanner.domain.papers import PaperSpec
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import EstateProgress, ProgressState, ProjectFact
from gisplanner.domain.works import REMOVED_STEP
from gisplanner.errors import Fault, NotFoundError
from gisplanner.services.progress.book import WorksBook, works_book
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.gates import facts_by_project, profile_of
from gisplanner.services.progress.projects import find_project
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Desk:
    """All a paper about one project may draw on."""

    district: District
    state: ProgressState
    book: WorksBook
    profile: Profile | None
    project: EstateProgress | None
    members: tuple[EstateProgress, ...]
    facts: tuple[ProjectFact, ...]
    filing: Mapping[str, Mapping[str, str]]
    """Estate → company → state of its plan."""
    photos: tuple[tuple[str, bytes], ...] = ()
    """Photos of what is pulled down, with their captions."""


def desk_of(db: Database, district: District, spec: PaperSpec, subject: str, as_of: date | None) -> Desk:
    """Gather what a paper about a project, or about an estate, draws on.

    Raises
    ------
    NotFoundError
        No such project or estate.
    """
    state = progress_state(db, district, as_of=as_of)
    with db.transaction() as connection:
        code = find_project(connection, district, subject).code if spec.subject == "project" else None
        profile = None if district.profile is None else profile_of(connection, district, district.profile)
        facts = facts_by_project(connection, district, state.as_of)
        book = works_book(connection, district, state.as_of)
        filing = _filing(connection, district, state.as_of)
    members = tuple(
        one
        for one in state.estates
        if (one.project_code == code if code is not None else subject in {one.estate_code, one.name})
    )
    if not members:
        raise NotFoundError(
            Text(f"计划里没有 {subject}。", en=f"{subject} is not in the plan."),
            [Fault(column="SUBJECT", value=subject)],
        )
    if spec.subject == "estate":
        members = members[:1]
    photos = _photos(db, district, book, [one.estate_code for one in members]) if spec.photos else ()
    return Desk(
        district=district,
        state=state,
        book=book,
        profile=profile,
        project=members[0],
        members=members,
        facts=tuple(facts.get(members[0].project_code or "", ())),
        filing=filing,
        photos=photos,
    )


def _photos(
    db: Database, district: District, book: WorksBook, estates: Sequence[str]
) -> tuple[tuple[str, bytes], ...]:
    """Return the photos of what still stands in some estates."""
    cases = (one for code in estates for one in book.demolitions.get(code, ()))
    standing = {one.code for one in cases if one.step < REMOVED_STEP}
    told = {"district_id": district.id, "as_of": book.as_of, "estates": list(estates)}
    with db.transaction() as connection:
        rows = [row for row in queries().demolition_photos(connection, **told) if row.code in standing]
    return tuple((case_caption(row), bytes(row.jpeg)) for row in rows)


def _filing(connection: Connection, district: District, as_of: date) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in queries().works_filing(connection, district_id=district.id, as_of=as_of):
        found.setdefault(row.estate_code, {})[row.owner] = row.state
    return found


def case_caption(row: Any) -> str:
    """Return what stands below a photo of a demolition: case, before or after, day, who took it, what is said."""
    told = (f"{row.code} {row.kind}", row.phase, str(row.happened_on), row.taken_by, row.caption)
    return "　".join(one for one in told if one)
