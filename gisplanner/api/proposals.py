"""The planner's desk: proposals of a district on a page, changed by clicking; the rules of the server decide."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from gisplanner.api.answers import revalidated
from gisplanner.api.pages import page_for
from gisplanner.api.uploads import SCRIPT_POLICY
from gisplanner.api.viewer import CurrentViewer, SeenDatabase
from gisplanner.domain.accounts import OFFICES, Viewer
from gisplanner.errors import PermissionDeniedError
from gisplanner.services.bundling import desk
from gisplanner.services.bundling.application import application_of_proposal
from gisplanner.services.bundling.application_files import application_document
from gisplanner.services.bundling.comparison import comparison_document
from gisplanner.services.bundling.proposals import get_proposal
from gisplanner.services.bundling.propose import BundleRules, Limit, Weights, make_ready
from gisplanner.services.districts import get_district
from gisplanner.text import Text

router = APIRouter(prefix="/districts/{district_id}/proposals")

_READERS: Final = OFFICES | {"subdistrict", "lead", "reviewer"}
_ITERATIONS: Final = 40
"""Rounds of a search from the page: the same answer everywhere, in about a second for a district's estates."""


class LimitAsked(BaseModel):
    """Bounds on the sum of a column over a bundle."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    measure: str = Field(min_length=1, max_length=80)
    at_least: float | None = Field(None, gt=0)
    at_most: float | None = Field(None, gt=0)
    budget: bool = False


class WeightsAsked(BaseModel):
    """What counts how much once number and leftovers are settled."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    homogeneous: float = Field(default=1.0, ge=0, le=100)
    compact: float = Field(default=0.0, ge=0, le=100)
    balanced: float = Field(default=0.0, ge=0, le=100)


class Asked(BaseModel):
    """What a new proposal is made by; without ``gap_m`` it is the official grouping of the register."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(min_length=1, max_length=80)
    gap_m: float | None = Field(None, ge=0, le=1000)
    needs: bool = False
    min_size: float | None = Field(None, gt=0)
    max_size: float | None = Field(None, gt=0)
    limits: list[LimitAsked] = Field(default_factory=list, max_length=12)
    leftovers: bool = True
    first: Literal["bundles", "estates"] = "bundles"
    weights: WeightsAsked = WeightsAsked()
    alike: list[Literal["year_built", "needs", "ownership", "kind"]] = Field(default_factory=list, max_length=4)
    within: Literal["subdistrict", "community"] | None = None
    barriers: bool = True


class Changed(BaseModel):
    """One change of a proposal."""

    model_config = ConfigDict(extra="forbid")

    kind: desk.DeskKind
    reason: str = Field(max_length=400)
    seen: int | None = None
    sign: str | None = Field(None, max_length=80)
    estate: str | None = None
    bundle: str | None = None
    other: str | None = None
    estates: list[str] = Field(default_factory=list)
    new: str | None = Field(None, max_length=40)


def _reader(viewer: CurrentViewer) -> Viewer:
    if viewer.role not in _READERS:
        raise PermissionDeniedError(Text("片区方案不对当前账户开放，请先登录。", en="Log in to see proposals."))
    return viewer


def _planner(viewer: CurrentViewer) -> Viewer:
    if viewer.role not in OFFICES:
        raise PermissionDeniedError(
            Text("调整片区方案要规划人员的账户。", en="Changing proposals takes a planner's account.")
        )
    return viewer


Reader = Annotated[Viewer, Depends(_reader)]
Planner = Annotated[Viewer, Depends(_planner)]
Name = Annotated[str, Query(min_length=1)]


@router.get("")
def page(db: SeenDatabase, viewer: Reader, district_id: str, request: Request) -> Response:
    """Return the page of the desk."""
    district = get_district(db, district_id)
    if viewer.role in OFFICES:
        make_ready()
    answer = page_for(
        request,
        viewer,
        "proposals/desk.html",
        title=f"{district.name}片区方案",
        district=district,
        sources=desk.desk_sources(db, district),
        measures=desk.desk_measures(),
        cost=desk.desk_cost(),
        may_change=viewer.role in OFFICES,
    )
    answer.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return answer


@router.get("/list")
def listed(db: SeenDatabase, _: Reader, district_id: str) -> Response:
    """Return the proposals there are."""
    return JSONResponse({"proposals": desk.desk_list(db, get_district(db, district_id))})


@router.get("/estates")
def estates(db: SeenDatabase, _: Reader, district_id: str, request: Request) -> Response:
    """Return the estates as GeoJSON."""
    text = desk.desk_estates(db, get_district(db, district_id))
    return revalidated(request, text.encode(), "application/geo+json", {"Vary": "Cookie, Authorization"})


@router.get("/ground")
def ground(db: SeenDatabase, _: Reader, district_id: str, request: Request) -> Response:
    """Return what lies between the estates."""
    text = desk.desk_ground(db, get_district(db, district_id))
    return revalidated(request, text.encode(), "application/json", {"Vary": "Cookie, Authorization"})


@router.get("/one")
def one(db: SeenDatabase, _: Reader, district_id: str, name: Name) -> Response:
    """Return a proposal, every bundle explained."""
    return _json(desk.desk_proposal(db, get_district(db, district_id), name))


@router.get("/compare")
def compare(db: SeenDatabase, _: Reader, district_id: str, name: Annotated[list[str], Query()]) -> Response:
    """Return proposals side by side."""
    district = get_district(db, district_id)
    chosen = [get_proposal(db, district, called) for called in name]
    return _json(comparison_document(chosen, desk.estates_frame(db, district)))


@router.get("/application")
def application(db: SeenDatabase, _: Reader, district_id: str, name: Name) -> Response:
    """Return what of a proposal may be applied for, by the facts and areas that are stored."""
    return _json(application_document(application_of_proposal(db, get_district(db, district_id), name)))


@router.post("/make")
def make(db: SeenDatabase, _: Planner, district_id: str, asked: Asked) -> Response:
    """Make and store a proposal."""
    rules = None
    if asked.gap_m is not None:
        rules = BundleRules(
            gap_m=asked.gap_m,
            needs="needs" if asked.needs else None,
            min_size=asked.min_size,
            max_size=asked.max_size,
            limits=tuple(Limit(**one.model_dump()) for one in asked.limits),
            leftovers=asked.leftovers,
            first=asked.first,
            weights=Weights(**asked.weights.model_dump()),
            alike=tuple(asked.alike),
            within=asked.within,
            iterations=_ITERATIONS,
        )
    layers = ("barriers",) if asked.barriers else ()
    return _json(
        desk.make_proposal(db, get_district(db, district_id), asked.name.strip(), rules, barriers_layers=layers), 201
    )


@router.post("/change")
def change(db: SeenDatabase, _: Planner, district_id: str, name: Name, changed: Changed) -> Response:
    """Make one change and return the proposal as it is then."""
    asked = desk.DeskChange(**changed.model_dump())
    return _json(desk.change_proposal(db, get_district(db, district_id), name, asked))


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(
        json.dumps(document, ensure_ascii=False), status, media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip
