"""Cuts in which one removal stands for all ways that need it (labelled cuts).

An obstacle across several lanes is paid once, and the shares of ways know that only region by region: a flow that
is split among the lanes pays a part of the obstacle in each of them at the same time. But who is served either has
the obstacle removed, or is reached without any region that needs it. So for every building, obstacle and part of
the network around the building: the shares of the ways into the part that do not need the obstacle, and the share
of its removal, add up to the share served. The same holds for several obstacles at once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.inflow import ENOUGH, Inflow, flow_to
from gisplanner.planning.fire.maze import Maze
from gisplanner.planning.fire.outlines import Bools, Floats, Ints

_MORE: Final = 1e-6


class Labels(NamedTuple):
    """What needs each obstacle: arcs of the network, as ``arc[arc_start[k]:arc_start[k + 1]]``."""

    arc_start: Ints
    arc: Ints


def make_labels(net: Inflow, maze: Maze, obstacles: int) -> Labels:
    """Return which arcs lead into regions that need each obstacle."""
    many = np.diff(maze.need_start)
    region = np.repeat(np.arange(many.size), many)
    arcs = np.diff(net.start)[region]
    label = np.repeat(maze.need, arcs)
    first = np.repeat(net.start[region] - np.concatenate([[0], np.cumsum(arcs)[:-1]]), arcs)
    arc = first + np.arange(label.size)
    order = np.argsort(label, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(label, minlength=obstacles))])
    return Labels(start.astype(np.int64), arc[order])


@njit(cache=True)
def without(labels: Labels, capacity: Floats, obstacle: int) -> Floats:
    """Return what arcs carry where nothing that needs an obstacle is entered."""
    left = capacity.copy()
    for i in range(labels.arc_start[obstacle], labels.arc_start[obstacle + 1]):
        left[labels.arc[i]] = 0.0
    return left


@njit(cache=True)
def labelled(  # noqa: PLR0917 - compiled functions take no keywords
    net: Inflow, maze: Maze, ways: Ints, share: Floats, removed: Floats, removal: int
) -> tuple[Ints, Ints]:
    """Return a cut with a removal in place of the ways that need it, and others wherever that makes less of it.

    Parameters
    ----------
    ways
        Ways into a part.
    share, removed
        Shares of all ways and removals.
    removal
        Stands for the ways that need it in any case.

    Returns
    -------
    ways
        Those left.
    removals
        Those that stand for the others.
    """
    taken = np.empty(removed.size, dtype=np.int64)
    many, chosen, left = 0, removal, ways
    while chosen >= 0:
        taken[many] = chosen
        many += 1
        left = _not_needing(net, maze, left, chosen)
        sums = np.zeros(removed.size)
        for way in left:
            region = net.head[way]
            for i in range(maze.need_start[region], maze.need_start[region + 1]):
                sums[maze.need[i]] += share[way]
        dearest = int(np.argmax(sums - removed))
        chosen = dearest if sums[dearest] - removed[dearest] > _MORE else -1
    return left, taken[:many]


@njit(cache=True)
def _not_needing(net: Inflow, maze: Maze, ways: Ints, removal: int) -> Ints:
    """Return the ways into regions that do not need a removal."""
    left, kept = np.empty_like(ways), 0
    for way in ways:
        region, needs = net.head[way], False
        for i in range(maze.need_start[region], maze.need_start[region + 1]):
            needs = needs or maze.need[i] == removal
        if not needs:
            left[kept] = way
            kept += 1
    return left[:kept]


@njit(cache=True)
def needed_by_flow(  # noqa: PLR0917 - compiled functions take no keywords
    net: Inflow, maze: Maze, capacity: Floats, whole: Bools, building: int, removals: int
) -> Floats:
    """Return of each removal how much at most is missing of a whole flow to a building without it.

    Every wall point of a side is looked at, and one flow to it: nothing more is missing than what that flow takes
    through regions that need the removal, and what it has not. Who has several sides misses the least of them.

    Parameters
    ----------
    capacity, whole
        Of all arcs; where the flow comes from, by :func:`gisplanner.planning.fire.inflow.wholly_reached`.
    """
    missing = np.full(removals, np.inf)
    for side in range(maze.building_start[building], maze.building_start[building + 1]):
        most = np.zeros(removals)
        for point in range(maze.side_start[side], maze.side_start[side + 1]):
            places = maze.place[maze.point_start[point] : maze.point_start[point + 1]]
            if whole[places].any():
                continue
            reached, left = flow_to(net, capacity, whole, places, ENOUGH)
            needing = np.zeros(removals)
            for region in range(net.start.size - 1):
                for i in range(net.start[region], net.start[region + 1]):
                    if capacity[i] > left[i]:
                        _count(maze, net.beside[i], region, capacity[i] - left[i], needing)
            for removal in np.flatnonzero(needing):
                most[removal] = max(most[removal], needing[removal] + max(1.0 - reached, 0.0))
        missing = np.minimum(missing, most)
    return missing


@njit(cache=True)
def _count(maze: Maze, tail: int, head: int, flow: float, needing: Floats) -> None:
    """Count a flow for what its head needs and its tail does not."""
    for i in range(maze.need_start[head], maze.need_start[head + 1]):
        known = False
        for j in range(maze.need_start[tail], maze.need_start[tail + 1]):
            known = known or maze.need[j] == maze.need[i]
        if not known:
            needing[maze.need[i]] += flow
