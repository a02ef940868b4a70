"""Cuts that a fractional tree breaks: less than one unit flows from the root to a terminal. Compiled."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

TOLERANCE: Final = 1e-5
_NESTED: Final = 25
"""Most pairs of cuts taken for one terminal, each beyond the ones before."""
_NO_ROOM: Final = 1e-9


class Basin(NamedTuple):
    """Flow towards one terminal, and room to work.

    Attributes
    ----------
    held, room
        What each arc lets through, and what of it is left.
    queue, via, seen
        Nodes in the order they were met, the arc each was met by, and the number of the walk it was last met in.
    changed
        Arcs whose room has changed.
    tally
        The number of the walk, and of changed arcs.
    """

    held: Floats
    room: Floats
    queue: Ints
    via: Ints
    seen: Ints
    changed: Ints
    tally: Ints


@njit(cache=True, nogil=True)
def _new_basin(net: Network, value: Floats) -> Any:
    nodes = net.start.size - 1
    return Basin(
        value.copy(),
        value.copy(),
        np.empty(nodes + 1, np.int64),
        np.empty(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.empty(64 * nodes, np.int64),
        np.zeros(2, np.int64),
    )


@njit(cache=True, nogil=True)
def _walk(net: Network, basin: Basin, first: int, goal: int, forward: int) -> int:
    """Walk from ``first`` along (or against) arcs with room until ``goal``; return how many nodes were met."""
    basin.tally[0] += 1
    walk, queue = basin.tally[0], basin.queue
    basin.seen[first] = walk
    queue[0] = first
    count, k = 1, 0
    while k < count:
        v = queue[k]
        k += 1
        for p in range(net.start[v], net.start[v + 1]):
            u = net.to[p]
            a = net.arc[p] if forward else net.arc[p] ^ 1
            if basin.seen[u] != walk and basin.room[a] > _NO_ROOM:
                basin.seen[u] = walk
                basin.via[u] = a
                queue[count] = u
                count += 1
                if u == goal:
                    return count
    return count


@njit(cache=True, nogil=True)
def _end(net: Network, a: int) -> Any:
    return net.tail[a >> 1] if a & 1 else net.head[a >> 1]


@njit(cache=True, nogil=True)
def _push(basin: Basin, a: int, amount: float) -> None:
    basin.room[a] -= amount
    basin.room[a ^ 1] += amount
    basin.changed[basin.tally[1]] = a
    basin.tally[1] += 1


@njit(cache=True, nogil=True)
def _flow(net: Network, basin: Basin, root: int, t: int) -> Any:
    """Push flow from ``root`` to ``t`` until one unit has passed or nothing more can; return it and the last walk."""
    passed = 0.0
    while True:
        found = _walk(net, basin, t, root, 0)
        if basin.seen[root] != basin.tally[0]:
            return passed, found
        least, v, length = 1.0 - passed, root, 0
        while v != t:
            least = min(least, basin.room[basin.via[v]])
            v = _end(net, basin.via[v])
            length += 1
        if basin.tally[1] + length > basin.changed.size:
            return 1.0, found  # a flow in that many pieces is as good as one
        v = root
        while v != t:
            a = basin.via[v]
            v = _end(net, a)
            _push(basin, a, least)
        passed += least
        if passed >= 1.0 - TOLERANCE:
            return passed, found


@njit(cache=True, nogil=True)
def _restore(basin: Basin) -> None:
    for k in range(basin.tally[1]):
        a = basin.changed[k]
        basin.room[a] = basin.held[a]
        basin.room[a ^ 1] = basin.held[a ^ 1]
    basin.tally[1] = 0


@njit(cache=True, nogil=True)
def _cut(net: Network, basin: Basin, found: int, into: int, used: Flags, cuts: Ints, size: int) -> Any:
    """Note the usable arcs into (or out of) the nodes of the last walk; return where they end and their flow."""
    sum_ = 0.0
    for k in range(found):
        v = basin.queue[k]
        for p in range(net.start[v], net.start[v + 1]):
            a = net.arc[p] ^ 1 if into else net.arc[p]
            if basin.seen[net.to[p]] != basin.tally[0] and used[a]:
                if size < cuts.size:
                    cuts[size] = a
                size += 1
                sum_ += basin.held[a]
    return size, sum_


@njit(cache=True, nogil=True)
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
    basin = _new_basin(net, value)
    count = 0
    for t in order:
        for _ in range(_NESTED):
            before = count
            count = _both_sides(net, basin, used, root, t, cuts, cut_start, count)
            _restore(basin)
            for k in range(cut_start[before], cut_start[count]):
                basin.room[cuts[k]] = 1.0
            if count + 2 >= cut_start.size or count >= most:
                return count
            if count == before:
                break
    return count


@njit(cache=True, nogil=True)
def _both_sides(
    net: Network, basin: Basin, used: Flags, root: int, t: int, cuts: Ints, cut_start: Ints, count: int
) -> int:
    """Note the cuts nearest to terminal ``t`` and to the root if too little flows; return how many there are."""
    passed, found = _flow(net, basin, root, t)
    if passed >= 1.0 - TOLERANCE:
        return count
    for into in (1, 0):
        if not into:
            found = _walk(net, basin, root, -1, 1)
        end, sum_ = _cut(net, basin, found, into, used, cuts, cut_start[count])
        if end <= cuts.size and sum_ < 1.0 - TOLERANCE:
            for k in range(cut_start[count], end):
                basin.held[cuts[k]] = 1.0
            count += 1
            cut_start[count] = end
    return count
