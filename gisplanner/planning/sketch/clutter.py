"""What stands in the way inside an estate: sheds, walls, flower beds, bicycle sheds (棚屋、围墙、花坛、车棚).

Some of it leaves a lane less than four metres, which is what opening fire lanes is about; most is merely there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from shapely.geometry import LineString, MultiLineString, Polygon, box

from gisplanner.planning.sketch.chance import between, draw, pick
from gisplanner.planning.sketch.grid import CORRIDOR_M, Grid, Yard

Kind = Literal["棚屋", "围墙", "花坛", "车棚"]

CNY_PER_M2: Final[dict[Kind, float]] = {"棚屋": 320.0, "围墙": 900.0, "花坛": 150.0, "车棚": 260.0}
"""Assumed prices of clearing, per square metre of footprint: illustrative like the geometry."""
OWNERS: Final[dict[Kind, tuple[str, ...]]] = {
    "棚屋": ("居民自建", "居民自建", "原产权单位"),
    "围墙": ("原产权单位", "小区共有"),
    "花坛": ("小区共有",),
    "车棚": ("小区共有", "物业"),
}
WALL_M: Final = 0.3
PASSABLE_M: Final = 1.35
DEEP_YARD_M: Final = 11.5
SHORT_M: Final = 8.0
"""A yard this short has room for the door only."""
REMOVABLE_SHARE: Final = 0.85
CORRIDOR_SHARE: Final = 0.18
CLEAR_M: Final = 0.25
"""Least distance kept between an obstacle and a wall it stands against."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One obstacle; ``cost_cny`` is the price of clearing it, ``None`` where it has to stay."""

    shape: Polygon
    kind: Kind
    removable: bool
    cost_cny: Decimal | None
    owner: str


def clutter(
    code: str, grid: Grid, slots: Sequence[tuple[int, int]], lanes: Sequence[LineString]
) -> tuple[Obstacle, ...]:
    """Return the obstacles of an estate: one arrangement at most to a yard or corridor stretch.

    None comes nearer than :data:`PASSABLE_M` to the line of a lane: a car gets by everywhere.
    """
    found: list[Obstacle] = []
    taken = set(slots)
    for column, row in slots:
        key = (code, "clutter", column, row)
        yard = grid.yard(column, row)
        beside_garden = row > 0 and (column, row - 1) not in taken
        if beside_garden or yard.east_m - yard.west_m < SHORT_M:
            continue
        chance = draw(*key)
        for limit, arrange in _ARRANGEMENTS:
            if chance < limit:
                found += arrange(key, yard, grid.branch(row))
                break
    found += _corridor_pinches(code, grid)
    network = MultiLineString(list(lanes))
    return tuple(obstacle for obstacle in found if obstacle.shape.distance(network) >= PASSABLE_M)


Key = tuple[str | int, ...]


def _obstacle(key: Key, kind: Kind, *, west: float, south: float, east: float, north: float) -> Obstacle:
    shape = box(round(west, 2), round(south, 2), round(east, 2), round(north, 2))
    removable = draw(*key, kind, "removable") < REMOVABLE_SHARE
    price = Decimal(math.ceil(shape.area * CNY_PER_M2[kind] / 100.0) * 100)
    owner = pick(OWNERS[kind], *key, kind, "owner")
    return Obstacle(shape, kind, removable, price if removable else None, owner)


def _span(key: Key, yard: Yard, longest_m: float) -> tuple[float, float]:
    room = yard.east_m - yard.west_m - 2.0
    length = min(between(0.5, 1.0, *key, "length") * longest_m, room)
    west = yard.west_m + 1.0 + (room - length) * draw(*key, "at")
    return west, west + length


def _shed(key: Key, yard: Yard, lane_m: float) -> list[Obstacle]:
    """Put a lean-to against what stands on the far side of the lane; in a narrow yard it narrows the lane."""
    west, east = _span(key, yard, 9.0)
    low = yard.low_m + CLEAR_M
    depth = min(between(2.2, 3.6, *key, "depth"), lane_m - PASSABLE_M - low)
    return [_obstacle(key, "棚屋", west=west, south=low, east=east, north=low + depth)]


def _bed(key: Key, yard: Yard, lane_m: float) -> list[Obstacle]:
    """Put a flower bed under the windows."""
    west, east = _span(key, yard, 12.0)
    high = yard.high_m - 0.6
    depth = min(between(1.0, 2.2, *key, "depth"), high - lane_m - PASSABLE_M)
    return [_obstacle(key, "花坛", west=west, south=high - depth, east=east, north=high)]


def _bicycles(key: Key, yard: Yard, lane_m: float) -> list[Obstacle]:
    """Put a bicycle shed on the far side of the lane."""
    west, east = _span(key, yard, 14.0)
    low = yard.low_m + CLEAR_M
    depth = min(2.0, lane_m - PASSABLE_M - low)
    return [_obstacle(key, "车棚", west=west, south=low, east=east, north=low + depth)]


def _pinch(key: Key, yard: Yard, lane_m: float) -> list[Obstacle]:
    """Leave less than four metres between both sides of the lane, or an opening in a wall across it."""
    if yard.high_m - yard.low_m > DEEP_YARD_M:
        return _wall(key, yard, lane_m)
    west, east = _span(key, yard, 7.0)
    half = between(2.8, 3.9, *key, "free") / 2.0
    shed = _obstacle((*key, "low"), "棚屋", west=west, south=yard.low_m + CLEAR_M, east=east, north=lane_m - half)
    bed = _obstacle((*key, "high"), "花坛", west=west, south=lane_m + half, east=east, north=yard.high_m - 0.5)
    return [shed, bed]


def _wall(key: Key, yard: Yard, lane_m: float) -> list[Obstacle]:
    """Draw a wall across the yard with an opening of 2.8 to 3.8 m, where two work units (单位大院) once met."""
    at = yard.west_m + 2.0 + (yard.east_m - yard.west_m - 4.0) * draw(*key, "at")
    half = between(2.8, 3.8, *key, "opening") / 2.0
    low = _obstacle((*key, "low"), "围墙", west=at, south=yard.low_m + CLEAR_M, east=at + WALL_M, north=lane_m - half)
    high = _obstacle(
        (*key, "high"), "围墙", west=at, south=lane_m + half, east=at + WALL_M, north=yard.high_m - CLEAR_M
    )
    return [part for part in (low, high) if part.shape.area > 0.1]  # noqa: PLR2004


def _corridor_pinches(code: str, grid: Grid) -> list[Obstacle]:
    """Put a bicycle shed and a lean-to facing each other across a corridor, 3.1 to 4.6 m apart."""
    found = []
    for number, spine in enumerate(grid.spines):
        for row in range(grid.rows - 1):
            key = (code, "corridor", number, row)
            if draw(*key) < CORRIDOR_SHARE:
                half = between(3.1, 4.6, *key, "free") / 2.0
                side = CORRIDOR_M / 2.0 - CLEAR_M
                south = grid.south(row) + 1.0
                north = south + grid.depth_m * between(0.4, 0.8, *key, "length")
                found.append(
                    _obstacle((*key, "west"), "车棚", west=spine - side, south=south, east=spine - half, north=north)
                )
                found.append(
                    _obstacle((*key, "east"), "棚屋", west=spine + half, south=south, east=spine + side, north=north)
                )
    return found


_ARRANGEMENTS: Final[tuple[tuple[float, Callable[[Key, Yard, float], list[Obstacle]]], ...]] = (
    (0.26, _shed),
    (0.40, _bed),
    (0.50, _bicycles),
    (0.64, _pinch),
)
