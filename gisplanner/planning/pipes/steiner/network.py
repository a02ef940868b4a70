"""The graph that routes are sought in, as arrays that compiled code can walk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Network(NamedTuple):
    """An undirected graph without loops, with terminals (nodes that must be connected).

    Attributes
    ----------
    start, to, arc
        Neighbours of node v are ``to[start[v]:start[v + 1]]``; ``arc`` numbers the direction v → neighbour. Edge e
        has the arcs 2e (tail → head) and 2e + 1 (head → tail).
    tail, head, weight
        Ends and weight of each edge.
    terminal
        Which nodes must be connected.
    """

    start: Ints
    to: Ints
    arc: Ints
    tail: Ints
    head: Ints
    weight: Floats
    terminal: Flags


def make_network(tail: Ints, head: Ints, weight: Floats, terminal: Flags) -> Network:
    """Return the network of edges ``tail[e]``–``head[e]``.

    Examples
    --------
    >>> net = make_network(np.array([0, 1]), np.array([1, 2]), np.ones(2), np.array([True, False, True]))
    >>> net.start.tolist(), net.to.tolist(), net.arc.tolist()
    ([0, 1, 3, 4], [1, 0, 2, 1], [0, 1, 2, 3])
    """
    edges = tail.size
    source = np.empty(2 * edges, dtype=np.int64)
    source[0::2], source[1::2] = tail, head
    target = np.empty(2 * edges, dtype=np.int64)
    target[0::2], target[1::2] = head, tail
    order = np.argsort(source, kind="stable").astype(np.int64)
    start = np.zeros(terminal.size + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=terminal.size), out=start[1:])
    return Network(
        start=start,
        to=target[order],
        arc=order,
        tail=np.ascontiguousarray(tail, dtype=np.int64),
        head=np.ascontiguousarray(head, dtype=np.int64),
        weight=np.ascontiguousarray(weight, dtype=np.float64),
        terminal=np.ascontiguousarray(terminal, dtype=np.bool_),
    )
