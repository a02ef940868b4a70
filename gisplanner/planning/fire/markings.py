"""Markings of a lane (标线): metres of yellow line, boxes, and hatch at the gates, from the lane's own lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Geometry, LineString


@dataclass(frozen=True, slots=True)
class Markings:
    """Quantities: yellow line along both edges, boxes 消防车道 禁止占用, hatch over the gates."""

    line_m: float
    line_m2: float
    boxes: int
    hatch_m2: float


def markings_of(
    lines: Sequence[LineString],
    gates_width_m: Sequence[float],
    *,
    line_width_m: float,
    box_every_m: float,
    hatch_depth_m: float,
) -> Markings:
    """Return what has to be painted.

    Parameters
    ----------
    gates_width_m
        Clear width of each gate on the lanes; it is hatched ``hatch_depth_m`` deep.
    box_every_m
        Largest spacing of boxes; every lane has at least one.

    Examples
    --------
    >>> lane = LineString([(0, 0), (50, 0)])
    >>> markings_of([lane], [4.0], line_width_m=0.15, box_every_m=20.0, hatch_depth_m=4.0)
    Markings(line_m=100.0, line_m2=15.0, boxes=3, hatch_m2=16.0)
    """
    edges = sum(2.0 * line.length for line in lines)
    return Markings(
        line_m=round(edges, 1),
        line_m2=round(edges * line_width_m, 2),
        boxes=sum(max(1, math.ceil(line.length / box_every_m - 1e-9)) for line in lines),
        hatch_m2=round(sum(gates_width_m) * hatch_depth_m, 2),
    )


def lane_area(lines: Sequence[LineString], width_m: float) -> Geometry:
    """Return the area of all lanes."""
    return shapely.union_all([shapely.buffer(line, width_m / 2.0, cap_style="flat") for line in lines])
