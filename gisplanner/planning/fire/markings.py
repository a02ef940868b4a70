"""Markings of a lane (标线): metres of yellow line, boxes, and hatch at the gates, from the lane's own lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Geometry, LineString

_NOISE_M: Final = 1e-3


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
    width_m: float,
    line_width_m: float,
    box_every_m: float,
    hatch_depth_m: float,
) -> Markings:
    """Return what has to be painted; where lanes lie side by side or cross, only along the edge of all together.

    Parameters
    ----------
    gates_width_m
        Clear width of each gate on the lanes; it is hatched ``hatch_depth_m`` deep.
    width_m
        Width of a lane; its ends are not painted.
    box_every_m
        Largest spacing of boxes along what is no earlier lane's; every lane of some length has at least one.

    Examples
    --------
    >>> lane, beside = LineString([(0, 0), (50, 0)]), LineString([(0, 1), (50, 1)])
    >>> markings_of([lane], [4.0], width_m=4.0, line_width_m=0.15, box_every_m=20.0, hatch_depth_m=4.0)
    Markings(line_m=100.0, line_m2=15.0, boxes=3, hatch_m2=16.0)
    >>> markings_of([lane, beside], [], width_m=4.0, line_width_m=0.15, box_every_m=20.0, hatch_depth_m=4.0).line_m
    100.0
    >>> markings_of([], [], width_m=4.0, line_width_m=0.15, box_every_m=20.0, hatch_depth_m=4.0)
    Markings(line_m=0.0, line_m2=0.0, boxes=0, hatch_m2=0.0)
    """
    if not lines:
        return Markings(0.0, 0.0, 0, 0.0)
    areas = [shapely.buffer(line, width_m / 2.0, cap_style="flat") for line in lines]
    ends = [
        shapely.buffer(_end(line, at, width_m), _NOISE_M, cap_style="flat") for line in lines for at in (0.0, 1.0)
    ]
    edges = shapely.length(shapely.difference(shapely.boundary(shapely.union_all(areas)), shapely.union_all(ends)))
    own = shapely.length(_own(lines, areas))
    boxes = np.ceil(own[own > width_m] / box_every_m - _NOISE_M)
    return Markings(
        line_m=round(float(edges), 1),
        line_m2=round(float(edges) * line_width_m, 2),
        boxes=int(boxes.sum()),
        hatch_m2=round(sum(gates_width_m) * hatch_depth_m, 2),
    )


def _own(lines: Sequence[LineString], areas: Sequence[Geometry]) -> list[Geometry]:
    """Return of each line what lies in the area of no earlier one."""
    line, area = shapely.STRtree(areas).query(lines, predicate="intersects")
    return [
        shapely.difference(one, shapely.union_all([areas[k] for k in area[(line == number) & (area < number)]]))
        for number, one in enumerate(lines)
    ]


def _end(line: LineString, at: float, width_m: float) -> LineString:
    """Return the line straight across a lane where it begins or ends."""
    points = shapely.get_coordinates(line)
    here, other = (points[0], points[1]) if at == 0.0 else (points[-1], points[-2])
    along = (other - here) / max(math.dist(other, here), _NOISE_M)
    across = along[::-1] * [-0.5 * width_m, 0.5 * width_m]
    return LineString([here - across, here + across])


def lane_area(lines: Sequence[LineString], width_m: float) -> Geometry:
    """Return the area of all lanes."""
    return shapely.union_all([shapely.buffer(line, width_m / 2.0, cap_style="flat") for line in lines])
