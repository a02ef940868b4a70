"""Adjacency of estates (相邻关系): who is within the gap tolerance of whom, how they meet, what a barrier cuts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import STRtree

from gisplanner.errors import Fault, UsageError
from gisplanner.planning.bundling.barriers import BarrierLayers, read_barriers
from gisplanner.planning.bundling.cuts import cutting_barriers
from gisplanner.planning.bundling.outlines import (
    MM,
    Bools,
    Floats,
    Geometries,
    Ints,
    check_estates,
    overlap_areas,
    shared_edges,
)
from gisplanner.text import Text

EDGE: Final = "共边"
CORNER: Final = "共角"
GAP: Final = "间距"


@dataclass(frozen=True, slots=True)
class Adjacency:
    """What is next to what.

    Attributes
    ----------
    links
        Frame ``a, b`` (index labels of the estates), ``gap_m``, ``shared_edge_m``, ``contact`` (共边 shared line or
        overlap, 共角 one point, 间距 apart) and the geometry that joins the two: the shared edge or point, else the
        shortest connector.
    cut
        The links that a barrier cuts: the same columns and ``barrier``, its name.
    overlaps
        Frame ``a, b, area_m2``: estates whose outlines overlap, a finding about the data.
    """

    links: gpd.GeoDataFrame
    cut: gpd.GeoDataFrame
    overlaps: pd.DataFrame


def adjacency(
    estates: gpd.GeoDataFrame,
    *,
    max_gap_m: float,
    barriers: BarrierLayers | None = None,
    barrier_kinds: Collection[str] | None = None,
) -> Adjacency:
    """Return links, cut links and overlaps of ``estates`` in one metric CRS.

    Parameters
    ----------
    estates
        Polygons; the index labels name the estates.
    max_gap_m
        Gap tolerance (间距) in metres, compared with a tolerance of 1 mm.
    barriers
        One layer, or layers by name, in the same CRS. See :func:`gisplanner.planning.bundling.barriers.read_barriers`
        for the rows that count.
    barrier_kinds
        Values of ``highway`` that cut; by default main roads.

    Raises
    ------
    CrsError
        CRS missing, not metric, or different between the layers.
    GeometryError
        Estates or barriers that cannot be used, all rows at once.
    UsageError
        A gap tolerance that is negative or not a number.
    """
    if not (np.isfinite(max_gap_m) and max_gap_m >= 0):
        raise UsageError(
            Text("间距必须是不小于 0 的米数。", en="The gap must be a number of metres, 0 or more."),
            [Fault(column="--gap", value=str(max_gap_m), allowed="≥ 0")],
        )
    geometry = check_estates(estates)
    prepared = read_barriers(barriers, estates.crs, kinds=barrier_kinds)
    first, second, gap_m = _pairs(geometry, max_gap_m)
    touching = gap_m <= MM + MM / 4
    shared_m, joint, area_m2 = _contacts(geometry, first, second, touching)
    contact = np.where(touching, np.where((shared_m > MM + MM / 4) | (area_m2 > 0), EDGE, CORNER), GAP)
    barrier = np.array(
        cutting_barriers(geometry, first, second, joint, touching=touching, barriers=prepared), dtype=object
    )
    labels = estates.index.to_numpy()
    frame = gpd.GeoDataFrame(
        {
            "a": labels[first],
            "b": labels[second],
            "gap_m": gap_m,
            "shared_edge_m": shared_m,
            "contact": contact,
            "barrier": barrier,
        },
        geometry=joint,
        crs=estates.crs,
    )
    is_cut = np.array([name is not None for name in barrier], dtype=bool)
    over = area_m2 > 0
    return Adjacency(
        links=frame[~is_cut].drop(columns="barrier").reset_index(drop=True),
        cut=frame[is_cut].reset_index(drop=True),
        overlaps=pd.DataFrame(
            {"a": labels[first[over]], "b": labels[second[over]], "area_m2": np.round(area_m2[over], 3)}
        ),
    )


def contiguity(
    estates: gpd.GeoDataFrame,
    *,
    max_gap_m: float,
    barriers: BarrierLayers | None = None,
    barrier_kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the links (连片关系) between estates that no barrier cuts.

    Two estates are linked when they are at most ``max_gap_m`` apart. ``contact`` tells how they meet: 共边 they
    share a line longer than 1 mm or overlap, 共角 they share a point, 间距 they stand apart.

    Parameters
    ----------
    estates
        Polygons in a metric CRS; the index labels name them.
    max_gap_m
        Gap tolerance in metres.
    barriers
        Barrier rows in the same CRS: lines cut a link when they cross its shortest connector, polygons that overlap
        neither estate when they meet it; between estates that touch only a barrier along the whole shared edge cuts.
    barrier_kinds
        Values of ``highway`` that cut; by default main roads.

    Returns
    -------
    DataFrame
        ``a``, ``b``, ``gap_m``, ``shared_edge_m``, ``contact``; lengths in metres rounded to the millimetre, ``a``
        before ``b`` in the order of ``estates``.

    Raises
    ------
    CrsError, GeometryError, UsageError
        As :func:`adjacency`.

    Examples
    --------
    >>> from shapely import box
    >>> estates = gpd.GeoDataFrame(
    ...     index=["A", "B", "C"], geometry=[box(0, 0, 100, 80), box(100, 0, 180, 80), box(192, 0, 260, 80)],
    ...     crs="EPSG:4547")
    >>> contiguity(estates, max_gap_m=15).values.tolist()
    [['A', 'B', 0.0, 80.0, '共边'], ['B', 'C', 12.0, 0.0, '间距']]
    """
    found = adjacency(estates, max_gap_m=max_gap_m, barriers=barriers, barrier_kinds=barrier_kinds)
    return pd.DataFrame(found.links.drop(columns="geometry"))


