"""A fire engine (设计车型): its body, and the width it sweeps in a long bend (扫掠宽度)."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Body:
    """A vehicle: lengths in metres; the front axle stands ``front_overhang_m`` behind the bumper."""

    length_m: float
    width_m: float
    wheelbase_m: float
    front_overhang_m: float
    outer_radius_m: float


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
