"""A vehicle body on the ground (车身姿态): where it is, what it touches, and how it follows a line. Compiled.

The rear axle rolls without slipping, so a pose is the middle of the rear axle and the heading, and every motion is an
arc of a curvature the front wheels can be turned to. How fast they are turned is not counted: the engine may stand.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.cells import Cells, cell_at
from gisplanner.planning.fire.outlines import Floats, Ints

STEP_M: Final = 0.2
SKIN_M: Final = 0.005
"""Poses are checked a step apart with the body this much larger: what it bulges between two poses."""
MOTION_M: Final = 0.8
"""How far the body goes on one look at what is near."""
_AHEAD_M: Final = 1.5
_STEPS: Final = 4
"""In one look."""


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


class Frame(NamedTuple):
    """A pose: the middle of the rear axle, and the direction of the body as its cosine and sine."""

    x: float
    y: float
    cos: float
    sin: float


@njit(cache=True)
def framed(x: float, y: float, heading: float) -> Frame:
    """Return a pose of a heading."""
    return Frame(x, y, np.cos(heading), np.sin(heading))


@njit(cache=True)
def lines_near(chassis: Chassis, cells: Cells, here: Frame) -> Floats:
    """Return the lines the body may touch within :data:`MOTION_M` of a pose, as rows of ``cells.ends``."""
    middle = (chassis.front_m + chassis.back_m) / 2.0
    cell = cell_at(cells, here.x + here.cos * middle, here.y + here.sin * middle)
    if cell < 0:
        return np.empty((0, 4))
    low, high, half = chassis.back_m - SKIN_M, chassis.front_m + SKIN_M, chassis.half_m + SKIN_M
    near = STEP_M * (1.0 + chassis.bend * (high + half))
    # What a point of the body, or a corner on its way, moves along and across while the heading turns so far.
    turn, far, wide = MOTION_M * chassis.bend, max(high, -low) + near, half + near
    along = near + MOTION_M + far * turn * turn / 2.0 + wide * turn
    across = near + MOTION_M * turn / 2.0 + far * turn + wide * turn * turn / 2.0
    found = np.empty((cells.start[cell + 1] - cells.start[cell], 4))
    many = 0
    for i in range(cells.start[cell], cells.start[cell + 1]):
        ends = cells.ends[cells.members[i]]
        ax, ay, bx, by = ends[0] - here.x, ends[1] - here.y, ends[2] - here.x, ends[3] - here.y
        u0, u1 = here.cos * ax + here.sin * ay, here.cos * bx + here.sin * by
        if (u0 < low - along and u1 < low - along) or (u0 > high + along and u1 > high + along):
            continue
        v0, v1 = here.cos * ay - here.sin * ax, here.cos * by - here.sin * bx
        if (v0 < -half - across and v1 < -half - across) or (v0 > half + across and v1 > half + across):
            continue
        found[many] = ends
        many += 1
    return found[:many]


@njit(cache=True)
def blocked(chassis: Chassis, lines: Floats, before: Frame, pose: Frame) -> bool:
    """Return whether a line lies in the body at a pose, or in the way of a corner from the pose a step before.

    Corners swing out past both poses.

    Parameters
    ----------
    lines
        What is near, by :func:`lines_near`.
    """
    low, high, half = chassis.back_m - SKIN_M, chassis.front_m + SKIN_M, chassis.half_m + SKIN_M
    near = STEP_M * (1.0 + chassis.bend * (high + half))
    for i in range(lines.shape[0]):
        ax, ay = lines[i, 0] - pose.x, lines[i, 1] - pose.y
        bx, by = lines[i, 2] - pose.x, lines[i, 3] - pose.y
        v0, v1 = pose.cos * ay - pose.sin * ax, pose.cos * by - pose.sin * bx
        if (v0 < -half - near and v1 < -half - near) or (v0 > half + near and v1 > half + near):
            continue
        u0, u1 = pose.cos * ax + pose.sin * ay, pose.cos * bx + pose.sin * by
        if (u0 < low - near and u1 < low - near) or (u0 > high + near and u1 > high + near):
            continue
        first, last = _clipped(u0, u1 - u0, low, high, 0.0, 1.0)
        first, last = _clipped(v0, v1 - v0, -half, half, first, last)
        if first < last or _swings(before, pose, low, high, half, u0, v0, u1, v1):
            return True
    return False


@njit(cache=True)
def _swings(  # noqa: PLR0917 - compiled functions take no keywords
    before: Frame, pose: Frame, low: float, high: float, half: float, u0: float, v0: float, u1: float, v1: float
) -> bool:
    """Return whether a line, in the frame of a pose, crosses the way of a corner to there."""
    cos, sin = pose.cos * before.cos + pose.sin * before.sin, pose.cos * before.sin - pose.sin * before.cos
    x, y = before.x - pose.x, before.y - pose.y
    x, y = pose.cos * x + pose.sin * y, pose.cos * y - pose.sin * x
    for corner in range(4):
        along = low if corner < 2 else high  # noqa: PLR2004
        side = half if corner % 2 else -half
        ax, ay = x + along * cos - side * sin, y + along * sin + side * cos
        dx, dy = along - ax, side - ay
        one, other = dx * (v0 - ay) - dy * (u0 - ax), dx * (v1 - ay) - dy * (u1 - ax)
        if one * other > 0.0 or one == other:
            continue
        at = one / (one - other)
        along_way = (u0 - ax + at * (u1 - u0)) * dx + (v0 - ay + at * (v1 - v0)) * dy
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
def motion_steps(bend: float, way: float) -> Floats:
    """Return the poses on the way of :func:`moved` from the origin, a step apart: rows x, y, cosine, sine."""
    steps = int(np.ceil(abs(way) / STEP_M - 1e-9))
    made = np.empty((steps, 4))
    for k in range(steps):
        x, y, heading = moved(0.0, 0.0, 0.0, bend, way * (k + 1) / steps)
        made[k] = x, y, np.cos(heading), np.sin(heading)
    return made


@njit(cache=True)
def free_way(chassis: Chassis, lines: Floats, start: Frame, steps: Floats) -> bool:
    """Return whether the body touches nothing on the way of :func:`motion_steps`, no longer than a look.

    The last poses differ most from the one it is at, and are looked at first.
    """
    pose = _onward(start, steps, steps.shape[0] - 1)
    for k in range(steps.shape[0] - 2, -2, -1):
        before = _onward(start, steps, k) if k >= 0 else start
        if blocked(chassis, lines, before, pose):
            return False
        pose = before
    return True


@njit(cache=True)
def _onward(start: Frame, steps: Floats, k: int) -> Frame:
    """Return a pose of :func:`motion_steps` from another start."""
    x, y, cos, sin = steps[k]
    return Frame(
        start.x + start.cos * x - start.sin * y,
        start.y + start.sin * x + start.cos * y,
        start.cos * cos - start.sin * sin,
        start.sin * cos + start.cos * sin,
    )


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
def stations_near(line: Floats, poses: Floats, first: int, around: int) -> Ints:
    """Return for each pose of a way the point of a line it is near, looked for around that of the pose before."""
    made = np.empty(poses.shape[0], dtype=np.int64)
    at = first
    for k in range(poses.shape[0]):
        at = station_near(line, poses[k, 0], poses[k, 1], at - around, at + around + 1)
        made[k] = at
    return made


@njit(cache=True, nogil=True)
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
    here = framed(x, y, heading)
    poses = np.empty((4 * line.shape[0] + 100, 3))
    poses[0] = start
    many, lines = 1, lines_near(chassis, cells, here)
    at = station_near(line, x + lead * np.cos(heading), y + lead * np.sin(heading), 0, line.shape[0])
    while many < poses.shape[0]:
        lx, ly = x + lead * here.cos, y + lead * here.sin
        at = station_near(line, lx, ly, at, at + 3 * ahead)
        if at >= until:
            return poses[:many], -1
        goal = line[min(at + ahead, line.shape[0] - 1)]
        off = np.arctan2(goal[1] - ly, goal[0] - lx) - heading
        off = (off + np.pi) % (2.0 * np.pi) - np.pi
        bend = np.tan(min(max(off, -1.4), 1.4)) / lead
        bend = min(max(bend, -chassis.bend), chassis.bend)
        pose = moved(x, y, heading, bend, STEP_M)
        ahead_of = framed(pose[0], pose[1], pose[2])
        if many % _STEPS == 1 and many > 1:
            lines = lines_near(chassis, cells, here)
        if blocked(chassis, lines, here, ahead_of):
            return poses[:many], at
        x, y, heading = pose
        here = ahead_of
        poses[many] = x, y, heading
        many += 1
    return poses[:many], at
