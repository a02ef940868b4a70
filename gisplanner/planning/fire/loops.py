"""Edges of a network that lie on a loop: where an engine can drive on and come back another way. Compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from gisplanner.planning.fire.outlines import Bools, Ints


def on_loops(edge: Ints, nodes: int) -> Bools:
    """Return which edges (m, 2) lie on a loop.

    Examples
    --------
    >>> triangle_with_a_tail = np.array([[0, 1], [1, 2], [2, 0], [2, 3]])
    >>> on_loops(triangle_with_a_tail, 4).tolist()
    [True, True, True, False]
    """
    both = np.concatenate([edge, edge[:, ::-1]])
    order = np.argsort(both[:, 0], kind="stable")
    start = np.searchsorted(both[order, 0], np.arange(nodes + 1))
    return ~np.asarray(_bridges(start, both[order, 1].copy(), order % max(len(edge), 1), len(edge)))


@njit(cache=True)
def _bridges(start: Ints, to: Ints, number: Ints, edges: int) -> Bools:
    """Return edges whose loss parts the network: nothing behind them reaches back before them."""
    nodes = start.size - 1
    bridge = np.zeros(edges, dtype=np.bool_)
    when, low = np.full(nodes, -1), np.empty(nodes, dtype=np.int64)
    at, by = start[:-1].copy(), np.full(nodes, -1)
    stack = np.empty(nodes, dtype=np.int64)
    clock = 0
    for root in range(nodes):
        if when[root] >= 0:
            continue
        stack[0], many = root, 1
        when[root] = low[root] = clock
        clock += 1
        while many:
            node = stack[many - 1]
            if at[node] < start[node + 1]:
                i = at[node]
                at[node] += 1
                other = to[i]
                if number[i] == by[node]:
                    continue
                if when[other] < 0:
                    when[other] = low[other] = clock
                    clock += 1
                    by[other] = number[i]
                    stack[many] = other
                    many += 1
                else:
                    low[node] = min(low[node], when[other])
                continue
            many -= 1
            if many:
                before = stack[many - 1]
                low[before] = min(low[before], low[node])
                bridge[by[node]] = low[node] > when[before]
    return bridge
