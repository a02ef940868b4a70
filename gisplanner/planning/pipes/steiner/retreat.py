"""Better lower bounds by retreat: cuts of neighbouring terminals are taken back and raised anew in another order.

Dual ascent is greedy: cuts raised early stand in the way of better ones. Taking back the cuts of a few terminals near
each other, wholly or in part, and raising them again in an order drawn at random keeps the rest as it is; what lowers
the bound is undone. Compiled.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.bundling.dice import Dice, chance, roll
from gisplanner.planning.pipes.steiner.ascent import DISLIKE
from gisplanner.planning.pipes.steiner.basin import WAITS, Basin, dig, new_basin, rise
from gisplanner.planning.pipes.steiner.duals import Duals
from gisplanner.planning.pipes.steiner.heap import Heap, clear, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

MOST: Final = 6
"""Terminals whose cuts are taken back at once."""
_PATIENCE: Final = 4.0
"""As in the first ascent; cuts of few terminals need less care, and one raised in one go is raised fast."""
_SKIPPED: Final = 0.2
_SPREAD: Final = 8.0
"""Orders are drawn by multiplying the arcs of a cut with 1 … 1 + this."""
_STRICT: Final = 1e6


class Desk(NamedTuple):
    """Room to work on a few terminals (``group``), so that nothing is allocated within the search.

    Attributes
    ----------
    place
        Place of a node in the group, or -1.
    amount, touched, filled, raised
        The record of each of the group while it is made: by arc, its arcs, how many.
    changed, before, noted
        Arcs whose slack has changed, what it was, and whether an arc is noted; ``filled[MOST]`` are.
    work
        Nodes walked.
    """

    group: Ints
    place: Ints
    amount: Floats
    touched: Ints
    filled: Ints
    raised: Floats
    changed: Ints
    before: Floats
    noted: Flags
    active: Flags
    key: Floats
    spread: Floats
    heap: Heap
    basin: Basin
    walked: Ints
    work: Ints


@njit(cache=True, nogil=True)
def new_desk(net: Network) -> Any:
    """Return a desk for a network."""
    nodes, arcs = net.start.size - 1, 2 * net.weight.size
    return Desk(
        np.empty(MOST, np.int64),
        np.full(nodes, -1, np.int64),
        np.zeros((MOST, arcs)),
        np.empty((MOST, arcs), np.int64),
        np.zeros(MOST + 1, np.int64),
        np.zeros(MOST),
        np.empty(arcs, np.int64),
        np.empty(arcs),
        np.zeros(arcs, np.bool_),
        np.zeros(nodes, np.bool_),
        np.full(nodes, np.inf),
        np.ones(nodes),
        new_heap(nodes),
        new_basin(net),
        np.empty(nodes, np.int64),
        np.zeros(1, np.int64),
    )


@njit(cache=True, nogil=True)
def _choose(net: Network, desk: Desk, root: int, centre: int, most: int, dice: Dice) -> int:
    """Put up to ``most`` terminals near ``centre`` into the group, each with some luck; return how many."""
    key, heap, walked = desk.key, desk.heap, desk.walked
    found, count = 0, 1
    walked[0] = centre
    key[centre] = 0.0
    push(heap, key, centre)
    while heap.held[0] > 0 and found < most:
        v = pop(heap, key)
        if net.terminal[v] and v != root and (found == 0 or chance(dice) >= _SKIPPED):
            desk.group[found] = v
            desk.place[v] = found
            found += 1
        for p in range(net.start[v], net.start[v + 1]):
            u, reached = net.to[p], key[v] + net.weight[net.arc[p] >> 1]
            if reached < key[u]:
                if key[u] == np.inf:
                    walked[count] = u
                    count += 1
                key[u] = reached
                push(heap, key, u)
    clear(heap)
    for k in range(count):
        key[walked[k]] = np.inf
    return found


@njit(cache=True, nogil=True)
def _remember(duals: Duals, desk: Desk, a: int) -> None:
    if not desk.noted[a]:
        k = desk.filled[MOST]
        desk.noted[a] = True
        desk.changed[k] = a
        desk.before[k] = duals.slack[a]
        desk.filled[MOST] += 1


@njit(cache=True, nogil=True)
def _add(desk: Desk, k: int, a: int, amount: float) -> None:
    if desk.amount[k, a] == 0.0:
        desk.touched[k, desk.filled[k]] = a
        desk.filled[k] += 1
    desk.amount[k, a] += amount


@njit(cache=True, nogil=True)
def _take_back(duals: Duals, desk: Desk, k: int, share: float) -> float:
    """Give the arcs back a share of what the cuts of the k-th of the group took; return what the bound loses."""
    v = desk.group[k]
    for i in range(duals.first[v], duals.first[v] + duals.size[v]):
        a = duals.arcs[i]
        if duals.slack[a] < np.inf:
            _remember(duals, desk, a)
            duals.slack[a] += share * duals.amount[i]
            if share < 1.0:
                _add(desk, k, a, (1.0 - share) * duals.amount[i])
    desk.raised[k] = (1.0 - share) * duals.raised[v]
    return float(share * duals.raised[v])


@njit(cache=True, nogil=True)
def _raise(net: Network, duals: Duals, desk: Desk, k: int, slight: float) -> float:
    """Take what the basin dug from the slack, for the k-th of the group; return what the bound gains."""
    basin = desk.basin
    for i in range(dig(net, duals.slack, basin, slight)):
        a = basin.arc[i]
        _remember(duals, desk, a)
        duals.slack[a] = basin.left[i]
        _add(desk, k, a, basin.taken[i])
    desk.raised[k] += basin.level[0]
    return float(basin.level[0])


@njit(cache=True, nogil=True)
def _ascend(
    net: Network, root: int, duals: Duals, desk: Desk, tree: Flags, members: int, how: Any, dice: Dice
) -> float:
    """Raise cuts of the group until no more can be; return what the bound gains. ``how``: spread, dislike, slight."""
    spread, dislike, slight = how
    score, heap, basin, active = desk.key, desk.heap, desk.basin, desk.active
    for k in range(members):
        v = desk.group[k]
        active[v] = True
        desk.spread[v] = 1.0 + spread * chance(dice)
        score[v] = (net.start[v + 1] - net.start[v]) * desk.spread[v]
        push(heap, score, v)
    active[root] = True
    gain = 0.0
    while heap.held[0] > 0:
        t = pop(heap, score)
        active[t] = False
        limit = max(score[heap.item[0]] * _PATIENCE if heap.held[0] > 0 else np.inf, score[t])
        met, rank = rise(net, duals.slack, basin, active, tree, t, (limit, dislike, desk.spread[t]))
        desk.work[0] += basin.counts[0]
        gain += _raise(net, duals, desk, desk.place[t], slight)
        if met == WAITS:
            score[t] = rank
            active[t] = True
            push(heap, score, t)
    for k in range(members):
        score[desk.group[k]] = np.inf
    return gain


@njit(cache=True, nogil=True)
def _settle(duals: Duals, desk: Desk, members: int, keep: int) -> None:
    """Write the new records, or put the slack back as it was."""
    for i in range(desk.filled[MOST]):
        a = desk.changed[i]
        desk.noted[a] = False
        if not keep:
            duals.slack[a] = desk.before[i]
    desk.filled[MOST] = 0
    for k in range(members):
        v = desk.group[k]
        if keep:
            duals.first[v], duals.size[v] = duals.end[0], desk.filled[k]
            duals.raised[v] = desk.raised[k]
        for i in range(desk.filled[k]):
            a = desk.touched[k, i]
            if keep:
                duals.arcs[duals.end[0]] = a
                duals.amount[duals.end[0]] = desk.amount[k, a]
                duals.end[0] += 1
            desk.amount[k, a] = 0.0
        desk.filled[k] = 0
        desk.place[v] = -1


@njit(cache=True, nogil=True)
def retreats(
    net: Network,
    root: int,
    duals: Duals,
    desk: Desk,
    tree: Flags,
    centres: Ints,
    work: int,
    slight: float,
    dice: Dice,
) -> float:
    """Retreat until about ``work`` nodes have been walked or the records are full; return what the bound gained.

    Each retreat is of terminals near one of the nodes ``centres``, drawn at random.
    """
    total = 0.0
    desk.work[0] = 0
    while desk.work[0] < work:
        desk.work[0] += 1
        if duals.end[0] + MOST * duals.slack.size > duals.arcs.size:
            break
        members = _choose(net, desk, root, centres[roll(dice, centres.size)], 1 + roll(dice, MOST), dice)
        share = 1.0 if chance(dice) < 0.5 else chance(dice)  # noqa: PLR2004
        lost = 0.0
        for k in range(members):
            lost += _take_back(duals, desk, k, share)
        luck = roll(dice, 3)
        dislike = 1.0 if luck == 0 else (DISLIKE if luck == 1 else _STRICT)
        gain = _ascend(net, root, duals, desk, tree, members, (_SPREAD, dislike, slight), dice)
        keep = int(gain >= lost - slight)
        _settle(duals, desk, members, keep)
        if keep:
            total += gain - lost
    return total
