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
from gisplanner.planning.bundling.rooted import DEEPEST, OPEN, WAITS, Walk, begin, drop, new_walk, shut, take

RIM: Final = 8
"""Steps from a root within which nodes are looked at one by one at first."""

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


@njit(cache=True, nogil=True)
def _arrive(walk: Walk, row: int, x: int, toll: float, spare: float) -> None:
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
def _reach(ground: Ground, walk: Walk, row: int, spare: float, rim: int) -> tuple[float, bool]:
    """Mark the nodes whose way costs no more than ``spare``; return what they earn, and whether the rim is reached.

    A way may leave the rim anywhere and come back anywhere: beyond it, going costs nothing.
    """
    walk.seen[-1] += 1
    walk.tally[:] = 0
    for k in range(walk.waits[row]):
        x = walk.waiting[row, k]
        if walk.state[x] == WAITS:
            _arrive(walk, row, x, 0.0, spare)
    head, outside = 0, np.inf
    while head != walk.tally[0]:
        j = walk.queue[head]
        head, walk.queued[j] = (head + 1) % walk.queue.size, 0
        way = walk.toll[j] + max(walk.gain[row, j], 0.0)
        if walk.layer[j] == rim and way < outside:
            outside = way
            for k in range(walk.ring[0], walk.ring[1]):
                x = walk.near[k]
                if walk.state[x] == OPEN:
                    _arrive(walk, row, x, outside, spare)
        for e in range(ground.start[j], ground.start[j + 1]):
            x = ground.neighbour[e]
            if walk.state[x] == OPEN and walk.layer[x] <= rim:
                _arrive(walk, row, x, way + max(ground.unlike[j, x], 0.0), spare)
    earned = 0.0
    for k in range(walk.tally[1]):
        earned -= min(walk.gain[row, walk.reached[k]], 0.0)
    return earned, outside < np.inf


@njit(cache=True, nogil=True)
def _least(ground: Ground, walk: Walk, row: int, within: float, rim: int) -> float:
    """Return a bound on the reduced cost of all that grows from ``row``; write what a way may cost there."""
    earned = -walk.farther[row]
    for k in range(walk.ring[1]):
        j = walk.near[k]
        if walk.state[j] <= WAITS:
            earned -= min(walk.gain[row, j], 0.0)
    for _ in range(_NARROWINGS):
        walk.spare[row] = within - walk.reduced[row] + earned
        if walk.spare[row] < 0.0:
            break
        now, beyond = _reach(ground, walk, row, walk.spare[row], rim)
        now -= walk.farther[row] if beyond else 0.0
        narrower = now < earned - 1e-9
        earned = min(earned, now)
        if not narrower:
            break
    return walk.reduced[row] - earned  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _next(ground: Ground, walk: Walk, row: int) -> int:
    """Return the waiting node that earns most, -1 for none; leave out those that no cheap set can hold."""
    best, least, stamp = -1, np.inf, walk.seen[-1]
    for k in range(walk.waits[row]):
        x = walk.waiting[row, k]
        if walk.state[x] != WAITS:
            continue
        fits = walk.seen[x] == stamp and walk.gain[row, x] <= walk.spare[row] and not walk.banned[x]
        for m in range(ground.high.size):
            fits = fits and walk.total[row, m] + ground.size[x, m] <= ground.high[m]
        if not fits:
            shut(walk, row, x)
        elif walk.gain[row, x] < least:
            best, least = x, walk.gain[row, x]
    return best


@njit(cache=True, nogil=True)
def _keep(walk: Walk, row: int, found: Found, root: int, within: float) -> float:
    """Write the set of ``row`` instead of the dearest found from the root; return up to where sets are wanted now."""
    reduced = found.reduced[root]
    k = int(np.argmax(reduced))
    reduced[k], found.nodes[root, k] = walk.reduced[row], row
    found.node[root, k, :row] = walk.member[:row]
    return min(within, reduced.max() - 1e-9)  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _from_root(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground, walk: Walk, found: Found, root: int, within: float, steps: int, rim: int
) -> bool:
    """Write the cheapest regions of a root; tell whether the rim was never left."""
    found.reduced[root], found.least[root] = np.inf, np.inf
    take(ground, walk, 0, root)
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
            drop(ground, walk, row)
            row, fresh = row - 1, False
            continue
        if walk.layer[w] == rim:
            return False
        take(ground, walk, row, w)
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
    way: Floats,
    found: Found,
) -> None:
    """Write the cheapest regions of some roots; see :func:`gisplanner.planning.bundling.bound.cheapest_sets`."""
    walk = new_walk(ground)
    for root in roots:
        reach, inside = rim, False
        while not inside:
            begin(ground, walk, rank, root, prices, region, way, reach)
            inside = _from_root(ground, walk, found, root, within, steps, reach)
            reach *= 2
