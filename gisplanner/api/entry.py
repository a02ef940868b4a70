"""Pages on which a sub-district or the planner records what happens: stages with proof, estates, photos, days."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, cast, get_args

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from gisplanner.api.answers import attachment
from gisplanner.api.entry_forms import day_of, entry_of, files_of, shot_of, text_of
from gisplanner.api.errors import HTTP_STATUS
from gisplanner.api.forgery import require_form_token
from gisplanner.api.pages import page_for
from gisplanner.api.uploads import SCRIPT_POLICY
from gisplanner.api.viewer import CurrentViewer, SeenDatabase
from gisplanner.domain.accounts import OFFICES, RECORDERS, Viewer
from gisplanner.domain.district import District
from gisplanner.domain.progress import FactKind
from gisplanner.domain.works import RECORD_TITLES
from gisplanner.errors import Fault, GisPlannerError, InputError, PermissionDeniedError
from gisplanner.services.database import Database
from gisplanner.services.districts import get_district
from gisplanner.services.progress.entry_desk import estate_photos, evidence_file, overview, photo_jpeg, project_desk
from gisplanner.services.progress.estate_entry import COUNTS, changes_of, estate_record, save_entry
from gisplanner.services.progress.events import advance
from gisplanner.services.progress.filing_due import set_filing_due
from gisplanner.services.progress.gates import record
from gisplanner.services.progress.photos import DemolitionPhase, Phase, add_demolition_photo, add_photo
from gisplanner.services.progress.records import form_csv
from gisplanner.text import Text

router = APIRouter(prefix="/districts/{district_id}/entry")

_SEE_OTHER: Final = 303
_OK: Final = 200
_MOST_FIELDS: Final = 400
_MOST_FILES: Final = 6
_LONGEST_SEARCH: Final = 40
DONE: Final = {
    "stage": "阶段已记录。",
    "fact": "已记录。",
    "saved": "已存入，改动见下方记录。",
    "same": "没有改动。",
    "photo": "照片已存入。",
    "due": "期限已记录，按期率据此计算。",
}
"""What a page says after something was recorded."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is on which district's pages, with the database as the account may see and change it."""

    db: Database
    viewer: Viewer
    district: District
    request: Request


def _recorder(viewer: CurrentViewer) -> Viewer:
    if viewer.role not in RECORDERS:
        raise PermissionDeniedError(
            Text("进度与填报由街道社区和指挥部办公室的账户办理，请先登录。", en="Log in to record progress.")
        )
    return viewer


Recorder = Annotated[Viewer, Depends(_recorder)]


def _visit(db: SeenDatabase, viewer: Recorder, district_id: str, request: Request) -> Visit:
    return Visit(db, viewer, get_district(db, district_id), request)


async def _form(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS) as form:
        require_form_token(request, str(form.get("form_token") or ""))
        yield form


Here = Annotated[Visit, Depends(_visit)]
Sent = Annotated[FormData, Depends(_form)]
Done = Annotated[str, Query(max_length=10)]


@router.get("")
def start(visit: Here, q: str = "", done: Done = "") -> Response:
    """Return the page of all projects and estates of the account."""
    return _overview(visit, search=q.strip()[:_LONGEST_SEARCH], done=DONE.get(done))


@router.get("/projects/{code}")
def project(visit: Here, code: str, done: Done = "") -> Response:
    """Return the page of a project: stages, the next one with its gates, what may be recorded."""
    return _project(visit, code, done=DONE.get(done))


@router.get("/estates/{code}")
def estate(visit: Here, code: str, done: Done = "") -> Response:
    """Return the page of an estate: its form, its photos, who changed what."""
    return _estate(visit, code, done=DONE.get(done))


@router.get("/forms/{kind}.csv")
def empty_table(_: Recorder, kind: str) -> Response:
    """Return the empty table of a kind of record, to be filled in and handed in as a file."""
    title, content = form_csv(kind)
    return Response(content, media_type="text/csv; charset=utf-8", headers=attachment(f"{title}.csv"))


@router.get("/photos/{photo_id}.jpg")
def photo(visit: Here, photo_id: int) -> Response:
    """Return a photo."""
    keep = {"Cache-Control": "private, max-age=3600"}
    return Response(photo_jpeg(visit.db, visit.district, photo_id), media_type="image/jpeg", headers=keep)


@router.get("/evidence/{file_id}")
def evidence(visit: Here, file_id: int) -> Response:
    """Return a file that proves a stage, as a download."""
    name, media_type, content = evidence_file(visit.db, visit.district, file_id)
    return Response(content, media_type=media_type, headers=attachment(name))


@router.post("/projects/{code}/stages")
def record_stage(visit: Here, code: str, form: Sent) -> Response:
    """Record that a project reached a stage, with its proof; a refusal comes back with the clause."""

    def run() -> str:
        files, on, stage = files_of(form, "files"), day_of(form, "on"), text_of(form, "stage") or ""
        advance(visit.db, visit.district, code, stage, on=on, evidence=text_of(form, "evidence"), files=files)
        return "stage"

    return _done(
        visit, run, f"/projects/{code}", lambda **told: _project(visit, code, typed=form, sent="stages", **told)
    )


