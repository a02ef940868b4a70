"""Lanes to keep open (消防车道): from the gates to everybody served, with the narrowest place of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import Geometry, LineString

from gisplanner.planning.fire.centrelines import ROOM_M, WIDE_M, Ridges, Standing, make_ridges, what_stands
from gisplanner.planning.fire.loops import on_loops
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.service import REACH_M, all_sides

SHORTEST_M: Final = 3.0
"""Ends of lanes shorter than this are no lanes of their own."""
STUB_M: Final = 12.0
"""Chains shorter than this are left out where the others serve as well without them."""
TURN_WITHIN_M: Final = 20.0
TURN_STEP_DEG: Final = 7.5
SEARCHED: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Turnaround:
    """A square (回车场) of ``size_m`` that fits near the end of a lane; ``outline`` is ``None`` where none fits."""

    size_m: float
    outline: Geometry | None


@dataclass(frozen=True, slots=True, eq=False)
class LanePath:
    """One lane.

    Attributes
    ----------
    line
        Middle line in the planning CRS.
    pinch_m, pinch_at
        Least free width along it, and the middle of that place; 12 m stands for 12 m or more.
    min_radius_m
        Radius of the tightest bend of the line drawn; ``None`` where it is straight.
    dead_end_m
        Length from the last place where the engine can drive on in a loop, or leave, to the end.
    turnaround
        Where the dead end is so long that one is asked for.
    """

    line: LineString
    pinch_m: float
    pinch_at: tuple[float, float]
    min_radius_m: float | None
    dead_end_m: float
    turnaround: Turnaround | None


def make_lanes(reach: Reach, removed: Bools, *, dead_end_m: float, turnaround_m: float) -> tuple[LanePath, ...]:
    """Return lanes that together serve every building served after the removals.

    Parameters
    ----------
    dead_end_m
        Dead ends longer than this need a turnaround.
    turnaround_m
        Side of its square.
    """
    standing = what_stands(reach, removed)
    ridges = make_ridges(reach, standing)
    served = reach.served(removed)
    loops = _on_loops(ridges)
    lanes: list[LanePath] = []
    for chain in _without_stubs(reach, ridges, _chains(ridges, _goals(reach, ridges, served)), served):
        line = _drawn(reach, standing, ridges.node[chain])
        if line.length < SHORTEST_M and lanes:
            continue
        pinch, at = _pinch(standing, ridges, chain)
        dead = _dead_end(ridges, loops, chain)
        turn = _turnaround(reach, standing, ridges.node[chain[-1]], turnaround_m) if dead > dead_end_m else None
        moved = shapely.transform(line, lambda points: points + reach.scene.origin)
        radius = _tightest(line)
        x, y = (float(value) for value in at + reach.scene.origin)
        lanes.append(LanePath(moved, pinch, (x, y), radius, dead, turn))
    return tuple(lanes)


def _goals(reach: Reach, ridges: Ridges, served: Bools) -> Ints:
    """Return nodes such that every served building has one side whose points are all within reach of one."""
    radius = reach.width_m / 2.0
    usable = np.flatnonzero(np.isfinite(ridges.from_gate_m) & (ridges.room_m >= radius - ROOM_M))
    if not usable.size:
        return usable
    points, sides = all_sides(reach.ground.buildings, reach.ground.origin)
    tree = shapely.STRtree(shapely.points(ridges.node[usable]))
    who, near = tree.query(shapely.points(points), predicate="dwithin", distance=REACH_M + radius)
    order = np.lexsort((ridges.from_gate_m[usable[near]], who))
    who, near = who[order], usable[near[order]]
    first = np.searchsorted(who, np.arange(len(points) + 1))
    best = np.full(len(points), -1)
    some = first[:-1] < first[1:]
    best[some] = near[first[:-1][some]]
    chosen: set[int] = set()
    for building in np.flatnonzero(served).tolist():
        full = [best[side] for side in sides[building] if (best[side] >= 0).all()]
        partly = [best[side][best[side] >= 0] for side in sides[building]]
        pick = min(
            full or partly, key=lambda nodes: float(ridges.from_gate_m[nodes].sum()) if len(nodes) else math.inf
        )
        chosen |= set(pick.tolist())
    return np.array(sorted(chosen), dtype=np.int64)


def _chains(ridges: Ridges, goals: Ints) -> list[Ints]:
    """Return the ways to all goals as chains, longest first; each begins at a gate or on an earlier chain."""
    taken: set[int] = set()
    chains = []
    for goal in sorted(goals.tolist(), key=lambda node: (-ridges.from_gate_m[node], node)):
        chain = [goal]
        while goal not in taken and ridges.before[chain[-1]] >= 0:
            chain.append(int(ridges.before[chain[-1]]))
            if chain[-1] in taken:
                break
        if len(chain) > 1:
            taken |= set(chain)
            chains.append(np.array(chain[::-1]))
    return chains


def _without_stubs(reach: Reach, ridges: Ridges, chains: list[Ints], served: Bools) -> list[Ints]:
    """Leave out short chains, the shortest first, as long as the others serve everybody they served together."""
    points, sides = all_sides(reach.ground.buildings, reach.ground.origin)
    tree = cKDTree(points)
    near = [
        np.unique(np.concatenate([np.asarray(one, dtype=np.int64) for one in lists]))
        for lists in (tree.query_ball_point(ridges.node[chain], REACH_M + reach.width_m / 2.0) for chain in chains)
    ]
    within = np.bincount(np.concatenate([*near, np.zeros(0, dtype=np.int64)]), minlength=len(points))
    whole = [k for k in np.flatnonzero(served).tolist() if any((within[side] > 0).all() for side in sides[k])]
    length = [float(np.hypot(*np.diff(ridges.node[chain], axis=0).T).sum()) for chain in chains]
    begins = {int(chain[0]) for chain in chains}
    kept = list(range(len(chains)))
    for number in sorted(range(len(chains)), key=lambda number: length[number]):
        if length[number] >= STUB_M or len(kept) == 1 or begins & set(chains[number][1:].tolist()):
            continue
        without = within.copy()
        without[near[number]] -= 1
        if all(any((without[side] > 0).all() for side in sides[k]) for k in whole):
            within = without
            kept.remove(number)
    return [chains[number] for number in kept]


def _on_loops(ridges: Ridges) -> Bools:
    """Return which nodes lie on a loop, or at a gate: places from which the engine can drive on."""
    marks = np.isfinite(ridges.from_gate_m) & (ridges.before < 0)
    marks[ridges.edge[on_loops(ridges.edge, len(ridges.node))].reshape(-1)] = True
    return marks


def _dead_end(ridges: Ridges, loops: Bools, chain: Ints) -> float:
    """Return the length back from the end of a chain, along the way from the gate, to a loop or a gate."""
    way = [int(chain[-1])]
    while not loops[way[-1]] and ridges.before[way[-1]] >= 0:
        way.append(int(ridges.before[way[-1]]))
    return float(np.hypot(*np.diff(ridges.node[way], axis=0).T).sum())


def _pinch(standing: Standing, ridges: Ridges, chain: Ints) -> tuple[float, Floats]:
    """Return the shortest connector the chain crosses, else twice the least room, and where."""
    line = LineString(ridges.node[chain])
    crossed = standing.gaps.query(line, predicate="intersects")
    if crossed.size:
        least = crossed[np.argmin(standing.gap_m[crossed])]
        return float(standing.gap_m[least]), shapely.get_coordinates(standing.gaps.geometries[least]).mean(axis=0)
    away = np.ones(len(chain), dtype=bool)
    for gate in standing.assumed_gates:
        away &= np.hypot(*(ridges.node[chain] - gate).T) > WIDE_M
    inner = chain[away] if away.any() else chain[-1:]
    least = inner[np.argmin(ridges.room_m[inner])]
    return min(WIDE_M, 2.0 * float(ridges.room_m[least])), ridges.node[least]


def _drawn(reach: Reach, standing: Standing, points: Floats) -> LineString:
    """Pull the line straight where the lane's width stays free, and round its corners as far as there is room."""
    radius = reach.width_m / 2.0 - ROOM_M
    kept = [0]
    while kept[-1] < len(points) - 1:
        low, step = kept[-1] + 1, 1
        while kept[-1] + 2 * step < len(points) and _free(standing, points[[kept[-1], kept[-1] + 2 * step]], radius):
            step *= 2
        for ahead in range(min(kept[-1] + 2 * step, len(points) - 1), low, -1):
            if _free(standing, points[[kept[-1], ahead]], radius):
                low = ahead
                break
        kept.append(low)
    return _rounded(standing, points[kept], radius)


