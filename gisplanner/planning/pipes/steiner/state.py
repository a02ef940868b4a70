"""A network being shrunk, the best tree on it so far, and the bound being raised."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gisplanner.planning.bundling.dice import Dice, roll
from gisplanner.planning.pipes.steiner.duals import Duals, carried
from gisplanner.planning.pipes.steiner.exchange import exchange, new_bench
from gisplanner.planning.pipes.steiner.growth import tidy, weight_of
from gisplanner.planning.pipes.steiner.insertion import insert_nodes
from gisplanner.planning.pipes.steiner.network import Flags, Ints, Network
from gisplanner.planning.pipes.steiner.reduction import Level, simplified
from gisplanner.planning.pipes.steiner.retreat import Desk, new_desk

_STEPS: Final = 3_000_000
"""Steps of exchange between two looks at the clock."""


@dataclass(slots=True, eq=False)
class Dual:
    """A bound on one network that is being raised by retreats, and the terminal it is seen from."""

    root: int
    duals: Duals
    desk: Desk

    def useful(self) -> Flags:
        """Return the edges that a better tree may have."""
        live = np.isfinite(self.duals.slack)
        useful: Flags = live[0::2] | live[1::2]
        return useful

    def carried(self, net: Network, level: Level) -> Dual | None:
        """Return the bound on the next level of ``net``; None where nothing is left to bound."""
        if not level.net.weight.size:
            return None
        root, duals = carried(net, level, self.duals, self.root)
        return Dual(root, duals, new_desk(level.net))


@dataclass(slots=True, eq=False)
class Search:
    """A network being shrunk, the best tree on it so far, and a bound.

    Attributes
    ----------
    base
        Weight of the edges that every tree needs and that the network no longer holds.
    best, bound
        Weight of the best tree, and what no tree undercuts; ``base`` counted in both.
    whole
        Whether all weights are whole numbers: then bounds are rounded up.
    """

    net: Network
    chosen: Flags
    until: float
    dice: Dice
    whole: bool
    slight: float
    levels: list[Level] = field(default_factory=list)
    base: float = 0.0
    best: float = math.inf
    bound: float = 0.0
    dual: Dual | None = None

    def left(self) -> float:
        """Return the seconds left."""
        return self.until - time.perf_counter()

    def done(self) -> bool:
        """Return whether the tree is proven or time is up."""
        return self.proven() or self.left() <= 0.0

    def proven(self) -> bool:
        """Return whether no tree is lighter than the one found."""
        return self.bound >= self.best - self.slight

    def room_above(self, bound: float) -> float:
        """Return how far above ``bound`` a better tree may weigh."""
        return self.best - bound - (1.0 - self.slight if self.whole else 0.0)

    def root(self) -> int:
        """Return a random terminal."""
        terminals = np.flatnonzero(self.net.terminal)
        return int(terminals[roll(self.dice, terminals.size)])

    def useful(self) -> Flags:
        """Return the edges that a better tree may have."""
        return np.ones(self.net.weight.size, dtype=np.bool_) if self.dual is None else self.dual.useful()

    def shrink(self, kept: Flags) -> None:
        """Go on with the ``kept`` edges and those of the best tree."""
        levels, self.chosen = simplified(self.net, kept | self.chosen, self.chosen)
        for level in levels:
            self.base += float(self.net.weight[level.fixed].sum())
            if self.dual is not None:
                self.dual = self.dual.carried(self.net, level)
            self.net = level.net
        self.levels += levels
        if self.best < math.inf:
            self.best = min(self.best, self.base + float(weight_of(self.net, self.chosen)))
        if not self.net.weight.size:
            self.best = self.base
            self.bound = self.base

    def raise_bound(self, bound: float) -> bool:
        """Note a bound on the trees of the network; return whether it is news."""
        value = self.base + bound
        if self.whole:
            value = math.ceil(value - 1e-6 * max(1.0, math.log10(max(value, 1.0))))
        news = value > self.bound + self.slight
        self.bound = min(max(self.bound, value), self.best)
        return news

    def offer(self, chosen: Flags, order: Ints | None = None) -> bool:
        """Improve a tree (near the nodes of ``order`` if given); keep it and return True if it is the best."""
        weight = self.base + polish(self, chosen, order)
        if weight < self.best - self.slight:
            self.best, self.chosen = weight, chosen
            return True
        return False

    def edges(self) -> Ints:
        """Return the best tree in the edges of the first network."""
        edges = np.flatnonzero(self.chosen)
        for level in reversed(self.levels):
            edges = level.before(edges)
        return edges


def polish(search: Search, chosen: Flags, order: Ints | None = None) -> float:
    """Exchange and insert until nothing gains or time is up; return the weight of the tree.

    With ``order`` only those nodes are tried, once, and none is inserted.
    """
    net = search.net
    root = int(np.flatnonzero(net.terminal)[0])
    weight = float(tidy(net, chosen, root))
    nodes = np.arange(net.terminal.size) if order is None else order
    while True:
        before = weight
        if order is None and insert_nodes(net, chosen, root, search.slight) > 0.0:
            weight = float(tidy(net, chosen, root))
        bench = new_bench(net, chosen)
        first, idle = 0, 0
        while idle < nodes.size and search.left() > 0.0:
            _, first, idle = exchange(net, bench, nodes, first, idle, _STEPS, search.slight)
        weight = float(tidy(net, chosen, root))
        if weight >= before - search.slight or search.left() <= 0.0 or order is not None:
            return weight
