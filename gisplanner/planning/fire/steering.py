"""A vehicle body on the ground (车身姿态): where it is, what it touches, and how it follows a line. Compiled.

The rear axle rolls without slipping, so a pose is the middle of the rear axle and the heading, and every motion is an
arc of a curvature the front wheels can be turned to. How fast they are turned is not counted: the engine may stand.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.cells import Cells, cell_at
from gisplanner.planning.fire.outlines import Floats

STEP_M: Final = 0.2
SKIN_M: Final = 0.005
"""Poses are checked a step apart with the body this much larger: what it bulges between two poses."""
_AHEAD_M: Final = 1.5


class Chassis(NamedTuple):
    """A body in its own frame, the middle of the rear axle at the origin, metres.

    Attributes
    ----------
    front_m, back_m
        Bumpers ahead of the rear axle; ``back_m`` is negative.
    half_m
        Half the width.
    bend
        Largest curvature of the way of the rear axle, 1/m.
    """

    front_m: float
    back_m: float
    half_m: float
    bend: float


@njit(cache=True)
def touches(chassis: Chassis, cells: Cells, x: float, y: float, heading: float) -> bool:
    """Return whether a line lies in the body at a pose."""
    cos, sin = np.cos(heading), np.sin(heading)
    middle = (chassis.front_m + chassis.back_m) / 2.0
    here = cell_at(cells, x + cos * middle, y + sin * middle)
    if here < 0:
        return False
    low_x, high_x = chassis.back_m - SKIN_M, chassis.front_m + SKIN_M
    half = chassis.half_m + SKIN_M
    for i in range(cells.start[here], cells.start[here + 1]):
        ends = cells.ends[cells.members[i]]
        ax, ay, bx, by = ends[0] - x, ends[1] - y, ends[2] - x, ends[3] - y
        u0, v0 = cos * ax + sin * ay, cos * ay - sin * ax
        u1, v1 = cos * bx + sin * by, cos * by - sin * bx
        if (u0 < low_x and u1 < low_x) or (u0 > high_x and u1 > high_x):
            continue
        if (v0 < -half and v1 < -half) or (v0 > half and v1 > half):
            continue
        low, high = _clipped(u0, u1 - u0, low_x, high_x, 0.0, 1.0)
        low, high = _clipped(v0, v1 - v0, -half, half, low, high)
        if low < high:
            return True
    return False


@njit(cache=True)
def swings_into(
    chassis: Chassis, cells: Cells, start: tuple[float, float, float], end: tuple[float, float, float]
) -> bool:
    """Return whether a line crosses the way of a corner from one pose to the next: corners swing out past both."""
    middle = (chassis.front_m + chassis.back_m) / 2.0
    here = cell_at(cells, end[0] + np.cos(end[2]) * middle, end[1] + np.sin(end[2]) * middle)
    if here < 0:
        return False
    for corner in range(4):
        along = chassis.back_m - SKIN_M if corner < 2 else chassis.front_m + SKIN_M  # noqa: PLR2004
        side = (chassis.half_m + SKIN_M) * (1.0 if corner % 2 else -1.0)
        ax = start[0] + along * np.cos(start[2]) - side * np.sin(start[2])
        ay = start[1] + along * np.sin(start[2]) + side * np.cos(start[2])
        dx = end[0] + along * np.cos(end[2]) - side * np.sin(end[2]) - ax
        dy = end[1] + along * np.sin(end[2]) + side * np.cos(end[2]) - ay
        for i in range(cells.start[here], cells.start[here + 1]):
            ends = cells.ends[cells.members[i]]
            px, py, qx, qy = ends[0] - ax, ends[1] - ay, ends[2] - ax, ends[3] - ay
            one, other = dx * py - dy * px, dx * qy - dy * qx
            if one * other > 0.0 or one == other:
                continue
            at = one / (one - other)
            along_way = (px + at * (qx - px)) * dx + (py + at * (qy - py)) * dy
            if 0.0 <= along_way <= dx * dx + dy * dy:
                return True
    return False


@njit(cache=True)
def _clipped(  # noqa: PLR0917 - compiled functions take no keywords
    start: float, way: float, low: float, high: float, first: float, last: float
) -> tuple[float, float]:
    """Return the part of a stretch ``first``–``last`` of a line inside of a strip."""
    if abs(way) < 1e-12:  # noqa: PLR2004
        return (first, last) if low < start < high else (1.0, 0.0)
    one, other = (low - start) / way, (high - start) / way
    return max(first, min(one, other)), min(last, max(one, other))


@njit(cache=True)
def moved(x: float, y: float, heading: float, bend: float, way: float) -> tuple[float, float, float]:
    """Return the pose after ``way`` metres, backwards where negative, along an arc of curvature ``bend``."""
    turn = bend * way
    if abs(turn) < 1e-9:  # noqa: PLR2004
        return x + way * np.cos(heading), y + way * np.sin(heading), heading
    return (
        x + (np.sin(heading + turn) - np.sin(heading)) / bend,
        y - (np.cos(heading + turn) - np.cos(heading)) / bend,
        heading + turn,
    )


@njit(cache=True)
def free_way(  # noqa: PLR0917 - compiled functions take no keywords
    chassis: Chassis, cells: Cells, x: float, y: float, heading: float, bend: float, way: float
) -> bool:
    """Return whether the body touches nothing on the way of :func:`moved`."""
    steps = int(np.ceil(abs(way) / STEP_M - 1e-9))
    before = (x, y, heading)
    for k in range(1, steps + 1):
        pose = moved(x, y, heading, bend, way * k / steps)
        if touches(chassis, cells, pose[0], pose[1], pose[2]) or swings_into(chassis, cells, before, pose):
            return False
        before = pose
    return True


@njit(cache=True)
def station_near(line: Floats, x: float, y: float, first: int, last: int) -> int:
    """Return the point of a line nearest to a place, among ``first`` … ``last - 1``."""
    best, least = first, np.inf
    for k in range(max(first, 0), min(last, line.shape[0])):
        away = (line[k, 0] - x) ** 2 + (line[k, 1] - y) ** 2
        if away < least:
            best, least = k, away
    return best


@njit(cache=True)
def follow(  # noqa: PLR0917 - compiled functions take no keywords
    chassis: Chassis, cells: Cells, line: Floats, step: float, start: Floats, lead: float, until: int
) -> tuple[Floats, int]:
    """Drive on from a pose, the point of the body ``lead`` metres ahead of the rear axle led along a line.

    Parameters
    ----------
    line
        Points (n, 2), ``step`` metres apart.
    until
        The point of the line at which the lead arrives.

    Returns
    -------
    poses
        Rows x, y, heading, free of everything.
    station
        Where the lead was when the body would have touched something, else -1.
    """
    ahead = max(1, round(_AHEAD_M / step))
    x, y, heading = start[0], start[1], start[2]
    poses = np.empty((4 * line.shape[0] + 100, 3))
    poses[0] = start
    many = 1
    at = station_near(line, x + lead * np.cos(heading), y + lead * np.sin(heading), 0, line.shape[0])
    while many < poses.shape[0]:
        lx, ly = x + lead * np.cos(heading), y + lead * np.sin(heading)
        at = station_near(line, lx, ly, at, at + 3 * ahead)
        if at >= until:
            return poses[:many], -1
        goal = line[min(at + ahead, line.shape[0] - 1)]
        off = np.arctan2(goal[1] - ly, goal[0] - lx) - heading
        off = (off + np.pi) % (2.0 * np.pi) - np.pi
        bend = np.tan(min(max(off, -1.4), 1.4)) / lead
        bend = min(max(bend, -chassis.bend), chassis.bend)
        pose = moved(x, y, heading, bend, STEP_M)
        before = (x, y, heading)
        if touches(chassis, cells, pose[0], pose[1], pose[2]) or swings_into(chassis, cells, before, pose):
            return poses[:many], at
        x, y, heading = pose
        poses[many] = x, y, heading
        many += 1
    return poses[:many], at
