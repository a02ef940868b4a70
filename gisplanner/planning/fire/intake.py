"""What fire-lane planning accepts: layers in one metric CRS, every bad row told at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Geometry

from gisplanner.crs import crs_name, require_metric
from gisplanner.errors import CrsError, Fault, GeometryError, InputError, UsageError
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.text import Text

ENTRANCE_REACH_M: Final = 2.0
"""An entrance drawn this near the edge of the site stands on it."""
NARROWEST_M: Final = 0.5
WIDEST_M: Final = 50.0

_AREA: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_LINE: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_NAMES: Final = {
    "site": Text("场地", en="site"),
    "buildings": Text("楼栋", en="buildings"),
    "obstacles": Text("障碍物", en="obstacles"),
    "entrances": Text("出入口", en="entrances"),
    "roads": Text("道路", en="roads"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Checked layers.

    Attributes
    ----------
    site
        Outlines of the sites.
    domain
        Site and roads together: where a lane may run.
    domain_is_site
        Whether roads add nothing to one site.
    hard
        What always stands: buildings and obstacles that may not be removed.
    soft, soft_labels, costs
        Removable obstacles, their index labels and what removing them costs.
    buildings, building_labels, households
        Footprints, index labels, and households (1 where the layer has none).
    entrances, entrance_widths_m
        Points (n, 2) and widths, ``nan`` where none is stated.
    origin
        Whole metres below all coordinates.
    """

    site: tuple[Geometry, ...]
    domain: Geometry
    domain_is_site: bool
    hard: tuple[Geometry, ...]
    soft: tuple[Geometry, ...]
    soft_labels: tuple[Hashable, ...]
    costs: Floats
    buildings: tuple[Geometry, ...]
    building_labels: tuple[Hashable, ...]
    households: Floats
    entrances: Floats
    entrance_widths_m: Floats
    origin: Floats

    def after(self, removed: Bools) -> Ground:
        """Return the ground once the marked obstacles are gone and nothing else may go: quicker to ask about."""
        standing = tuple(shape for shape, gone in zip(self.soft, removed.tolist(), strict=True) if not gone)
        return replace(self, hard=(*self.hard, *standing), soft=(), soft_labels=(), costs=np.zeros(0))


def read_ground(
    site: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame | None = None,
) -> Ground:
    """Return the layers ready to be planned on.

    Raises
    ------
    CrsError
        A layer without a metric CRS, or layers in different ones.
    InputError
        Rows that cannot be used: geometry missing, empty, invalid or of the wrong type; labels that repeat;
        removable obstacles whose cost is not above 0; entrances away from the edge of the site; all at once.
    """
    layers = {"site": site, "buildings": buildings, "obstacles": obstacles, "entrances": entrances}
    if roads is not None:
        layers["roads"] = roads
    _same_crs(layers)
    kinds = {"site": _AREA, "buildings": _AREA, "obstacles": (*_AREA, *_LINE), "roads": (*_AREA, *_LINE)}
    faults = [
        fault
        for name, frame in layers.items()
        for fault in (*_geometry_faults(frame, name, kinds.get(name, _POINT)), *_label_faults(frame, name))
    ]
    for name in ("site", "entrances"):
        if not len(layers[name]):
            hint = Text("至少要有一行", en="at least one row is needed")
            faults.append(Fault(layer=name, hint=hint))
    removable, costs, told = _costs(obstacles)
    widths = _positive(entrances, "width_m", "entrances", faults)
    road_widths = _road_widths(roads, faults)
    households = _households(buildings, faults)
    faults += told
    _refuse(faults)
    outlines = tuple(shapely.force_2d(site.geometry.to_numpy()))
    ways = _ways(roads, road_widths)
    points = shapely.get_coordinates(shapely.force_2d(entrances.geometry.to_numpy()))
    _refuse(_off_the_edge(outlines, points))
    domain = outlines[0] if len(outlines) == 1 and not ways else shapely.union_all([*outlines, *ways])
    shapes = shapely.force_2d(obstacles.geometry.to_numpy())
    footprints = tuple(shapely.force_2d(buildings.geometry.to_numpy()))
    everything = shapely.total_bounds([domain, *footprints, *shapes])
    return Ground(
        site=outlines,
        domain=domain,
        domain_is_site=len(outlines) == 1 and not ways,
        hard=(*footprints, *shapes[~removable]),
        soft=tuple(shapes[removable]),
        soft_labels=tuple(obstacles.index[removable].tolist()),
        costs=costs[removable],
        buildings=footprints,
        building_labels=tuple(buildings.index.tolist()),
        households=households,
        entrances=points,
        entrance_widths_m=widths,
        origin=np.floor(everything[:2]),
    )


