"""The cut around a terminal, raised as far as it may be: a basin that fills. Compiled.

While cuts around one terminal alone are raised, the arcs that lose their slack are those of the shortest ways to it,
measured by slack: one search from the terminal raises them all, and what each arc lost follows from the distances.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.heap import Heap, clear, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

JOINED: Final = 0
WAITS: Final = 1
CUT_OFF: Final = 2
_MOST_CROSSED: Final = 6


class Basin(NamedTuple):
    """Nodes from which a terminal is within ``level[0]``, measured by slack, and room to work.

    Attributes
    ----------
    distance
        From each node; infinite where none is known.
    inside
        Whether a node lies within.
    order, touched
        Nodes within, the terminal first, and all that have a distance.
    counts
        Number of nodes within, of those touched, and of entries below.
    arc, taken, left
        Arcs that lose slack, how much, and what remains.
    """

    level: Floats
    distance: Floats
    inside: Flags
    order: Ints
    touched: Ints
    counts: Ints
    arc: Ints
    taken: Floats
    left: Floats
    heap: Heap


@njit(cache=True, nogil=True)
def new_basin(net: Network) -> Any:
    """Return room for a basin."""
    nodes, arcs = net.start.size - 1, 2 * net.weight.size
    return Basin(
        np.zeros(1),
        np.full(nodes, np.inf),
        np.zeros(nodes, np.bool_),
        np.empty(nodes, np.int64),
        np.empty(nodes, np.int64),
        np.zeros(3, np.int64),
        np.empty(arcs, np.int64),
        np.empty(arcs),
        np.empty(arcs),
        new_heap(nodes),
    )


@njit(cache=True, nogil=True)
def _empty(basin: Basin, t: int) -> None:
    for k in range(basin.counts[1]):
        basin.distance[basin.touched[k]] = np.inf
    for k in range(basin.counts[0]):
        basin.distance[basin.order[k]] = np.inf
        basin.inside[basin.order[k]] = False
    clear(basin.heap)
    basin.level[0] = 0.0
    basin.distance[t] = 0.0
    basin.inside[t] = True
    basin.order[0] = t
    basin.counts[0], basin.counts[1], basin.counts[2] = 1, 0, 0


@njit(cache=True, nogil=True)
def _gather(net: Network, slack: Floats, basin: Basin, active: Flags) -> bool:
    """Take in all nodes that reach the terminal without slack; note the arcs that lead in.

    Return whether an active node is met.
    """
    inside, order, counts = basin.inside, basin.order, basin.counts
    k = 0
    while k < counts[0]:
        v = order[k]
        k += 1
        for p in range(net.start[v], net.start[v + 1]):
            u, a = net.to[p], net.arc[p] ^ 1
            if inside[u] or slack[a] == np.inf:
                continue
            if slack[a] > 0.0:
                basin.arc[counts[2]] = a
                counts[2] += 1
                continue
            if active[u]:
                return True
            inside[u] = True
            basin.distance[u] = 0.0
            order[counts[0]] = u
            counts[0] += 1
    return False


@njit(cache=True, nogil=True)
def _source(net: Network, a: int) -> Any:
    return net.head[a >> 1] if a & 1 else net.tail[a >> 1]


@njit(cache=True, nogil=True)
def _border(net: Network, basin: Basin, tree: Flags) -> Any:
    """Leave out noted arcs from within; return how many are left, and how many of them ``tree`` has."""
    border, crossed = 0, 0
    for k in range(basin.counts[2]):
        a = basin.arc[k]
        if not basin.inside[_source(net, a)]:
            basin.arc[border] = a
            border += 1
            crossed += tree[a]
    basin.counts[2] = border
    return border, crossed


@njit(cache=True, nogil=True)
def _reach(basin: Basin, u: int, reached: float) -> None:
    if reached < basin.distance[u]:
        if basin.distance[u] == np.inf:
            basin.touched[basin.counts[1]] = u
            basin.counts[1] += 1
        basin.distance[u] = reached
        push(basin.heap, basin.distance, u)


@njit(cache=True, nogil=True)
def _take_in(net: Network, slack: Floats, basin: Basin, tree: Flags, v: int, border: int, crossed: int) -> Any:
    """Take node v in; return how many arcs lead in now, and how many of them ``tree`` has."""
    basin.inside[v] = True
    basin.order[basin.counts[0]] = v
    basin.counts[0] += 1
    for p in range(net.start[v], net.start[v + 1]):
        u, out = net.to[p], net.arc[p]
        if basin.inside[u]:
            if slack[out] < np.inf:
                border -= 1
                crossed -= tree[out]
        elif slack[out ^ 1] < np.inf:
            border += 1
            crossed += tree[out ^ 1]
            _reach(basin, u, basin.distance[v] + slack[out ^ 1])
    return border, crossed


@njit(cache=True, nogil=True)
def rise(net: Network, slack: Floats, basin: Basin, active: Flags, tree: Flags, t: int, how: Any) -> Any:
    """Raise the cut around ``t`` until it meets an active node or is to wait; return which, and its standing.

    A cut stands as late as it has arcs, times ``dislike`` for each arc of ``tree`` beyond one, times ``luck``: a best
    bound raises no cut that a best tree crosses twice (complementary slackness). Beyond ``limit`` it waits.

    Parameters
    ----------
    how
        ``limit``, ``dislike``, ``luck``.
    """
    limit, dislike, luck = how
    _empty(basin, t)
    if _gather(net, slack, basin, active):
        return JOINED, 0.0
    border, crossed = _border(net, basin, tree)
    rank = border * dislike ** min(max(crossed - 1, 0), _MOST_CROSSED) * luck
    if rank > limit:
        return WAITS, rank
    for k in range(border):
        _reach(basin, _source(net, basin.arc[k]), slack[basin.arc[k]])
    heap, key = basin.heap, basin.distance
    while heap.held[0] > 0:
        if key[heap.item[0]] > basin.level[0]:
            rank = border * dislike ** min(max(crossed - 1, 0), _MOST_CROSSED) * luck
            if rank > limit:
                return WAITS, rank
            basin.level[0] = key[heap.item[0]]
        v = pop(heap, key)
        if active[v]:
            return JOINED, 0.0
        border, crossed = _take_in(net, slack, basin, tree, v, border, crossed)
    return CUT_OFF, 0.0


@njit(cache=True, nogil=True)
def dig(net: Network, slack: Floats, basin: Basin, slight: float) -> int:
    """Note the arcs that lose slack and what remains (nothing where it is slight); return how many there are."""
    level, key, count = basin.level[0], basin.distance, 0
    basin.counts[2] = 0
    if level <= 0.0:
        return 0
    for k in range(basin.counts[0]):
        v = basin.order[k]
        if key[v] >= level:
            break
        for p in range(net.start[v], net.start[v + 1]):
            a, above = net.arc[p] ^ 1, key[net.to[p]]
            taken = min(above, level) - key[v]
            if taken <= 0.0 or slack[a] == np.inf:
                continue
            left = slack[a] - taken
            none = left <= slight or (above <= level and above == key[v] + slack[a])
            basin.arc[count], basin.taken[count], basin.left[count] = a, taken, 0.0 if none else left
            count += 1
    basin.counts[2] = count
    return count
