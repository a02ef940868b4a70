"""Fill in the papers a bureau types daily (文书): letters, applications, task lists, tables to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.papers import paper, papers
from gisplanner.domain.district import District
from gisplanner.domain.papers import PaperSpec
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import EstateProgress, ProgressState, ProjectFact
from gisplanner.domain.works import REMOVED_STEP
from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.formats.paper_template import write_paper, write_template
from gisplanner.services.progress import paper_rows
from gisplanner.services.progress.book import WorksBook, works_book
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.gates import facts_by_project, profile_of
from gisplanner.services.progress.paper_basis import basis_of
from gisplanner.services.progress.projects import find_project
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

EXAMPLE: Final = "含示例记录，不是真实文书"
_GIVEN: Final = ("unit", "number", "office", "approval_office")


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


def write_templates(folder: Path) -> list[Path]:
    """Write every paper as an editable template into a folder and return the files.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for spec in papers().values():
        made.append(folder / f"{spec.key}_{spec.name}.docx")
        write_template(spec, made[-1])
    return made


def make_paper(
    db: Database,
    district: District,
    name: str,
    subject: str,
    path: Path,
    *,
    as_of: date | None = None,
    given: Mapping[str, str] | None = None,
    templates: Path | None = None,
) -> PaperSpec:
    """Write a paper about a project or an estate.

    Parameters
    ----------
    name
        Key or Chinese name of the paper.
    subject
        Project (code or exact name), or estate for a paper of an estate.
    given
        What the bureau states: ``unit``, ``number``, ``office``, ``approval_office``.
    templates
        Folder with edited templates; a paper that is not there is taken from the product.

    Raises
    ------
    NotFoundError
        No such paper, project or estate.
    UsageError
        Something the paper needs is not given.
    FileFormatError
        The edited template is wrong.
    """
    spec, told = paper(name), dict(given or {})
    faults = [Fault(column="--set", value=one, allowed="、".join(_GIVEN)) for one in told if one not in _GIVEN]
    faults += [
        Fault(column="--set", value=one, hint=Text(f"写 --set {one}=…", en=f"give --set {one}=…"))
        for one in spec.needs
        if not told.get(one, "").strip()
    ]
    if faults:
        raise UsageError(Text(f"{spec.name}还缺内容。", en=f"Something is missing for {spec.key}."), faults)
    desk = _desk(db, district, spec, subject, as_of)
    template = None if templates is None else next(iter(sorted(templates.glob(f"{spec.key}_*.docx"))), None)
    write_paper(spec, values_of(spec, desk, told), path, desk.state.as_of, template=template)
    return spec


def values_of(spec: PaperSpec, desk: Desk, given: Mapping[str, str]) -> dict[str, Any]:
    """Return all values a template may use; what is not known is shown as — or left to be written by hand."""
    day = desk.state.as_of
    rows = () if spec.table is None else paper_rows.rows_of(spec.table.rows, desk)
    members = desk.members
    stage = members[0].stage_name if members else None
    illustrative = desk.state.illustrative or desk.book.illustrative
    return {
        "district": desk.district.name,
        "project": {
            "code": "" if desk.project is None else desk.project.project_code or "",
            "name": "" if desk.project is None else desk.project.project or "",
            "stage": stage or "无进度记录",
            "households": _total([one.households for one in members]),
            "buildings": _total([one.buildings for one in members]),
            "floor_area": _total([one.floor_area_10k_m2 for one in members]),
        },
        "estate": _estate(members[0]) if members else {},
        "estates": [_estate(one) for one in members],
        "rows": list(rows),
        "defects": [one for one in desk.facts if one.kind == "defect" and not one.done],
        "photos": [{"caption": caption, "jpeg": jpeg} for caption, jpeg in desk.photos],
        "notice": paper_rows.notice(desk),
        "acceptance": {
            "organiser": "—"
            if desk.profile is None or desk.profile.acceptance is None
            else desk.profile.acceptance.organiser
        },
        "basis": basis_of(spec.key, desk.profile),
        "unit": given.get("unit", ""),
        "number": given.get("number", "〔　　　　〕　　号"),
        "office": given.get("office", f"{desk.district.name}老旧小区改造工作指挥部办公室"),
        "approval_office": given.get("approval_office", "审批部门"),
        "day": f"{day.year}年{day.month}月{day.day}日",
        "warning": EXAMPLE if illustrative else "",
    }


def _estate(one: EstateProgress) -> dict[str, Any]:
    return {
        "code": one.estate_code,
        "name": one.name or "",
        "subdistrict": one.subdistrict or "—",
        "community": one.community or "—",
        "households": paper_rows.shown(one.households),
        "buildings": paper_rows.shown(one.buildings),
        "floor_area": paper_rows.shown(one.floor_area_10k_m2),
    }


def _total(values: Sequence[Any]) -> str:
    """Return a sum, or — where one of the values is not known: an unknown is no zero."""
    return "—" if any(one is None for one in values) else paper_rows.shown(sum(values))


def _desk(db: Database, district: District, spec: PaperSpec, subject: str, as_of: date | None) -> Desk:
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
    return tuple((paper_rows.case_caption(row), bytes(row.jpeg)) for row in rows)


def _filing(connection: Connection, district: District, as_of: date) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in queries().works_filing(connection, district_id=district.id, as_of=as_of):
        found.setdefault(row.estate_code, {})[row.owner] = row.state
    return found
