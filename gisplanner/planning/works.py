"""How planned works lie to estates: inside, touching, or connected by planned lines of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from shapely import STRtree

from gisplanner.crs import require_metric
from gisplanner.domain.bundling import EstateId
from gisplanner.errors import CrsError
from gisplanner.text import Text

MM: Final = 0.001


@dataclass(frozen=True, slots=True)
class WorkLie:
    """How one work lies to the estates.

    Attributes
    ----------
    inside
        The estate that covers it.
    touches
        Estates within the reach, ``inside`` not among them.
    connected
        Estates that a chain of planned lines of its kind leads to, those it touches itself not among them.
    """

    inside: EstateId | None
    touches: tuple[EstateId, ...]
    connected: tuple[EstateId, ...]


def lie_of_works(
    works: gpd.GeoSeries, estates: gpd.GeoSeries, *, kinds: Sequence[str | None], reach_m: float = 0.0
) -> list[WorkLie]:
    """Return how each work lies to the estates.

    Parameters
    ----------
    works, estates
        Geometry in one metric CRS; the index labels of ``estates`` name them. Missing outlines are passed over.
    kinds
        Kind of network of each work; works of one kind that meet are one network. ``None`` is no network.
    reach_m
        Distance in metres up to which a work touches an estate, compared with a tolerance of 1 mm.

    Raises
    ------
    CrsError
        No CRS, not a metric one, or not the same.

    Examples
    --------
    >>> from shapely import LineString, box
    >>> lies = lie_of_works(
    ...     gpd.GeoSeries([LineString([(1, 1), (9, 9)]), LineString([(9, 9), (9, 20)]),
    ...                    LineString([(9, 20), (9, 30)])], crs=4547),
    ...     gpd.GeoSeries([box(0, 0, 10, 10)], index=["A"], crs=4547), kinds=["gas", "gas", "gas"])
    >>> [(lie.inside, lie.touches, lie.connected) for lie in lies]
    [('A', (), ()), (None, ('A',), ()), (None, (), ('A',))]
    """
    if require_metric(works, Text("工程图层", en="works")) != require_metric(estates, Text("小区图层", en="estates")):
        raise CrsError(Text("工程与小区的坐标系不同。", en="Works and estates are in different systems."))
    drawn = estates[~(estates.isna() | estates.is_empty)]
    labels = drawn.index.tolist()
    outlines, shapes = drawn.to_numpy(), works.to_numpy()
    tree = STRtree(outlines)
    near: list[list[int]] = [[] for _ in range(len(shapes))]
    for work, estate in zip(
        *tree.query(shapes, predicate="dwithin", distance=round(reach_m, 3) + MM).tolist(), strict=True
    ):
        near[work].append(estate)
    inside = [_covering(shape, outlines, found) for shape, found in zip(shapes, near, strict=True)]
    networks = _networks(shapes, kinds)
    lies = []
    for work, found in enumerate(near):
        home = inside[work]
        reached = {estate for other in networks.get(work, ()) for estate in near[other]} - set(found)
        touched = tuple(labels[k] for k in sorted(found) if k != home)
        lies.append(
            WorkLie(None if home is None else labels[home], touched, tuple(labels[k] for k in sorted(reached)))
        )
    return lies


def _covering(shape: shapely.Geometry, outlines: np.ndarray, found: Sequence[int]) -> int | None:
    within = [k for k in found if shapely.covered_by(shape, shapely.buffer(outlines[k], MM))]
    return min(within, key=lambda k: shapely.area(outlines[k]), default=None)


def _networks(shapes: np.ndarray, kinds: Sequence[str | None]) -> dict[int, set[int]]:
    graph = nx.Graph()
    graph.add_nodes_from(k for k, kind in enumerate(kinds) if kind is not None)
    ones, others = STRtree(shapes).query(shapes, predicate="dwithin", distance=MM).tolist()
    graph.add_edges_from(
        (a, b) for a, b in zip(ones, others, strict=True) if a < b and kinds[a] is not None and kinds[a] == kinds[b]
    )
    return {work: part for part in nx.connected_components(graph) for work in part}
