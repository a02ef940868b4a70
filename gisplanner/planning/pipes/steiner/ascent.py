"""Lower bounds by dual ascent (Wong 1984, doi:10.1007/BF02612335), and what they rule out. Compiled.

From every terminal that no arc without slack leads to, the cut around it is raised until an arc loses its slack:
what all raises sum up to no tree undercuts. Cuts with few arcs are raised first, as Pajor, Uchoa and Werneck 2018
(doi:10.1007/s12532-017-0123-4) do.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.heap import new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

PATIENCE: Final = 1.25
"""A cut is raised on as long as it stands at most this many times as late as the next."""
DISLIKE: Final = 2.0
_MOST_CROSSED: Final = 6


class Notes(NamedTuple):
    """Raised cuts, as many as there is room for: ``held[0]``.

    Cut k takes ``amount[k]`` from the slack of ``arcs[start[k]:start[k + 1]]`` for terminal ``owner[k]``.
    """

    arcs: Ints
    start: Ints
    owner: Ints
    amount: Floats
    held: Ints


def new_notes(entries: int) -> Notes:
    """Return room for cuts of ``entries`` arcs in all."""
    cuts = entries // 10
    return Notes(
        np.empty(entries, np.int64),
        np.zeros(cuts + 1, np.int64),
        np.empty(cuts, np.int64),
        np.empty(cuts),
        np.zeros(1, np.int64),
    )


class Cut(NamedTuple):
    """The nodes that reach a terminal without slack, and the arcs that lead to them.

    Attributes
    ----------
    mark
        The terminal whose cut a node was last found in; -1 for none.
    inside, border
        Nodes of the cut, the terminal first, and arcs that lead into it.
    counts
        Number of nodes inside, of those walked from, and of border arcs.
    """

    mark: Ints
    inside: Ints
    border: Ints
    counts: Ints


@njit(cache=True)
def new_cut(net: Network) -> Any:
    """Return room for a cut."""
    nodes = net.start.size - 1
    return Cut(
        np.full(nodes, -1, np.int64),
        np.empty(nodes + 1, np.int64),
        np.empty(2 * net.weight.size + 1, np.int64),
        np.zeros(3, np.int64),
    )


@njit(cache=True)
def begin_cut(cut: Cut, t: int) -> None:
    """Start anew with terminal t alone."""
    for k in range(cut.counts[0]):
        cut.mark[cut.inside[k]] = -1
    cut.inside[0] = t
    cut.mark[t] = t
    cut.counts[0], cut.counts[1], cut.counts[2] = 1, 0, 0


@njit(cache=True)
def gather(net: Network, slack: Floats, cut: Cut, active: Flags) -> bool:
    """Take in all nodes that reach the cut without slack; return whether the root or a live terminal is one."""
    mark, inside, border, counts = cut
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
    _compress(net, slack, cut)
    return False


@njit(cache=True)
def _source(net: Network, arc: int) -> Any:
    return net.head[arc >> 1] if arc & 1 else net.tail[arc >> 1]


@njit(cache=True)
def _compress(net: Network, slack: Floats, cut: Cut) -> None:
    """Leave out arcs from inside the cut and arcs of infinite slack."""
    border, counts = cut.border, cut.counts
    kept = 0
    for k in range(counts[2]):
        if cut.mark[_source(net, border[k])] != cut.inside[0] and slack[border[k]] < np.inf:
            border[kept] = border[k]
            kept += 1
    counts[2] = kept


@njit(cache=True)
def come_in(net: Network, slack: Floats, cut: Cut, active: Flags) -> bool:
    """Take in the nodes that border arcs without slack come from; return whether one is the root or alive."""
    inside, border, counts = cut.inside, cut.border, cut.counts
    t = inside[0]
    for k in range(counts[2]):
        if slack[border[k]] <= 0.0:
            u = _source(net, border[k])
            if cut.mark[u] == t:
                continue
            if active[u]:
                return True
            cut.mark[u] = t
            inside[counts[0]] = u
            counts[0] += 1
    return False


@njit(cache=True)
def least_slack(slack: Floats, cut: Cut) -> Any:
    """Return what the cut can be raised by."""
    least = np.inf
    for k in range(cut.counts[2]):
        least = min(least, slack[cut.border[k]])
    return least


@njit(cache=True)
def standing(cut: Cut, tree: Flags, dislike: float) -> float:
    """Return how late the cut is to be raised: its arcs, times ``dislike`` for each arc of ``tree`` beyond one.

    A best bound raises no cut that a best tree crosses twice (complementary slackness).
    """
    crossed = 0
    for k in range(cut.counts[2]):
        if tree[cut.border[k]]:
            crossed += 1
    return float(cut.counts[2] * dislike ** min(max(crossed - 1, 0), _MOST_CROSSED))


@njit(cache=True)
def dual_ascent(net: Network, root: int, slack: Floats, tree: Flags, notes: Notes) -> float:
    """Return a lower bound on every tree; ``slack`` (2m,), the weights at first, becomes the reduced costs.

    Parameters
    ----------
    tree
        Arcs of a good tree away from the root, which guides the order; all False where there is none.
    notes
        Room to note the raised cuts, as many as it holds.
    """
    nodes = net.start.size - 1
    cut = new_cut(net)
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
        begin_cut(cut, t)
        limit = max(score[heap.item[0]] * PATIENCE if heap.held[0] > 0 else np.inf, score[t])
        while not gather(net, slack, cut, active):
            if cut.counts[2] == 0:
                return np.inf
            rank = standing(cut, tree, DISLIKE)
            if rank > limit:
                score[t] = rank
                active[t] = True
                push(heap, score, t)
                break
            least = least_slack(slack, cut)
            for k in range(cut.counts[2]):
                slack[cut.border[k]] -= least
            _note(cut, least, notes)
            bound += least
            if come_in(net, slack, cut, active):
                break
    return bound


@njit(cache=True)
def _note(cut: Cut, amount: float, notes: Notes) -> None:
    k, size = notes.held[0], cut.counts[2]
    if k >= notes.owner.size or notes.start[k] + size > notes.arcs.size:
        return
    for i in range(size):
        notes.arcs[notes.start[k] + i] = cut.border[i]
    notes.start[k + 1] = notes.start[k] + size
    notes.owner[k] = cut.inside[0]
    notes.amount[k] = amount
    notes.held[0] += 1


@njit(cache=True)
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
