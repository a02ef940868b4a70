"""The maps of a district, drawn from the database at each request, and their small pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from gisplanner.api.answers import revalidated
from gisplanner.api.context import NamedDistrict, OpenDatabase
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError
from gisplanner.services.bundling.propose import DEFAULT_RULES, BundleResult, bundle_district
from gisplanner.services.database import Database
from gisplanner.services.maps import MapOptions, map_bundles, map_progress
from gisplanner.services.picture import bundles_picture, progress_picture
from gisplanner.text import Text

router = APIRouter(prefix="/districts/{district_id}")

MAP_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; font-src data:; "
    "img-src data: blob: https://*.tianditu.gov.cn; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A map is one file with everything in it; only the optional base map comes from elsewhere. Its measuring tool builds
a template at run time, hence ``unsafe-eval``."""

BARRIERS_LAYERS: Final = ("barriers",)
_BUNDLES_ABOUT: Final = f"间距 {DEFAULT_RULES.gap_m:g} 米内为连片，铁路、河流等阻隔不跨"


@dataclass(frozen=True, slots=True)
class MapPage:
    """A map on offer: its name in the address, what it is called, what it shows, who draws it and its picture."""

    name: str
    title: str
    about: str
    draw: Callable[[Database, District, MapOptions], str]
    picture: Callable[[Database, District], str]


def _progress(db: Database, district: District, options: MapOptions) -> str:
    return map_progress(db, district, options=options)


def _bundles(db: Database, district: District, options: MapOptions) -> str:
    return map_bundles(db, district, _live_bundles(db, district), options=options)


def _bundles_picture(db: Database, district: District) -> str:
    return bundles_picture(db, district, _live_bundles(db, district).bundles)


def _live_bundles(db: Database, district: District) -> BundleResult:
    return bundle_district(db, district, barriers_layers=BARRIERS_LAYERS)


MAPS: Final[Mapping[str, MapPage]] = MappingProxyType(
    {
        page.name: page
        for page in (
            MapPage("progress", "进度图", "按阶段着色，开工率和完工率注明权重", _progress, progress_picture),
            MapPage("bundles", "连片改造片区图", _BUNDLES_ABOUT, _bundles, _bundles_picture),
        )
    }
)


@router.get("/maps/{name}.html")
def page(
    db: OpenDatabase,
    district: NamedDistrict,
    name: str,
    request: Request,
    *,
    public: Annotated[bool, Query()] = False,
) -> Response:
    """Return a map as one HTML file; ``?public=true`` for the public version."""
    options = MapOptions(public=public, tianditu_key=request.app.state.tianditu_key)
    html = _map(name).draw(db, district, options)
    return revalidated(request, html.encode(), "text/html", {"Content-Security-Policy": MAP_POLICY})


@router.get("/maps/{name}.svg")
def picture(db: OpenDatabase, district: NamedDistrict, name: str, request: Request) -> Response:
    """Return the small picture of a map."""
    return revalidated(request, _map(name).picture(db, district).encode(), "image/svg+xml")


def _map(name: str) -> MapPage:
    if name not in MAPS:
        raise NotFoundError(
            Text(f"没有 {name} 这张图。", en=f"There is no map {name}."),
            [Fault(column="map", value=name, allowed="、".join(MAPS))],
        )
    return MAPS[name]
