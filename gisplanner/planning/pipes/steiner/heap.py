"""A binary heap of node numbers ordered by a key that may fall; compiled."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.network import Floats, Ints


class Heap(NamedTuple):
    """Nodes in heap order; ``place[v]`` is where v stands or -1; ``held[0]`` nodes are in it."""

    item: Ints
    place: Ints
    held: Ints


@njit(cache=True, nogil=True)
def new_heap(nodes: int) -> Any:
    """Return an empty heap for nodes 0 … ``nodes`` - 1."""
    return Heap(np.empty(nodes + 1, np.int64), np.full(nodes + 1, -1, np.int64), np.zeros(1, np.int64))


@njit(cache=True, nogil=True)
def _before(key: Floats, v: int, w: int) -> bool:
    return bool(key[v] < key[w] or (key[v] == key[w] and v < w))


@njit(cache=True, nogil=True)
def _rise(heap: Heap, key: Floats, k: int) -> None:
    item, place = heap.item, heap.place
    v = item[k]
    while k > 0:
        up = (k - 1) >> 1
        if not _before(key, v, item[up]):
            break
        item[k] = item[up]
        place[item[k]] = k
        k = up
    item[k] = v
    place[v] = k


@njit(cache=True, nogil=True)
def push(heap: Heap, key: Floats, v: int) -> None:
    """Put node v in, or move it up after its key fell."""
    if heap.place[v] < 0:
        heap.item[heap.held[0]] = v
        heap.place[v] = heap.held[0]
        heap.held[0] += 1
    _rise(heap, key, heap.place[v])


@njit(cache=True, nogil=True)
def pop(heap: Heap, key: Floats) -> Any:
    """Take out the node with the least key; among equals the least number."""
    item, place = heap.item, heap.place
    top = item[0]
    place[top] = -1
    heap.held[0] -= 1
    count = heap.held[0]
    if count == 0:
        return top
    v = item[count]
    k = 0
    while True:
        down = 2 * k + 1
        if down >= count:
            break
        if down + 1 < count and _before(key, item[down + 1], item[down]):
            down += 1
        if not _before(key, item[down], v):
            break
        item[k] = item[down]
        place[item[k]] = k
        k = down
    item[k] = v
    place[v] = k
    return top


@njit(cache=True, nogil=True)
def clear(heap: Heap) -> None:
    """Empty the heap."""
    for k in range(heap.held[0]):
        heap.place[heap.item[k]] = -1
    heap.held[0] = 0
