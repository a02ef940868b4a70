"""How far apart buildings stand across a street: its red lines are no farther apart than that."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.roads import Floats, Geometry

_EVERY_M: Final = 10.0
_AHEAD_M: Final = 0.05


def facing_m(streets: Geometry, walls: Geometry, most_m: float) -> Floats:
    """Return the least distance between two walls that face each other across each street (m,).

    Infinite where none do within ``most_m`` on either side.

    Examples
    --------
    >>> street = np.array([shapely.LineString([(0, 0), (50, 0)])], dtype=object)
    >>> houses = np.array([shapely.box(5, 12, 25, 20), shapely.box(5, -30, 45, -20)], dtype=object)
    >>> facing_m(street, houses, 40.0), facing_m(street, houses[:1], 40.0)
    (array([32.]), array([inf]))
    """
    found = np.full(len(streets), np.inf)
    if not len(streets) or not len(walls):
        return found
    count = np.maximum(np.ceil(shapely.length(streets) / _EVERY_M), 1).astype(np.int64)
    street = np.repeat(np.arange(len(streets)), count)
    share = np.concatenate([(np.arange(n) + 0.5) / n for n in count.tolist()])
    line = streets[street]
    at = share * shapely.length(line)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    way = shapely.get_coordinates(shapely.line_interpolate_point(line, at + _AHEAD_M)) - shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.maximum(at - _AHEAD_M, 0.0))
    )
    aside = np.column_stack([-way[:, 1], way[:, 0]]) / np.maximum(np.hypot(way[:, 0], way[:, 1]), _AHEAD_M)[:, None]
    apart = _to_wall(points, aside, walls, most_m) + _to_wall(points, -aside, walls, most_m)
    np.minimum.at(found, street, apart)
    return found


def _to_wall(points: Floats, aside: Floats, walls: Geometry, most_m: float) -> Floats:
    """Return the distance of the nearest wall straight in one direction."""
    near = np.full(len(points), np.inf)
    rays = shapely.linestrings(np.stack([points, points + most_m * aside], axis=1))
    ray, wall = shapely.STRtree(walls).query(rays, predicate="intersects")
    met = shapely.intersection(rays[ray], walls[wall])
    np.minimum.at(near, ray, shapely.distance(shapely.points(points[ray]), met))
    return near
