"""Lower bounds by dual ascent (Wong 1984, doi:10.1007/BF02612335), and what they rule out. Compiled.

From every terminal that no arc without slack leads to, the cut around it is raised until an arc loses its slack:
what all raises sum up to no tree undercuts. Cuts with few arcs are raised first, as Pajor, Uchoa and Werneck 2018
(doi:10.1007/s12532-017-0123-4) do.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.basin import CUT_OFF, WAITS, Basin, dig, new_basin, rise
from gisplanner.planning.pipes.steiner.heap import new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

PATIENCE: Final = 1.25
"""A cut is raised on as long as it stands at most this many times as late as the next."""
DISLIKE: Final = 2.0


class Notes(NamedTuple):
    """What was taken from the slack of arcs, as much as there is room for: ``held[0]`` entries.

    Entry k takes ``amount[k]`` from ``arc[k]`` for terminal ``owner[k]``; ``raised[v]`` is what the noted cuts around
    terminal v add to the bound.
    """

    owner: Ints
    arc: Ints
    amount: Floats
    raised: Floats
    held: Ints


def new_notes(nodes: int, entries: int) -> Notes:
    """Return room for ``entries``, of a network of ``nodes``."""
    return Notes(
        np.empty(entries, np.int64),
        np.empty(entries, np.int64),
        np.empty(entries),
        np.zeros(nodes),
        np.zeros(1, np.int64),
    )


@njit(cache=True, nogil=True)
def dual_ascent(net: Network, root: int, slack: Floats, tree: Flags, notes: Notes) -> float:
    """Return a lower bound on every tree; ``slack`` (2m,), the weights at first, becomes the reduced costs.

    Parameters
    ----------
    tree
        Arcs of a good tree away from the root, which guides the order; all False where there is none.
    notes
        Room to note what was taken, as much as it holds.
    """
    nodes = net.start.size - 1
    basin = new_basin(net)
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
        limit = max(score[heap.item[0]] * PATIENCE if heap.held[0] > 0 else np.inf, score[t])
        met, rank = rise(net, slack, basin, active, tree, t, (limit, DISLIKE, 1.0))
        if met == CUT_OFF:
            return np.inf
        for k in range(dig(net, slack, basin, 0.0)):
            slack[basin.arc[k]] = basin.left[k]
        _note(basin, t, notes)
        bound += basin.level[0]
        if met == WAITS:
            score[t] = rank
            active[t] = True
            push(heap, score, t)
    return bound


@njit(cache=True, nogil=True)
def _note(basin: Basin, t: int, notes: Notes) -> None:
    first, size = notes.held[0], basin.counts[2]
    if not size or first + size > notes.arc.size:
        return
    for k in range(size):
        notes.owner[first + k] = t
        notes.arc[first + k] = basin.arc[k]
        notes.amount[first + k] = basin.taken[k]
    notes.raised[t] += basin.level[0]
    notes.held[0] += size


@njit(cache=True, nogil=True)
def arcs_of_tree(net: Network, chosen: Flags, root: int) -> Any:
    """Return the arcs of a tree directed away from ``root``; none where the root is not in it."""
    away = np.zeros(2 * chosen.size, np.bool_)
    seen = np.zeros(net.start.size - 1, np.bool_)
    stack = np.empty(seen.size, np.int64)
    stack[0] = root
    seen[root] = True
    depth = 1
    while depth > 0:
        depth -= 1
        v = stack[depth]
        for p in range(net.start[v], net.start[v + 1]):
            if chosen[net.arc[p] >> 1] and not seen[net.to[p]]:
                away[net.arc[p]] = True
                seen[net.to[p]] = True
                stack[depth] = net.to[p]
                depth += 1
    return away


@njit(cache=True, nogil=True)
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


class Reach(NamedTuple):
    """What a bound tells of arcs: their reduced costs, from the root to each node, from each node to a terminal.

    A better tree exceeds the bound by at most ``gap[0]``.
    """

    slack: Floats
    to: Floats
    onward: Floats
    gap: Floats


def no_reach(net: Network) -> Reach:
    """Return what is told by no bound: nothing."""
    nodes = net.terminal.size
    return Reach(np.zeros(2 * net.weight.size), np.zeros(nodes), np.zeros(nodes), np.array([np.inf]))


def reach_of(net: Network, root: int, slack: Floats, gap: float) -> Reach:
    """Return what the reduced costs of ``root`` tell, the bound being ``gap`` below the best tree."""
    return Reach(slack, _far(net, slack, root), _far(net, slack, -1 - root), np.array([gap]))


@njit(cache=True, nogil=True)
def useful_arcs(net: Network, reach: Reach) -> Any:
    """Return the arcs that a better tree can have."""
    slack, to, onward, gap = reach
    useful = np.zeros(slack.size, np.bool_)
    for e in range(net.weight.size):
        a, b = net.tail[e], net.head[e]
        useful[2 * e] = to[a] + slack[2 * e] + onward[b] <= gap[0]
        useful[2 * e + 1] = to[b] + slack[2 * e + 1] + onward[a] <= gap[0]
    return useful


@njit(cache=True, nogil=True)
def lifted_by(net: Network, reach: Reach) -> Any:
    """Return for each edge (m,) how far above the bound a tree with it weighs at least."""
    slack, to, onward, _ = reach
    lifted = np.empty(net.weight.size)
    for e in range(net.weight.size):
        a, b = net.tail[e], net.head[e]
        lifted[e] = min(to[a] + slack[2 * e] + onward[b], to[b] + slack[2 * e + 1] + onward[a])
    return lifted
