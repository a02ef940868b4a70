"""The start page: districts with their figures, maps and downloads, live from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from http import HTTPStatus
from typing import Final, Literal

from fastapi import APIRouter, Request, Response

from gisplanner import __version__
from gisplanner.api.answers import revalidated
from gisplanner.api.context import OpenDatabase
from gisplanner.api.forgery import form_token_of
from gisplanner.api.maps import MAPS
from gisplanner.api.templates import render
from gisplanner.api.viewer import COOKIE, CurrentViewer
from gisplanner.domain.accounts import Role, Viewer
from gisplanner.domain.register import RegisterCheck, RegisterTotals
from gisplanner.services.export import FORMATS
from gisplanner.services.overview import overview
from gisplanner.services.register.report import FIGURE_NAMES
from gisplanner.services.uploads.kinds import upload_kinds

router = APIRouter()

ROLE_NAMES: Final[Mapping[Role, str]] = {
    "admin": "管理员",
    "planner": "指挥部办公室 / 住建",
    "subdistrict": "街道社区",
    "lead": "管网信息公司",
    "operator": "管线单位",
    "reviewer": "审查部门",
    "public": "公众",
}
_UNITS: Final = {
    "estates": "个",
    "communities": "个",
    "subdistricts": "个",
    "buildings": "栋",
    "households": "户",
    "floor_area_10k_m2": "万㎡",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One total of a register beside what the plan states."""

    name: str
    value: str
    unit: str
    against: str
    state: Literal["good", "bad", "plain"]


@router.get("/")
def start(db: OpenDatabase, viewer: CurrentViewer, request: Request) -> Response:
    """Return the start page with what its viewer may see."""
    return page_for(
        request,
        viewer,
        "start/start.html",
        title="老旧小区改造空间规划",
        districts=overview(db, viewer),
        figures=figures,
        names=FIGURE_NAMES,
        formats=list(FORMATS.values()),
        maps=[page for page in MAPS.values() if page.for_viewer(viewer)],
    )


def page_for(
    request: Request, viewer: Viewer, template: str, *, status: int = 200, title: str, **content: object
) -> Response:
    """Return a page of the site, its head with who is logged in; everything filled in is escaped."""
    html = render(
        template,
        title=title,
        version=__version__,
        viewer=viewer,
        role_name=ROLE_NAMES[viewer.role],
        logged_in=COOKIE in request.cookies and viewer.role != "public",
        form_token=form_token_of(request),
        may_upload=bool(upload_kinds(viewer)),
        **content,
    )
    if status != HTTPStatus.OK:
        return Response(html, status, media_type="text/html", headers={"Cache-Control": "no-store"})
    return revalidated(request, html.encode(), "text/html", {"Vary": "Cookie, Authorization"})


def figures(check: RegisterCheck) -> list[Figure]:
    """Return the totals of a register, each beside what the plan states of it."""
    made = []
    for field in fields(RegisterTotals):
        value, stated = getattr(check.counts, field.name), getattr(check.stated, field.name)
        against, state = _against(value, stated)
        made.append(Figure(FIGURE_NAMES[field.name], _number(value), _UNITS[field.name], against, state))
    return made


def _against(
    value: Decimal | int | None, stated: Decimal | int | None
) -> tuple[str, Literal["good", "bad", "plain"]]:
    if stated is None:
        return "方案未给出", "plain"
    return ("✓ 与方案一致", "good") if value == stated else (f"方案 {_number(stated)}", "bad")


def _number(value: Decimal | int | None) -> str:
    return "未填" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)
