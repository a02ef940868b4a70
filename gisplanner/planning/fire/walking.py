"""Shortest ways in a network of straight ways (最短步行路线). Compiled."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.outlines import Bools, Floats, Ints


class Network(NamedTuple):
    """Ways by the node they begin at, each in both directions: node ``k`` has the rows from ``start[k]`` on."""

    start: Ints
    to: Ints
    length_m: Floats


def make_network(pairs: Ints, length_m: Floats, nodes: int) -> Network:
    """Return the network of ways between pairs (m, 2) of nodes."""
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    order = np.argsort(ends[:, 0], kind="stable")
    start = np.searchsorted(ends[order, 0], np.arange(nodes + 1))
    return Network(start, ends[order, 1].copy(), np.concatenate([length_m, length_m])[order])


@njit(cache=True, nogil=True)
def ways_from(net: Network, sources: Ints, limit_m: float) -> Floats:
    """Return the length of the shortest way to each node from the nearest source, infinite beyond ``limit_m``.

    Examples
    --------
    >>> net = make_network(np.array([[0, 1], [1, 2], [0, 2]]), np.array([1.0, 1.5, 3.0]), 4)
    >>> ways_from(net, np.array([0]), 9.0).tolist(), ways_from(net, np.array([2, 3]), 1.0).tolist()
    ([0.0, 1.0, 2.5, inf], [inf, inf, 0.0, 0.0])
    """
    way = np.full(net.start.size - 1, np.inf)
    waiting = [(0.0, sources[0])]
    for node in sources:
        way[node] = 0.0
        waiting.append((0.0, node))
    while waiting:
        gone, node = heapq.heappop(waiting)
        if gone > way[node]:
            continue
        for i in range(net.start[node], net.start[node + 1]):
            far, other = gone + net.length_m[i], net.to[i]
            if far <= limit_m and far < way[other]:
                way[other] = far
                heapq.heappush(waiting, (far, other))
    return way


@njit(cache=True, nogil=True)
def reached_from_each(net: Network, sources: int, first_target: int, limit_m: float) -> Bools:
    """Return which nodes from ``first_target`` on (rows) lie within reach of each of the first nodes (columns)."""
    made = np.empty((net.start.size - 1 - first_target, sources), dtype=np.bool_)
    for source in range(sources):
        made[:, source] = ways_from(net, np.array([source]), limit_m)[first_target:] < np.inf
    return made
