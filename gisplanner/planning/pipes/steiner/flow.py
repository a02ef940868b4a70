"""Cuts that a fractional tree breaks: less than one unit flows from the root to a terminal. Compiled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

TOLERANCE: Final = 1e-5
_NESTED: Final = 25
"""Most cuts taken for one terminal, each beyond the one before."""
_CREEP: Final = 1e-6
"""Flow that every usable arc lets through, so that among equal cuts one with few arcs is found."""


@njit(cache=True)
def _walk(net: Network, room: Floats, start: int, goal: int, forward: int, queue: Ints, via: Ints, seen: Ints) -> int:
    """Walk from ``start`` along (or against) arcs with room until ``goal``; return how many nodes were met."""
    seen[start] += 1
    stamp = seen[start]
    queue[0] = start
    via[start] = -1
    count, k = 1, 0
    while k < count:
        v = queue[k]
        k += 1
        for p in range(net.start[v], net.start[v + 1]):
            u = net.to[p]
            a = net.arc[p] if forward else net.arc[p] ^ 1
            if seen[u] != stamp and room[a] > _CREEP * 0.01:
                seen[u] = stamp
                via[u] = a
                queue[count] = u
                count += 1
                if u == goal:
                    return count
    return count


@njit(cache=True)
def _flow(net: Network, room: Floats, root: int, t: int, queue: Ints, via: Ints, seen: Ints) -> float:
    """Push flow from ``root`` to ``t`` until one unit has passed or nothing more can; return it."""
    passed = 0.0
    while passed < 1.0 - TOLERANCE:
        seen[:] = 0
        _walk(net, room, root, t, 1, queue, via, seen)
        if seen[t] == 0:
            break
        least, v = np.inf, t
        while v != root:
            least = min(least, room[via[v]])
            v = net.head[via[v] >> 1] if via[v] & 1 else net.tail[via[v] >> 1]
        v = t
        while v != root:
            a = via[v]
            room[a] -= least
            room[a ^ 1] += least
            v = net.head[a >> 1] if a & 1 else net.tail[a >> 1]
        passed += least
    return passed


@njit(cache=True)
def _cut(net: Network, side: Flags, value: Floats, used: Flags, cuts: Ints, size: int) -> Any:
    """Note the arcs that lead into ``side``; return the end of the notes and what flows over them."""
    sum_ = 0.0
    for e in range(net.weight.size):
        a, b = side[net.tail[e]], side[net.head[e]]
        if a != b:
            arc = 2 * e if b else 2 * e + 1
            if used[arc]:
                if size < cuts.size:
                    cuts[size] = arc
                size += 1
                sum_ += value[arc]
    return size, sum_


@njit(cache=True)
def broken_cuts(
    net: Network, value: Floats, used: Flags, root: int, order: Ints, cuts: Ints, cut_start: Ints, most: int
) -> Any:
    """Note cuts that ``value`` (2m,) breaks, for terminals in ``order``; return how many.

    Parameters
    ----------
    used
        Arcs that may be used at all; the others appear in no cut.
    cuts, cut_start
        Cut k becomes ``cuts[cut_start[k]:cut_start[k + 1]]``.
    """
    nodes = net.start.size - 1
    queue, via, seen = np.empty(nodes + 1, np.int64), np.empty(nodes, np.int64), np.zeros(nodes, np.int64)
    held = value.copy()
    creep = np.where(used, _CREEP, 0.0)
    count = 0
    for t in order:
        for _ in range(_NESTED):
            room = held + creep
            if _flow(net, room, root, t, queue, via, seen) >= 1.0 - TOLERANCE:
                break
            before = count
            for backwards in range(2):
                seen[:] = 0
                side = np.zeros(nodes, np.bool_)
                if backwards:
                    found = _walk(net, room, t, -1, 0, queue, via, seen)
                    side[queue[:found]] = True
                else:
                    found = _walk(net, room, root, -1, 1, queue, via, seen)
                    side[:] = True
                    side[queue[:found]] = False
                end, sum_ = _cut(net, side, held, used, cuts, cut_start[count])
                if end > cuts.size or sum_ >= 1.0 - TOLERANCE:
                    continue
                for k in range(cut_start[count], end):
                    held[cuts[k]] = 1.0
                count += 1
                cut_start[count] = end
                if count >= most or count + 1 >= cut_start.size:
                    return count
            if count == before:
                break
    return count
