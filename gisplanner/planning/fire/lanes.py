"""Lanes to keep open (消防车道): from the gates to everybody served, with the narrowest place of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import LineString

from gisplanner.planning.fire.centrelines import ROOM_M, Ridges, Standing
from gisplanner.planning.fire.drawing import Way, draw_ways
from gisplanner.planning.fire.loops import on_loops
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.reach import WIDE_M, Reach
from gisplanner.planning.fire.service import REACH_M, all_sides
from gisplanner.planning.fire.situation import Situation
from gisplanner.planning.fire.smooth import SPAN, STEP_M, radii
from gisplanner.planning.fire.turnarounds import Turnaround, find_turnaround

SHORTEST_M: Final = 3.0
"""Ends of lanes shorter than this are no lanes of their own."""
STRAIGHT_M: Final = 500.0
"""A larger radius is no bend."""
RADIUS_NOISE_M: Final = 0.05
STUB_M: Final = 12.0
"""Chains shorter than this are left out where the others serve as well without them."""


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
        Radius of the tightest bend of the line; ``None`` where it is straight.
    bends
        Places of bends tighter than the legal radius, with their radii.
    dead_end_m
        Length from the last place where the engine can drive on in a loop, or leave, to the end.
    turnaround
        Where the dead end is so long that one is asked for.
    way
        The line all the way from the gate.
    """

    line: LineString
    pinch_m: float
    pinch_at: tuple[float, float]
    min_radius_m: float | None
    bends: tuple[tuple[tuple[float, float], float], ...]
    dead_end_m: float
    turnaround: Turnaround | None
    way: Way


def make_lanes(
    situation: Situation, *, dead_end_m: float, turnarounds_m: Sequence[float], radius_m: float
) -> tuple[LanePath, ...]:
    """Return lanes that together serve every building served.

    Parameters
    ----------
    situation
        The estate after the removals.
    dead_end_m
        Dead ends longer than this need a turnaround.
    turnarounds_m
        Side of its square, and of larger ones that are looked for too.
    radius_m
        Radius the middle line should keep to in bends.
    """
    reach, standing, ridges, served = situation.reach, situation.standing, situation.ridges, situation.served
    loops = _on_loops(ridges)
    chains = _without_stubs(reach, ridges, _chains(ridges, _goals(reach, ridges, served)), served)
    lanes: list[LanePath] = []
    ways = draw_ways(reach, standing, ridges, chains, radius_m)
    kept = _kept(ways)
    number = {old: new for new, old in enumerate(kept)}
    for k in kept:
        way, chain = ways[k], chains[k]
        pinch, at = _pinch(standing, ridges, chain)
        dead = _dead_end(ridges, loops, chain)
        turn = find_turnaround(reach, standing, ridges.node[chain[-1]], turnarounds_m) if dead > dead_end_m else None
        bends = _bends(way)
        tightest = min((radius for _, radius in bends), default=math.inf)
        x, y = (float(value) for value in at + reach.scene.origin)
        lanes.append(
            LanePath(
                line=LineString(way.own + reach.scene.origin),
                pinch_m=pinch,
                pinch_at=(x, y),
                min_radius_m=tightest if tightest < STRAIGHT_M else None,
                bends=tuple(
                    ((float(place[0]), float(place[1])), radius)
                    for place, radius in ((place + reach.scene.origin, radius) for place, radius in bends)
                    if radius < radius_m - RADIUS_NOISE_M
                ),
                dead_end_m=dead,
                turnaround=turn,
                way=replace(way, parent=None if way.parent is None else number[way.parent]),
            )
        )
    return tuple(lanes)


def _kept(ways: Sequence[Way]) -> list[int]:
    """Return the ways long enough to be lanes of their own, and those that others leave."""
    parents = {way.parent for way in ways}
    return [
        k
        for k, way in enumerate(ways)
        if k in parents or not k or STEP_M * (len(way.points) - way.begins) >= SHORTEST_M
    ]


def _bends(way: Way) -> list[tuple[Floats, float]]:
    """Return the tightest place of each bend of a way, outside of earlier ways, with its radius."""
    first = max(way.begins - 2 * SPAN, 0)
    radius = radii(way.points[first:])
    found: list[int] = []
    for k in np.flatnonzero(radius < STRAIGHT_M).tolist():
        around = radius[max(k - 2 * SPAN, 0) : k + 2 * SPAN + 1]
        if radius[k] <= around.min() and not (found and k - found[-1] <= 2 * SPAN):
            found.append(k)
    return [(way.points[first + SPAN + k], float(radius[k])) for k in found]


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
