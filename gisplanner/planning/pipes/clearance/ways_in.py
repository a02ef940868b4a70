"""Stretches that may be near: a service line on its way to its wall, a cable at its pole, a line across a kerb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.planning.pipes.clearance.lines import Floats, Geometry, Mask

_ENTRY: Final = 3.0
"""A line may run this many times the required distance on its way to what it belongs to, or to either side across."""
_AT_M: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Lines with what they are near to, the stretches that are too close, and how near that is."""

    lines: Geometry
    things: Geometry
    close: Geometry
    within_m: Floats


def without_ways(
    pairs: Compared, may_enter: Mask | None, enters_m: float | None, *, crossed: bool
) -> Iterator[tuple[int, Any]]:
    """Yield the position of each pair that has such a stretch, with what is too close apart from it.

    Parameters
    ----------
    may_enter, enters_m
        Lines that belong to what they end at, and how near their end is to it.
    crossed
        Whether a line may cross the thing.
    """
    if may_enter is not None and enters_m is not None:
        ends = shapely.boundary(pairs.lines)
        at = may_enter & (shapely.distance(ends, pairs.things) <= enters_m)
        for number in np.flatnonzero(at).tolist():
            wall = pairs.things[number]
            doors = [end for end in shapely.get_parts(ends[number]) if shapely.distance(end, wall) <= enters_m]
            yield number, _without(pairs, number, doors, _ENTRY)
    if crossed:
        for number in np.flatnonzero(shapely.intersects(pairs.lines, pairs.things)).tolist():
            across = shapely.intersection(pairs.lines[number], pairs.things[number])
            points = [one for one in shapely.get_parts(across) if shapely.get_dimensions(one) == 0]
            yield number, _without(pairs, number, points, 2.0 * _ENTRY)


def _without(pairs: Compared, number: int, doors: list[Any], most: float) -> Any:
    """Return the stretches that are too close, without those that lead through a door and are short."""
    close, thing = pairs.close[number], pairs.things[number]
    kept = []
    for part in shapely.get_parts(shapely.line_merge(close) if close.geom_type != "LineString" else close):
        leads = any(shapely.distance(part, door) <= _AT_M for door in doors)
        outside = shapely.length(shapely.difference(part, thing))
        if not (leads and outside <= most * pairs.within_m[number]):
            kept.append(part)
    return shapely.MultiLineString(kept)
