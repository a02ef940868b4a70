"""The best tree of few terminals, from the best trees of all sets of them (Dreyfus and Wagner 1971). Compiled.

In the form of Erickson, Monma and Veinott 1987 (doi:10.1287/moor.12.4.634): one search of shortest ways for each set.
What cannot be part of a tree lighter than the one known is left out (after Hougardy, Silvanus and Vygen 2017,
doi:10.1007/s12532-016-0110-1).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.heap import Heap, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

MOST_TERMINALS: Final = 12
MOST_ENTRIES: Final = 5_000_000
_SECONDS_A_SEARCH: Final = 6e-7
_SECONDS_A_SPLIT: Final = 2e-9


def seconds_needed(net: Network) -> float:
    """Return about how long the best tree takes at most; infinite where there are too many terminals or nodes."""
    nodes, others = net.terminal.size, int(net.terminal.sum()) - 1
    if others >= MOST_TERMINALS or nodes * 2**others > MOST_ENTRIES:
        return np.inf
    return float(nodes * (2**others * _SECONDS_A_SEARCH + 3**others * _SECONDS_A_SPLIT))


@njit(cache=True, nogil=True)
def best_tree(net: Network, most: float) -> Any:
    """Return the edges (m,) of the lightest tree; none where all weigh more than ``most``."""
    terminals = np.flatnonzero(net.terminal)
    root, others = terminals[0], terminals[1:]
    nodes, sets = net.start.size - 1, 1 << others.size
    weight = np.full((sets, nodes), np.inf)
    via = np.full((sets, nodes), -1, np.int64)  # an edge, or from -2 down the set that is split off
    heap = new_heap(nodes)
    to_root = np.full(nodes, np.inf)
    to_root[root] = 0.0
    _spread(net, heap, to_root, np.full(nodes, -1, np.int64), np.zeros(nodes), np.inf)
    for k in range(1, sets):
        for i in range(others.size):
            if k == 1 << i:
                weight[k, others[i]] = 0.0
        part = (k - 1) & k
        while part > k ^ part:
            _join(weight, via, k, part)
            part = (part - 1) & k
        _spread(net, heap, weight[k], via[k], to_root, most)
    return _traced(net, via, sets - 1, root, weight[sets - 1, root])


@njit(cache=True, nogil=True)
def _join(weight: Floats, via: Ints, k: int, part: int) -> None:
    """Join the trees of set ``part`` and of the rest of set k, wherever they meet."""
    for v in range(weight.shape[1]):
        joined = weight[part, v] + weight[k ^ part, v]
        if joined < weight[k, v]:
            weight[k, v] = joined
            via[k, v] = -2 - part


@njit(cache=True, nogil=True)
def _spread(net: Network, heap: Heap, weight: Floats, via: Ints, to_root: Floats, most: float) -> None:
    """Lengthen the trees that end at each node along edges, as far as one within ``most`` may result."""
    for v in range(weight.size):
        if weight[v] + to_root[v] > most:
            weight[v] = np.inf
        elif weight[v] < np.inf:
            push(heap, weight, v)
    while heap.held[0] > 0:
        v = pop(heap, weight)
        for p in range(net.start[v], net.start[v + 1]):
            u, e = net.to[p], net.arc[p] >> 1
            reached = weight[v] + net.weight[e]
            if reached < weight[u] and reached + to_root[u] <= most:
                weight[u] = reached
                via[u] = e
                push(heap, weight, u)


@njit(cache=True, nogil=True)
def _traced(net: Network, via: Ints, full: int, root: int, weight: float) -> Flags:
    chosen = np.zeros(net.weight.size, np.bool_)
    if weight == np.inf:
        return chosen
    stack = [(full, root)]
    while len(stack) > 0:
        k, v = stack.pop()
        step = via[k, v]
        if step >= 0:
            chosen[step] = True
            stack.append((k, net.tail[step] if net.head[step] == v else net.head[step]))
        elif step < -1:
            stack.append((-2 - step, v))
            stack.append((k ^ (-2 - step), v))
    return chosen
