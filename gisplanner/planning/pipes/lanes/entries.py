"""Service lines side by side (入户管): each network its own place on the wall, clear of everything laid before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.corridors.roads import Floats, Geometry
from gisplanner.planning.pipes.lanes.design import MAINS, SERVICES, Design
from gisplanner.planning.pipes.lanes.fit import Distances

_CELL_M: Final = 15.0
_STEP_M: Final = 0.25
_ALONG_M: Final = 40.0
_AROUND_POINT_M: Final = 8.0
_REACH_M: Final = 100.0
_AT_ONCE: Final = 16
_TOUCH_M: Final = 1e-3
_ON_LANE_M: Final = 0.05
"""A place no farther from a lane lies on it: as it is written, a service line would have no length."""
_ENTRY: Final = 2.8
"""A service line runs at most this many times the distance from walls on its way to its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A line that has its place."""

    line: Any
    network: str
    design: Design
    place: Place


class Ledger:
    """Lines that have their places, found by where they are."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._lines: list[Laid] = []

    def add(self, one: Laid) -> None:
        """Put a line down."""
        number = len(self._lines)
        self._lines.append(one)
        corners = shapely.get_coordinates(shapely.segmentize(one.line, _CELL_M / 2.0))
        for cell in set(map(tuple, np.floor(corners / _CELL_M).astype(int).tolist())):
            self._cells[cell].append(number)

    def near(self, bounds: Iterable[float]) -> list[Laid]:
        """Return the lines that may come within a few metres of a box."""
        west, south, east, north = (value / _CELL_M for value in bounds)
        found = {
            number
            for x in range(int(np.floor(west)) - 1, int(np.floor(east)) + 2)
            for y in range(int(np.floor(south)) - 1, int(np.floor(north)) + 2)
            for number in self._cells.get((x, y), ())
        }
        return [self._lines[number] for number in sorted(found)]


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What service lines keep clear of: footprints and what cannot be dug."""

    walls: Geometry
    wall_tree: Any
    hinder: Geometry
    hinder_tree: Any
    kept: tuple[Laid, ...] = ()
    """Existing lines."""


def surroundings(walls: Geometry, hinder: Geometry) -> Surroundings:
    """Return the surroundings, ready to be asked."""
    return Surroundings(walls, shapely.STRtree(walls), hinder, shapely.STRtree(hinder))


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A service line to be placed.

    Attributes
    ----------
    place
        The building, or the point where the network is fed.
    lane, along
        The lane it comes from, and where that lies.
    near
        Where it should stand on the lane.
    own_wall
        Row of the building among the walls, -1 for points.
    overhead
        Whether it hangs: nothing in the ground is in its way.
    """

    network: str
    design: Design
    where: Place
    place: Any
    lane: Any
    along: Place
    near: Floats
    own_wall: int
    overhead: bool


def place_entry(wanted: Wanted, ledger: Ledger, around: Surroundings, distances: Distances) -> Any | None:
    """Return the line from the lane to the place that is nearest to where it should be and clear of all others.

    A place that lies on the lane needs none: the answer is then a point. ``None`` where no line is clear.
    """
    for lines in _candidates(wanted):
        free = _clear(wanted, lines, ledger, around, distances)
        if free is not None:
            return free
    return None


def _candidates(wanted: Wanted) -> Iterator[Geometry]:
    """Yield lines square to the lane, those nearest to the wanted place first."""
    lane, length = wanted.lane, float(wanted.lane.length)
    middle = float(lane.project(shapely.Point(wanted.near)))
    a_point = shapely.get_dimensions(wanted.place) == 0
    if a_point and wanted.place.distance(lane) <= _ON_LANE_M:
        yield np.array([lane.interpolate(middle)], dtype=object)
        return
    reach = _AROUND_POINT_M if a_point else _ALONG_M
    count = int(reach / _STEP_M)
    steps = np.array([0, *(sign * k for k in range(1, count + 1) for sign in (1, -1))]) * _STEP_M
    stations = middle + steps
    stations = stations[(stations >= 0.0) & (stations <= length)]
    for begin in range(0, len(stations), _AT_ONCE):
        lines = _square(wanted, stations[begin : begin + _AT_ONCE], a_point=bool(a_point))
        if len(lines):
            yield lines
    yield _to_the_nearest(wanted)