@router.post("/projects/{code}/facts")
def record_fact(visit: Here, code: str, form: Sent) -> Response:
    """Record a precondition, a day, a signature or a defect of a project."""

    def run() -> str:
        names = [str(one) for one in form.getlist("name") if isinstance(one, str) and one.strip()]
        kind = text_of(form, "kind") or ""
        if kind not in get_args(FactKind):
            raise InputError(Text("没有记录：种类有误。", en="No such kind."), [Fault(column="kind", value=kind)])
        record(
            visit.db, visit.district, code, cast("FactKind", kind), names, on=day_of(form, "on"),
            done=not form.get("open"), evidence=text_of(form, "evidence"),
        )  # fmt: skip
        return "fact"

    return _done(
        visit,
        run,
        f"/projects/{code}",
        lambda **told: _project(visit, code, typed=form, sent=text_of(form, "kind"), **told),
    )


@router.post("/estates/{code}")
def record_estate(visit: Here, code: str, form: Sent) -> Response:
    """Store what the form of an estate says that is new."""

    def run() -> str:
        saved = save_entry(visit.db, visit.district, code, entry_of(form))
        return "saved" if saved.fields or saved.figures else "same"

    return _done(
        visit, run, f"/estates/{code}", lambda **told: _estate(visit, code, typed=form, sent="estate", **told)
    )


@router.post("/estates/{code}/photos")
def record_photo(visit: Here, code: str, form: Sent) -> Response:
    """Store a photo of an estate, or of a demolition in it."""

    def run() -> str:
        shot, phase, case = shot_of(form), text_of(form, "phase"), text_of(form, "demolition")
        if case is not None and phase in get_args(DemolitionPhase):
            add_demolition_photo(visit.db, visit.district, case, cast("DemolitionPhase", phase), shot)
        elif case is None and phase in get_args(Phase):
            add_photo(visit.db, visit.district, code, cast("Phase", phase), shot)
        else:
            allowed = "、".join(get_args(Phase if case is None else DemolitionPhase))
            told = Text("没有存入：阶段有误。", en="Nothing stored: wrong phase.")
            raise InputError(told, [Fault(column=Text("前后", en="phase"), value=phase, allowed=allowed)])
        return "photo"

    return _done(
        visit, run, f"/estates/{code}", lambda **told: _estate(visit, code, typed=form, sent=_of(form), **told)
    )


@router.post("/filing-due")
def record_due(visit: Here, form: Sent) -> Response:
    """Set the day by which plans of networks are due."""

    def run() -> str:
        set_filing_due(
            visit.db, visit.district, day_of(form, "due"), on=day_of(form, "on"),
            document=text_of(form, "document") or "", project=text_of(form, "project"),
        )  # fmt: skip
        return "due"

    return _done(visit, run, "", lambda **told: _overview(visit, **told))


def _done(visit: Visit, run: Callable[[], str], to: str, again: Callable[..., Response]) -> Response:
    """Do something and go back to the page, or show the page again with the reason."""
    try:
        done = run()
    except GisPlannerError as error:
        status = HTTP_STATUS[type(error)]
        if status >= HTTP_STATUS[GisPlannerError] or isinstance(error, PermissionDeniedError):
            raise
        return again(refusal=error, status=status)
    base = visit.request.url_for("start", district_id=visit.district.id).path
    return RedirectResponse(f"{base}{to}?done={done}", _SEE_OTHER)


def _overview(visit: Visit, *, search: str = "", **told: Any) -> Response:
    return _page(
        visit, "entry/overview.html", title=f"{visit.district.name}进度与填报", search=search,
        desk=overview(visit.db, visit.district, search=search), office=visit.viewer.role in OFFICES,
        record_titles=RECORD_TITLES, **told,
    )  # fmt: skip


def _of(form: FormData) -> str:
    return "estate-photo" if form.get("demolition") is None else "demolition-photo"


def _project(
    visit: Visit, code: str, *, typed: FormData | None = None, sent: str | None = None, **told: Any
) -> Response:
    desk = project_desk(visit.db, visit.district, code)
    return _page(
        visit, "entry/project.html", title=desk.name, desk=desk, typed=_typed(typed), sent=sent,
        ticked=set() if typed is None else {str(one) for one in typed.getlist("name")}, **told,
    )  # fmt: skip


def _estate(
    visit: Visit, code: str, *, typed: FormData | None = None, sent: str | None = None, **told: Any
) -> Response:
    known = estate_record(visit.db, visit.district, code)
    photos, cases = estate_photos(visit.db, visit.district, code)
    return _page(
        visit, "entry/estate.html", title=known.name or known.code, estate=known, photos=photos, cases=cases,
        changes=changes_of(visit.db, visit.district, code), counts=COUNTS,
        typed=_typed(typed), sent=sent, **told,
    )  # fmt: skip


def _typed(form: FormData | None) -> dict[str, str]:
    """Return the texts of a form that comes back: what was typed is not lost."""
    return {key: value for key, value in (form or FormData()).items() if isinstance(value, str)}


def _page(
    visit: Visit,
    template: str,
    *,
    done: str | None = None,
    refusal: GisPlannerError | None = None,
    status: int = _OK,
    **content: Any,
) -> Response:
    answer = page_for(
        visit.request, visit.viewer, template, status=status, district=visit.district, done=done, refusal=refusal,
        today=date.today().isoformat(),  # noqa: DTZ011 - a calendar day at the office, not an instant
        **content,
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return answer