def _free(standing: Standing, points: Floats, radius: float) -> bool:
    line = LineString(points)
    return (
        not standing.edges.query(line, predicate="dwithin", distance=radius).size
        and not standing.narrow.query(line, predicate="intersects").size
    )


def _rounded(standing: Standing, points: Floats, radius: float) -> LineString:
    """Replace each corner by the largest arc that keeps clear and takes at most half of both edges."""
    made = [points[:1]]
    for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
        back, ahead = before - corner, after - corner
        room = min(float(np.hypot(*back)), float(np.hypot(*ahead))) / 2.0
        arcs = (_arc(corner, back, ahead, room * share) for share in (1.0, 0.75, 0.5, 0.35, 0.2, 0.1))
        made.append(next((arc for arc in arcs if _free(standing, arc, radius)), corner[None, :]))
    made.append(points[-1:])
    return LineString(np.concatenate(made))


def _arc(corner: Floats, back: Floats, ahead: Floats, tangent: float) -> Floats:
    """Return points of the arc that touches both edges of a corner at ``tangent`` from it."""
    u, v = back / np.hypot(*back), ahead / np.hypot(*ahead)
    half = math.acos(float(np.clip(u @ v, -1.0, 1.0))) / 2.0
    start, end = corner + tangent * u, corner + tangent * v
    if half >= math.pi / 2.0 - 1e-3 or half < 1e-3:  # noqa: PLR2004
        return np.array([start, end])
    radius = tangent * math.tan(half)
    middle = corner + (u + v) / np.hypot(*(u + v)) * radius / math.sin(half)
    first, last = (math.atan2(*(point - middle)[::-1]) for point in (start, end))
    turn = (last - first + math.pi) % (2.0 * math.pi) - math.pi
    steps = max(2, math.ceil(abs(turn) / math.radians(5.0)))
    angles = first + turn * np.linspace(0.0, 1.0, steps + 1)
    return np.asarray(middle + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))


