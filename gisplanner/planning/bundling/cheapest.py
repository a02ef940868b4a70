"""The cheapest regions at given prices, each looked for from its dearest node (定价: 逐根分支定界). Compiled.

Each region is looked for from its dearest node, its *root*, over nodes of lower prices: so what a node far away could
earn counts for few roots. A set is given up when it cannot become cheap: to it belong only nodes that can be reached
over others that cost no more than all could earn together. Nodes more than some steps from the root are reckoned as
one, and the steps are doubled for a root whose cheap sets go so far.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.bundling.board import Floats, Ints
from gisplanner.planning.bundling.pricing import Ground

DEEPEST: Final = 64
"""Nodes of the largest set that is grown; what would be larger is bounded."""

RIM: Final = 8
"""Steps from a root within which nodes are looked at one by one at first."""

_OPEN, _WAITS, _INSIDE, _SHUT = 0, 1, 2, 3
_NARROWINGS: Final = 3


class Found(NamedTuple):
    """For each root: its cheapest regions, their reduced costs (``inf`` where fewer), and a bound on those of others.

    ``node`` (roots, most, DEEPEST) holds members, ``nodes`` their number; ``least`` is a bound on the reduced cost of
    all sets that were not looked at, ``inf`` where all were, ``-inf`` of a root that was left out.
    """

    node: Ints
    nodes: Ints
    reduced: Floats
    least: Floats


class _Walk(NamedTuple):
    """The set that is being grown from a root; row d holds what is known of its first d nodes.

    ``gain`` is what each node would add to the reduced cost at least, ``within`` up to where sets are wanted and what
    the steps left are, ``layer`` the steps from the root, ``toll`` what the way to a node costs at least.
    """

    member: Ints
    waiting: Ints
    waits: Ints
    shut: Ints
    shuts: Ints
    gain: Floats
    total: Floats
    reduced: Floats
    spare: Floats
    state: Ints
    layer: Ints
    toll: Floats
    seen: Ints
    queued: Ints
    queue: Ints
    reached: Ints
    banned: Ints
    tally: Ints


@njit(cache=True, nogil=True)
def _new_walk(ground: Ground) -> _Walk:
    n, m = ground.size.shape
    rows = DEEPEST + 2
    depth, table = np.zeros((3, rows), dtype=np.int64), np.zeros((2, rows, n), dtype=np.int64)
    node, length = np.zeros((7, n + 1), dtype=np.int64), np.zeros((2, rows))
    return _Walk(
        depth[0], table[0], depth[1], table[1], depth[2], np.zeros((rows, n)), np.zeros((rows, m)), length[0],
        length[1], node[0, :n], node[1, :n], np.zeros(n), node[2], node[3], node[4], node[5], node[6],
        np.zeros(2, dtype=np.int64),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _begin(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground, walk: _Walk, rank: Ints, root: int, prices: Floats, region: float
) -> None:
    """Write row 0, the empty set, and how far all open nodes are from the root."""
    n = rank.size
    walk.banned[:] = 0
    walk.layer[:] = n + 1
    for j in range(n):
        walk.state[j] = _OPEN if rank[j] > rank[root] else _SHUT
        walk.gain[0, j] = ground.unlike[j, j] + ground.rebate[j] - prices[j]
    walk.total[0, :] = 0.0
    walk.reduced[0] = -region
    walk.waits[0] = walk.shuts[0] = 0
    walk.layer[root] = 0
    walk.queue[0], head, ends = root, 0, 1
    while head < ends:
        v = walk.queue[head]
        head += 1
        for e in range(ground.start[v], ground.start[v + 1]):
            x = ground.neighbour[e]
            if walk.state[x] == _OPEN and walk.layer[x] > n:
                walk.layer[x] = walk.layer[v] + 1
                walk.queue[ends] = x
                ends += 1
    for j in range(n):  # what cannot be reached is not open
        if walk.layer[j] > n:
            walk.state[j] = _SHUT


@njit(cache=True, nogil=True)
def _take(ground: Ground, walk: _Walk, row: int, w: int) -> None:
    """Write row + 1: the set of ``row`` and node w."""
    walk.member[row], walk.state[w] = w, _INSIDE
    for k in range(ground.high.size):
        walk.total[row + 1, k] = walk.total[row, k] + ground.size[w, k]
    walk.reduced[row + 1] = walk.reduced[row] + walk.gain[row, w] - ground.rebate[w]
    for j in range(ground.start.size - 1):
        walk.gain[row + 1, j] = walk.gain[row, j] + ground.unlike[w, j]
    waits = walk.waits[row]
    walk.waiting[row + 1, :waits] = walk.waiting[row, :waits]
    for e in range(ground.start[w], ground.start[w + 1]):
        x = ground.neighbour[e]
        if walk.state[x] == _OPEN:
            walk.state[x] = _WAITS
            walk.waiting[row + 1, waits] = x
            waits += 1
    walk.waits[row + 1], walk.shuts[row + 1] = waits, 0
    for e in range(ground.apart_start[w], ground.apart_start[w + 1]):
        walk.banned[ground.apart[e]] += 1


@njit(cache=True, nogil=True)
def _shut(walk: _Walk, row: int, w: int) -> None:
    """Leave node w out of all that grows from ``row`` from now on."""
    walk.state[w] = _SHUT
    walk.shut[row, walk.shuts[row]] = w
    walk.shuts[row] += 1


@njit(cache=True, nogil=True)
def _drop(ground: Ground, walk: _Walk, row: int) -> None:
    """Forget the last node of the set of ``row``, what was settled after it; leave it out of the set before."""
    for k in range(walk.shuts[row]):
        walk.state[walk.shut[row, k]] = _WAITS
    for k in range(walk.waits[row - 1], walk.waits[row]):
        walk.state[walk.waiting[row, k]] = _OPEN
    w = walk.member[row - 1]
    for e in range(ground.apart_start[w], ground.apart_start[w + 1]):
        walk.banned[ground.apart[e]] -= 1
    _shut(walk, row - 1, w)


@njit(cache=True, nogil=True)
def _arrive(walk: _Walk, row: int, x: int, toll: float, spare: float) -> None:
    """Note that node x can be come to at that toll, if it can be afforded and is less than what was known."""
    stamp, tally = walk.seen[-1], walk.tally
    fresh = walk.seen[x] != stamp
    if toll + max(walk.gain[row, x], 0.0) > spare or not (fresh or toll < walk.toll[x]):
        return
    walk.toll[x] = toll
    if fresh:
        walk.seen[x], walk.reached[tally[1]] = stamp, x
        tally[1] += 1
    if walk.queued[x] != stamp:
        walk.queued[x], walk.queue[tally[0]] = stamp, x
        tally[0] = (tally[0] + 1) % walk.queue.size


@njit(cache=True, nogil=True)
def _reach(ground: Ground, walk: _Walk, row: int, spare: float, rim: int) -> tuple[float, bool]:
    """Mark the nodes whose way costs no more than ``spare``; return what they earn, and whether the rim is reached.

    A way may leave the rim anywhere and come back anywhere: beyond it, going costs nothing.
    """
    walk.seen[-1] += 1
    walk.tally[:] = 0
    for k in range(walk.waits[row]):
        x = walk.waiting[row, k]
        if walk.state[x] == _WAITS:
            _arrive(walk, row, x, 0.0, spare)
    head, outside = 0, np.inf
    while head != walk.tally[0]:
        j = walk.queue[head]
        head, walk.queued[j] = (head + 1) % walk.queue.size, 0
        way = walk.toll[j] + max(walk.gain[row, j], 0.0)
        if walk.layer[j] == rim and way < outside:
            outside = way
            for x in range(walk.layer.size):
                if walk.layer[x] == rim and walk.state[x] == _OPEN:
                    _arrive(walk, row, x, outside, spare)
        for e in range(ground.start[j], ground.start[j + 1]):
            x = ground.neighbour[e]
            if walk.state[x] == _OPEN and walk.layer[x] <= rim:
                _arrive(walk, row, x, way + max(ground.unlike[j, x], 0.0), spare)
    earned = 0.0
    for k in range(walk.tally[1]):
        earned -= min(walk.gain[row, walk.reached[k]], 0.0)
    return earned, outside < np.inf


@njit(cache=True, nogil=True)
def _least(ground: Ground, walk: _Walk, row: int, within: float, rim: int) -> float:
    """Return a bound on the reduced cost of all that grows from ``row``; write what a way may cost there."""
    gain, near, far = walk.gain[row], 0.0, 0.0
    for j in range(ground.start.size - 1):
        if walk.state[j] <= _WAITS and gain[j] < 0.0:
            if walk.layer[j] > rim:
                far -= gain[j]
            else:
                near -= gain[j]
    earned = near + far
    for _ in range(_NARROWINGS):
        walk.spare[row] = within - walk.reduced[row] + earned
        if walk.spare[row] < 0.0:
            break
        now, beyond = _reach(ground, walk, row, walk.spare[row], rim)
        now += far if beyond else 0.0
        narrower = now < earned - 1e-9
        earned = min(earned, now)
        if not narrower:
            break
    return walk.reduced[row] - earned  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _next(ground: Ground, walk: _Walk, row: int) -> int:
    """Return the waiting node that earns most, -1 for none; leave out those that no cheap set can hold."""
    best, least, stamp = -1, np.inf, walk.seen[-1]
    for k in range(walk.waits[row]):
        x = walk.waiting[row, k]
        if walk.state[x] != _WAITS:
            continue
        fits = walk.seen[x] == stamp and walk.gain[row, x] <= walk.spare[row] and not walk.banned[x]
        for m in range(ground.high.size):
            fits = fits and walk.total[row, m] + ground.size[x, m] <= ground.high[m]
        if not fits:
            _shut(walk, row, x)
        elif walk.gain[row, x] < least:
            best, least = x, walk.gain[row, x]
    return best


@njit(cache=True, nogil=True)
def _keep(walk: _Walk, row: int, found: Found, root: int, within: float) -> float:
    """Write the set of ``row`` instead of the dearest found from the root; return up to where sets are wanted now."""
    reduced = found.reduced[root]
    k = int(np.argmax(reduced))
    reduced[k], found.nodes[root, k] = walk.reduced[row], row
    found.node[root, k, :row] = walk.member[:row]
    return min(within, reduced.max() - 1e-9)  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _from_root(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground, walk: _Walk, found: Found, root: int, within: float, steps: int, rim: int
) -> bool:
    """Write the cheapest regions of a root; tell whether the rim was never left."""
    found.reduced[root], found.least[root] = np.inf, np.inf
    _take(ground, walk, 0, root)
    row, fresh = 1, True
    while row > 0:
        steps -= 1
        if fresh and walk.reduced[row] <= within and (walk.total[row] >= ground.low).all():
            within = _keep(walk, row, found, root, within)
        least = _least(ground, walk, row, within, rim)
        w = _next(ground, walk, row) if least <= within else -1
        if w >= 0 and (steps <= 0 or row == DEEPEST):
            found.least[root] = min(found.least[root], least)
            w = -1
        if w < 0:
            _drop(ground, walk, row)
            row, fresh = row - 1, False
            continue
        if walk.layer[w] == rim:
            return False
        _take(ground, walk, row, w)
        row, fresh = row + 1, True
    return True


@njit(cache=True, nogil=True)
def from_roots(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground,
    roots: Ints,
    rank: Ints,
    prices: Floats,
    region: float,
    within: float,
    steps: int,
    rim: int,
    found: Found,
) -> None:
    """Write the cheapest regions of some roots; see :func:`gisplanner.planning.bundling.bound.cheapest_sets`."""
    walk = _new_walk(ground)
    for root in roots:
        reach, inside = rim, False
        while not inside:
            _begin(ground, walk, rank, root, prices, region)
            inside = _from_root(ground, walk, found, root, within, steps, reach)
            reach *= 2
