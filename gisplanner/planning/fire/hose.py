"""Hose routes (水带路线): the way on foot from where the engine stands to every corner of a building's wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from shapely import Geometry

from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.sight import Sight

CLOSED_M: Final = 0.01
"""Gaps of twice this are no gaps to a person."""
SKIN_M: Final = 0.025
WALL_M: Final = 0.03
"""Half the thickness of what is drawn as a line."""
CORNERS_SEEN: Final = 24
"""Nearest corners a route goes on to, and nearest places of the engine it comes from."""
PLACES_SEEN: Final = 8


def hose_lengths(
    places: Floats, standing: Sequence[Geometry], points: Sequence[Floats], *, longest_m: float
) -> list[float]:
    """Return for each group of points the longest of its shortest routes in metres; infinite beyond ``longest_m``.

    Routes bend at corners of what stands. Each is a route that exists, so a length is never told too short.

    Parameters
    ----------
    places
        Where the engine may stand (n, 2).
    standing
        Buildings, walls and obstacles.
    points
        Groups of points to reach, such as the corners of each building, or its entrances.

    Examples
    --------
    >>> wall = shapely.box(-5, 5, 5, 6)
    >>> around, = hose_lengths(np.array([[0.0, 0.0]]), [wall], [np.array([[0.0, 10.0]])], longest_m=45.0)
    >>> round(around, 2)
    14.47
    """
    if not len(places) or not points:
        return [np.inf] * len(points)
    targets = np.concatenate(list(points))
    graph, first_corner, first_target = _footways(places, standing, targets, longest_m)
    way = dijkstra(graph, directed=False, indices=np.arange(first_corner), min_only=True, limit=longest_m)
    cuts = np.cumsum([len(group) for group in points])[:-1]
    return [float(group.max(initial=0.0)) for group in np.split(way[first_target:], cuts)]


def hose_reach(places: Floats, standing: Sequence[Geometry], targets: Floats, *, longest_m: float) -> Bools:
    """Return which targets (rows) a hose of ``longest_m`` reaches from which places (columns), one by one.

    Examples
    --------
    >>> wall = shapely.box(-5, 5, 5, 6)
    >>> places, target = np.array([[0.0, 0.0], [0.0, 8.0]]), np.array([[0.0, 10.0]])
    >>> hose_reach(places, [wall], target, longest_m=12.0).tolist()
    [[False, True]]
    """
    if not len(places) or not len(targets):
        return np.zeros((len(targets), len(places)), dtype=bool)
    graph, first_corner, first_target = _footways(places, standing, targets, longest_m)
    way = dijkstra(graph, directed=False, indices=np.arange(first_corner), limit=longest_m)
    return np.asarray(np.isfinite(way[:, first_target:]).T)


def _footways(
    places: Floats, standing: Sequence[Geometry], targets: Floats, longest_m: float
) -> tuple[csr_array, int, int]:
    """Return ways on foot between places, corners and targets; where corners begin, and targets."""
    solid = _solid(standing)
    corners = np.unique(shapely.get_coordinates(list(standing)), axis=0)
    node = np.concatenate([places, corners, targets])
    first_corner, first_target = len(places), len(places) + len(corners)
    others = node[first_corner:]
    from_places = _near(others, places, PLACES_SEEN, longest_m)
    from_corners = _near(others, corners, CORNERS_SEEN, longest_m)
    from_corners[:, 1] += first_corner
    pairs = np.concatenate([from_places, from_corners])
    pairs[:, 0] += first_corner
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    pairs = pairs[solid.free(node, pairs)]
    length = np.maximum(np.hypot(*(node[pairs[:, 0]] - node[pairs[:, 1]]).T), 1e-6)
    graph = csr_array((length, (pairs[:, 0], pairs[:, 1])), shape=(len(node), len(node)))
    return graph, first_corner, first_target


def _near(points: Floats, others: Floats, many: int, reach_m: float) -> Ints:
    """Return pairs of each point and its nearest others."""
    if not len(others):
        return np.zeros((0, 2), dtype=np.int64)
    away, who = cKDTree(others).query(points, k=min(many, len(others)), distance_upper_bound=reach_m)
    away, who = away.reshape(len(points), -1), who.reshape(len(points), -1)
    row, column = np.nonzero(np.isfinite(away))
    return np.stack([row, who[row, column]], axis=1)


def _solid(standing: Sequence[Geometry]) -> Sight:
    """Return what no route may touch: a little less than what stands, so that routes run along walls."""
    shapes = np.array(list(standing), dtype=object)
    lines = shapely.get_dimensions(shapes) == 1
    shapes[lines] = shapely.buffer(shapes[lines], WALL_M, cap_style="flat", join_style="mitre")
    closed = shapely.union_all(shapely.buffer(shapes, CLOSED_M, join_style="mitre"))
    return Sight(shapely.get_parts(shapely.buffer(closed, -CLOSED_M - SKIN_M, join_style="mitre")))
