"""Trees from scratch: grown by the nearest terminal, again and again (Takahashi and Matsuyama 1980). Compiled.

A tree is a flag for each edge. :func:`tidy` makes any connected choice of edges a minimum spanning tree of its nodes
without useless ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.heap import new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Network


@njit(cache=True, nogil=True)
def grow_tree(net: Network, weight: Floats, root: int) -> Any:
    """Return a tree that connects all terminals with ``root``; edges of infinite ``weight`` are not used.

    Where terminals cannot be reached, the tree lacks them.
    """
    nodes = net.start.size - 1
    chosen = np.zeros(weight.size, np.bool_)
    inside = np.zeros(nodes, np.bool_)
    distance = np.full(nodes, np.inf)
    via = np.full(nodes, -1, np.int64)
    heap = new_heap(nodes)
    left = net.terminal.sum()
    inside[root] = True
    if net.terminal[root]:
        left -= 1
    distance[root] = 0.0
    push(heap, distance, root)
    while heap.held[0] > 0 and left > 0:
        v = pop(heap, distance)
        if net.terminal[v] and not inside[v]:
            u = v
            while not inside[u]:
                inside[u] = True
                if net.terminal[u]:
                    left -= 1
                distance[u] = 0.0
                push(heap, distance, u)
                e = via[u]
                chosen[e] = True
                u = net.tail[e] if net.head[e] == u else net.head[e]
            continue
        for p in range(net.start[v], net.start[v + 1]):
            u, e = net.to[p], net.arc[p] >> 1
            reached = distance[v] + weight[e]
            if not inside[u] and reached < distance[u]:
                distance[u] = reached
                via[u] = e
                push(heap, distance, u)
    return chosen


@njit(cache=True, nogil=True)
def tidy(net: Network, chosen: Flags, root: int) -> float:
    """Turn a connected choice of edges into the minimum spanning tree of its nodes, cut back; return its weight."""
    nodes = net.start.size - 1
    touched = np.zeros(nodes, np.bool_)
    touched[root] = True
    for e in range(chosen.size):
        if chosen[e]:
            touched[net.tail[e]] = True
            touched[net.head[e]] = True
            chosen[e] = False
    key = np.full(nodes, np.inf)
    via = np.full(nodes, -1, np.int64)
    done = np.zeros(nodes, np.bool_)
    degree = np.zeros(nodes, np.int64)
    heap = new_heap(nodes)
    key[root] = 0.0
    push(heap, key, root)
    while heap.held[0] > 0:
        v = pop(heap, key)
        done[v] = True
        if via[v] >= 0:
            chosen[via[v]] = True
            degree[net.tail[via[v]]] += 1
            degree[net.head[via[v]]] += 1
        for p in range(net.start[v], net.start[v + 1]):
            u, e = net.to[p], net.arc[p] >> 1
            if touched[u] and not done[u] and net.weight[e] < key[u]:
                key[u] = net.weight[e]
                via[u] = e
                push(heap, key, u)
    for v in range(nodes):
        prune_from(net, chosen, degree, v)
    return weight_of(net, chosen)


@njit(cache=True, nogil=True)
def prune_from(net: Network, chosen: Flags, degree: Any, v: int) -> float:
    """Cut off the branch that ends uselessly at node v, if one does; return its weight."""
    cut = 0.0
    while degree[v] == 1 and not net.terminal[v]:
        for p in range(net.start[v], net.start[v + 1]):
            e = net.arc[p] >> 1
            if chosen[e]:
                chosen[e] = False
                cut += net.weight[e]
                degree[v] -= 1
                v = net.to[p]
                degree[v] -= 1
                break
    return cut


@njit(cache=True, nogil=True)
def weight_of(net: Network, chosen: Flags) -> float:
    """Return the weight of the chosen edges."""
    sum_ = 0.0
    for e in range(chosen.size):
        if chosen[e]:
            sum_ += net.weight[e]
    return sum_
