"""A region of a network as a network of its own: the tree outside it is held, and what it joins there is one node.

The best tree of a region takes the place of what the tree is there; where every region is at its best, the tree is
seldom far from the best of all.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gisplanner.planning.bundling.dice import roll
from gisplanner.planning.pipes.steiner.ascent import arcs_of_tree
from gisplanner.planning.pipes.steiner.duals import culprits
from gisplanner.planning.pipes.steiner.network import Flags, Ints, make_network
from gisplanner.planning.pipes.steiner.shaking import ball
from gisplanner.planning.pipes.steiner.state import Search

_FIRST_NODES: Final = 400
_FEWEST_NODES: Final = 100
_LARGER: Final = 1.05
_SMALLER: Final = 0.8
_TIMES_OVER: Final = 3
"""Regions are as many as cover the network so many times before they are thought to be at their best."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The search for the best tree of a region, and the edges of the network that its edges are."""

    part: Search
    edges: Ints

    def put_back(self, search: Search) -> bool:
        """Offer the tree with what was found; return whether that is better."""
        chosen = search.chosen.copy()
        chosen[self.edges] = False
        chosen[self.edges[self.part.edges()]] = True
        return search.offer(chosen)


@dataclass(slots=True)
class Regions:
    """Where regions are sought, how large ones are solved in time, how many were in vain since the last gain."""

    centres: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    size: float = _FIRST_NODES
    vain: int = 0
    stopped: bool = False
    current: Region | None = None

    def restart(self, centres: Ints) -> None:
        """Begin again, on another network or tree, around the nodes ``centres``."""
        self.centres, self.vain, self.stopped, self.current = centres, 0, False, None

    def stop(self) -> None:
        """End, from another thread; the region being searched too."""
        self.stopped = True
        if self.current is not None:
            self.current.part.until = -math.inf

    def covered(self, search: Search) -> bool:
        """Return whether all regions seem at their best."""
        nodes = search.net.terminal.size
        return self.size >= nodes or self.vain * self.size > _TIMES_OVER * nodes

    def note(self, *, better: bool, proven: bool) -> None:
        """Learn from one region."""
        self.vain = 0 if better else self.vain + 1
        self.size = self.size * _LARGER if proven else max(self.size * _SMALLER, _FEWEST_NODES)

    def draw(self, search: Search, seconds: float) -> Region | None:
        """Return a region around one of the centres; None where the tree has nothing to choose there."""
        centres = self.centres
        centre = int(centres[roll(search.dice, centres.size)])
        self.current = region_of(search, ball(search.net, centre, int(self.size)), seconds)
        return self.current


def centres_of(search: Search) -> Ints:
    """Return nodes drawn where the tree pays more than the bound takes; all where nothing tells them apart."""
    net, dual = search.net, search.dual
    if dual is not None:
        drawn = culprits(net, dual.duals, arcs_of_tree(net, search.chosen, dual.root))
        if drawn.size:
            return drawn
    return np.arange(net.terminal.size)


def region_of(search: Search, nodes: Ints, seconds: float) -> Region | None:
    """Return the region of ``nodes``; None where the tree has nothing to choose there."""
    net, chosen = search.net, search.chosen
    inside = np.zeros(net.terminal.size, dtype=np.bool_)
    inside[nodes] = True
    within: Flags = inside[net.tail] & inside[net.head]
    held = np.flatnonzero(chosen & ~within)
    pairs = (net.tail[held], net.head[held])
    joined = coo_matrix((np.ones(held.size, np.int8), pairs), shape=(inside.size, inside.size))
    count, label = connected_components(joined, directed=False)
    edges = np.flatnonzero(within)
    edges = edges[label[net.tail[edges]] != label[net.head[edges]]]
    used, ends = np.unique(label[np.concatenate([net.tail[edges], net.head[edges]])], return_inverse=True)
    terminal = np.zeros(count, dtype=np.bool_)
    terminal[label[net.terminal]] = terminal[label[pairs[0]]] = True
    if int(terminal[used].sum()) <= 1:
        return None
    made = make_network(ends[: edges.size], ends[edges.size :], net.weight[edges], terminal[used])
    tree = chosen[edges]
    part = Search(
        made,
        tree,
        min(search.until, time.perf_counter() + seconds),
        search.dice,
        search.whole,
        search.slight,
        best=float(made.weight[tree].sum()),
    )
    return Region(part, edges)
