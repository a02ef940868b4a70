"""A network in which an opening is a flow: what has to come into every part that holds somebody to be served.

An opening is drawn as a tree from where the engine comes in. It enters each region at most once, and only where
what the region needs is gone. So with one number for each way into a region that needs something, the numbers into
a region add up to no more than the share removed of each of its needs, and whatever parts a building from the
outside is entered by one whole way: a cut. Entering once is what makes these cuts strong; shares of removals alone
allow a ring of half-removed obstacles to serve everybody on it from both sides at half the cost.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.maze import Maze
from gisplanner.planning.fire.outlines import Bools, Floats, Ints

ENOUGH: Final = 1.0 - 1e-4
"""A flow of this much is whole."""
TRICKLE: Final = 1e-6
"""What comes through every way: of the parts with the least inflow the one with the fewest ways is found."""
_FREE: Final = 4.0
_DRY: Final = 1e-9


class Inflow(NamedTuple):
    """Arcs into regions, each with its opposite; ``way`` numbers those that cost something, -1 are free.

    Attributes
    ----------
    start, beside, twin, way
        Arcs by the region they lead into: where from, the opposite arc, the number of the way (-2: no way at all).
    tail, head
        Ends of each way.
    ways
        Number of ways.
    """

    start: Ints
    beside: Ints
    twin: Ints
    way: Ints
    tail: Ints
    head: Ints
    ways: int


def make_inflow(maze: Maze) -> Inflow:
    """Return the network of a maze."""
    many = maze.beside_start.size - 1
    head = np.repeat(np.arange(many), np.diff(maze.beside_start))
    tail = maze.beside
    key = head * many + tail
    order = np.argsort(key, kind="stable")
    twin = np.empty(len(key), dtype=np.int64)
    twin[order] = order[np.searchsorted(key[order], (tail * many + head)[order])]
    priced = (np.diff(maze.need_start) > 0)[head]
    way = np.where(head == 0, -2, -1)
    way[priced] = np.arange(priced.sum())
    return Inflow(maze.beside_start, tail, twin, way, tail[priced], head[priced], int(priced.sum()))


@njit(cache=True)
def capacities(net: Inflow, share: Floats, trickle: float = 0.0) -> Floats:
    """Return what each arc carries where each way carries its share, and besides a trickle."""
    made = np.empty(net.beside.size)
    for i in range(made.size):
        way = net.way[i]
        made[i] = _FREE if way == -1 else (share[way] + trickle if way >= 0 else 0.0)
    return made


@njit(cache=True)
def wholly_reached(net: Inflow, capacity: Floats) -> Bools:
    """Return where a whole flow gets along a single path.

    A part that less than a whole flow comes into holds none of it: all of it is as good as the place to come from.
    """
    whole = np.zeros(net.start.size - 1, dtype=np.bool_)
    whole[0] = True
    _spread(net, capacity, ENOUGH, whole, True)  # noqa: FBT003 - compiled
    return whole


@njit(cache=True)
def flow_to(net: Inflow, capacity: Floats, whole: Bools, regions: Ints, enough: float) -> tuple[float, Floats]:
    """Return the flow that reaches the regions, and what is left of each arc.

    Looked for backwards, for what is not wholly reached is little; raised along all shortest paths at once (Dinic),
    a round for each length of path.

    Parameters
    ----------
    capacity
        Of each arc.
    whole
        Where the flow comes from, by :func:`wholly_reached`.
    enough
        More than this is not looked for.
    """
    for region in regions:
        if whole[region]:
            return 1.0, capacity
    left = capacity.copy()
    many = net.start.size - 1
    level, queue, arc = np.empty(many, dtype=np.int64), np.empty(many, dtype=np.int64), np.empty(many, dtype=np.int64)
    flow = 0.0
    while flow < enough and _levels(net, left, whole, regions, level, queue):
        arc[:] = net.start[:-1]
        for region in regions:
            while flow < enough:
                more = _raised(net, left, whole, level, arc, queue, region, 1.0 - flow)
                if more == 0.0:
                    break
                flow += more
    return flow, left


@njit(cache=True)
def _levels(net: Inflow, left: Floats, whole: Bools, regions: Ints, level: Ints, queue: Ints) -> bool:  # noqa: PLR0917
    """Write how many arcs that carry something lead from a region to the goals, up to the first wholly reached."""
    level[:] = -1
    tail = 0
    for region in regions:
        if level[region] < 0:
            level[region], queue[tail] = 0, region
            tail += 1
    head = 0
    while head < tail:
        region = queue[head]
        head += 1
        for i in range(net.start[region], net.start[region + 1]):
            other = net.beside[i]
            if left[i] > _DRY and level[other] < 0:
                level[other] = level[region] + 1
                if whole[other]:
                    return True
                queue[tail] = other
                tail += 1
    return False


@njit(cache=True)
def _raised(  # noqa: PLR0917 - compiled functions take no keywords
    net: Inflow, left: Floats, whole: Bools, level: Ints, arc: Ints, path: Ints, goal: int, most: float
) -> float:
    """Send flow to a goal along one more path, a level with each arc; return how much, 0 where there is none."""
    region, many = goal, 0
    while not whole[region]:
        while arc[region] < net.start[region + 1]:
            i = arc[region]
            if left[i] > _DRY and (whole[net.beside[i]] or level[net.beside[i]] == level[region] + 1):
                break
            arc[region] += 1
        if arc[region] < net.start[region + 1]:
            path[many] = arc[region]
            many += 1
            region = net.beside[arc[region]]
        elif many == 0:
            return 0.0
        else:  # a dead end: back, and never again this way
            many -= 1
            region = net.beside[net.twin[path[many]]]
            arc[region] += 1
    for k in range(many):
        most = min(most, left[path[k]])
    for k in range(many):
        left[path[k]] -= most
        left[net.twin[path[k]]] += most
    return most


@njit(cache=True)
def scarce_parts(net: Inflow, capacity: Floats, whole: Bools, regions: Ints) -> tuple[Bools, Bools]:
    """Return the largest and the smallest part with the regions that least flows into."""
    _, left = flow_to(net, capacity, whole, regions, ENOUGH)
    seen, small = whole.copy(), np.zeros(whole.size, dtype=np.bool_)
    small[regions] = True
    _spread(net, left, _DRY, seen, True)  # noqa: FBT003 - compiled
    _spread(net, left, _DRY, small, False)  # noqa: FBT003 - compiled
    return ~seen, small


@njit(cache=True)
def _spread(net: Inflow, left: Floats, over: float, part: Bools, onwards: bool) -> None:  # noqa: FBT001 - compiled
    """Add to a part all that arcs which carry more than ``over`` lead to from it, or lead into it from."""
    queue = np.empty(part.size, dtype=np.int64)
    begun = np.flatnonzero(part)
    queue[: begun.size] = begun
    head, tail = 0, begun.size
    while head < tail:
        region = queue[head]
        head += 1
        for i in range(net.start[region], net.start[region + 1]):
            other = net.beside[i]
            if not part[other] and left[net.twin[i] if onwards else i] > over:
                part[other] = True
                queue[tail] = other
                tail += 1


@njit(cache=True)
def scarcest(  # noqa: PLR0917 - compiled functions take no keywords
    net: Inflow, maze: Maze, capacity: Floats, whole: Bools, building: int, enough: float
) -> tuple[float, Ints]:
    """Return a wall point of each side together as regions, and the flow that reaches them: little where unserved.

    A served building has one side all of whose points are reached, so one point of each side is reached. The point
    of a side is the one the least flow reaches. 1 where the building needs no looking at.

    Parameters
    ----------
    whole
        By :func:`wholly_reached`.
    """
    regions = np.empty(maze.place.size, dtype=np.int64)
    many, total = 0, 0.0
    for side in range(maze.building_start[building], maze.building_start[building + 1]):
        least, chosen = 2.0, -1
        for point in range(maze.side_start[side], maze.side_start[side + 1]):
            places = maze.place[maze.point_start[point] : maze.point_start[point + 1]]
            flow = flow_to(net, capacity, whole, places, min(enough, least))[0]
            if flow < least - _DRY:
                least, chosen = flow, point
        total += least
        if total >= enough or chosen < 0:
            return 1.0, regions[:0]
        for i in range(maze.point_start[chosen], maze.point_start[chosen + 1]):
            regions[many] = maze.place[i]
            many += 1
    return flow_to(net, capacity, whole, regions[:many], enough)[0], regions[:many]


@njit(cache=True)
def ways_into(net: Inflow, part: Bools) -> Ints:
    """Return the ways that lead into a part."""
    return np.flatnonzero(part[net.head] & ~part[net.tail])
