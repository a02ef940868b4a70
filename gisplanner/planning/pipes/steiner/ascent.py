"""Lower bounds by dual ascent (Wong 1984, doi:10.1007/BF02612335), and what they rule out. Compiled.

From every terminal that no arc without slack leads to, the cut around it is raised until an arc loses its slack:
what all raises sum up to no tree undercuts. Cuts with few arcs are raised first, as Pajor, Uchoa and Werneck 2018
(doi:10.1007/s12532-017-0123-4) do.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.heap import new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

_PATIENCE: Final = 1.25
"""A cut is raised on as long as it has at most this many times the arcs of the next."""


@njit(cache=True)
def _gather(net: Network, slack: Floats, mark: Ints, inside: Ints, counts: Ints, border: Ints, active: Flags) -> bool:
    """Take in all nodes that reach the cut without slack; return whether the root or a live terminal is one.

    ``counts`` holds the number of nodes inside, of those walked from, and of border arcs.
    """
    t = inside[0]
    while counts[1] < counts[0]:
        v = inside[counts[1]]
        counts[1] += 1
        for p in range(net.start[v], net.start[v + 1]):
            u = net.to[p]
            if mark[u] == t:
                continue
            back = net.arc[p] ^ 1
            if slack[back] > 0.0:
                border[counts[2]] = back
                counts[2] += 1
                continue
            if active[u]:
                return True
            mark[u] = t
            inside[counts[0]] = u
            counts[0] += 1
    return False


@njit(cache=True)
def _source(net: Network, arc: int) -> Any:
    return net.head[arc >> 1] if arc & 1 else net.tail[arc >> 1]


@njit(cache=True)
def _compress(net: Network, mark: Ints, t: int, counts: Ints, border: Ints) -> None:
    kept = 0
    for k in range(counts[2]):
        if mark[_source(net, border[k])] != t:
            border[kept] = border[k]
            kept += 1
    counts[2] = kept


@njit(cache=True)
def _raise_cut(slack: Floats, counts: Ints, border: Ints) -> float:
    """Take the least slack of the border arcs from all of them and return it."""
    least = np.inf
    for k in range(counts[2]):
        least = min(least, slack[border[k]])
    for k in range(counts[2]):
        slack[border[k]] -= least
    return least


@njit(cache=True)
def _come_in(
    net: Network, slack: Floats, mark: Ints, inside: Ints, counts: Ints, border: Ints, active: Flags
) -> bool:
    t = inside[0]
    for k in range(counts[2]):
        if slack[border[k]] <= 0.0:
            u = _source(net, border[k])
            if mark[u] == t:
                continue
            if active[u]:
                return True
            mark[u] = t
            inside[counts[0]] = u
            counts[0] += 1
    return False


@njit(cache=True)
def dual_ascent(net: Network, root: int, slack: Floats, cuts: Ints, cut_start: Ints, cut_count: Ints) -> float:
    """Return a lower bound on every tree; ``slack`` (2m,), the weights at first, becomes the reduced costs.

    Parameters
    ----------
    cuts, cut_start, cut_count
        Room to note the raised cuts as lists of arcs, as many as it holds; ``cut_count[0]`` are noted.
    """
    nodes = net.start.size - 1
    mark = np.full(nodes, -1, np.int64)
    inside = np.empty(nodes + 1, np.int64)
    border = np.empty(2 * net.weight.size + 1, np.int64)
    counts = np.zeros(3, np.int64)
    active = net.terminal.copy()
    score = np.zeros(nodes)
    heap = new_heap(nodes)
    for v in range(nodes):
        if net.terminal[v] and v != root:
            score[v] = net.start[v + 1] - net.start[v]
            push(heap, score, v)
    active[root] = True
    bound = 0.0
    while heap.held[0] > 0:
        t = pop(heap, score)
        active[t] = False
        for k in range(counts[0]):
            mark[inside[k]] = -1
        inside[0] = t
        mark[t] = t
        counts[0], counts[1], counts[2] = 1, 0, 0
        limit = score[heap.item[0]] * _PATIENCE if heap.held[0] > 0 else np.inf
        while not _gather(net, slack, mark, inside, counts, border, active):
            _compress(net, mark, t, counts, border)
            if counts[2] == 0:
                return np.inf
            if counts[2] > limit:
                score[t] = counts[2]
                active[t] = True
                push(heap, score, t)
                break
            _note(border, counts[2], cuts, cut_start, cut_count)
            bound += _raise_cut(slack, counts, border)
            if _come_in(net, slack, mark, inside, counts, border, active):
                break
    return bound


@njit(cache=True)
def _note(border: Ints, size: int, cuts: Ints, cut_start: Ints, cut_count: Ints) -> None:
    k = cut_count[0]
    if k + 1 >= cut_start.size or cut_start[k] + size > cuts.size:
        return
    for i in range(size):
        cuts[cut_start[k] + i] = border[i]
    cut_start[k + 1] = cut_start[k] + size
    cut_count[0] += 1


@njit(cache=True)
def _far(net: Network, slack: Floats, root: int) -> Any:
    """Return the reduced cost from ``root`` to each node, or (root < 0) from each node to the nearest terminal."""
    nodes = net.start.size - 1
    distance = np.full(nodes, np.inf)
    heap = new_heap(nodes)
    for v in range(nodes):
        if v == root or (root < 0 and net.terminal[v] and v != -1 - root):
            distance[v] = 0.0
            push(heap, distance, v)
    while heap.held[0] > 0:
        v = pop(heap, distance)
        for p in range(net.start[v], net.start[v + 1]):
            u = net.to[p]
            step = slack[net.arc[p]] if root >= 0 else slack[net.arc[p] ^ 1]
            if distance[v] + step < distance[u]:
                distance[u] = distance[v] + step
                push(heap, distance, u)
    return distance


@njit(cache=True)
def useful_arcs(net: Network, root: int, slack: Floats, gap: float) -> Any:
    """Return the arcs that a tree within ``gap`` of the bound can have, given the reduced costs of ``root``."""
    to, onward = _far(net, slack, root), _far(net, slack, -1 - root)
    useful = np.zeros(slack.size, np.bool_)
    for e in range(net.weight.size):
        a, b = net.tail[e], net.head[e]
        useful[2 * e] = to[a] + slack[2 * e] + onward[b] <= gap
        useful[2 * e + 1] = to[b] + slack[2 * e + 1] + onward[a] <= gap
    return useful
