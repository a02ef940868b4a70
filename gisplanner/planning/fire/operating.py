"""Ground for climbing operations along a long side of a high building (消防车登高操作场地)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Geometry

from gisplanner.planning.fire.outlines import Floats
from gisplanner.planning.fire.service import SAME_SIDE_M

STEP_M: Final = 0.5
"""Distances from the wall are tried this far apart."""
TOUCH_M: Final = 0.01
"""Things that meet the ground by no more do not stand on it: outlines are not drawn to the centimetre."""


@dataclass(frozen=True, slots=True, eq=False)
class OperatingGround:
    """Room beside a long side: its outline, how far from the wall, how long and deep."""

    outline: Geometry
    distance_m: float
    length_m: float
    depth_m: float


@dataclass(frozen=True, slots=True)
class SideTried:
    """Why there is no room beside a long side: ``beyond`` the site, something ``standing``, or out of ``reach``."""

    beyond: bool
    standing: bool
    reach: bool


def operating_ground(
    footprint: Geometry,
    domain: Geometry,
    standing: Sequence[Geometry],
    stands: Floats,
    *,
    nearest_m: float,
    farthest_m: float,
    length_m: float,
    depth_m: float,
) -> OperatingGround | tuple[SideTried, ...]:
    """Return the ground nearest to the wall of a long side, or what is in its way beside each long side.

    The ground runs along the whole long side of the minimum rotated rectangle, and is at least ``length_m`` long.
    Nothing stands on it or between it and the wall, it lies within ``domain``, and the engine gets onto it.

    Parameters
    ----------
    footprint
        Outline of the building, metres.
    domain
        Where an engine may be.
    standing
        What stands there, the building itself not among it.
    stands
        Places (n, 2) the middle of the engine gets to.
    nearest_m, farthest_m
        How far from the wall the near edge of the ground lies.

    Examples
    --------
    >>> wall, yard = shapely.box(0, 30, 40, 42), shapely.box(-10, 0, 50, 60)
    >>> sizes = dict(nearest_m=5.0, farthest_m=10.0, length_m=15.0, depth_m=10.0)
    >>> found = operating_ground(wall, yard, [], np.array([[20.0, 20.0]]), **sizes)
    >>> found.distance_m, found.length_m, shapely.to_wkt(shapely.normalize(found.outline))
    (5.0, 40.0, 'POLYGON ((0 15, 0 25, 40 25, 40 15, 0 15))')
    >>> operating_ground(wall, shapely.box(0, 28, 40, 44), [], np.array([[20.0, 20.0]]), **sizes)[0].beyond
    True
    """
    tree = shapely.STRtree(list(standing))
    inside = shapely.buffer(domain, TOUCH_M)
    tried: list[SideTried] = []
    for start, along, out, side_m in _long_sides(footprint):
        length = max(side_m, length_m)
        first = start - along * (length - side_m) / 2.0
        reasons = []
        for away in np.arange(nearest_m, farthest_m + STEP_M / 2.0, STEP_M).tolist():
            ground = _strip(first, along * length, out, away, away + depth_m)
            free = _strip(first, along * length, out, TOUCH_M, away + depth_m)
            beyond = not shapely.covers(inside, ground)
            blocked = bool(tree.query(shapely.buffer(free, -TOUCH_M), predicate="intersects").size)
            if not beyond and not blocked:
                if _entered(ground, stands):
                    return OperatingGround(ground, away, length, depth_m)
                reasons.append(SideTried(beyond=False, standing=False, reach=True))
            else:
                reasons.append(SideTried(beyond=beyond, standing=blocked, reach=False))
        tried.append(min(reasons, key=lambda one: one.beyond + one.standing))
    return tuple(tried)


def _entered(ground: Geometry, stands: Floats) -> bool:
    return bool(len(stands) and shapely.contains_xy(ground, stands[:, 0], stands[:, 1]).any())


def _long_sides(footprint: Geometry) -> list[tuple[Floats, Floats, Floats, float]]:
    """Return start, direction, outward direction and length of each long side."""
    box = shapely.oriented_envelope(footprint)
    corners = shapely.get_coordinates(box)[:4]
    middle = shapely.get_coordinates(box.centroid)[0]
    sides = []
    for k in range(4):
        start, end = corners[k], corners[(k + 1) % 4]
        length = float(np.hypot(*(end - start)))
        along = (end - start) / length
        out = np.array([along[1], -along[0]])
        sides.append((start, along, out if np.dot(start - middle, out) > 0 else -out, length))
    longest = max(length for *_, length in sides)
    return [side for side in sides if side[3] >= longest - SAME_SIDE_M]


def _strip(first: Floats, run: Floats, out: Floats, near_m: float, far_m: float) -> Geometry:
    near, far = first + out * near_m, first + out * far_m
    return shapely.polygons([near, near + run, far + run, far])
