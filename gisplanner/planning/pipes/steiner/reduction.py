"""A smaller network with the same best tree: dead ends cut, chains joined, parallel edges and detours left out.

Each step is a :class:`Level` that knows what its edges were before, so that a tree can be told in the edges of the
input. A tree at hand (``chosen``) is carried along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.heap import Heap, clear, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network, make_network

DETOUR_NODES: Final = 60
FAR_DETOUR_NODES: Final = 1_000
"""How many nodes a search for a detour settles at most, at first and later."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A network and what it was made from.

    Attributes
    ----------
    part_start, part
        Edge e consists of the edges ``part[part_start[e]:part_start[e + 1]]`` of the level before.
    fixed
        Edges of the level before that every tree needs.
    node
        Number that each node had on the level before.
    """

    net: Network
    part_start: Ints
    part: Ints
    fixed: Ints
    node: Ints

    def before(self, edges: Ints) -> Ints:
        """Return a tree of this level in the edges of the level before."""
        parts = [self.part[self.part_start[e] : self.part_start[e + 1]] for e in edges]
        return np.concatenate([self.fixed, *parts]) if parts else self.fixed


def simplify(net: Network, kept: Flags, chosen: Flags) -> tuple[Level, Flags]:
    """Return the level made of the ``kept`` edges, and the tree ``chosen`` on it."""
    kept, chosen = kept.copy(), chosen.copy()
    _keep_cheapest(net, kept, chosen)
    terminal = net.terminal.copy()
    fixed = _cut_dead_ends(net, kept, terminal)
    ends, part_start, part = _join_chains(net, kept, terminal)
    weight = np.add.reduceat(net.weight[part], part_start[:-1]) if part.size else np.zeros(0)
    useful = ends[:, 0] != ends[:, 1]
    if not useful.all():
        size = np.diff(part_start)
        part = part[np.repeat(useful, size)]
        part_start = np.concatenate([[0], np.cumsum(size[useful])]).astype(np.int64)
        ends, weight = ends[useful], weight[useful]
    carried = chosen[part[part_start[:-1]]] if part.size else np.zeros(0, dtype=np.bool_)
    used = np.union1d(ends.ravel(), np.flatnonzero(terminal))
    number = np.zeros(terminal.size, dtype=np.int64)
    number[used] = np.arange(used.size)
    made = make_network(number[ends[:, 0]], number[ends[:, 1]], weight, terminal[used])
    return Level(made, part_start, part, fixed, used), carried


def simplified(net: Network, kept: Flags, chosen: Flags) -> tuple[list[Level], Flags]:
    """Return levels until nothing more can be simplified."""
    levels = []
    while True:
        level, chosen = simplify(net, kept, chosen)
        levels.append(level)
        if level.net.weight.size >= kept.sum() or level.net.weight.size == 0:
            return levels, chosen
        net, kept = level.net, np.ones(level.net.weight.size, dtype=np.bool_)


def _keep_cheapest(net: Network, kept: Flags, chosen: Flags) -> None:
    """Of parallel edges keep the cheapest, the first of equals; a tree on a dearer one moves over."""
    index = np.flatnonzero(kept)
    low, high = np.minimum(net.tail, net.head)[index], np.maximum(net.tail, net.head)[index]
    order = np.lexsort((index, net.weight[index], high, low))
    index, low, high = index[order], low[order], high[order]
    again = np.flatnonzero((low[1:] == low[:-1]) & (high[1:] == high[:-1])) + 1
    first = np.arange(index.size)
    first[again] = 0
    first = np.maximum.accumulate(first)
    moved = again[chosen[index[again]]]
    chosen[index[first[moved]]] = True
    kept[index[again]] = False
    chosen[index[again]] = False


@njit(cache=True, nogil=True)
def _cut_dead_ends(net: Network, kept: Flags, terminal: Flags) -> Any:
    """Cut nodes with one edge; the edge of a terminal is needed, and its neighbour becomes the terminal."""
    nodes = net.start.size - 1
    degree = np.zeros(nodes, np.int64)
    for e in range(kept.size):
        if kept[e]:
            degree[net.tail[e]] += 1
            degree[net.head[e]] += 1
    left = terminal.sum()
    fixed = np.empty(nodes, np.int64)
    count = 0
    for first in range(nodes):
        v = first
        while degree[v] == 1 and not (terminal[v] and left == 1):
            for p in range(net.start[v], net.start[v + 1]):
                e = net.arc[p] >> 1
                if kept[e]:
                    break
            u = net.to[p]
            kept[e] = False
            degree[v] -= 1
            degree[u] -= 1
            if terminal[v]:
                fixed[count] = e
                count += 1
                terminal[v] = False
                if terminal[u]:
                    left -= 1
                terminal[u] = True
            v = u
    if left == 1:
        kept[:] = False
    return fixed[:count].copy()


@njit(cache=True, nogil=True)
def _join_chains(net: Network, kept: Flags, terminal: Flags) -> Any:
    """Return the edges between terminals and forks: ends (k, 2) and the kept edges each consists of."""
    nodes = net.start.size - 1
    degree = np.zeros(nodes, np.int64)
    total = 0
    for e in range(kept.size):
        if kept[e]:
            total += 1
            degree[net.tail[e]] += 1
            degree[net.head[e]] += 1
    ends = np.empty((total, 2), np.int64)
    part_start = np.zeros(total + 1, np.int64)
    part = np.empty(total, np.int64)
    done = np.zeros(kept.size, np.bool_)
    count, size = 0, 0
    for v in range(nodes):
        if not terminal[v] and degree[v] == 2:  # noqa: PLR2004
            continue
        for first in range(net.start[v], net.start[v + 1]):
            e = net.arc[first] >> 1
            if kept[e] and not done[e]:
                ends[count, 0] = v
                ends[count, 1], size = _follow(net, kept, terminal, degree, v, e, done, part, size)
                count += 1
                part_start[count] = size
    return ends[:count].copy(), part_start[: count + 1].copy(), part[:size].copy()


@njit(cache=True, nogil=True)
def _follow(
    net: Network, kept: Flags, terminal: Flags, degree: Ints, v: int, e: int, done: Flags, part: Ints, size: int
) -> Any:
    """Note the chain that leaves v by edge e; return its far end and the end of the notes."""
    origin = v
    while True:
        done[e] = True
        part[size] = e
        size += 1
        v = net.tail[e] if net.head[e] == v else net.head[e]
        if terminal[v] or degree[v] != 2 or v == origin:  # noqa: PLR2004
            return v, size
        for p in range(net.start[v], net.start[v + 1]):
            if kept[net.arc[p] >> 1] and net.arc[p] >> 1 != e:
                e = net.arc[p] >> 1
                break


@njit(cache=True, nogil=True)
def without_detours(net: Network, left: Flags, settle: int) -> Any:
    """Return those of the edges ``left`` (m,) worth keeping.

    One is not where another way between its ends, terminals as rests, has no leg heavier than it.

    This is the special distance test of Duin and Volgenant 1989 (doi:10.1002/net.3230190506), searched within
    ``settle`` nodes of each end, heaviest edges first.
    """
    nodes = net.start.size - 1
    kept = left.copy()
    distance = np.full(nodes, np.inf)
    touched = np.empty(nodes + 1, np.int64)
    heap = new_heap(nodes)
    for e in np.argsort(-net.weight, kind="mergesort"):
        if not left[e]:
            continue
        kept[e] = False
        if not _other_way(net, kept, e, settle, distance, touched, heap):
            kept[e] = True
    return kept


@njit(cache=True, nogil=True)
def _other_way(net: Network, kept: Flags, e: int, settle: int, distance: Floats, touched: Ints, heap: Heap) -> bool:
    limit, goal = net.weight[e], net.head[e]
    count = 1
    touched[0] = net.tail[e]
    distance[net.tail[e]] = 0.0
    push(heap, distance, net.tail[e])
    found = False
    while heap.held[0] > 0 and settle > 0 and not found:
        settle -= 1
        v = pop(heap, distance)
        leg = 0.0 if net.terminal[v] else distance[v]
        distance[v] = leg
        for p in range(net.start[v], net.start[v + 1]):
            f = net.arc[p] >> 1
            u = net.to[p]
            reached = leg + net.weight[f]
            if not kept[f] or reached > limit or reached >= distance[u]:
                continue
            if u == goal:
                found = True
                break
            if distance[u] == np.inf:
                touched[count] = u
                count += 1
            distance[u] = reached
            push(heap, distance, u)
    for k in range(count):
        distance[touched[k]] = np.inf
    clear(heap)
    return found
