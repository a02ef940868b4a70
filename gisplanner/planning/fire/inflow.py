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
def flow_to(net: Inflow, share: Floats, regions: Ints) -> tuple[float, Floats, Bools]:
    """Return the flow that reaches the regions, at most 1, what is left of each arc, and where more would get.

    Parameters
    ----------
    share
        Capacity of each way.
    """
    many = net.start.size - 1
    left = np.empty(net.to.size)
    for i in range(net.to.size):
        way = net.way[i]
        left[i] = _FREE if way == -1 else (share[way] + TRICKLE if way >= 0 else 0.0)
    goal, seen = np.zeros(many, dtype=np.bool_), np.zeros(many, dtype=np.bool_)
    goal[regions] = True
    queue, came = np.empty(many, dtype=np.int64), np.empty(many, dtype=np.int64)
    flow = 1.0 if goal[0] else 0.0
    while flow < ENOUGH:
        end = _path(net, left, goal, seen, queue, came)
        if end < 0:
            break
        more, region = 1.0 - flow, end
        while region != 0:
            more = min(more, left[came[region]])
            region = net.to[net.twin[came[region]]]
        region = end
        while region != 0:
            left[came[region]] -= more
            left[net.twin[came[region]]] += more
            region = net.to[net.twin[came[region]]]
        flow += more
    return flow, left, seen


@njit(cache=True)
def _path(  # noqa: PLR0917 - compiled functions take no keywords
    net: Inflow, left: Floats, goal: Bools, seen: Bools, queue: Ints, came: Ints
) -> int:
    """Return the first goal a path leads to, -1 where none does; ``came`` holds the arcs of the path."""
    seen[:] = False
    seen[0] = True
    queue[0] = 0
    head, tail = 0, 1
    while head < tail:
        region = queue[head]
        head += 1
        for i in range(net.start[region], net.start[region + 1]):
            other = net.to[i]
            if left[i] > _DRY and not seen[other]:
                seen[other] = True
                came[other] = i
                if goal[other]:
                    return int(other)
                queue[tail] = other
                tail += 1
    return -1


def scarce_parts(net: Inflow, share: Floats, regions: Ints) -> tuple[Bools, Bools]:
    """Return the largest and the smallest part with the regions that least flows into."""
    _, left, seen = flow_to(net, share, regions)
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
def scarcest(net: Inflow, maze: Maze, share: Floats, building: int) -> tuple[float, Ints]:
    """Return a wall point of each side together as regions, and the flow that reaches them: little where unserved.

    A served building has one side all of whose points are reached, so one point of each side is reached. The point
    of a side is the one the least flow reaches. 1 where the building needs no looking at.
    """
    regions = np.empty(maze.place.size, dtype=np.int64)
    many, total = 0, 0.0
    for side in range(maze.building_start[building], maze.building_start[building + 1]):
        least, chosen = 2.0, -1
        for point in range(maze.side_start[side], maze.side_start[side + 1]):
            flow = flow_to(net, share, maze.place[maze.point_start[point] : maze.point_start[point + 1]])[0]
            if flow < least - _DRY:
                least, chosen = flow, point
        total += least
        if total >= ENOUGH or chosen < 0:
            return 1.0, regions[:0]
        for i in range(maze.point_start[chosen], maze.point_start[chosen + 1]):
            regions[many] = maze.place[i]
            many += 1
    return flow_to(net, share, regions[:many])[0], regions[:many]


def ways_into(net: Inflow, part: Bools) -> Ints:
    """Return the ways that lead into a part."""
    return np.flatnonzero(part[net.head] & ~part[net.tail])
