"""Compounds of which only outlines and streets are known: connections are assumed, and what is missing is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.errors import Fault, InputError
from gisplanner.planning.pipes.corridors.open_ground import open_ground_lines
from gisplanner.services.pipes.road_columns import MUNICIPAL
from gisplanner.text import Text

NETWORKS: Final = (
    ("water", None),
    ("sewage", None),
    ("storm", None),
    ("gas", None),
    ("power", None),
    ("telecom", "电信"),
    ("telecom", "移动"),
    ("telecom", "联通"),
    ("telecom", "广电"),
)
"""What an old compound is to get where nobody says otherwise (本工具参数)."""
APART_M: Final = 2.0
"""Assumed connections of different utilities lie this far apart along the street (本工具参数)."""
_NO_CORRIDOR: Final = frozenset({"steps", "cycleway", "construction", "motorway", "trunk", "corridor", "elevator"})
OPEN_GROUND: Final = "院内空地"
"""Name of corridors where no lane is mapped."""
_INSIDE_M: Final = 2.0
_YARD_M: Final = 6.0
_ROUND_WALLS_M: Final = 40.0
_POLYGON: Final = 2
_ROUND_M: Final = 150.0


def buildings_of(estates: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the buildings that stand in the estates."""
    ground = shapely.union_all(shapely.buffer(shapely.make_valid(estates.geometry.to_numpy()), _INSIDE_M))
    shapes = buildings.geometry.to_numpy()
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    inside = np.zeros(len(buildings), dtype=bool)
    inside[known] = shapely.within(shapely.point_on_surface(shapes[known]), ground)
    return buildings[inside]


def streets_around(estates: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the streets and lanes by the estates in which lines may lie."""
    around = shapely.buffer(shapely.union_all(estates.geometry.to_numpy()), _ROUND_M)
    near = shapely.intersects(roads.geometry.to_numpy(), around)
    if "highway" in roads.columns:
        near &= ~roads["highway"].isin(_NO_CORRIDOR).to_numpy()
    return roads[near]


def with_open_ground(
    estates: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, roads: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, int]:
    """Return the streets with corridors over the open ground of the estates, and how many those are."""
    ground = shapely.union_all(shapely.buffer(shapely.make_valid(estates.geometry.to_numpy()), _YARD_M))
    shapes = buildings.geometry.to_numpy()
    walls = shapes[(shapely.get_dimensions(shapes) == _POLYGON) & (shapely.distance(shapes, ground) < _ROUND_WALLS_M)]
    lines = open_ground_lines(ground, walls, shapely.get_parts(roads.geometry.to_numpy()))
    made = gpd.GeoDataFrame({"name": OPEN_GROUND}, index=range(len(lines)), geometry=lines, crs=roads.crs)
    return gpd.GeoDataFrame(pd.concat([roads, made], ignore_index=True), crs=roads.crs), len(lines)


def open_ground_told(made: int) -> tuple[Text, ...]:
    """Return the note on corridors over open ground, none where there are none."""
    if not made:
        return ()
    told = f"院内 {made} 段走廊按楼间空地推定（道路图层没有），须现场核实"
    return (Text(told, en=f"{made} corridors follow open ground between buildings, to be verified"),)


def assumed_sources(
    estates: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, networks: Sequence[tuple[str, str | None]] = NETWORKS
) -> gpd.GeoDataFrame:
    """Return one connection of each network for each estate, on the city road nearest to it, side by side.

    Raises
    ------
    InputError
        There is no city road.
    """
    city = roads
    if "highway" in roads.columns:
        city = roads[roads["highway"].isin(MUNICIPAL)]
    lines = city.geometry.to_numpy()
    lines = lines[~shapely.is_empty(lines)]
    if not len(lines):
        raise InputError(
            Text("没有市政道路，无法假定接入点。", en="No city road to assume connections on."),
            [Fault(layer="roads", column="highway")],
        )
    shapes = estates.geometry.to_numpy()
    nearest = lines[shapely.STRtree(lines).nearest(shapes)]
    at = shapely.line_locate_point(nearest, shapely.get_point(shapely.shortest_line(shapes, nearest), -1))
    rows: list[dict[str, Any]] = []
    for line, middle in zip(nearest, at, strict=True):
        for (utility, owner), station in zip(networks, _stations(line, float(middle), networks), strict=True):
            rows.append({"utility": utility, "owner": owner, "geometry": line.interpolate(station)})
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=estates.crs)


def _stations(line: Any, middle_m: float, networks: Sequence[tuple[str, str | None]]) -> list[float]:
    """Return where each utility is connected along a street, side by side about the nearest place."""
    utilities = list(dict.fromkeys(utility for utility, _ in networks))
    apart = min(APART_M, float(line.length) / max(len(utilities), 1))
    half = (len(utilities) - 1) / 2.0 * apart
    first = min(max(middle_m - half, 0.0), max(float(line.length) - 2.0 * half, 0.0))
    return [first + apart * utilities.index(utility) for utility, _ in networks]


def what_is_missing(roads: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> tuple[Text, ...]:
    """Return what a plan of such compounds does not rest on."""
    notes = [
        Text(
            "接入点资料不足：假定各管线在离小区最近的市政道路接入，须由各管线单位确认",
            en="connections are not known: assumed on the city road nearest to each estate",
        ),
        Text(
            "现状管线资料不足：未计入，实施前须探测",
            en="existing lines are not known and left out: to be surveyed before works",
        ),
    ]
    widths = [name for name in ("width_m", "width", "red_line_m") if name in roads.columns]
    if not any(roads[name].notna().any() for name in widths):
        notes.append(
            Text("道路宽度、红线资料不足：按两侧建筑之间的净空排管", en="street widths are not known: facades decide")
        )
    if "levels" in buildings.columns and buildings["levels"].isna().any():
        count = int(buildings["levels"].isna().sum())
        notes.append(Text(f"{count} 栋楼层数资料不足", en=f"storeys of {count} buildings are not known"))
    return tuple(notes)