def cut_links(
    estates: gpd.GeoDataFrame,
    *,
    max_gap_m: float,
    barriers: BarrierLayers,
    barrier_kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the links that a barrier cuts (被阻隔的相邻关系): ``a``, ``b``, ``gap_m``, ``barrier`` (its name).

    Raises
    ------
    CrsError, GeometryError, UsageError
        As :func:`adjacency`.
    """
    found = adjacency(estates, max_gap_m=max_gap_m, barriers=barriers, barrier_kinds=barrier_kinds)
    return pd.DataFrame(found.cut[["a", "b", "gap_m", "barrier"]])


def _pairs(geometry: Geometries, max_gap_m: float) -> tuple[Ints, Ints, Floats]:
    """Return positions ``first < second`` of the estates within the gap, and their distance, in stable order."""
    tree = STRtree(geometry)
    one, other = tree.query(geometry, predicate="dwithin", distance=max_gap_m + 2 * MM)
    keep = one < other
    one, other = one[keep].astype(np.int64), other[keep].astype(np.int64)
    gap_m = np.round(shapely.distance(geometry[one], geometry[other]), 3)
    near = gap_m <= round(max_gap_m, 3) + MM + MM / 4
    one, other, gap_m = one[near], other[near], gap_m[near]
    order = np.lexsort((other, one))
    return one[order], other[order], gap_m[order]


def _contacts(geometry: Geometries, first: Ints, second: Ints, touching: Bools) -> tuple[Floats, Geometries, Floats]:
    """Return shared edge in metres, the joining geometry and the overlap in m² of each pair."""
    shared_m, area_m2 = np.zeros(first.size), np.zeros(first.size)
    joint: Geometries = shapely.shortest_line(geometry[first], geometry[second])
    a, b = first[touching], second[touching]
    shared_m[touching], edge = shared_edges(geometry, a, b)
    area_m2[touching] = overlap_areas(geometry, a, b, shared_m[touching])
    has_edge = ~shapely.is_empty(edge) & (shared_m[touching] > MM)
    joint[touching] = np.where(has_edge, edge, shapely.get_point(joint[touching], 0))
    return shared_m, joint, area_m2