def _tightest(line: LineString) -> float | None:
    """Return the least radius of the circles through three points in a row; ``None`` for a straight line."""
    points = shapely.get_coordinates(line)
    a, b, c = points[:-2], points[1:-1], points[2:]
    if not len(a):
        return None
    cross = np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    sides = np.hypot(*(b - a).T) * np.hypot(*(c - b).T) * np.hypot(*(a - c).T)
    bent = cross > 1e-6 * np.maximum(sides, 1e-9)
    return float((sides[bent] / (2.0 * cross[bent])).min()) if bent.any() else None


def _turnaround(reach: Reach, standing: Standing, end: Floats, size_m: float) -> Turnaround:
    """Look for a free square within 20 m of the end, nearest and straightest first."""
    offsets = np.stack(np.meshgrid(*[np.arange(-TURN_WITHIN_M, TURN_WITHIN_M + 1.0, 2.0)] * 2), axis=-1).reshape(
        -1, 2
    )
    offsets = offsets[np.hypot(*offsets.T) <= TURN_WITHIN_M]
    places = end + offsets[np.argsort(np.hypot(*offsets.T), kind="stable")]
    inner = standing.edges.query(shapely.points(places), predicate="dwithin", distance=size_m / 2.0)[0]
    places = places[np.setdiff1d(np.arange(len(places)), inner)][: SEARCHED * 2]
    if not len(places):
        return Turnaround(size_m, None)
    squares = _squares(places, size_m)
    ways = shapely.linestrings(np.stack([np.broadcast_to(end, places.shape), places], axis=1))
    blocked = np.zeros(len(squares), dtype=bool)
    blocked[standing.solid.query(squares, predicate="intersects")[0]] = True
    blocked[standing.edges.query(squares, predicate="intersects")[0]] = True
    angles = len(squares) // len(places)
    cut_off = standing.edges.query(ways, predicate="intersects")[0]
    blocked.reshape(len(places), angles)[cut_off] = True
    for square in squares[~blocked]:
        if reach.scene.domain.contains(square):
            return Turnaround(size_m, shapely.transform(square, lambda points: points + reach.scene.origin))
    return Turnaround(size_m, None)


def _squares(places: Floats, size_m: float) -> np.ndarray:
    """Return squares around each place, turned step by step: all of the first place, then of the second …."""
    angles = np.radians(np.arange(0.0, 90.0, TURN_STEP_DEG))[:, None] + np.radians([45.0, 135.0, 225.0, 315.0])
    corners = size_m / math.sqrt(2.0) * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.asarray(shapely.polygons((places[:, None, None, :] + corners).reshape(-1, 4, 2)))
