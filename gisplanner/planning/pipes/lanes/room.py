"""The real width of a street (可用宽度): how far from its centre line the next wall stands, on either side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.graph import Flags
from gisplanner.planning.pipes.corridors.roads import Floats, Geometry

HALF_WIDTH_M: Final = 9.0
"""Lines lie no farther from the centre line, whatever is free (本工具参数)."""
_STRAIGHT_BUFFER: Final = "flat"
_AREA: Final = 2
_TOUCH_M2: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Free ground on both sides of each street edge, metres from its centre line.

    Attributes
    ----------
    left, right
        To the nearest wall, by edge of the corridors; ``HALF_WIDTH_M`` where there is none.
    walled
        (m, 2) whether a wall, left and right, is what ends it.
    """

    left: Floats
    right: Floats
    walled: Flags


def room_beside(streets: Geometry, walls: Geometry, soft: Geometry, widths_m: Floats | None = None) -> Room:
    """Return the free ground beside each street line.

    Parameters
    ----------
    walls
        Footprints of buildings.
    soft
        What lines keep out of without a distance of their own: obstacles.
    widths_m
        Width inside the red line of each street, NaN where nobody stated it.
    """
    near = np.full((len(streets), 2), HALF_WIDTH_M)
    if widths_m is not None:
        told = ~np.isnan(widths_m)
        near[told] = np.minimum(near[told], widths_m[told, None] / 2.0)
    red_line = near.copy()
    for things in (walls, soft):
        _narrow(near, streets, things)
    hard = near.copy()
    hard[:] = red_line
    _narrow(hard, streets, walls)
    walled = hard <= near + 1e-9
    walled &= hard < red_line - 1e-9
    return Room(near[:, 0], near[:, 1], walled)


def _narrow(near: Floats, streets: Geometry, things: Geometry) -> None:
    if not len(streets) or not len(things):
        return
    strips = shapely.buffer(streets, HALF_WIDTH_M, cap_style=_STRAIGHT_BUFFER)
    street, thing = shapely.STRtree(things).query(strips, predicate="intersects")
    met = shapely.intersection(strips[street], things[thing])
    parts, owner = shapely.get_parts(met, return_index=True)
    area = shapely.get_dimensions(things[thing[owner]]) == _AREA
    real = ~area | (shapely.area(parts) > _TOUCH_M2)  # what only touches the end of a street is not beside it
    parts, street = parts[real], street[owner][real]
    lines = streets[street]
    apart = shapely.distance(lines, parts)
    on_it = apart <= 0.0
    near[street[on_it]] = 0.0
    beside = np.flatnonzero(~on_it)
    if beside.size:
        ways = shapely.get_coordinates(shapely.shortest_line(lines[beside], parts[beside])).reshape(-1, 2, 2)
        at = shapely.line_locate_point(lines[beside], shapely.points(ways[:, 0]))
        length = shapely.length(lines[beside])
        behind = shapely.get_coordinates(
            shapely.line_interpolate_point(lines[beside], np.clip(at - 0.05, 0.0, length))
        )
        ahead = shapely.get_coordinates(
            shapely.line_interpolate_point(lines[beside], np.clip(at + 0.05, 0.0, length))
        )
        way, off = ahead - behind, ways[:, 1] - ways[:, 0]
        side = np.where(way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0] >= 0.0, 0, 1)
        np.minimum.at(near, (street[beside], side), apart[beside])
