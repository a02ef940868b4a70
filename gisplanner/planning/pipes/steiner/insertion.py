"""Better trees by insertion: a node beside the tree comes in where it saves more edges than it brings. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gisplanner.planning.pipes.steiner.network import Flags, Ints, Network


@njit(cache=True, nogil=True)
def _other_end(net: Network, e: int, v: int) -> Any:
    return net.tail[e] if net.head[e] == v else net.head[e]


@njit(cache=True, nogil=True)
def hang(net: Network, chosen: Flags, root: int, up: Ints) -> None:
    """Set ``up`` to the tree edge of each node towards the root; -1 at the root, -2 off the tree."""
    up[:] = -2
    up[root] = -1
    stack = np.empty(up.size, np.int64)
    stack[0] = root
    depth = 1
    while depth > 0:
        depth -= 1
        v = stack[depth]
        for p in range(net.start[v], net.start[v + 1]):
            if chosen[net.arc[p] >> 1] and up[net.to[p]] == -2:  # noqa: PLR2004
                up[net.to[p]] = net.arc[p] >> 1
                stack[depth] = net.to[p]
                depth += 1


@njit(cache=True, nogil=True)
def _turn(net: Network, up: Ints, v: int) -> None:
    """Make node v the root of the piece of the tree it lies in."""
    e = up[v]
    up[v] = -1
    while e >= 0:
        u = _other_end(net, e, v)
        next_ = up[u]
        up[u] = e
        v, e = u, next_


@njit(cache=True, nogil=True)
def _insert(net: Network, up: Ints, v: int, beside: Ints, count: int, out: Ints) -> Any:
    """Hang node v in by its edges ``beside``, cheapest first, each for the heaviest edge it makes needless.

    Returns
    -------
    tuple
        Gain, how many of ``beside`` came in (they stand first), how many edges stand in ``out``.
    """
    gain = -net.weight[beside[0]]
    up[v] = -1
    _turn(net, up, _other_end(net, beside[0], v))
    up[_other_end(net, beside[0], v)] = beside[0]
    in_ = 1
    for k in range(1, count):
        e = beside[k]
        u = _other_end(net, e, v)
        heaviest, at, w = -1, -1, u
        while up[w] >= 0:
            if heaviest < 0 or net.weight[up[w]] > net.weight[heaviest]:
                heaviest, at = up[w], w
            w = _other_end(net, up[w], w)
        if net.weight[heaviest] <= net.weight[e]:
            continue
        up[at] = -1
        _turn(net, up, u)
        up[u] = e
        gain += net.weight[heaviest] - net.weight[e]
        out[in_ - 1] = heaviest
        beside[in_] = e
        in_ += 1
    return gain, in_


@njit(cache=True, nogil=True)
def insert_nodes(net: Network, chosen: Flags, root: int, slight: float) -> float:
    """Insert every node off the tree that saves weight; return the gain. Useless ends are left to cut."""
    nodes = net.start.size - 1
    up = np.empty(nodes, np.int64)
    hang(net, chosen, root, up)
    beside = np.empty(nodes + 1, np.int64)
    out = np.empty(nodes + 1, np.int64)
    total = 0.0
    for v in range(nodes):
        if up[v] != -2:  # noqa: PLR2004
            continue
        count = 0
        for p in range(net.start[v], net.start[v + 1]):
            if up[net.to[p]] == -2:  # noqa: PLR2004
                continue
            k = count
            while k > 0 and net.weight[beside[k - 1]] > net.weight[net.arc[p] >> 1]:
                beside[k] = beside[k - 1]
                k -= 1
            beside[k] = net.arc[p] >> 1
            count += 1
        if count < 2:  # noqa: PLR2004
            continue
        gain, in_ = _insert(net, up, v, beside, count, out)
        _settle(net, chosen, up, v, beside, in_, out, int(gain > slight))
        if gain > slight:
            total += gain
    return total


@njit(cache=True, nogil=True)
def _settle(net: Network, chosen: Flags, up: Ints, v: int, beside: Ints, in_: int, out: Ints, keep: int) -> None:
    """Keep the insertion, or take its exchanges back, last first."""
    if keep:
        for k in range(in_):
            chosen[beside[k]] = True
        for k in range(in_ - 1):
            chosen[out[k]] = False
        return
    for k in range(in_ - 2, -1, -1):
        u = _other_end(net, beside[k + 1], v)
        _turn(net, up, v)
        up[u] = -1
        a, b = net.tail[out[k]], net.head[out[k]]
        top = a
        while up[top] >= 0:
            top = _other_end(net, up[top], top)
        if top == v:
            _turn(net, up, b)
            up[b] = out[k]
        else:
            _turn(net, up, a)
            up[a] = out[k]
    _turn(net, up, v)
    up[_other_end(net, beside[0], v)] = -1
    up[v] = -2
