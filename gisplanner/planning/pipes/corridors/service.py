"""Service lines (入户): from a building to the streets that its walls can reach in a straight line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.roads import Floats, Geometry
from gisplanner.text import Text

REACH_M: Final = 80.0
"""Longest service line (本工具参数)."""
MOST_SIDES: Final = 4
_CROSSES_M: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """Straight service lines, each from its building or source (first point) to a street.

    Attributes
    ----------
    owner
        Row of the building or source each line belongs to.
    without
        Rows that have none, and why.
    """

    lines: Geometry
    owner: Floats
    without: dict[int, Text]


def service_lines(
    places: Geometry,
    streets: Geometry,
    buildings: Geometry,
    *,
    most: int = MOST_SIDES,
    middles: Geometry | None = None,
) -> Services:
    """Return up to ``most`` service lines of each place, nearest streets first, none through a building.

    Parameters
    ----------
    places
        Footprints, or points.
    streets, buildings
        Noded street lines; footprints that no service line crosses, the place's own among them.
    middles
        Middle lines of wide roads, which no service line crosses either.
    """
    tree, walls = shapely.STRtree(streets), shapely.STRtree(buildings)
    place, street = tree.query(places, predicate="dwithin", distance=REACH_M)
    lines = shapely.shortest_line(places[place], streets[street])
    length = shapely.length(lines)
    order = np.lexsort((street, length, place))
    place, lines = place[order], lines[order]
    blocked = np.zeros(place.size, dtype=bool)
    line, wall = walls.query(lines, predicate="intersects")
    inside = shapely.length(shapely.intersection(lines[line], buildings[wall])) > _CROSSES_M
    blocked[line[inside]] = True
    if middles is not None and middles.size:
        line, _ = shapely.STRtree(middles).query(lines, predicate="crosses")
        blocked[line] = True
    kept = [np.flatnonzero((place == row) & ~blocked)[:most] for row in range(places.size)]
    near = np.bincount(place, minlength=places.size) > 0
    without = {
        row: (
            Text(
                "四面都被其他建筑挡住，没有可接入的一侧",
                en="other buildings stand between every side and the streets",
            )
            if near[row]
            else Text(f"{REACH_M:g} m 内没有道路", en=f"no street within {REACH_M:g} m")
        )
        for row in range(places.size)
        if not kept[row].size
    }
    index = np.concatenate([*kept, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    return Services(lines[index], place[index], without)
