"""Edges left out because no way on from one of their ends can belong to a best tree. Compiled.

An edge of a best tree leads on at each end that is no terminal: with it, some of the other edges there make a star
(星形). A star is of no use where its outer ends are joined as cheaply without its centre (Duin and Volgenant 1989,
doi:10.1002/net.3230190506), or where it lifts the bound over the best tree (Polzin and Vahdati Daneshmand 2001,
doi:10.1016/S0166-218X(00)00319-X). An edge whose every star is of no use is left out.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.ascent import Reach
from gisplanner.planning.pipes.steiner.heap import Heap, clear, new_heap, pop, push
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

MOST_RAYS: Final = 4
"""Nodes with more edges are left as they are."""
_STARS: Final = 1 << MOST_RAYS
_SETTLED: Final = 300
"""Nodes that a search for another way settles at most."""


class _Desk(NamedTuple):
    """Room for searches: the longest stretch so far (``key``), the stretch since the last terminal (``leg``)."""

    key: Floats
    leg: Floats
    worst: Floats
    touched: Ints
    heap: Heap
    end: Ints
    arc: Ints
    between: Floats


@njit(cache=True, nogil=True)
def _new_desk(nodes: int) -> Any:
    return _Desk(
        np.full(nodes, np.inf),
        np.zeros(nodes),
        np.zeros(nodes),
        np.empty(nodes + 1, np.int64),
        new_heap(nodes),
        np.empty(MOST_RAYS, np.int64),
        np.empty(MOST_RAYS, np.int64),
        np.empty((MOST_RAYS, MOST_RAYS)),
    )


@njit(cache=True, nogil=True)
def worth_keeping(net: Network, left: Flags, reach: Reach) -> Any:
    """Return those of the edges ``left`` (m,) that some star may need at both ends."""
    kept = left.copy()
    desk = _new_desk(net.start.size - 1)
    useful = np.zeros(_STARS, np.bool_)
    for v in range(net.start.size - 1):
        rays = _rays(net, kept, desk, v)
        if rays == 0:
            continue
        _ways_around(net, kept, desk, v, rays)
        for star in range(1 << rays):
            useful[star] = _useful(net, reach, desk, rays, star)
        for k in range(rays):
            needed = False
            for star in range(1 << rays):
                needed |= useful[star] and (star >> k) & 1 == 1
            if not needed:
                kept[desk.arc[k] >> 1] = False
    return kept


@njit(cache=True, nogil=True)
def _rays(net: Network, kept: Flags, desk: _Desk, v: int) -> int:
    """Note the edges at node v; return how many, 0 where it is a terminal or has too many."""
    count = 0
    for p in range(net.start[v], net.start[v + 1]):
        if kept[net.arc[p] >> 1]:
            if net.terminal[v] or count == MOST_RAYS:
                return 0
            desk.end[count], desk.arc[count] = net.to[p], net.arc[p]
            count += 1
    return count


@njit(cache=True, nogil=True)
def _ways_around(net: Network, kept: Flags, desk: _Desk, v: int, rays: int) -> None:
    """Note for each two outer ends the longest stretch between terminals on a way without node v."""
    limit = 0.0
    for k in range(rays):
        limit += net.weight[desk.arc[k] >> 1]
    for k in range(rays):
        for i in range(rays):
            desk.between[k, i] = np.inf
    for k in range(rays - 1):
        _search(net, kept, desk, v, rays, k, limit)
    for k in range(rays):
        for i in range(k):
            desk.between[k, i] = min(desk.between[k, i], desk.between[i, k])
            desk.between[i, k] = desk.between[k, i]


@njit(cache=True, nogil=True)
def _search(net: Network, kept: Flags, desk: _Desk, v: int, rays: int, k: int, limit: float) -> None:
    key, touched = desk.key, desk.touched
    first = desk.end[k]
    touched[0], count, left, goals = first, 1, _SETTLED, rays - 1
    key[first], desk.leg[first], desk.worst[first] = 0.0, 0.0, 0.0
    push(desk.heap, key, first)
    while desk.heap.held[0] > 0 and left > 0 and goals > 0:
        left -= 1
        x = pop(desk.heap, key)
        for i in range(rays):
            if x == desk.end[i] and i != k:
                desk.between[k, i] = key[x]
                goals -= 1
        if net.terminal[x]:
            desk.worst[x], desk.leg[x] = key[x], 0.0
        for p in range(net.start[x], net.start[x + 1]):
            y, e = net.to[p], net.arc[p] >> 1
            leg = desk.leg[x] + net.weight[e]
            reached = max(desk.worst[x], leg)
            if y == v or not kept[e] or reached > limit or reached >= key[y]:
                continue
            if key[y] == np.inf:
                touched[count] = y
                count += 1
            key[y], desk.leg[y], desk.worst[y] = reached, leg, desk.worst[x]
            push(desk.heap, key, y)
    for i in range(count):
        key[touched[i]] = np.inf
    clear(desk.heap)


@njit(cache=True, nogil=True)
def _useful(net: Network, reach: Reach, desk: _Desk, rays: int, star: int) -> bool:
    """Return whether a better tree may have exactly the rays of ``star`` at their centre."""
    size, weight = 0, 0.0
    for k in range(rays):
        if (star >> k) & 1:
            size += 1
            weight += net.weight[desk.arc[k] >> 1]
    if size < 2 or _joined(desk, rays, star) <= weight:  # noqa: PLR2004
        return False
    for k in range(rays):
        if (star >> k) & 1:
            inward = reach.to[desk.end[k]] + reach.slack[desk.arc[k] ^ 1]
            if inward + _away(reach, desk, rays, star, k) <= reach.gap[0]:
                return True
    return False


@njit(cache=True, nogil=True)
def _away(reach: Reach, desk: _Desk, rays: int, star: int, skipped: int) -> float:
    sum_ = 0.0
    for k in range(rays):
        if (star >> k) & 1 and k != skipped:
            sum_ += reach.slack[desk.arc[k]] + reach.onward[desk.end[k]]
    return sum_


@njit(cache=True, nogil=True)
def _joined(desk: _Desk, rays: int, star: int) -> float:
    """Return what joining the outer ends of ``star`` without its centre takes: a minimum spanning tree."""
    inside = star & -star
    total = 0.0
    while inside != star:
        least, nearest = np.inf, -1
        for k in range(rays):
            for i in range(rays):
                if (inside >> k) & 1 and (star & ~inside) >> i & 1 and desk.between[k, i] < least:
                    least, nearest = desk.between[k, i], i
        if nearest < 0:
            return np.inf
        total += least
        inside |= 1 << nearest
    return total