def _square(wanted: Wanted, stations: Floats, *, a_point: bool) -> Geometry:
    lane = wanted.lane
    length = float(lane.length)
    at = shapely.get_coordinates(shapely.line_interpolate_point(lane, stations))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lane, np.minimum(stations + 0.05, length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lane, np.maximum(stations - 0.05, 0.0)))
    way = ahead - behind
    way /= np.hypot(way[:, 0], way[:, 1])[:, None]
    normal = np.column_stack([-way[:, 1], way[:, 0]])
    target = shapely.get_coordinates(shapely.shortest_line(shapely.Point(wanted.near), wanted.place))[-1]
    side = np.sign(((target - at) * normal).sum(axis=1))
    normal *= np.where(side == 0.0, 1.0, side)[:, None]
    if a_point:
        far = np.full(len(stations), float(wanted.place.distance(lane)))
    else:
        rays = shapely.linestrings(np.stack([at, at + normal * _REACH_M], axis=1))
        met = shapely.intersection(rays, wanted.place)
        far = shapely.distance(shapely.points(at), met)
        at, normal, far = (part[~np.isnan(far)] for part in (at, normal, far))
    kept = far > _ON_LANE_M
    at, normal, far = at[kept], normal[kept], far[kept]
    if not len(at):
        return np.zeros(0, dtype=object)
    return np.asarray(shapely.linestrings(np.stack([at + normal * far[:, None], at], axis=1)), dtype=object)


def _to_the_nearest(wanted: Wanted) -> Geometry:
    """Return lines from points of the outline straight to the lane: for places beyond the end of a street."""
    outline = wanted.place if wanted.place.geom_type == "Point" else wanted.place.boundary
    points = shapely.get_coordinates(shapely.segmentize(outline, _STEP_M * 2.0))
    lines = shapely.shortest_line(shapely.points(points), wanted.lane)
    lines = lines[shapely.length(lines) > _ON_LANE_M]
    return np.asarray(lines[np.argsort(shapely.length(lines), kind="stable")][:_AT_ONCE], dtype=object)


def _straight_in(lines: Geometry, wall: Any, near_m: float) -> Any:
    """Return which lines lead straight to the wall: what is near to it is one short stretch that ends there."""
    close = shapely.intersection(lines, shapely.buffer(wall, near_m))
    at_door = shapely.distance(close, shapely.get_point(lines, 0)) <= _TOUCH_M
    one = shapely.get_type_id(close) == shapely.GeometryType.LINESTRING
    return one & at_door & (shapely.length(close) <= _ENTRY * near_m)


def _apart_m(wanted: Wanted, one: Laid, distances: Distances) -> float:
    """Return how far a service line keeps from another line.

    The main of another one ends where its service line stands: by a city road, which asks for other distances than a
    courtyard, that counts too.
    """
    design, where, along = wanted.design, wanted.where, wanted.along
    least = distances.pair_m(design, where, one.design, one.place)
    utility = one.design.facts.utility
    if along != where and one.design is SERVICES.get(utility):
        own = MAINS[design.facts.utility]
        least = max(
            least,
            distances.pair_m(design, where, MAINS[utility], along),
            distances.pair_m(own, along, one.design, one.place),
        )
    return least


def _clear(wanted: Wanted, lines: Geometry, ledger: Ledger, around: Surroundings, distances: Distances) -> Any | None:
    good = np.ones(len(lines), dtype=bool)
    if wanted.overhead:
        return lines[0] if len(lines) else None
    reach = distances.wall_m(wanted.design, wanted.where)
    line, wall = around.wall_tree.query(lines, predicate="dwithin", distance=reach)
    good[line[wall != wanted.own_wall]] = False
    line, _ = around.hinder_tree.query(lines, predicate="intersects")
    good[line] = False
    if wanted.own_wall >= 0:
        good &= _straight_in(lines, around.walls[wanted.own_wall], reach)
    if not good.any():
        return None
    others = ledger.near(shapely.total_bounds(lines))
    if others:
        kept = np.flatnonzero(good)
        laid = np.array([one.line for one in others], dtype=object)
        apart = shapely.distance(lines[kept, None], laid[None, :])
        asked = np.array([_apart_m(wanted, one, distances) for one in others])
        own = np.array([one.network == wanted.network for one in others])
        meets = apart <= _TOUCH_M
        feet = shapely.get_point(lines[kept], -1)
        at_foot = shapely.distance(feet[:, None], laid[None, :]) <= _TOUCH_M
        near = apart < asked - _TOUCH_M  # lanes are set out by millimetres
        bad = np.where(own[None, :], ~at_foot & near, ~meets & near)
        # A line that only touches another one does not cross it.
        ends = shapely.distance(shapely.get_point(lines[kept], 0)[:, None], laid[None, :])
        bad |= (
            ~own[None, :] & meets & (np.minimum(ends, shapely.distance(feet[:, None], laid[None, :])) < asked / 2.0)
        )
        good[kept[bad.any(axis=1)]] = False
    free = np.flatnonzero(good)
    return lines[free[0]] if free.size else None
