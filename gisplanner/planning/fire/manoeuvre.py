"""Can a vehicle drive a lane (车辆通行): led along the line, else searched, forward or with reversing. Compiled.

Where the body led along the line would touch something, motions are searched from some way before that place until
a lead along the line gets past it. Whatever is found has been driven: each pose is free, each motion can be steered.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.fire.cells import Cells
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.smooth import STEP_M as LINE_STEP_M
from gisplanner.planning.fire.steering import STEP_M, Chassis, follow, free_way, moved, station_near
from gisplanner.planning.fire.vehicle import Body

LEADS: Final = (0.8, 1.0, 0.6)
"""Points of the body led along the line, as shares of the wheelbase ahead of the rear axle."""
SEARCHES: Final = ((14.0, 0.35), (26.0, 0.35), (26.0, 0.15))
"""How far before a place that is touched a search begins, and how far apart two places are that count as two."""
PAST_M: Final = 9.0
"""How far past it a lead has to get."""
MOTION_M: Final = 0.8
BESIDE_M: Final = 7.0
"""How far from the line the rear axle may come."""
FORWARD_TRIES: Final = 12_000
REVERSING_TRIES: Final = 12_000
_TURN_PER_M: Final = 0.17
"""Headings that count as two are this many radians apart for each metre that places are."""
_SHOT_EVERY: Final = 6
_MOST_PLACES: Final = 12
_SAME_PLACE_M: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """How a vehicle gets along a lane.

    Attributes
    ----------
    poses
        Rows x, y, heading of the middle of the rear axle, :data:`STEP_M` or less apart, metres from the local origin.
    backwards
        For each pose whether it was reached in reverse.
    station
        For each pose the point of the line its rear axle is near.
    stuck_at
        Where the vehicle gets no further; ``None`` where it arrives.
    """

    poses: Floats
    backwards: Bools
    station: Ints
    stuck_at: tuple[float, float] | None

    @property
    def reversals(self) -> int:
        """Return how often the vehicle changes its direction."""
        return int((np.diff(self.backwards.astype(int)) != 0).sum())


def chassis_of(body: Body) -> Chassis:
    """Return the body about its rear axle, and the curvature at which its outer front wheel is on its circle."""
    radius = math.sqrt(body.outer_radius_m**2 - body.wheelbase_m**2) - body.width_m / 2.0
    front = body.wheelbase_m + body.front_overhang_m
    return Chassis(front, front - body.length_m, body.width_m / 2.0, 1.0 / radius)


def reach_of(chassis: Chassis) -> float:
    """Return how far the body reaches from its middle."""
    return math.hypot((chassis.front_m - chassis.back_m) / 2.0, chassis.half_m) + 2.0 * STEP_M


def drive_along(
    line: Floats,
    cells: Cells,
    body: Body,
    *,
    reversing: bool,
    after: tuple[Drive, int] | None = None,
    refused: list[Floats] | None = None,
) -> Drive:
    """Drive along a line from outside of its first point, where the vehicle stands straight, to its last.

    Parameters
    ----------
    line
        Points (n, 2), :data:`LINE_STEP_M` apart.
    cells
        Edges of what stands, within :func:`reach_of` of a cell.
    reversing
        Whether the vehicle may go back and forth where it cannot get round in one.
    after
        How another line was driven that is the same up to a point: its drive, and that point.
    refused
        Places on other lines that this vehicle was searched past in vain, each with where it was to get to; what is
        found out here is added. Lanes that leave one gate side by side have their tight place in common.

    Examples
    --------
    >>> from gisplanner.planning.fire.cells import make_cells
    >>> engine = Body(9.0, 2.5, 5.0, 1.5, 9.0)
    >>> walls = make_cells(np.array([[0, -2, 60, -2], [0, 2, 60, 2]], dtype=float), 2.0, reach_m=5.0, margin_m=9.0)
    >>> drive_along(np.stack([np.arange(0, 60, 0.5), np.zeros(120)], axis=1), walls, engine, reversing=False).stuck_at
    >>> across = make_cells(np.array([[40, -20, 40, 20]], dtype=float), 2.0, reach_m=5.0, margin_m=9.0)
    >>> drive_along(np.stack([np.arange(0, 60, 0.5), np.zeros(120)], axis=1), across, engine, reversing=True).stuck_at
    (38.5, 0.0)
    """
    chassis = chassis_of(body)
    driven = _Driven(_before(line, body)) if after is None else _Driven.of(*after)
    until = len(line) - 1
    for _ in range(_MOST_PLACES):
        stuck = driven.lead_on(chassis, cells, line, body, until)
        if stuck < 0:
            return driven.told(None)
        ends = np.concatenate([line[stuck], line[_past(line, stuck)]])
        if refused is not None and _told_before(ends, refused):
            return driven.told(stuck_place(line, stuck))
        if not any(driven.search_past(chassis, cells, line, body, stuck, one, reversing) for one in SEARCHES):
            if refused is not None:
                refused.append(ends)
            return driven.told(stuck_place(line, stuck))
    return driven.told(stuck_place(line, stuck))


def _past(line: Floats, stuck: int) -> int:
    return min(stuck + round(PAST_M / LINE_STEP_M), len(line) - 1)


def _told_before(ends: Floats, refused: list[Floats]) -> bool:
    return any(
        math.dist(ends[:2], one[:2]) <= _SAME_PLACE_M and math.dist(ends[2:], one[2:]) <= 2.0 * _SAME_PLACE_M
        for one in refused
    )


def stuck_place(line: Floats, station: int) -> tuple[float, float]:
    """Return the place of a station."""
    x, y = line[station]
    return float(x), float(y)


def _before(line: Floats, body: Body) -> Floats:
    """Return the pose straight before the line, the front axle on its first point."""
    first = line[min(4, len(line) - 1)] - line[0]
    heading = math.atan2(first[1], first[0])
    place = line[0] - body.wheelbase_m * np.array([math.cos(heading), math.sin(heading)])
    return np.array([place[0], place[1], heading])


class _Driven:
    """What has been driven so far."""

    def __init__(self, start: Floats) -> None:
        self.poses = start[None, :]
        self.backwards = np.zeros(1, dtype=bool)
        self.station = np.zeros(1, dtype=np.int64)

    @classmethod
    def of(cls, drive: Drive, until: int) -> _Driven:
        """Take over what was driven until a point of the line."""
        many = max(1, int(np.searchsorted(drive.station, until)))
        made = cls(drive.poses[0])
        made.poses, made.backwards = drive.poses[:many], drive.backwards[:many]
        made.station = drive.station[:many]
        return made

    def told(self, stuck_at: tuple[float, float] | None) -> Drive:
        return Drive(self.poses, self.backwards, self.station, stuck_at)

    def lead_on(self, chassis: Chassis, cells: Cells, line: Floats, body: Body, until: int) -> int:
        """Lead the vehicle on as far as it gets; return where it would touch something, -1 at the end."""
        best: tuple[int, Floats] = (-2, self.poses[:0])
        for share in LEADS:
            poses, stuck = follow(chassis, cells, line, LINE_STEP_M, self.poses[-1], share * body.wheelbase_m, until)
            if stuck < 0:
                best = (-1, poses)
                break
            if stuck > best[0]:
                best = (stuck, poses)
        self._append(best[1][1:], line, np.zeros(max(len(best[1]) - 1, 0), dtype=bool))
        return best[0]

    def search_past(  # noqa: PLR0917 - one call
        self, chassis: Chassis, cells: Cells, line: Floats, body: Body, stuck: int, how: tuple[float, float],
        reversing: bool,  # noqa: FBT001 - compiled functions take no keywords
    ) -> bool:  # fmt: skip
        """Drive anew from some way before a place, by search, and return whether the vehicle gets past."""
        begin = int(np.searchsorted(self.station, stuck - round(how[0] / LINE_STEP_M)))
        begin = min(max(begin, 0), len(self.poses) - 1)
        goal = _past(line, stuck)
        leads = np.array([share * body.wheelbase_m for share in LEADS])
        found, back = search(
            chassis, cells, line, self.poses[begin], leads, goal, reversing,
            REVERSING_TRIES if reversing else FORWARD_TRIES, how[1],
        )  # fmt: skip
        if not len(found):
            return False
        self.poses, self.backwards = self.poses[: begin + 1], self.backwards[: begin + 1]
        self.station = self.station[: begin + 1]
        self._append(found, line, back)
        return True

    def _append(self, poses: Floats, line: Floats, back: Bools) -> None:
        stations = np.empty(len(poses), dtype=np.int64)
        at = int(self.station[-1])
        for k, (x, y, _) in enumerate(poses):
            at = station_near(line, x, y, at - 20, at + 21)
            stations[k] = at
        self.poses = np.concatenate([self.poses, poses])
        self.backwards = np.concatenate([self.backwards, back])
        self.station = np.concatenate([self.station, np.maximum.accumulate(stations)])


@njit(cache=True)
def search(  # noqa: C901, PLR0917 - one compiled loop, no keywords
    chassis: Chassis, cells: Cells, line: Floats, start: Floats, leads: Floats, goal: int, reversing: bool,  # noqa: FBT001
    tries: int, grain: float,
) -> tuple[Floats, Bools]:  # fmt: skip
    """Search motions from a pose until a lead along the line gets to ``goal``; no rows where none is found."""
    span, swing = goal + 1, grain * _TURN_PER_M
    first = station_near(line, start[0], start[1], 0, span)
    known = {(0, 0, 0)}
    known.clear()
    x, y, heading = np.empty(tries * 14 + 1), np.empty(tries * 14 + 1), np.empty(tries * 14 + 1)
    before, bends, ways = np.empty(tries * 14 + 1, dtype=np.int64), np.empty(tries * 14 + 1), np.empty(tries * 14 + 1)
    cost, at = np.empty(tries * 14 + 1), np.empty(tries * 14 + 1, dtype=np.int64)
    x[0], y[0], heading[0] = start[0], start[1], start[2]
    before[0], bends[0], ways[0], cost[0], at[0] = -1, 0, 1, 0, first
    many, popped = 1, 0
    waiting = [(0.0, 0)]
    while waiting and popped < tries:
        _, k = heapq.heappop(waiting)
        name = (int(np.floor(x[k] / grain)), int(np.floor(y[k] / grain)), int(np.floor(heading[k] / swing)))
        if name in known:
            continue
        known.add(name)
        popped += 1
        if popped % _SHOT_EVERY == 1:
            pose = np.array([x[k], y[k], heading[k]])
            for lead in leads:
                shot, stuck = follow(chassis, cells, line[:span], LINE_STEP_M, pose, lead, goal)
                if stuck < 0:
                    return _joined(x, y, heading, before, bends, ways, k, shot)
        for way in (MOTION_M, -MOTION_M):
            if way < 0.0 and not reversing:
                continue
            for step in range(-3, 4):
                bend = chassis.bend * step / 3.0
                px, py, ph = moved(x[k], y[k], heading[k], bend, way)
                other = (int(np.floor(px / grain)), int(np.floor(py / grain)), int(np.floor(ph / swing)))
                if other in known:
                    continue
                station = station_near(line, px, py, at[k] - 6, at[k] + 7)
                beside = np.hypot(line[station, 0] - px, line[station, 1] - py)
                if beside > BESIDE_M or not free_way(chassis, cells, x[k], y[k], heading[k], bend, way):
                    continue
                ahead = line[min(station + 4, line.shape[0] - 1)] - line[max(station - 4, 0)]
                askew = np.arctan2(ahead[1], ahead[0]) - ph
                askew = abs((askew + np.pi) % (2.0 * np.pi) - np.pi)
                x[many], y[many], heading[many], before[many], bends[many], ways[many] = px, py, ph, k, bend, way
                at[many] = station
                turned = 4.0 if way * ways[k] < 0.0 else 0.0
                dear = 1.0 if way > 0.0 else 1.5
                cost[many] = cost[k] + MOTION_M * dear + turned + 0.2 * abs(bend - bends[k]) / chassis.bend
                rest = (goal - station) * LINE_STEP_M
                heapq.heappush(waiting, (cost[many] + 1.3 * rest + 1.5 * askew + 0.2 * beside, many))
                many += 1
    return np.empty((0, 3)), np.empty(0, dtype=np.bool_)


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
