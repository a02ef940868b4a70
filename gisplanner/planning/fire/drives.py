"""Vehicles on all lanes (扫掠轨迹): forward, else with reversing, and the ground the body sweeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import shapely
from shapely import Geometry

from gisplanner.planning.fire.cells import Cells, make_cells
from gisplanner.planning.fire.lanes import LanePath
from gisplanner.planning.fire.manoeuvre import Drive, chassis_of, drive_along, reach_of
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.steering import Chassis
from gisplanner.planning.fire.vehicle import Body

CELL_M: Final = 2.0
_DRAWN_EVERY: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class LaneDrive:
    """A vehicle on one lane, from outside of the gate to the end.

    Attributes
    ----------
    forward
        Without reversing.
    reversing
        With reversing, where the vehicle does not arrive without.
    swept
        What the body sweeps on the part that is no earlier lane's, as far as it gets, in the planning CRS.
    """

    forward: Drive
    reversing: Drive | None
    swept: Geometry

    @property
    def best(self) -> Drive:
        """Return the drive that gets furthest."""
        return self.forward if self.reversing is None else self.reversing


def drives_along(reach: Reach, removed: Bools, lanes: Sequence[LanePath], body: Body) -> list[LaneDrive]:
    """Drive a vehicle along every lane; what was driven on the way of an earlier lane is taken over."""
    chassis = chassis_of(body)
    cells = edges_that_stand(reach, removed, chassis)
    forward: list[Drive] = []
    best: list[Drive] = []
    made = []
    refused: tuple[list[Floats], list[Floats]] = ([], [])
    for lane in lanes:
        way = lane.way.points
        fresh = _driven(lane, forward, partial(drive_along, way, cells, body, reversing=False, refused=refused[0]))
        again = None
        if fresh.stuck_at is not None:
            again = _reversing(lane, best, fresh, partial(drive_along, way, cells, body, refused=refused[1]))
        forward.append(fresh)
        best.append(again or fresh)
        made.append(LaneDrive(fresh, again, _swept(chassis, best[-1], lane.way.begins, reach.scene.origin)))
    return made


def _driven(lane: LanePath, earlier: Sequence[Drive], drive: Callable[..., Drive]) -> Drive:
    """Drive a lane; where an earlier one on the way to it was too much for the vehicle, this one is."""
    if lane.way.parent is None:
        return drive()
    before = earlier[lane.way.parent]
    if before.stuck_at is not None and before.station[-1] < lane.way.same:
        return before
    return drive(after=(before, lane.way.same))


def _reversing(lane: LanePath, earlier: Sequence[Drive], fresh: Drive, drive: Callable[..., Drive]) -> Drive:
    """Drive a lane on from where the vehicle gets stuck without reversing, which its way to there does not need."""
    parent = lane.way.parent
    if parent is not None and earlier[parent].reversals:
        return _driven(lane, earlier, partial(drive, reversing=True))
    return drive(reversing=True, after=(fresh, len(lane.way.points)))


def edges_that_stand(reach: Reach, removed: Bools, chassis: Chassis) -> Cells:
    """Return what stands by cells, within reach of the body."""
    edges = reach.scene.edges
    stands = ~np.append(removed, np.False_)[edges.owner]
    ends = np.concatenate([edges.first[stands], edges.second[stands]], axis=1)
    return make_cells(ends, CELL_M, reach_m=reach_of(chassis), margin_m=reach_of(chassis))


def bodies(chassis: Chassis, poses: Floats) -> np.ndarray:
    """Return the body as polygons at poses (n, 3)."""
    front, back, half = chassis.front_m, chassis.back_m, chassis.half_m
    corners = np.array([[front, half], [back, half], [back, -half], [front, -half]])
    cos, sin = np.cos(poses[:, 2]), np.sin(poses[:, 2])
    turn = np.stack([np.stack([cos, sin], axis=-1), np.stack([-sin, cos], axis=-1)], axis=-2)
    return np.asarray(shapely.polygons(poses[:, None, :2] + corners @ turn))


def _swept(chassis: Chassis, drive: Drive, begins: int, origin: Floats) -> Geometry:
    own = np.flatnonzero(drive.station >= begins)
    if not own.size:
        return shapely.Polygon()
    rows = np.unique(np.append(own[::_DRAWN_EVERY], own[-1]))
    area = shapely.union_all(bodies(chassis, drive.poses[rows])).simplify(0.02)
    return shapely.transform(area, lambda points: points + origin)
