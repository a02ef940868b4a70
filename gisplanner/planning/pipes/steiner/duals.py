"""A lower bound told by terminals: what each takes from the weight of each arc; it is kept as the network shrinks.

Any split of the weights of the arcs among the terminals bounds every tree: by the sum of the ways from the root to
each terminal, measured by its own part (Wong 1984, doi:10.1007/BF02612335).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from gisplanner.planning.pipes.steiner.ascent import Notes
from gisplanner.planning.pipes.steiner.heap import Heap, clear, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network
from gisplanner.planning.pipes.steiner.reduction import Level

_ROOM: Final = 3
"""Times the entries of all records that there is room for before they are moved together."""
_GROUP: Final = 48
"""Records as long as there are arcs that there is room for besides."""


class Duals(NamedTuple):
    """A bound told by terminals: what the cuts of each take from the slack of each arc.

    Attributes
    ----------
    slack
        What is left of the weight of each arc; infinite where no better tree uses the arc.
    first, size
        The record of terminal v is ``arcs[first[v]:first[v] + size[v]]`` with ``amount``.
    raised
        What the cuts of each terminal add to the bound.
    end
        ``end[0]`` entries of ``arcs`` are taken.
    """

    slack: Floats
    first: Ints
    size: Ints
    raised: Floats
    arcs: Ints
    amount: Floats
    end: Ints


def new_duals(net: Network, notes: Notes) -> Duals:
    """Return the bound that the noted cuts make."""
    count = int(notes.held[0])
    arcs = 2 * net.weight.size
    entries = (notes.amount[:count], (notes.owner[:count], notes.arc[:count]))
    table = coo_matrix(entries, shape=(net.terminal.size, arcs)).tocsr()
    return _from_table(net, table, notes.raised.copy(), np.zeros(arcs, dtype=np.bool_))


def _from_table(net: Network, table: csr_matrix, raised: Floats, barred: Flags) -> Duals:
    room = _ROOM * table.nnz + _GROUP * barred.size
    index, value = np.empty(room, np.int64), np.empty(room)
    index[: table.nnz], value[: table.nnz] = table.indices, table.data
    left = np.maximum(np.repeat(net.weight, 2) - np.asarray(table.sum(axis=0)).ravel(), 0.0)
    return Duals(
        np.where(barred, np.inf, left),
        table.indptr[:-1].astype(np.int64),
        np.diff(table.indptr).astype(np.int64),
        raised,
        index,
        value,
        np.array([table.nnz], dtype=np.int64),
    )


def carried(net: Network, level: Level, duals: Duals, root: int) -> tuple[int, Duals]:
    """Return the root and the bound on the next level of a network: edges in a row take what all of them took.

    What terminals took from edges that every tree needs is given up: these edges are counted apart from now on.
    """
    made = level.net
    size = int(duals.size.sum())
    compact(duals)
    owner = np.repeat(np.arange(net.terminal.size), duals.size)
    arcs, amount = duals.arcs[:size], duals.amount[:size]
    place, needed = _places(net, level, root)
    given_up = np.bincount(owner, np.where(needed[arcs], amount, 0.0), minlength=net.terminal.size)
    raised = np.zeros(made.terminal.size)
    held = np.flatnonzero(duals.raised)
    np.add.at(raised, place[held], np.maximum(duals.raised - given_up, 0.0)[held])
    new_root = int(place[root])
    raised[new_root] = 0.0
    onto = _arcs_onto(net, level)
    keep = (onto[arcs] >= 0) & (place[owner] != new_root)
    table = coo_matrix(
        (amount[keep], (place[owner[keep]], onto[arcs[keep]])), shape=(made.terminal.size, 2 * made.weight.size)
    ).tocsr()
    barred = np.zeros(2 * made.weight.size, dtype=np.bool_)
    barred[onto[(onto >= 0) & np.isinf(duals.slack)]] = True
    return new_root, _from_table(made, table, raised, barred)


def _places(net: Network, level: Level, root: int) -> tuple[Ints, Flags]:
    """Return where each node is on the level, and the arcs on ways from the root that all trees need.

    Terminals at dead ends moved along edges that all trees need.
    """
    nodes = net.terminal.size
    place = np.full(nodes, -1, dtype=np.int64)
    place[level.node] = np.arange(level.node.size)
    a, b = net.tail[level.fixed], net.head[level.fixed]
    _, part = connected_components(coo_matrix((np.ones(a.size), (a, b)), shape=(nodes, nodes)), directed=False)
    stays = level.node[level.net.terminal]
    of_part = np.full(nodes, -1, dtype=np.int64)
    of_part[part[stays]] = stays
    moved = np.where(net.terminal, of_part[part], np.arange(nodes))
    of_part[part[root]] = root
    tops = of_part[of_part >= 0]
    rows, columns = np.concatenate([a, np.full(tops.size, nodes)]), np.concatenate([b, tops])
    graph = coo_matrix((np.ones(rows.size), (rows, columns)), shape=(nodes + 1, nodes + 1)).tocsr()
    _, before = breadth_first_order(graph, nodes, directed=False)
    needed = np.zeros(2 * net.weight.size, dtype=np.bool_)
    needed[np.where(before[b] == a, 2 * level.fixed, 2 * level.fixed + 1)] = True
    return place[moved], needed


@njit(cache=True, nogil=True)
def _follow_parts(net: Network, part_start: Ints, part: Ints, first: Ints) -> Any:
    onto = np.full(2 * net.weight.size, -1, np.int64)
    for e in range(part_start.size - 1):
        at = first[e]
        for k in range(part_start[e], part_start[e + 1]):
            p = part[k]
            back = 0 if net.tail[p] == at else 1
            onto[2 * p + back] = 2 * e
            onto[2 * p + 1 - back] = 2 * e + 1
            at = net.tail[p] if back else net.head[p]
    return onto


def _arcs_onto(net: Network, level: Level) -> Ints:
    """Return the arc of the level that each arc of ``net`` is a part of, -1 for none."""
    onto: Ints = _follow_parts(net, level.part_start, level.part, level.node[level.net.tail])
    return onto


def compact(duals: Duals) -> None:
    """Move the records together."""
    size = duals.size
    total = int(size.sum())
    place = np.cumsum(size) - size
    index = np.arange(total) + np.repeat(duals.first - place, size)
    duals.arcs[:total], duals.amount[:total] = duals.arcs[index], duals.amount[index]
    duals.first[:] = place
    duals.end[0] = total


def bound_of(net: Network, duals: Duals) -> float:
    """Return the bound, less what rounding may have taken too much from any arc."""
    size = int(duals.end[0])
    compact(duals)
    size = int(duals.end[0])
    taken = np.bincount(duals.arcs[:size], duals.amount[:size], minlength=duals.slack.size)
    over = np.where(np.isfinite(duals.slack), taken - np.repeat(net.weight, 2), 0.0)
    return float(duals.raised.sum() - np.maximum(over, 0.0).sum())


def culprits(net: Network, duals: Duals, tree: Flags) -> Ints:
    """Return as many nodes as there are terminals, drawn where the bound falls short of ``tree``, by how much.

    What a tree weighs above the bound is the slack of its arcs and what its arcs pay twice to one terminal.
    """
    size = int(duals.size.sum())
    compact(duals)
    owner = np.repeat(np.arange(net.terminal.size), duals.size)
    on = tree[duals.arcs[:size]]
    paid = np.bincount(owner[on], duals.amount[:size][on], minlength=net.terminal.size)
    short: Floats = np.maximum(paid - duals.raised, 0.0)
    arcs = np.flatnonzero(tree & np.isfinite(duals.slack))
    ends = np.where(arcs & 1, net.tail[arcs >> 1], net.head[arcs >> 1])
    summed = np.cumsum(short + np.bincount(ends, duals.slack[arcs], minlength=net.terminal.size))
    count = int(net.terminal.sum()) if summed[-1] > 0.0 else 0
    drawn: Ints = np.searchsorted(summed, (np.arange(count) + 0.5) / max(count, 1) * summed[-1]).astype(np.int64)
    return drawn


@njit(cache=True, nogil=True)
def layers(net: Network, duals: Duals, thick: float, cuts: Ints, cut_start: Ints) -> int:
    """Note the cuts of the records that add more than ``thick`` to the bound each; return how many."""
    nodes = net.start.size - 1
    own = np.zeros(duals.slack.size)
    key = np.full(nodes, np.inf)
    heap = new_heap(nodes)
    order = np.empty(nodes + 1, np.int64)
    inside = np.zeros(nodes, np.bool_)
    count = 0
    for t in range(nodes):
        if duals.raised[t] <= thick:
            continue
        for i in range(duals.first[t], duals.first[t] + duals.size[t]):
            own[duals.arcs[i]] = duals.amount[i]
        met = _within(net, duals, own, t, key, heap, order)
        for k in range(met):
            inside[order[k]] = True
            above = min(key[order[k + 1]], duals.raised[t]) if k + 1 < met else duals.raised[t]
            if above - key[order[k]] > thick and count + 1 < cut_start.size:
                end = _border(net, duals, inside, order, k + 1, cuts, cut_start[count])
                if end > cuts.size:
                    return count
                count += 1
                cut_start[count] = end
        for k in range(met):
            inside[order[k]] = False
        key[:] = np.inf
        for i in range(duals.first[t], duals.first[t] + duals.size[t]):
            own[duals.arcs[i]] = 0.0
    return count


@njit(cache=True, nogil=True)
def _within(net: Network, duals: Duals, own: Floats, t: int, key: Floats, heap: Heap, order: Ints) -> int:
    """Note the nodes from which terminal t is nearer, by what it took, than what it raised; nearest first."""
    met = 0
    key[t] = 0.0
    push(heap, key, t)
    while heap.held[0] > 0:
        v = pop(heap, key)
        if key[v] >= duals.raised[t]:
            break
        order[met] = v
        met += 1
        for p in range(net.start[v], net.start[v + 1]):
            a, u = net.arc[p] ^ 1, net.to[p]
            if duals.slack[a] < np.inf and key[v] + own[a] < key[u]:
                key[u] = key[v] + own[a]
                push(heap, key, u)
    clear(heap)
    return met


@njit(cache=True, nogil=True)
def _border(net: Network, duals: Duals, inside: Flags, order: Ints, count: int, cuts: Ints, size: int) -> int:
    for k in range(count):
        v = order[k]
        for p in range(net.start[v], net.start[v + 1]):
            a = net.arc[p] ^ 1
            if not inside[net.to[p]] and duals.slack[a] < np.inf:
                if size < cuts.size:
                    cuts[size] = a
                size += 1
    return size
