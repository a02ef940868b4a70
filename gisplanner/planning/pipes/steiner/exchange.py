"""Better trees by exchange: key paths are replaced by cheaper ones, forks are taken out and what is left rejoined.

A *key path* (关键路径) runs between two nodes that are terminals or forks of the tree, with none between them.
After Uchoa and Werneck 2012 (doi:10.1145/2133803.2184448), with bounded searches from the smaller side. Compiled.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.growth import prune_from
from gisplanner.planning.pipes.steiner.heap import Heap, clear, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

MOST_BRANCHES: Final = 12
"""Forks with more branches are left as they are."""
_FORK: Final = 3


class Bench(NamedTuple):
    """A tree and room to work on it, so that nothing is allocated within the search.

    Attributes
    ----------
    chosen, degree
        The edges of the tree, and how many of them each node has.
    mark
        Part of the broken tree that a node is known to lie in; parts are numbered up from ``tally[0]``.
    queue, ends
        Nodes of each part one after another: part k of the broken tree holds ``queue[k, :ends[k, 1]]``.
    work
        ``tally[1]`` counts the steps taken.
    """

    chosen: Flags
    degree: Ints
    distance: Floats
    via: Ints
    touched: Ints
    heap: Heap
    mark: Ints
    queue: Ints
    ends: Ints
    removed: Ints
    added: Ints
    tally: Ints


@njit(cache=True, nogil=True)
def new_bench(net: Network, chosen: Flags) -> Any:
    """Return a bench for a tree."""
    nodes = net.start.size - 1
    degree = np.zeros(nodes, np.int64)
    for e in range(chosen.size):
        if chosen[e]:
            degree[net.tail[e]] += 1
            degree[net.head[e]] += 1
    return Bench(
        chosen,
        degree,
        np.full(nodes, np.inf),
        np.full(nodes, -1, np.int64),
        np.empty(nodes + 1, np.int64),
        new_heap(nodes),
        np.full(nodes, -1, np.int64),
        np.empty((MOST_BRANCHES, nodes), np.int64),
        np.zeros((MOST_BRANCHES, 2), np.int64),
        np.empty(nodes + 1, np.int64),
        np.empty(nodes + 1, np.int64),
        np.zeros(2, np.int64),
    )


@njit(cache=True, nogil=True)
def _flip(net: Network, bench: Bench, e: int) -> None:
    step = -1 if bench.chosen[e] else 1
    bench.chosen[e] = not bench.chosen[e]
    bench.degree[net.tail[e]] += step
    bench.degree[net.head[e]] += step


@njit(cache=True, nogil=True)
def _take_out(net: Network, bench: Bench, v: int, e: int, count: int) -> Any:
    """Take out the key path that leaves node v by edge e; return its far end and how many edges are out by now."""
    while True:
        u = net.tail[e] if net.head[e] == v else net.head[e]
        fork = net.terminal[u] or bench.degree[u] >= _FORK
        _flip(net, bench, e)
        bench.removed[count] = e
        count += 1
        v = u
        if fork:
            return v, count
        for p in range(net.start[v], net.start[v + 1]):
            if bench.chosen[net.arc[p] >> 1]:
                e = net.arc[p] >> 1
                break


@njit(cache=True, nogil=True)
def _step(net: Network, bench: Bench, k: int, stamp: int) -> bool:
    """Walk from the next node of part k; return whether that was its last."""
    v = bench.queue[k, bench.ends[k, 0]]
    bench.ends[k, 0] += 1
    bench.tally[1] += 1
    for p in range(net.start[v], net.start[v + 1]):
        u = net.to[p]
        if bench.chosen[net.arc[p] >> 1] and bench.mark[u] != stamp:
            bench.mark[u] = stamp
            bench.queue[k, bench.ends[k, 1]] = u
            bench.ends[k, 1] += 1
    return bool(bench.ends[k, 0] == bench.ends[k, 1])


@njit(cache=True, nogil=True)
def _label(net: Network, bench: Bench, parts: int) -> Any:
    """Walk all parts in step from their first nodes until one is left over; return the number of that one."""
    base = bench.tally[0]
    bench.tally[0] += parts
    for k in range(parts):
        bench.ends[k, 0], bench.ends[k, 1] = 0, 1
        bench.mark[bench.queue[k, 0]] = base + k
    walking = parts
    k = 0
    while walking > 1:
        if bench.ends[k, 0] < bench.ends[k, 1] and _step(net, bench, k, base + k):
            walking -= 1
        k = k + 1 if k + 1 < parts else 0
    last = 0
    while bench.ends[last, 0] == bench.ends[last, 1]:
        last += 1
    for i in range(bench.ends[last, 1]):
        bench.mark[bench.queue[last, i]] = -1
    return last


@njit(cache=True, nogil=True)
def _reach(net: Network, bench: Bench, group: Ints, own: int, base: int, limit: float) -> Any:
    """Return the nearest tree node outside the parts of group ``own`` that is nearer than ``limit``, or -1."""
    heap, distance = bench.heap, bench.distance
    count = 0
    for k in range(group.size):
        if group[k] == own:
            for i in range(bench.ends[k, 1]):
                v = bench.queue[k, i]
                distance[v] = 0.0
                bench.via[v] = -1
                bench.touched[count] = v
                count += 1
                push(heap, distance, v)
    found = -1
    while heap.held[0] > 0:
        v = pop(heap, distance)
        bench.tally[1] += 1
        mine = bench.mark[v] >= base and group[bench.mark[v] - base] == own
        if not mine and (bench.degree[v] > 0 or net.terminal[v]):
            found = v
            break
        for p in range(net.start[v], net.start[v + 1]):
            u = net.to[p]
            reached = distance[v] + net.weight[net.arc[p] >> 1]
            if reached < limit and reached < distance[u]:
                if distance[u] == np.inf:
                    bench.touched[count] = u
                    count += 1
                distance[u] = reached
                bench.via[u] = net.arc[p] >> 1
                push(heap, distance, u)
    reached = distance[found] if found >= 0 else np.inf
    for k in range(count):
        distance[bench.touched[k]] = np.inf
    clear(heap)
    return found, reached


@njit(cache=True, nogil=True)
def _smallest(bench: Bench, group: Ints, but: int) -> Any:
    """Return the group of parts with fewest nodes, other than ``but``."""
    own, least = -1, 0
    for g in range(group.size):
        if group[g] != g or g == but:
            continue
        size = 0
        for k in range(group.size):
            if group[k] == g:
                size += bench.ends[k, 1]
        if own < 0 or size < least:
            own, least = g, size
    return own


@njit(cache=True, nogil=True)
def _lay(net: Network, bench: Bench, v: int, part: int, stamp: int, added: int) -> Any:
    """Add the path found to node v, its inner nodes to ``part``; return how many edges are added by now."""
    while bench.via[v] >= 0:
        e = bench.via[v]
        _flip(net, bench, e)
        bench.added[added] = e
        added += 1
        v = net.tail[e] if net.head[e] == v else net.head[e]
        if bench.via[v] >= 0:
            bench.mark[v] = stamp
            bench.queue[part, bench.ends[part, 1]] = v
            bench.ends[part, 1] += 1
    return added


@njit(cache=True, nogil=True)
def _rejoin(net: Network, bench: Bench, parts: int, limit: float) -> float:
    """Join the parts again for less than ``limit``; return what it cost, ``inf`` (and nothing changed) if more."""
    largest = _label(net, bench, parts)
    base = bench.tally[0] - parts
    group = np.arange(parts)
    spent, added = 0.0, 0
    for _ in range(parts - 1):
        own = _smallest(bench, group, group[largest])
        v, step = _reach(net, bench, group, own, base, limit - spent)
        if v < 0:
            for k in range(added):
                _flip(net, bench, bench.added[k])
            return np.inf
        other = group[bench.mark[v] - base] if bench.mark[v] >= base else group[largest]
        spent += step
        added = _lay(net, bench, v, own, base + own, added)
        for k in range(parts):
            if group[k] == own:
                group[k] = other
    return spent


@njit(cache=True, nogil=True)
def _try_path(net: Network, bench: Bench, v: int, e: int, slight: float) -> float:
    """Replace the key path that leaves v by edge e by the cheapest; return the gain.

    Each path is tried from its lower end only.
    """
    far, count = _take_out(net, bench, v, e, 0)
    cost = 0.0
    for k in range(count):
        cost += net.weight[bench.removed[k]]
    bench.queue[0, 0], bench.queue[1, 0] = v, far
    spent = np.inf if far < v else _rejoin(net, bench, 2, cost - slight)
    if spent < np.inf:
        return cost - spent
    for k in range(count):
        _flip(net, bench, bench.removed[k])
    return 0.0


@njit(cache=True, nogil=True)
def _try_fork(net: Network, bench: Bench, v: int, slight: float) -> float:
    """Take fork v out with all its key paths and rejoin the rest without heed of it; return the gain."""
    parts, count = 0, 0
    for p in range(net.start[v], net.start[v + 1]):
        if bench.chosen[net.arc[p] >> 1]:
            bench.queue[parts, 0], count = _take_out(net, bench, v, net.arc[p] >> 1, count)
            parts += 1
    cost = 0.0
    for k in range(count):
        cost += net.weight[bench.removed[k]]
    spent = _rejoin(net, bench, parts, cost - slight)
    if spent < np.inf:
        return cost - spent
    for k in range(count):
        _flip(net, bench, bench.removed[k])
    return 0.0


@njit(cache=True, nogil=True)
def exchange(net: Network, bench: Bench, order: Ints, first: int, idle: int, steps: int, slight: float) -> Any:
    """Try the nodes of ``order`` in turn from place ``first`` until all were tried in vain, or for ``steps`` steps.

    Returns
    -------
    tuple
        Gain, the place to go on with, and how many nodes were tried in vain since the last gain.
    """
    bench.tally[1] = 0
    gain = 0.0
    while idle < order.size and bench.tally[1] < steps:
        v = order[first]
        won = 0.0
        bench.tally[1] += 1
        if not net.terminal[v] and _FORK <= bench.degree[v] <= MOST_BRANCHES:
            won += _try_fork(net, bench, v, slight)
        for p in range(net.start[v], net.start[v + 1]):
            if bench.chosen[net.arc[p] >> 1] and (net.terminal[v] or bench.degree[v] >= _FORK):
                won += _try_path(net, bench, v, net.arc[p] >> 1, slight)
        won += prune_from(net, bench.chosen, bench.degree, v)
        idle = 0 if won > 0.0 else idle + 1
        gain += won
        first = first + 1 if first + 1 < order.size else 0
    return gain, first, idle
