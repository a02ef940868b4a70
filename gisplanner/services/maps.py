"""Draw maps of a stored district as single HTML files: progress (进度图) and bundles (片区图)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError
from gisplanner.maps.bundles import BundlePlan, bundles_map
from gisplanner.maps.context import Context
from gisplanner.maps.progress import progress_map
from gisplanner.maps.sheet import PUBLIC_GRID_M, Sheet
from gisplanner.services.bundling.limits import limits_told
from gisplanner.services.bundling.propose import BundleResult
from gisplanner.services.imagery.base import imagery_of
from gisplanner.services.layers import layer_frame
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.map_parts import areas_of, moments_of, photos_of
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

__all__ = ["PUBLIC_GRID_M", "MapOptions", "map_bundles", "map_progress"]

_CREDITED = ("register", "sketch", "estates", "buildings", "roads", "barriers", "entrances")


@dataclass(frozen=True, slots=True)
class MapOptions:
    """How a map is made.

    Attributes
    ----------
    public
        The public version (公众版): public columns only, coordinates on a grid, 未经地图审核不得公开.
    public_grid_m
        Size of that grid in metres.
    tianditu_key
        Key of 天地图 for an online base map; without it the page asks nothing of any server.
    drawn_on
        Date on the sheet; ``None`` is today.
    """

    public: bool = False
    public_grid_m: float = PUBLIC_GRID_M
    tianditu_key: str | None = None
    drawn_on: date | None = None

    def __post_init__(self) -> None:
        if not 0 < self.public_grid_m < float("inf"):
            raise InputError(
                Text("概化网格应是正数（米）。", en="The grid must be a positive number of metres."),
                [Fault(column="--public-grid", value=str(self.public_grid_m), allowed="> 0")],
            )


DEFAULT_OPTIONS = MapOptions()


def map_progress(
    db: Database, district: District, *, as_of: date | None = None, options: MapOptions = DEFAULT_OPTIONS
) -> str:
    """Return the progress map of a district as one HTML page that opens without a network.

    Parameters
    ----------
    as_of
        Day up to which stages count; ``None`` is today.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    state = progress_state(db, district, as_of=as_of)
    return progress_map(
        layer_frame(db, district, "estates"),
        state,
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}老旧小区改造进度图", options),
        context=context_of(db, district),
        moments=moments_of(db, district, state.as_of),
        photos={} if options.public else photos_of(db, district, state.as_of),
        areas=areas_of(db, district),
    )


def map_bundles(
    db: Database, district: District, result: BundleResult, *, options: MapOptions = DEFAULT_OPTIONS
) -> str:
    """Return the bundle map of a district as one HTML page that opens without a network.

    Parameters
    ----------
    result
        What bundling the stored estates of this district gave.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    plan = BundlePlan(
        bundles=result.bundles,
        links=result.links,
        cut_links=result.cut_links,
        left_over=result.left_over,
        rules=_rules(result, public=options.public),
    )
    return bundles_map(
        layer_frame(db, district, "estates"),
        plan,
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}老旧小区连片改造片区图", options),
        context=context_of(db, district),
    )


def _rules(result: BundleResult, *, public: bool) -> list[str]:
    """Return the parameters of a bundling as the legend prints them."""
    rules, labels = result.rules, {column.name: column.label for column in layer_spec("estates").columns}
    measure = "小区数" if result.measure is None else labels.get(result.measure, result.measure)
    lines = [f"间距容差 {rules.gap_m:g} m，共角{'算' if rules.corners else '不算'}相邻（本工具参数）"]
    bounds = [("不小于", rules.min_size), ("不大于", rules.max_size)]
    told = [f"{word} {value:g}" for word, value in bounds if value is not None]
    if told:
        lines.append(f"片区规模（按{measure}）{'、'.join(told)}")
    lines += [f"每个片区：{told}" for told in limits_told(rules.limits, public=public)]
    if rules.within:
        lines.append(f"不跨{labels.get(rules.within, rules.within)}")
    if rules.needs:
        lines.append(f"相邻小区至少有一项相同：{labels.get(rules.needs, rules.needs)}")
    if result.overlaps:
        lines.append(f"请核对：{len(result.overlaps)} 处小区轮廓重叠")
    return lines


def sheet_of(db: Database, district: District, title: str, options: MapOptions) -> Sheet:
    """Return what stands around a map of the district."""
    return Sheet(
        title=title,
        drawn_on=options.drawn_on or date.today(),  # noqa: DTZ011 - a calendar day at the office, not an instant
        sources=_sources(db, district),
        public=options.public,
        public_grid_m=options.public_grid_m,
        tianditu_key=options.tianditu_key,
        bounds_lonlat=district.bounds_lonlat,
    )


def _sources(db: Database, district: District) -> tuple[str, ...]:
    with db.transaction() as connection:
        plan = queries().plan_title_latest(connection, district_id=district.id)
        credited = queries().layer_credits(connection, district_id=district.id, kinds=list(_CREDITED))
        credits_ = [row.credit for row in credited]
    named = [] if plan is None else [f"《{plan.document_title}》（{plan.document_number}）"]
    return tuple(dict.fromkeys([*named, *credits_]))


def context_of(db: Database, district: District) -> Context:
    """Return the stored surroundings of the district, an orthophoto of it included."""
    return Context(
        **{name: layer_frame(db, district, name) for name in ("roads", "buildings", "barriers", "entrances")},
        imagery=imagery_of(db, district),
    )
