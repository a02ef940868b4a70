"""The regions that are cheap at given prices (定价: 按对偶价枚举). Compiled.

Each node has a price that a region earns for holding it; what a region costs beyond that is its reduced cost. Pairs
of nodes cost something, so a set that grows soon costs more than any node still open can earn: few sets are looked
at, where to look at all of them would be hopeless. Each connected set is met once, as in
:func:`gisplanner.planning.bundling.columns.connected_sets`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.bundling.board import Board, Floats, Ints

_FREE: Final = -1


class Ground(NamedTuple):
    """A component: neighbours and nodes that must not be together (rows of CSR), measures (n, m), bounds, costs.

    ``unlike`` (n, n) is what pairs of nodes in one region cost, on its diagonal what is inside a node; ``rebate``
    what all pairs of a node that cost less than nothing take off.
    """

    start: Ints
    neighbour: Ints
    apart_start: Ints
    apart: Ints
    size: Floats
    low: Floats
    high: Floats
    unlike: Floats
    rebate: Floats


class Room(NamedTuple):
    """Sets one after the other: where each begins in ``node`` (one more than sets), and their reduced costs."""

    start: Ints
    node: Ints
    reduced: Floats


class _Walk(NamedTuple):
    """The set that is being grown: row d holds what is known of its first d nodes.

    ``earner`` lists the nodes that would lower the reduced cost, and ``gain`` by how much (negative): further nodes
    only make them dearer, so the lists get shorter row by row.
    """

    member: Ints
    waiting: Ints
    waits: Ints
    closed: Ints
    closes: Ints
    total: Floats
    earner: Ints
    earners: Ints
    gain: Floats
    reduced: Floats
    met: Ints
    open: Ints
    banned: Ints
    part: Ints
    queue: Ints


def ground_of(board: Board, nodes: Ints, high: Floats, unlike: Floats) -> Ground:
    """Return the component ``nodes`` of a board, with tighter maximums."""
    place = np.full(len(board.size), -1, dtype=np.int64)
    place[nodes] = np.arange(nodes.size)

    def rows(start: Ints, other: Ints) -> tuple[Ints, Ints]:
        kept = [place[other[start[v] : start[v + 1]]] for v in nodes]
        kept = [row[row >= 0] for row in kept]
        begins = np.zeros(nodes.size + 1, dtype=np.int64)
        np.cumsum([row.size for row in kept], out=begins[1:])
        return begins, np.concatenate(kept).astype(np.int64)

    rebate = np.minimum(unlike - np.diag(np.diag(unlike)), 0.0).sum(axis=1)
    near, apart = rows(board.start, board.neighbour), rows(board.apart_start, board.apart)
    return Ground(*near, *apart, board.size[nodes], board.low, high, unlike, rebate)


def room_for(sets: int, nodes: int) -> Room:
    """Return room for so many sets, and as many nodes in all."""
    return Room(np.zeros(sets + 1, dtype=np.int64), np.zeros(nodes, dtype=np.int64), np.zeros(sets))


@njit(cache=True)
def _new_walk(ground: Ground, prices: Floats, region: float) -> _Walk:
    """Return a walk whose row 0 is the empty set."""
    n, m = ground.size.shape
    depth, table, node = (
        np.zeros((4, n + 1), dtype=np.int64),
        np.zeros((3, n + 1, n), dtype=np.int64),
        np.zeros((5, n), dtype=np.int64),
    )
    walk = _Walk(
        depth[0], table[0], depth[1], table[1], depth[2], np.zeros((n + 1, m)), table[2], depth[3],
        np.zeros((n + 1, n)), np.zeros(n + 1), node[0], node[1], node[2], node[3], node[4],
    )  # fmt: skip
    for j in range(n):
        walk.earner[0, j] = j
        walk.gain[0, j] = ground.unlike[j, j] - prices[j]
    walk.earners[0] = n
    walk.reduced[0] = -region
    return walk


@njit(cache=True)
def _take(ground: Ground, walk: _Walk, row: int, w: int, root: int) -> bool:
    """Write row + 1: the set of ``row`` and node w; tell whether w may join it."""
    if walk.banned[w]:
        return False
    for k in range(ground.high.size):
        walk.total[row + 1, k] = walk.total[row, k] + ground.size[w, k]
        if walk.total[row + 1, k] > ground.high[k]:
            return False
    walk.member[row] = w
    walk.reduced[row + 1] = walk.reduced[row] + walk.gain[0, w]  # row 0 lists all nodes
    for k in range(row):
        walk.reduced[row + 1] += ground.unlike[w, walk.member[k]]
    kept = 0
    for k in range(walk.earners[row]):
        j = walk.earner[row, k]
        gain = walk.gain[row, k] + ground.unlike[w, j]
        if walk.open[j] and gain + ground.rebate[j] < 0.0:
            walk.earner[row + 1, kept], walk.gain[row + 1, kept] = j, gain
            kept += 1
    walk.earners[row + 1] = kept
    waits = walk.waits[row]
    walk.waiting[row + 1, :waits] = walk.waiting[row, :waits]
    for e in range(ground.start[w], ground.start[w + 1]):
        x = ground.neighbour[e]
        if x > root and walk.met[x] == _FREE:
            walk.met[x] = row + 1
            walk.waiting[row + 1, waits] = x
            waits += 1
    walk.waits[row + 1] = waits
    walk.closes[row + 1] = 0
    for e in range(ground.apart_start[w], ground.apart_start[w + 1]):
        walk.banned[ground.apart[e]] += 1
    return True


@njit(cache=True)
def _drop(ground: Ground, walk: _Walk, row: int) -> None:
    """Forget the last node of the set of ``row``, and what was settled after it."""
    for k in range(walk.closes[row]):
        walk.open[walk.closed[row, k]] = 1
    w = walk.member[row - 1]
    for e in range(ground.start[w], ground.start[w + 1]):
        if walk.met[ground.neighbour[e]] == row:
            walk.met[ground.neighbour[e]] = _FREE
    for e in range(ground.apart_start[w], ground.apart_start[w + 1]):
        walk.banned[ground.apart[e]] -= 1


@njit(cache=True)
def _next(walk: _Walk, row: int) -> int:
    """Return a node that waits; it is closed to whatever grows from ``row`` later."""
    walk.waits[row] -= 1
    w = walk.waiting[row, walk.waits[row]]
    walk.open[w] = 0
    walk.closed[row, walk.closes[row]] = w
    walk.closes[row] += 1
    return w  # type: ignore[no-any-return]


@njit(cache=True)
def _least(ground: Ground, walk: _Walk, row: int) -> float:
    """Return a bound on the reduced cost of all that grows from ``row``: each open node earns what it can."""
    least = walk.reduced[row]
    for k in range(walk.earners[row]):
        least += walk.gain[row, k] + ground.rebate[walk.earner[row, k]]
    return least  # type: ignore[no-any-return]


@njit(cache=True)
def _fits(ground: Ground, walk: _Walk, row: int, regions: int) -> bool:
    """Tell whether the set of ``row`` reaches the minimums and what it leaves may give the other regions."""
    if not (walk.total[row] >= ground.low).all():
        return False
    walk.part[:] = 0
    for k in range(row):
        walk.part[walk.member[k]] = 1
    possible = 0
    for seed in range(walk.part.size):
        if not walk.part[seed]:
            most = _most_of_part(ground, walk, seed)
            if most == 0:
                return False
            possible += most
    return possible >= regions - 1


@njit(cache=True)
def _most_of_part(ground: Ground, walk: _Walk, seed: int) -> int:
    """Walk through what hangs together with ``seed``; return a number of regions it cannot exceed."""
    low, ends = ground.low, 1
    walk.queue[0], walk.part[seed] = seed, 1
    total = np.zeros(low.size)
    head = 0
    while head < ends:
        v = walk.queue[head]
        head += 1
        for k in range(low.size):
            total[k] += min(ground.size[v, k], low[k])
        for e in range(ground.start[v], ground.start[v + 1]):
            x = ground.neighbour[e]
            if not walk.part[x]:
                walk.part[x] = 1
                walk.queue[ends] = x
                ends += 1
    most = ends
    for k in range(low.size):
        if low[k] > 0.0:
            most = min(most, int(total[k] / low[k] + 1e-9))
    return most


@njit(cache=True)
def _write(walk: _Walk, row: int, room: Room, count: int) -> bool:
    """Write the set of ``row`` as number ``count``; tell whether there was room."""
    used = room.start[count]
    if count == room.reduced.size or used + row > room.node.size:
        return False
    room.node[used : used + row] = walk.member[:row]
    room.reduced[count] = walk.reduced[row]
    room.start[count + 1] = used + row
    return True


@njit(cache=True)
def cheap_sets(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground,
    regions: int,
    prices: Floats,
    region: float,
    within: float,
    room: Room,
    each: int,
    steps: int,
    all_steps: int,
) -> tuple[int, bool]:
    """Write the regions whose reduced cost is at most ``within``.

    Parameters
    ----------
    regions
        Number of regions of the whole division: what is left must give the others.
    prices, region
        What a region earns for each node (n,), and for being one.
    room
        Room for the answer.
    each, steps
        Most regions that have the same lowest node, and most sets of that node to look at.
    all_steps
        Most sets to look at.

    Returns
    -------
    count, complete
        Number of regions, and whether these are all.
    """
    walk = _new_walk(ground, prices, region)
    count, complete = 0, True
    for root in range(len(ground.size)):
        walk.open[: root + 1] = 0
        walk.open[root + 1 :] = 1
        walk.met[:] = _FREE
        walk.met[root] = 0
        walk.banned[:] = 0
        given = min(steps, all_steps)
        count, left = _sets_of(ground, walk, root, regions, within, room, count, each, given)
        complete = complete and left >= 0
        all_steps -= given - max(left, 0)
    return count, complete


@njit(cache=True)
def _sets_of(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground, walk: _Walk, root: int, regions: int, within: float, room: Room, count: int, each: int, steps: int
) -> tuple[int, int]:
    """Write the regions whose lowest node is ``root`` after the first ``count`` ones.

    Returns
    -------
    count, left
        Regions there are now; steps that were not needed, -1 where these are not all.
    """
    last = count + each
    row, fresh = (1, True) if _take(ground, walk, 0, root, root) else (0, False)
    while row > 0:
        if fresh:
            steps -= 1
            if walk.reduced[row] <= within and _fits(ground, walk, row, regions):
                if count == last or not _write(walk, row, room, count):
                    return count, -1
                count += 1
            if _least(ground, walk, row) > within:
                walk.waits[row] = 0
        if walk.waits[row] == 0:
            _drop(ground, walk, row)
            row, fresh = row - 1, False
            continue
        if steps <= 0:
            return count, -1
        fresh = _take(ground, walk, row, _next(walk, row), root)
        row += fresh
    return count, steps
