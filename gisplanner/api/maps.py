"""The maps of a district, drawn from the database at each request for its viewer, and their small pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from gisplanner.api.answers import revalidated
from gisplanner.api.context import OpenDatabase
from gisplanner.api.viewer import CurrentViewer
from gisplanner.domain.accounts import NETWORK_OFFICES, Role, Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError
from gisplanner.services.bundling.propose import DEFAULT_RULES, BundleResult, bundle_district
from gisplanner.services.database import Database
from gisplanner.services.districts import get_district
from gisplanner.services.fire.live import map_kept_fire
from gisplanner.services.maps import MapOptions, map_bundles, map_progress
from gisplanner.services.networks.own_conflicts import map_pipelines_for
from gisplanner.services.picture import bundles_picture, progress_picture
from gisplanner.services.policy.eligibility import review_eligibility
from gisplanner.services.policy.eligibility_map import map_eligibility
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
class Subject:
    """What a map is drawn of: a district, for whom, and the database with the right of the program."""

    db: Database
    district: District
    viewer: Viewer
    options: MapOptions

    @property
    def seen(self) -> Database:
        """Return the database as the viewer may see it, with the columns that shares and areas are made of."""
        return self.db.seen_by(self.viewer, all_fields=True)


@dataclass(frozen=True, slots=True)
class MapPage:
    """A map on offer: its name in the address, what it is called, what it shows, who draws it and its picture.

    ``roles`` are who may see it, everybody if empty; ``picture`` is ``None`` where the page says enough by itself;
    ``by_profile`` where it says nothing of a district without a policy document.
    """

    name: str
    title: str
    about: str
    draw: Callable[[Subject], str]
    picture: Callable[[Database, District], str] | None = None
    roles: frozenset[Role] = frozenset()
    by_profile: bool = False

    def fits(self, district: District) -> bool:
        """Return whether it says anything of a district."""
        return district.profile is not None or not self.by_profile

    def for_viewer(self, viewer: Viewer) -> bool:
        """Return whether ``viewer`` may see it."""
        return not self.roles or viewer.role in self.roles


def _progress(of: Subject) -> str:
    return map_progress(of.seen, of.district, options=of.options)


def _bundles(of: Subject) -> str:
    return map_bundles(of.seen, of.district, _live_bundles(of.seen, of.district), options=of.options)


def _bundles_picture(db: Database, district: District) -> str:
    return bundles_picture(db, district, _live_bundles(db, district).bundles)


def _live_bundles(db: Database, district: District) -> BundleResult:
    return bundle_district(db, district, barriers_layers=BARRIERS_LAYERS)


def _pipelines(of: Subject) -> str:
    return map_pipelines_for(of.db, of.district, of.viewer, options=of.options)


def _fire(of: Subject) -> str:
    return map_kept_fire(of.seen, of.db, of.district, options=of.options)


def _eligibility(of: Subject) -> str:
    return map_eligibility(of.seen, of.district, review_eligibility(of.seen, of.district), options=of.options)


MAPS: Final[Mapping[str, MapPage]] = MappingProxyType(
    {
        page.name: page
        for page in (
            MapPage("progress", "进度图", "按阶段着色，开工率和完工率注明权重", _progress, progress_picture),
            MapPage("bundles", "连片改造片区图", _BUNDLES_ABOUT, _bundles, _bundles_picture),
            MapPage(
                "pipelines",
                "管线图",
                "按权属单位分色，净距冲突注明条文；管线单位只见自己的管线和 5 米内的冲突",
                _pipelines,
                roles=NETWORK_OFFICES | {"operator"},
            ),
            MapPage(
                "eligibility",
                "资格审查图",
                "按政策文件逐小区答复，附条文和补料清单；资料不足不画成符合",
                _eligibility,
                roles=NETWORK_OFFICES | {"subdistrict", "reviewer"},
                by_profile=True,
            ),
            MapPage(
                "fire",
                "消防车道图",
                "最近留存的方案：今天与打通后可达的楼栋、最窄处、拆移；台账有改动会注明",
                _fire,
                roles=NETWORK_OFFICES | {"reviewer"},
            ),
        )
    }
)


@router.get("/maps/{name}.html")
def page(
    db: OpenDatabase,
    viewer: CurrentViewer,
    district_id: str,
    name: str,
    request: Request,
    *,
    public: Annotated[bool, Query()] = False,
) -> Response:
    """Return a map as one HTML file; ``?public=true`` for the public version, which is all the public gets."""
    chosen = _map(name, viewer)
    only_public = public or not (viewer.sees_private_fields or chosen.roles)
    options = MapOptions(public=only_public, tianditu_key=request.app.state.tianditu_key)
    district = get_district(db.seen_by(viewer), district_id)
    html = chosen.draw(Subject(db, district, viewer, options))
    return revalidated(request, html.encode(), "text/html", {"Content-Security-Policy": MAP_POLICY})


@router.get("/maps/{name}.svg")
def picture(db: OpenDatabase, viewer: CurrentViewer, district_id: str, name: str, request: Request) -> Response:
    """Return the small picture of a map."""
    chosen = _map(name, viewer)
    if chosen.picture is None:
        raise _no_map(name)
    seen = db.seen_by(viewer, all_fields=True)
    return revalidated(request, chosen.picture(seen, get_district(seen, district_id)).encode(), "image/svg+xml")


def _map(name: str, viewer: Viewer) -> MapPage:
    if name not in MAPS:
        raise _no_map(name)
    if not MAPS[name].for_viewer(viewer):
        raise PermissionDeniedError(
            Text(f"{MAPS[name].title}不对当前账户开放。", en=f"The map {name} is not open to this account."),
            [Fault(column="map", value=name)],
        )
    return MAPS[name]


def _no_map(name: str) -> NotFoundError:
    return NotFoundError(
        Text(f"没有 {name} 这张图。", en=f"There is no map {name}."),
        [Fault(column="map", value=name, allowed="、".join(MAPS))],
    )
