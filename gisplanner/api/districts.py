"""Districts on the page: made, given illustrative outlines, and their open questions (待核问题) answered."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from gisplanner.api.errors import HTTP_STATUS
from gisplanner.api.forgery import require_form_token
from gisplanner.api.pages import page_for
from gisplanner.api.viewer import CurrentViewer, SeenDatabase
from gisplanner.domain.accounts import OFFICES, Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, GisPlannerError, InputError, PermissionDeniedError
from gisplanner.services.database import Database
from gisplanner.services.districts import (
    built_in_districts,
    create_district,
    ensure_builtin_district,
    get_district,
    policy_titles,
)
from gisplanner.services.ingest.question_texts import KINDS
from gisplanner.services.ingest.questions import answer_question, list_questions
from gisplanner.services.sketch import sketch_outlines
from gisplanner.text import Text

router = APIRouter()

_SEE_OTHER: Final = 303
_NEW: Final = "新建区县"


def _administrator(viewer: CurrentViewer) -> Viewer:
    if viewer.role != "admin" or "district" in viewer.scope:
        raise PermissionDeniedError(
            Text(
                "新建区县要不限区县的管理员账户。",
                en="Making a district takes the account of an administrator who is not limited to some.",
            )
        )
    return viewer


def _planner(viewer: CurrentViewer) -> Viewer:
    if viewer.role not in OFFICES:
        raise PermissionDeniedError(Text("这一步要规划人员的账户。", en="This takes a planner's account."))
    return viewer


Administrator = Annotated[Viewer, Depends(_administrator)]
Planner = Annotated[Viewer, Depends(_planner)]
Token = Annotated[str, Form(max_length=200)]


class NewDistrict(BaseModel):
    """The form of a new district: a built-in one by its profile, or any other by its settings."""

    district_id: str = Field(default="", max_length=200)
    name: str = Field(default="", max_length=200)
    crs: str = Field(default="", max_length=200)
    bounds: str = Field(default="", max_length=200)
    profile: str = Field(default="", max_length=200)
    built_in: str = Field(default="", max_length=200)
    form_token: str = Field(default="", max_length=200)


class GivenAnswer(BaseModel):
    """The form of an answer: one of the choices, or a value where it could not be read."""

    question: int
    choice: str = Field(default="", max_length=200)
    value: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=400)
    form_token: str = Field(default="", max_length=200)


@router.get("/new-district")
def new(viewer: Administrator, request: Request) -> Response:
    """Return the form of a new district."""
    return _form(viewer, request, NewDistrict(), None)


@router.post("/new-district")
def make(
    db: SeenDatabase, viewer: Administrator, request: Request, asked: Annotated[NewDistrict, Form()]
) -> Response:
    """Make a district, or show the form again with the reasons it cannot be made."""
    require_form_token(request, asked.form_token)
    try:
        return _back(_made(db, asked))
    except GisPlannerError as error:
        return _form(viewer, request, asked, error)


@router.post("/districts/{district_id}/sketch")
def sketch(db: SeenDatabase, _: Planner, district_id: str, request: Request, form_token: Token = "") -> Response:
    """Draw illustrative outlines for the estates of the register that have none."""
    require_form_token(request, form_token)
    district = get_district(db, district_id)
    sketch_outlines(db, district)
    return _back(district)


@router.get("/districts/{district_id}/questions")
def questions(db: SeenDatabase, viewer: Planner, district_id: str, request: Request) -> Response:
    """Return the questions that imports left open, with what may be answered."""
    return _questions(db, viewer, get_district(db, district_id), request, None)


@router.post("/districts/{district_id}/questions")
def answer(
    db: SeenDatabase, viewer: Planner, district_id: str, request: Request, given: Annotated[GivenAnswer, Form()]
) -> Response:
    """Take an answer and show what is left, or say why it cannot be taken."""
    require_form_token(request, given.form_token)
    district = get_district(db, district_id)
    try:
        answer_question(
            db, district, given.question, given.value.strip() or given.choice, note=given.note.strip() or None
        )
    except GisPlannerError as error:
        return _questions(db, viewer, district, request, error)
    return RedirectResponse(f"/districts/{district.id}/questions", _SEE_OTHER)


def _made(db: Database, asked: NewDistrict) -> District:
    if asked.built_in:
        return ensure_builtin_district(db, asked.built_in)
    return create_district(
        db,
        asked.district_id.strip(),
        crs=asked.crs.strip(),
        name=asked.name.strip() or None,
        profile=asked.profile or None,
        bounds_lonlat=_bounds(asked.bounds),
    )


def _form(viewer: Viewer, request: Request, given: NewDistrict, refusal: GisPlannerError | None) -> Response:
    return page_for(
        request,
        viewer,
        "start/new_district.html",
        status=200 if refusal is None else HTTP_STATUS[type(refusal)],
        title=_NEW,
        given=given,
        refusal=refusal,
        built_in=built_in_districts(),
        profiles=policy_titles(),
    )


def _questions(
    db: Database, viewer: Viewer, district: District, request: Request, refusal: GisPlannerError | None
) -> Response:
    return page_for(
        request,
        viewer,
        "start/questions.html",
        status=200 if refusal is None else HTTP_STATUS[type(refusal)],
        title=f"{district.name}待核问题",
        district=district,
        refusal=refusal,
        kinds=KINDS,
        questions=list_questions(db, district),
    )


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError as error:
        raise InputError(
            Text(f"区界“{text}”读不懂。", en=f"The bounds “{text}” cannot be read."),
            [Fault(column="区界", value=text, allowed="西,南,东,北（度），如 114.45,25.40,115.10,26.20")],
        ) from error
    return west, south, east, north


def _back(district: District) -> Response:
    return RedirectResponse(f"/#{district.id}", _SEE_OTHER)
