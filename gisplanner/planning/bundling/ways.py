"""What a node that is far from a region costs the nodes on the way to it (途中代价). Compiled.

A region that holds a node far away holds a way to it, too, and each node of that way is paired with it. Counted from
each node back towards the region these pairs are all different: so they may be added up over all its nodes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.bundling.board import Floats
from gisplanner.planning.bundling.pricing import Ground

HOPS: Final = 6
"""Nodes of a way that are counted: more seldom change anything, and there are many ways."""


@njit(cache=True, nogil=True)
def ways(ground: Ground) -> Floats:
    """Return what each node costs at least the nodes of a way from it, by their number (n, HOPS + 1).

    No way comes twice to a node; ``inf`` where none has so many nodes. Pairs that cost less than nothing count as 0.
    """
    n = len(ground.size)
    least = np.full((n, HOPS + 1), np.inf)
    least[:, 0] = 0.0
    way, edge, cost = np.zeros(HOPS + 1, np.int64), np.zeros(HOPS + 1, np.int64), np.zeros(HOPS + 1)
    for j in range(n):
        way[0], edge[0], hops = j, ground.start[j], 0
        while hops >= 0:
            if hops == HOPS or edge[hops] == ground.start[way[hops] + 1]:
                hops -= 1
                continue
            x = ground.neighbour[edge[hops]]
            edge[hops] += 1
            now = cost[hops] + max(ground.unlike[j, x], 0.0)
            if now >= least[j, HOPS] or (way[: hops + 1] == x).any():
                continue
            hops += 1
            way[hops], edge[hops], cost[hops] = x, ground.start[x], now
            least[j, hops] = min(least[j, hops], now)
    return least
