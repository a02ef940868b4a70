"""A region of the network, and weights shaken within it. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gisplanner.planning.bundling.dice import Dice, chance
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network


@njit(cache=True, nogil=True)
def ball(net: Network, centre: int, most: int) -> Any:
    """Return the ``most`` nodes fewest edges away from ``centre``, nearest first."""
    seen = np.zeros(net.start.size - 1, np.bool_)
    queue = np.empty(min(most, seen.size), np.int64)
    queue[0] = centre
    seen[centre] = True
    count, k = 1, 0
    while k < count < queue.size:
        v = queue[k]
        k += 1
        for p in range(net.start[v], net.start[v + 1]):
            u = net.to[p]
            if not seen[u] and count < queue.size:
                seen[u] = True
                queue[count] = u
                count += 1
    return queue[:count].copy()


@njit(cache=True, nogil=True)
def shaken(net: Network, chosen: Flags, region: Ints, strength: float, favour: float, dice: Dice) -> Any:
    """Return weights at random up to (1 + ``strength``) times within ``region``; the tree elsewhere costs nothing.

    Edges of the tree within the region weigh only ``favour`` of that.
    """
    weight: Floats = net.weight.copy()
    for e in range(chosen.size):
        if chosen[e]:
            weight[e] = 0.0
    for v in region:
        for p in range(net.start[v], net.start[v + 1]):
            e = net.arc[p] >> 1
            weight[e] = net.weight[e] * (1.0 + strength * chance(dice)) * (favour if chosen[e] else 1.0)
    return weight