def check_width(width_m: float) -> None:
    """Refuse a lane width that makes no sense.

    Raises
    ------
    UsageError
        Not a number of metres between half a metre and fifty.
    """
    if not NARROWEST_M <= width_m <= WIDEST_M:
        raise UsageError(
            Text("车道宽度不合理。", en="The lane width makes no sense."),
            [Fault(column="--width", value=str(width_m), allowed=f"{NARROWEST_M}–{WIDEST_M} m")],
        )


_POINT: Final = (shapely.GeometryType.POINT,)


def _same_crs(layers: dict[str, gpd.GeoDataFrame]) -> None:
    names = {name: crs_name(require_metric(frame, _NAMES[name])) for name, frame in layers.items()}
    if len(set(names.values())) > 1:
        told = "、".join(f"{name} {crs}" for name, crs in names.items())
        raise CrsError(Text(f"各图层坐标系不一致：{told}。", en=f"The layers differ in their CRS: {told}."))


def _geometry_faults(frame: gpd.GeoDataFrame, layer: str, kinds: Sequence[int]) -> list[Fault]:
    shapes = frame.geometry.to_numpy()
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wrong = ~missing & ~np.isin(shapely.get_type_id(shapes), [int(kind) for kind in kinds])
    coordinates = np.array([not missing[row] and np.isfinite(shapes[row].bounds).all() for row in range(len(shapes))])
    broken = ~missing & ~wrong & (~shapely.is_valid(shapes) | ~coordinates.astype(bool))
    allowed = "/".join(shapely.GeometryType(kind).name.title() for kind in kinds)
    told = (
        (missing, Text("没有图形（空值）", en="no geometry")),
        (wrong, Text("图形类型不对", en="wrong type of geometry")),
        (broken, Text("图形无效（自相交等），请修复", en="invalid geometry (it crosses itself …): mend it")),
    )
    return [
        Fault(layer=layer, row=int(row), column="geometry", allowed=allowed, hint=hint, value=_kind(shapes[row]))
        for mask, hint in told
        for row in np.flatnonzero(mask)
    ]


def _kind(shape: Any) -> str | None:
    return None if shape is None else str(shape.geom_type)


def _label_faults(frame: gpd.GeoDataFrame, layer: str) -> list[Fault]:
    return [
        Fault(
            layer=layer,
            row=int(row),
            column="id",
            value=str(frame.index[row]),
            allowed=Text("不重复", en="unique"),
        )
        for row in np.flatnonzero(frame.index.duplicated(keep=False))
    ]


def _costs(obstacles: gpd.GeoDataFrame) -> tuple[Bools, Floats, list[Fault]]:
    """Return which obstacles may be removed, their costs, and what is wrong with either."""
    rows = len(obstacles)
    if "removable" not in obstacles.columns:
        return np.zeros(rows, dtype=bool), np.zeros(rows), []
    faults = []
    removable = np.zeros(rows, dtype=bool)
    for row, value in enumerate(obstacles["removable"]):
        if value is None or value is pd.NA or value != value or value not in (0, 1):  # noqa: PLR0124 - NaN is not itself
            hint = Text("写明可否拆除", en="say whether it may be removed")
            faults.append(Fault(None, "obstacles", row, "removable", str(value), "true/false", hint))
        else:
            removable[row] = bool(value)
    given = obstacles["cost"] if "cost" in obstacles.columns else pd.Series(np.nan, index=obstacles.index)
    costs = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float)
    for row in np.flatnonzero(removable & ~((costs > 0) & np.isfinite(costs))).tolist():
        hint = Text("可拆除的障碍物要有拆除费用", en="a removable obstacle needs a cost")
        faults.append(Fault(None, "obstacles", row, "cost", str(given.iloc[row]), "> 0", hint))
    return removable, costs, faults


