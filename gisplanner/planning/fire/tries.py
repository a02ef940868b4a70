"""Search motions of a vehicle past a tight place (机动搜索): forward or back and forth. Compiled."""

from __future__ import annotations

import heapq
from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.fire.cells import Cells
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.smooth import STEP_M as LINE_STEP_M
from gisplanner.planning.fire.steering import (
    MOTION_M,
    STEP_M,
    Chassis,
    follow,
    framed,
    free_way,
    lines_near,
    motion_steps,
    moved,
    station_near,
)

BESIDE_M: Final = 7.0
"""How far from the line the rear axle may come."""
FORWARD: Final = (1.3, 1.5)
REVERSING: Final = (12.0, 30.0)
"""What a metre and a radian that are left cost: going back and forth has many ways, and any will do."""
_AROUND: Final = 4
_AHEAD: Final = 8
"""Points of the line around the rear axle, and ahead of it, that say where the body should look."""
_TURN_PER_M: Final = 0.17
"""Headings that count as two are this many radians apart for each metre that places are."""
_SHOT_EVERY: Final = 6
_MOST_CUBES: Final = 1 << 19


@njit(cache=True, nogil=True)
def search(  # noqa: C901, PLR0917 - one compiled loop, no keywords
    chassis: Chassis, cells: Cells, line: Floats, start: Floats, leads: Floats, goal: int, reversing: bool,  # noqa: FBT001
    tries: int, grain: float, look_ahead: bool,  # noqa: FBT001
) -> tuple[Floats, Bools, bool]:  # fmt: skip
    """Search motions from a pose until a lead along the line gets to ``goal``; no rows where none is found.

    Parameters
    ----------
    tries, grain
        Poses looked at, and how far apart two of them are at least.
    look_ahead
        Whether the body should look at the line further on, instead of along it.

    Returns
    -------
    poses, backwards
        The way from there, and which of its poses are reached in reverse.
    ended
        Whether everything was looked at, not only ``tries`` poses.
    """
    span, swing = goal + 1, grain * _TURN_PER_M
    metre, radian = REVERSING if reversing else FORWARD
    first = station_near(line, start[0], start[1], 0, span)
    motions = [
        (bend, way, motion_steps(bend, way))
        for way in np.array([MOTION_M, -MOTION_M])[: 1 + reversing]
        for bend in chassis.bend * np.arange(-3, 4) / 3.0
    ]
    known = {0}
    known.clear()
    x, y, heading = np.empty(tries), np.empty(tries), np.empty(tries)
    before, bends, ways = np.empty(tries, dtype=np.int64), np.empty(tries), np.empty(tries)
    cost, at = np.empty(tries), np.empty(tries, dtype=np.int64)
    x[0], y[0], heading[0] = start[0], start[1], start[2]
    before[0], bends[0], ways[0], cost[0], at[0] = -1, 0, 1, 0, first
    many, popped, waiting = 1, 0, [(0.0, 0)]
    while waiting:
        if popped == tries:
            return np.empty((0, 3)), np.empty(0, dtype=np.bool_), False
        _, k = heapq.heappop(waiting)
        name = _name(start, x[k], y[k], heading[k], grain, swing)
        if name in known:
            continue
        known.add(name)
        popped += 1
        if popped % _SHOT_EVERY == 1:
            pose = np.array([x[k], y[k], heading[k]])
            for lead in leads:
                shot, stuck = follow(chassis, cells, line[:span], LINE_STEP_M, pose, lead, goal)
                if stuck < 0:
                    poses, back = _joined(x, y, heading, before, bends, ways, k, shot)
                    return poses, back, False
        here = framed(x[k], y[k], heading[k])
        lines = lines_near(chassis, cells, here)
        for bend, way, steps in motions:
            px, py, ph = moved(x[k], y[k], heading[k], bend, way)
            if _name(start, px, py, ph, grain, swing) in known:
                continue
            station = station_near(line, px, py, at[k] - 6, at[k] + 7)
            beside = np.hypot(line[station, 0] - px, line[station, 1] - py)
            if beside > BESIDE_M or not free_way(chassis, lines, here, steps):
                continue
            askew = abs((_direction(line, station, px, py, look_ahead) - ph + np.pi) % (2.0 * np.pi) - np.pi)
            if many == x.size:
                x, y, heading = _more(x), _more(y), _more(heading)
                before, bends, ways = _more(before), _more(bends), _more(ways)
                cost, at = _more(cost), _more(at)
            x[many], y[many], heading[many], before[many], bends[many], ways[many] = px, py, ph, k, bend, way
            at[many] = station
            way_m = MOTION_M * (1.0 if way > 0.0 else 1.5) + (4.0 if way * ways[k] < 0.0 else 0.0)
            cost[many] = cost[k] + way_m + 0.2 * abs(bend - bends[k]) / chassis.bend
            rest = (goal - station) * LINE_STEP_M
            heapq.heappush(waiting, (cost[many] + metre * rest + radian * askew + 0.2 * beside, many))
            many += 1
    return np.empty((0, 3)), np.empty(0, dtype=np.bool_), True


@njit(cache=True)
def _direction(line: Floats, station: int, x: float, y: float, look_ahead: bool) -> float:  # noqa: FBT001
    """Return where the body should look: along the line, or at a place of it further on."""
    last = line.shape[0] - 1
    if look_ahead:
        there = line[min(station + _AHEAD, last)]
        return float(np.arctan2(there[1] - y, there[0] - x))
    along = line[min(station + _AROUND, last)] - line[max(station - _AROUND, 0)]
    return float(np.arctan2(along[1], along[0]))


@njit(cache=True)
def _name(start: Floats, x: float, y: float, heading: float, grain: float, swing: float) -> int:  # noqa: PLR0917
    """Return the number of the cube of poses that count as one."""
    column, row = int(np.floor((x - start[0]) / grain)), int(np.floor((y - start[1]) / grain))
    turn = int(np.floor(heading / swing))
    return ((column + _MOST_CUBES) * 2 * _MOST_CUBES + row + _MOST_CUBES) * 2 * _MOST_CUBES + turn + _MOST_CUBES


@njit(cache=True)
def _more(column: np.ndarray) -> np.ndarray:
    """Return a column with room for as many rows again."""
    return np.concatenate((column, np.empty_like(column)))


@njit(cache=True)
def _joined(  # noqa: PLR0917 - compiled functions take no keywords
    x: Floats, y: Floats, heading: Floats, before: Ints, bends: Floats, ways: Floats, last: int, shot: Floats
) -> tuple[Floats, Bools]:
    """Return the poses of the motions that lead to one, and of the lead from there on."""
    chain = [last]
    while before[chain[-1]] >= 0:
        chain.append(before[chain[-1]])
    steps = int(np.ceil(MOTION_M / STEP_M - 1e-9))
    poses = np.empty(((len(chain) - 1) * steps + shot.shape[0], 3))
    back = np.zeros(poses.shape[0], dtype=np.bool_)
    many = 0
    for i in range(len(chain) - 2, -1, -1):
        k = chain[i]
        b = before[k]
        for j in range(1, steps + 1):
            poses[many] = moved(x[b], y[b], heading[b], bends[k], ways[k] * j / steps)
            back[many] = ways[k] < 0.0
            many += 1
    poses[many : many + shot.shape[0] - 1] = shot[1:]
    return poses[: many + shot.shape[0] - 1], back[: many + shot.shape[0] - 1]
