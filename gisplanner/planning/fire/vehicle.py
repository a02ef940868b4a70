"""The body of a fire engine driven along a lane (扫掠轨迹): what it sweeps, and whether anything stands in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import LineString

from gisplanner.planning.fire.outlines import Floats

STEP_M: Final = 0.25
BODIES_EVERY: Final = 2


@dataclass(frozen=True, slots=True)
class Body:
    """A vehicle: lengths in metres; the front axle stands ``front_overhang_m`` behind the bumper."""

    length_m: float
    width_m: float
    wheelbase_m: float
    front_overhang_m: float
    outer_radius_m: float

    @property
    def front_axle_radius_m(self) -> float:
        """Return the radius of the middle of the front axle at full lock, the outer front wheel on its circle."""
        rear = math.sqrt(self.outer_radius_m**2 - self.wheelbase_m**2) - self.width_m / 2.0
        return math.hypot(rear, self.wheelbase_m)


def width_in_bend_m(body: Body, radius_m: float) -> float:
    """Return the width the body sweeps in a long bend, the middle of its front axle at ``radius_m``.

    Examples
    --------
    >>> engine = Body(9.0, 2.5, 5.0, 1.5, 9.0)
    >>> round(width_in_bend_m(engine, 1e6), 2), round(width_in_bend_m(engine, 10.0), 2)
    (2.5, 4.44)
    """
    rear = math.sqrt(radius_m**2 - body.wheelbase_m**2)
    outer = math.hypot(rear + body.width_m / 2.0, body.wheelbase_m + body.front_overhang_m)
    return outer - (rear - body.width_m / 2.0)


def bodies_along(line: LineString, body: Body) -> np.ndarray:
    """Return the body at stations half a metre apart, its front axle on the line, its rear axle drawn along."""
    stations = np.append(np.arange(0.0, line.length, STEP_M), line.length)
    front = shapely.get_coordinates(shapely.line_interpolate_point(line, stations))
    heading = front[min(1, len(front) - 1)] - front[0]
    start = math.atan2(heading[1], heading[0])
    rear = front[0] - body.wheelbase_m * np.array([math.cos(start), math.sin(start)])
    headings = np.empty(len(front))
    for k, place in enumerate(front):
        ahead = place - rear
        headings[k] = math.atan2(ahead[1], ahead[0])
        rear = place - body.wheelbase_m * np.array([math.cos(headings[k]), math.sin(headings[k])])
    chosen = np.unique(np.append(np.arange(0, len(front), BODIES_EVERY), len(front) - 1))
    return _bodies(front[chosen], headings[chosen], body)


def _bodies(front: Floats, headings: Floats, body: Body) -> np.ndarray:
    ahead, behind, half = body.front_overhang_m, body.front_overhang_m - body.length_m, body.width_m / 2.0
    corners = np.array([[ahead, half], [behind, half], [behind, -half], [ahead, -half]])
    cos, sin = np.cos(headings), np.sin(headings)
    turn = np.stack([np.stack([cos, sin], axis=-1), np.stack([-sin, cos], axis=-1)], axis=-2)
    return np.asarray(shapely.polygons(front[:, None, :] + corners @ turn))
