"""The set that grows from a root, and what each node would add to what it costs (从根生长的集合). Compiled.

It grows over nodes of lower prices than the root. Nodes within a *rim*, some steps from the root, are known one by
one; of those beyond only the few that could earn more than the way to them costs: so a step takes no longer on a
larger map.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.bundling.board import Floats, Ints
from gisplanner.planning.bundling.pricing import Ground
from gisplanner.planning.bundling.ways import HOPS

DEEPEST: Final = 64
"""Nodes of the largest set that is grown; what would be larger is bounded."""

OPEN, WAITS, INSIDE, SHUT = 0, 1, 2, 3


class Walk(NamedTuple):
    """The set that is being grown from a root; row d holds what is known of its first d nodes.

    ``near`` lists the nodes that can be reached, by ``layer``, the steps from the root; those of the rim lie between
    the two places of ``ring``. ``gain`` is what each node within it would add to the reduced cost at least: further
    nodes only raise it. ``far`` lists the nodes beyond that would lower it, ``far_gain`` by how much, ``farther`` by
    how much all of them. ``spare`` is what a way may cost, ``toll`` what that to a node costs at least.
    """

    member: Ints
    waiting: Ints
    waits: Ints
    shut: Ints
    shuts: Ints
    gain: Floats
    far: Ints
    fars: Ints
    far_gain: Floats
    farther: Floats
    total: Floats
    reduced: Floats
    spare: Floats
    state: Ints
    layer: Ints
    near: Ints
    ring: Ints
    toll: Floats
    seen: Ints
    queued: Ints
    queue: Ints
    reached: Ints
    banned: Ints
    tally: Ints


@njit(cache=True, nogil=True)
def new_walk(ground: Ground) -> Walk:
    """Return room for the sets of all roots, one after the other."""
    n, m = ground.size.shape
    rows = DEEPEST + 2
    depth, table = np.zeros((4, rows), dtype=np.int64), np.zeros((3, rows, n), dtype=np.int64)
    node, length, gain = np.zeros((8, n + 1), dtype=np.int64), np.zeros((3, rows)), np.zeros((2, rows, n))
    ring, tally = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    return Walk(
        depth[0], table[0], depth[1], table[1], depth[2], gain[0], table[2], depth[3], gain[1], length[0],
        np.zeros((rows, m)), length[1], length[2], node[0, :n], node[1, :n], node[2, :n], ring, np.zeros(n), node[3],
        node[4], node[5], node[6], node[7], tally,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def begin(  # noqa: PLR0917 - a compiled kernel takes no keywords
    ground: Ground, walk: Walk, rank: Ints, root: int, prices: Floats, region: float, way: Floats, rim: int
) -> None:
    """Write row 0, the empty set, and how far all open nodes are from the root."""
    n = rank.size
    walk.banned[:] = 0
    walk.layer[:] = n + 1
    for j in range(n):
        walk.state[j] = OPEN if rank[j] > rank[root] else SHUT
    walk.total[0, :] = walk.farther[0] = 0.0
    walk.reduced[0] = -region
    walk.waits[0] = walk.shuts[0] = walk.fars[0] = 0
    walk.ring[:] = 0
    walk.layer[root] = 0
    walk.near[0], head, ends = root, 0, 1
    while head < ends:
        v = walk.near[head]
        head += 1
        walk.ring[0] += walk.layer[v] < rim
        walk.ring[1] += walk.layer[v] <= rim
        own, steps = ground.unlike[v, v] + ground.rebate[v] - prices[v], walk.layer[v] - rim
        if steps <= 0:
            walk.gain[0, v] = own
        else:
            _note_far(walk, 0, v, own + way[v, min(steps, HOPS)])
        for e in range(ground.start[v], ground.start[v + 1]):
            x = ground.neighbour[e]
            if walk.state[x] == OPEN and walk.layer[x] > n:
                walk.layer[x] = walk.layer[v] + 1
                walk.near[ends] = x
                ends += 1
    for j in range(n):  # what cannot be reached is not open
        if walk.layer[j] > n:
            walk.state[j] = SHUT


@njit(cache=True, nogil=True)
def _note_far(walk: Walk, row: int, v: int, gain: float) -> None:
    """Write node v beyond the rim to the list of ``row``, if it could lower the reduced cost."""
    if gain < 0.0:
        k = walk.fars[row]
        walk.far[row, k], walk.far_gain[row, k] = v, gain
        walk.fars[row] = k + 1
        walk.farther[row] += gain


@njit(cache=True, nogil=True)
def take(ground: Ground, walk: Walk, row: int, w: int) -> None:
    """Write row + 1: the set of ``row`` and node w."""
    walk.reduced[row + 1] = walk.reduced[row] + walk.gain[0, w] - ground.rebate[w]
    for k in range(row):
        walk.reduced[row + 1] += ground.unlike[w, walk.member[k]]
    walk.member[row], walk.state[w] = w, INSIDE
    for k in range(ground.high.size):
        walk.total[row + 1, k] = walk.total[row, k] + ground.size[w, k]
    for k in range(walk.ring[1]):
        j = walk.near[k]
        walk.gain[row + 1, j] = walk.gain[row, j] + max(ground.unlike[w, j], 0.0)
    walk.fars[row + 1], walk.farther[row + 1] = 0, 0.0
    for k in range(walk.fars[row]):
        j = walk.far[row, k]
        _note_far(walk, row + 1, j, walk.far_gain[row, k] + max(ground.unlike[w, j], 0.0))
    waits = walk.waits[row]
    walk.waiting[row + 1, :waits] = walk.waiting[row, :waits]
    for e in range(ground.start[w], ground.start[w + 1]):
        x = ground.neighbour[e]
        if walk.state[x] == OPEN:
            walk.state[x] = WAITS
            walk.waiting[row + 1, waits] = x
            waits += 1
    walk.waits[row + 1], walk.shuts[row + 1] = waits, 0
    for e in range(ground.apart_start[w], ground.apart_start[w + 1]):
        walk.banned[ground.apart[e]] += 1


@njit(cache=True, nogil=True)
def shut(walk: Walk, row: int, w: int) -> None:
    """Leave node w out of all that grows from ``row`` from now on."""
    walk.state[w] = SHUT
    walk.shut[row, walk.shuts[row]] = w
    walk.shuts[row] += 1


@njit(cache=True, nogil=True)
def drop(ground: Ground, walk: Walk, row: int) -> None:
    """Forget the last node of the set of ``row``, what was settled after it; leave it out of the set before."""
    for k in range(walk.shuts[row]):
        walk.state[walk.shut[row, k]] = WAITS
    for k in range(walk.waits[row - 1], walk.waits[row]):
        walk.state[walk.waiting[row, k]] = OPEN
    w = walk.member[row - 1]
    for e in range(ground.apart_start[w], ground.apart_start[w + 1]):
        walk.banned[ground.apart[e]] -= 1
    shut(walk, row - 1, w)
