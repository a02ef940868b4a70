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
    """Arcs between regions, each with its opposite; ``way`` numbers those that cost something, -1 are free.

    Attributes
    ----------
    start, to, twin, way
        Arcs by their first region: the other end, the opposite arc, the number of the way (-2: no way at all).
    tail, head
        Ends of each way.
    ways
        Number of ways.
    """

    start: Ints
    to: Ints
    twin: Ints
    way: Ints
    tail: Ints
    head: Ints
    ways: int


def make_inflow(maze: Maze) -> Inflow:
    """Return the network of a maze."""
    many = maze.beside_start.size - 1
    tail = np.repeat(np.arange(many), np.diff(maze.beside_start))
    head = maze.beside
    key = tail * many + head
    order = np.argsort(key, kind="stable")
    twin = np.empty(len(key), dtype=np.int64)
    twin[order] = order[np.searchsorted(key[order], (head * many + tail)[order])]
    priced = (np.diff(maze.need_start) > 0)[head]
    way = np.where(head == 0, -2, -1)
    way[priced] = np.arange(priced.sum())
    return Inflow(maze.beside_start, head, twin, way, tail[priced], head[priced], int(priced.sum()))


@njit(cache=True)
def capacities(net: Inflow, share: Floats) -> Floats:
    """Return what each arc carries where each way carries its share."""
    made = np.empty(net.to.size)
    for i in range(net.to.size):
        way = net.way[i]
        made[i] = _FREE if way == -1 else (share[way] + TRICKLE if way >= 0 else 0.0)
    return made


@njit(cache=True)
def wholly_reached(net: Inflow, capacity: Floats) -> Bools:
    """Return where a whole flow gets along a single path: nobody has to look for one there."""
    many = net.start.size - 1
    level, nowhere = np.empty(many, dtype=np.int64), np.zeros(many, dtype=np.bool_)
    _levels(net, capacity, ENOUGH, nowhere, level, np.empty(many, dtype=np.int64))
    return level >= 0


@njit(cache=True)
def flow_to(net: Inflow, capacity: Floats, regions: Ints, enough: float) -> tuple[float, Floats, Bools]:
    """Return the flow that reaches the regions, what is left of each arc, and where more would get.

    Flows are raised along all shortest paths at once (Dinic), a round for each length of path.

    Parameters
    ----------
    capacity
        Of each arc.
    enough
        More than this is not looked for.
    """
    many = net.start.size - 1
    left = capacity.copy()
    goal = np.zeros(many, dtype=np.bool_)
    goal[regions] = True
    level, queue, arc = np.empty(many, dtype=np.int64), np.empty(many, dtype=np.int64), net.start[:-1].copy()
    flow = 1.0 if goal[0] else 0.0
    while flow < enough and _levels(net, left, _DRY, goal, level, queue):
        arc[:] = net.start[:-1]
        while flow < enough:
            more = _raised(net, left, goal, level, arc, queue, 1.0 - flow)
            if more == 0.0:
                break
            flow += more
    return flow, left, level >= 0


@njit(cache=True)
def _levels(net: Inflow, left: Floats, over: float, goal: Bools, level: Ints, queue: Ints) -> bool:  # noqa: PLR0917
    """Write how many arcs that carry more than ``over`` regions are away, up to the first goal; -1 for the others."""
    level[:] = -1
    level[0], queue[0] = 0, 0
    head, tail = 0, 1
    while head < tail:
        region = queue[head]
        head += 1
        for i in range(net.start[region], net.start[region + 1]):
            other = net.to[i]
            if left[i] > over and level[other] < 0:
                level[other] = level[region] + 1
                if goal[other]:
                    return True
                queue[tail] = other
                tail += 1
    return False


@njit(cache=True)
def _raised(  # noqa: PLR0917 - compiled functions take no keywords
    net: Inflow, left: Floats, goal: Bools, level: Ints, arc: Ints, path: Ints, most: float
) -> float:
    """Send flow along one more path that goes up a level with each arc; return how much, 0 where there is none."""
    region, many = 0, 0
    while not goal[region]:
        while arc[region] < net.start[region + 1]:
            i = arc[region]
            if left[i] > _DRY and level[net.to[i]] == level[region] + 1:
                break
            arc[region] += 1
        if arc[region] < net.start[region + 1]:
            path[many] = arc[region]
            many += 1
            region = net.to[arc[region]]
        elif many == 0:
            return 0.0
        else:  # a dead end: back, and never again this way
            many -= 1
            region = net.to[net.twin[path[many]]]
            arc[region] += 1
    for k in range(many):
        most = min(most, left[path[k]])
    for k in range(many):
        left[path[k]] -= most
        left[net.twin[path[k]]] += most
    return most


def scarce_parts(net: Inflow, capacity: Floats, regions: Ints) -> tuple[Bools, Bools]:
    """Return the largest and the smallest part with the regions that least flows into."""
    _, left, seen = flow_to(net, capacity, regions, ENOUGH)
    return ~seen, np.asarray(_backwards(net, left, regions))


@njit(cache=True)
def _backwards(net: Inflow, left: Floats, regions: Ints) -> Bools:
    """Return everything from which the regions could still be reached."""
    part = np.zeros(net.start.size - 1, dtype=np.bool_)
    queue = np.empty(part.size, dtype=np.int64)
    tail = 0
    for region in regions:
        if not part[region]:
            part[region] = True
            queue[tail] = region
            tail += 1
    head = 0
    while head < tail:
        region = queue[head]
        head += 1
        for i in range(net.start[region], net.start[region + 1]):
            other = net.to[i]
            if not part[other] and left[net.twin[i]] > _DRY:
                part[other] = True
                queue[tail] = other
                tail += 1
    return part


@njit(cache=True)
def scarcest(net: Inflow, maze: Maze, capacity: Floats, whole: Bools, building: int) -> tuple[float, Ints]:
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
            flow = 1.0 if whole[places].any() else flow_to(net, capacity, places, min(ENOUGH, least))[0]
            if flow < least - _DRY:
                least, chosen = flow, point
        total += least
        if total >= ENOUGH or chosen < 0:
            return 1.0, regions[:0]
        for i in range(maze.point_start[chosen], maze.point_start[chosen + 1]):
            regions[many] = maze.place[i]
            many += 1
    return flow_to(net, capacity, regions[:many], ENOUGH)[0], regions[:many]


def ways_into(net: Inflow, part: Bools) -> Ints:
    """Return the ways that lead into a part."""
    return np.flatnonzero(part[net.head] & ~part[net.tail])