def _positive(frame: gpd.GeoDataFrame, column: str, layer: str, faults: list[Fault]) -> Floats:
    """Return a column of positive numbers, ``nan`` where nothing is stated."""
    if column not in frame.columns:
        return np.full(len(frame), np.nan)
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
    stated = frame[column].notna().to_numpy(dtype=bool)
    faults += [
        Fault(None, layer, int(row), column, str(frame[column].iloc[row]), "> 0")
        for row in np.flatnonzero(stated & ~((values > 0) & np.isfinite(values)))
    ]
    return np.asarray(values)


def _households(buildings: gpd.GeoDataFrame, faults: list[Fault]) -> Floats:
    """Return households; where the layer has none every building counts once, an unknown number counts nothing."""
    if "households" not in buildings.columns or buildings["households"].isna().all():
        return np.ones(len(buildings))
    values = pd.to_numeric(buildings["households"], errors="coerce").to_numpy(dtype=float)
    stated = buildings["households"].notna().to_numpy(dtype=bool)
    for row in np.flatnonzero(stated & ~(values >= 0)):
        value = str(buildings["households"].iloc[row])
        faults.append(Fault(None, "buildings", int(row), "households", value, "≥ 0"))
    return np.asarray(np.nan_to_num(values))


def _road_widths(roads: gpd.GeoDataFrame | None, faults: list[Fault]) -> Floats:
    if roads is None:
        return np.zeros(0)
    widths = _positive(roads, "width_m", "roads", faults)
    lines = np.isin(shapely.get_type_id(roads.geometry.to_numpy()), [int(kind) for kind in _LINE])
    for row in np.flatnonzero(lines & np.isnan(widths)):
        hint = Text("线状道路要有路宽", en="a road drawn as a line needs a width")
        faults.append(Fault(None, "roads", int(row), "width_m", None, "> 0", hint))
    return widths


def _ways(roads: gpd.GeoDataFrame | None, widths_m: Floats) -> list[Geometry]:
    """Return the areas of roads; a line becomes a strip of its width, square at the ends."""
    if roads is None:
        return []
    shapes = shapely.force_2d(roads.geometry.to_numpy())
    lines = shapely.get_dimensions(shapes) == 1
    shapes[lines] = shapely.buffer(shapes[lines], widths_m[lines] / 2.0, cap_style="flat", join_style="mitre")
    return list(shapes)


def _off_the_edge(site: Sequence[Geometry], points: Floats) -> list[Fault]:
    edge = shapely.union_all(shapely.boundary(np.array(site, dtype=object)))
    away = shapely.distance(shapely.points(points), edge)
    hint = Text("出入口应在场地边界上、通向街道", en="an entrance stands on the edge of the site, on a street")
    return [
        Fault(None, "entrances", int(row), "geometry", f"{away[row]:.3f} m", f"≤ {ENTRANCE_REACH_M} m", hint)
        for row in np.flatnonzero(away > ENTRANCE_REACH_M)
    ]


def _refuse(faults: Sequence[Fault]) -> None:
    if not faults:
        return
    zh, en = (
        f"消防车道数据有 {len(faults)} 处不能使用。",
        f"{len(faults)} things in the fire-lane data cannot be used.",
    )
    kind = GeometryError if all(fault.column == "geometry" for fault in faults) else InputError
    raise kind(Text(zh, en=en), faults)
