"""Nothing twice, nothing left out (不重不漏): estates, buildings and entrances held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisplanner.planning.assignment import assign_by_nearness, assign_by_share, overlaps

NEAR_ROAD_M: Final = 30.0
"""An entrance belongs to the nearest road within this distance of it (本工具参数)."""

NOT_FOR_CARS: Final = frozenset({"footway", "path", "steps", "cycleway", "pedestrian", "bridleway", "corridor"})
_LEAST_SHARE_M2: Final = 1.0
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What is twice or left out; all positions count the rows of the frames given.

    Attributes
    ----------
    overlaps
        ``a``, ``b`` (positions of estates), ``area_m2`` and the common surface ``geometry``, largest first.
    shared_buildings
        Position of each building that lies in several estates → positions of these estates.
    buildings_outside
        Buildings of which no estate holds more than half.
    estates_without_building, estates_without_entrance
        Estates with outline that no building or no entrance belongs to.
    entrances_outside
        Entrances no outline is near.
    entrance_road, entrance_road_m
        Nearest road of each entrance (−1: none within the limit) and its distance in metres (NaN: no road at all).
    """

    overlaps: gpd.GeoDataFrame
    shared_buildings: dict[int, list[int]]
    buildings_outside: Positions
    estates_without_building: Positions
    estates_without_entrance: Positions
    entrances_outside: Positions
    entrance_road: Positions
    entrance_road_m: npt.NDArray[np.float64]


def check_coverage(
    estates: gpd.GeoSeries,
    buildings: gpd.GeoSeries,
    entrances: gpd.GeoSeries,
    roads: gpd.GeoSeries,
    *,
    near_road_m: float = NEAR_ROAD_M,
) -> Coverage:
    """Return what lies twice and what is left out.

    Parameters
    ----------
    estates, buildings, entrances, roads
        In one metric CRS; estates may lack outlines. ``roads`` are those cars may use, lines or surfaces.

    Examples
    --------
    >>> areas = gpd.GeoSeries([shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)], crs=4547)
    >>> houses = gpd.GeoSeries([shapely.box(1, 1, 5, 5), shapely.box(50, 0, 60, 9)], crs=4547)
    >>> gates = gpd.GeoSeries([shapely.Point(0, 5)], crs=4547)
    >>> street = gpd.GeoSeries([shapely.LineString([(-8, 0), (-8, 90)])], crs=4547)
    >>> found = check_coverage(areas, houses, gates, street)
    >>> found.overlaps["area_m2"].tolist(), found.buildings_outside.tolist(), found.estates_without_building.tolist()
    ([10.0], [1], [1])
    >>> found.entrance_road.tolist(), found.entrance_road_m.tolist()
    ([0], [8.0])
    """
    drawn = np.flatnonzero(estates.notna().to_numpy() & ~estates.is_empty.to_numpy())
    outlines = estates.iloc[drawn]
    of_buildings = assign_by_share(buildings, outlines) if len(drawn) and len(buildings) else None
    housed = np.full(len(buildings), -1) if of_buildings is None else of_buildings.estate
    shared = [] if of_buildings is None else of_buildings.shared.tolist()
    gates = assign_by_nearness(entrances, outlines).estate if len(entrances) else np.empty(0, dtype=np.int64)
    road, road_m = _nearest_roads(entrances, roads, near_road_m)
    return Coverage(
        overlaps=_overlaps(outlines, drawn),
        shared_buildings={at: _holders(buildings.iloc[at], outlines, drawn) for at in shared},
        buildings_outside=np.flatnonzero(housed < 0),
        estates_without_building=np.delete(drawn, np.unique(housed[housed >= 0])),
        estates_without_entrance=np.delete(drawn, np.unique(gates[gates >= 0])),
        entrances_outside=np.flatnonzero(gates < 0),
        entrance_road=road,
        entrance_road_m=road_m,
    )


def cars_may_use(roads: pd.DataFrame) -> pd.Series[bool]:
    """Return which roads an entrance may lead to: neither footpaths nor tunnels below the ground."""
    kind = roads["highway"].fillna("").astype(str)
    return ~kind.isin(NOT_FOR_CARS) & ~roads["tunnel"].fillna(value=False).astype(bool)


def _overlaps(outlines: gpd.GeoSeries, drawn: Positions) -> gpd.GeoDataFrame:
    values = outlines.to_numpy()
    pairs = sorted(overlaps(outlines), key=lambda pair: -pair[2])
    common = [shapely.intersection(values[a], values[b]) for a, b, _ in pairs]
    return gpd.GeoDataFrame(
        {
            "a": [int(drawn[a]) for a, _, _ in pairs],
            "b": [int(drawn[b]) for _, b, _ in pairs],
            "area_m2": [round(area, 3) for _, _, area in pairs],
        },
        geometry=gpd.GeoSeries(common, crs=outlines.crs),
    )


def _holders(building: Any, outlines: gpd.GeoSeries, drawn: Positions) -> list[int]:
    values = outlines.to_numpy()
    at = np.sort(outlines.sindex.query(building, predicate="intersects"))
    held = shapely.area(shapely.intersection(values[at], building))
    return [int(drawn[one]) for one, area_m2 in zip(at, held, strict=True) if area_m2 > _LEAST_SHARE_M2]


def _nearest_roads(
    entrances: gpd.GeoSeries, roads: gpd.GeoSeries, near_road_m: float
) -> tuple[Positions, npt.NDArray[np.float64]]:
    road: Positions = np.full(len(entrances), -1, dtype=np.int64)
    road_m = np.full(len(entrances), np.nan)
    if len(entrances) and len(roads):
        (gate, nearest), distance = shapely.STRtree(roads.to_numpy()).query_nearest(
            entrances.to_numpy(), return_distance=True, all_matches=False
        )
        road_m[gate] = distance
        road[gate] = np.where(distance <= near_road_m, nearest, -1)
    return road, road_m
