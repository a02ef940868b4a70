"""Can a vehicle drive a lane (车辆通行): led along the line, else searched, forward or with reversing. Compiled.

Where the body led along the line would touch something, motions are searched from some way before that place until
a lead along the line gets past it. Whatever is found has been driven: each pose is free, each motion can be steered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from gisplanner.planning.fire.cells import Cells
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.smooth import STEP_M as LINE_STEP_M
from gisplanner.planning.fire.steering import MOTION_M, STEP_M, Chassis, follow, stations_near
from gisplanner.planning.fire.tries import search
from gisplanner.planning.fire.vehicle import Body

LEADS: Final = (0.8, 1.0, 0.6)
"""Points of the body led along the line, as shares of the wheelbase ahead of the rear axle."""


class Search(NamedTuple):
    """How a way past a place is searched.

    Attributes
    ----------
    before_m
        How far before the place it begins.
    grain_m
        How far apart two places are that count as two.
    look_ahead
        Whether the body should look at the line further on, instead of along it.
    """

    before_m: float
    grain_m: float
    look_ahead: bool


FORWARD: Final = (
    Search(14.0, 0.35, look_ahead=False),
    Search(26.0, 0.35, look_ahead=False),
    Search(26.0, 0.15, look_ahead=False),
    Search(14.0, 0.35, look_ahead=True),
    Search(26.0, 0.15, look_ahead=True),
)
REVERSING: Final = (Search(14.0, 0.35, look_ahead=True), Search(14.0, 0.15, look_ahead=True))
PAST_M: Final = 9.0
"""How far past it a lead has to get."""
COARSE_M: Final = 0.3
"""Finer searches are made only where a coarser one has looked at everything it could."""
FORWARD_TRIES: Final = 12_000
REVERSING_TRIES: Final = 3_000
_MOST_PLACES: Final = 12
_BACK: Final = 160
_AROUND: Final = 6
"""Points of the line that a search sees behind where it begins, and beyond where it leads."""
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
    """Return how far from its middle the body may touch something on one look at what is near."""
    middle, half_length = (chassis.front_m + chassis.back_m) / 2.0, (chassis.front_m - chassis.back_m) / 2.0
    moved = MOTION_M * math.hypot(1.0, middle * chassis.bend)
    return math.hypot(half_length, chassis.half_m) + moved + 3.0 * STEP_M


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
        How a line was driven that is the same up to a point: its drive, and that point.
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
    refused = [] if refused is None else refused
    until, stuck = len(line) - 1, 0
    for _ in range(_MOST_PLACES):
        stuck = driven.lead_on(chassis, cells, line, body, until)
        if stuck < 0:
            return driven.told(None)
        ends = np.concatenate([line[stuck], line[_past(line, stuck)]])
        if _told_before(ends, refused):
            break
        if not driven.get_past(chassis, cells, line, body, stuck, reversing):
            refused.append(ends)
            break
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

    def get_past(  # noqa: PLR0917 - one call
        self, chassis: Chassis, cells: Cells, line: Floats, body: Body, stuck: int, reversing: bool  # noqa: FBT001
    ) -> bool:  # fmt: skip
        """Drive anew from some way before a place, by search, and return whether the vehicle gets past."""
        goal = _past(line, stuck)
        leads = np.array([share * body.wheelbase_m for share in LEADS])
        tries, all_known = REVERSING_TRIES if reversing else FORWARD_TRIES, True
        for one in REVERSING if reversing else FORWARD:
            if one.grain_m < COARSE_M and not all_known:
                continue
            begin = int(np.searchsorted(self.station, stuck - round(one.before_m / LINE_STEP_M)))
            begin = min(max(begin, 0), len(self.poses) - 1)
            # Further back the search does not come.
            cut = max(0, int(self.station[begin]) - _BACK)
            part = np.ascontiguousarray(line[cut : goal + _AROUND])
            found, back, ended = search(
                chassis,
                cells,
                part,
                self.poses[begin],
                leads,
                goal - cut,
                reversing,
                tries,
                one.grain_m,
                one.look_ahead,
            )
            if len(found):
                self.poses, self.backwards = self.poses[: begin + 1], self.backwards[: begin + 1]
                self.station = self.station[: begin + 1]
                self._append(found, line, back)
                return True
            all_known &= ended
        return False

    def _append(self, poses: Floats, line: Floats, back: Bools) -> None:
        stations = stations_near(line, poses, int(self.station[-1]), 20)
        self.poses = np.concatenate([self.poses, poses])
        self.backwards = np.concatenate([self.backwards, back])
        self.station = np.concatenate([self.station, np.maximum.accumulate(stations)])
