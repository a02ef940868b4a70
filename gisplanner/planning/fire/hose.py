"""Hose routes (水带路线): the way on foot from where the engine stands to every corner of a building's wall."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import Geometry

from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.sight import Sight
from gisplanner.planning.fire.walking import Network, make_network, reached_from_each, ways_from

CLOSED_M: Final = 0.01
"""Gaps of twice this are no gaps to a person."""
SKIN_M: Final = 0.025
WALL_M: Final = 0.03
"""Half the thickness of what is drawn as a line."""
CORNERS_SEEN: Final = 24
"""Nearest corners a route goes on to, and nearest places of the engine it comes from."""
PLACES_SEEN: Final = 8


class Footways:
    """Ways on foot between places and points: they bend at corners of what stands.

    Parameters
    ----------
    standing
        Buildings, walls and obstacles.

    Examples
    --------
    >>> ways = Footways([shapely.box(-5, 5, 5, 6)])
    >>> round(ways.longest(np.array([[0.0, 0.0]]), [np.array([[0.0, 10.0]])], 45.0)[0], 2)
    14.47
    >>> ways.reached(np.array([[0.0, 0.0], [0.0, 8.0]]), np.array([[0.0, 10.0]]), 12.0).tolist()
    [[False, True]]
    """

    def __init__(self, standing: Sequence[Geometry]) -> None:
        self._sight = _solid(standing)
        self._corners = np.unique(shapely.get_coordinates(list(standing)), axis=0)

    def longest(self, places: Floats, points: Sequence[Floats], longest_m: float) -> list[float]:
        """Return for each group of points the longest of its shortest ways, infinite beyond ``longest_m``.

        Each way exists, so a length is never told too short.

        Parameters
        ----------
        places
            Where the hose begins (n, 2), such as where the engine may stand.
        points
            Groups of points to reach, such as the corners of each building, or its entrances.
        """
        if not len(places) or not points:
            return [np.inf] * len(points)
        net, first_target = self._network(places, np.concatenate(list(points)), longest_m)
        way = ways_from(net, np.arange(len(places)), longest_m)
        cuts = np.cumsum([len(group) for group in points])[:-1]
        return [float(group.max(initial=0.0)) for group in np.split(way[first_target:], cuts)]

    def reached(self, places: Floats, targets: Floats, longest_m: float) -> Bools:
        """Return which targets (rows) a hose of ``longest_m`` reaches from which places (columns), one by one."""
        if not len(places) or not len(targets):
            return np.zeros((len(targets), len(places)), dtype=bool)
        net, first_target = self._network(places, targets, longest_m)
        return np.asarray(reached_from_each(net, len(places), first_target, longest_m))

    def _network(self, places: Floats, targets: Floats, longest_m: float) -> tuple[Network, int]:
        """Return ways between places, corners and targets, in this order, and where targets begin."""
        node = np.concatenate([places, self._corners, targets])
        first_corner, first_target = len(places), len(places) + len(self._corners)
        from_places = _near(node[first_corner:], places, PLACES_SEEN, longest_m) + np.array([first_corner, 0])
        from_corners = _near(targets, self._corners, CORNERS_SEEN, longest_m)
        from_corners += np.array([first_target, first_corner])
        fresh = np.concatenate([from_places, from_corners])
        fresh = fresh[self._sight.free(node, fresh)]
        known = self._between_corners
        known = known[np.hypot(*(self._corners[known[:, 0]] - self._corners[known[:, 1]]).T) < longest_m]
        pairs = np.concatenate([fresh, known + first_corner])
        length = np.maximum(np.hypot(*(node[pairs[:, 0]] - node[pairs[:, 1]]).T), 1e-6)
        return make_network(pairs, length, len(node)), first_target

    @cached_property
    def _between_corners(self) -> Ints:
        """Return the pairs of corners from one of which the other is seen: the same whatever is asked."""
        pairs = np.unique(np.sort(_near(self._corners, self._corners, CORNERS_SEEN, np.inf), axis=1), axis=0)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        return np.asarray(pairs[self._sight.free(self._corners, pairs)])


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
