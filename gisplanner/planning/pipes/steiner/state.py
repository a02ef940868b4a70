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
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy, weight_of
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
    most
        Only trees lighter than this are sought: the bound ends here, and edges that only heavier trees need are left
        out.
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
    most: float = math.inf
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
        return self.bound >= self.goal() - self.slight

    def goal(self) -> float:
        """Return the weight that trees sought are to stay below."""
        return min(self.best, self.most)

    def room_above(self, bound: float) -> float:
        """Return how far above ``bound`` a better tree may weigh."""
        return self.goal() - bound - (1.0 - self.slight if self.whole else 0.0)

    def root(self) -> int:
        """Return a random terminal."""
        terminals = np.flatnonzero(self.net.terminal)
        return int(terminals[roll(self.dice, terminals.size)])

    def useful(self) -> Flags:
        """Return the edges that a better tree may have."""
        return np.ones(self.net.weight.size, dtype=np.bool_) if self.dual is None else self.dual.useful()

    def shrink(self, kept: Flags) -> None:
        """Go on with the ``kept`` edges and those of the best tree.

        Where only lighter trees than it are sought, one within the ``kept`` edges takes its place, or none is left.
        """
        if self.best > self.most and not kept[self.chosen].all():
            chosen = grow_tree(self.net, np.where(kept, self.net.weight, np.inf), self.root())
            if not _spans(self.net, chosen):
                self.bound = self.most
                return
            self.chosen, self.best = chosen, self.base + float(tidy(self.net, chosen, self.root()))
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
            self.bound = self.goal()

    def raise_bound(self, bound: float) -> bool:
        """Note a bound on the trees of the network; return whether it is news."""
        value = self.base + bound
        if self.whole:
            value = math.ceil(value - 1e-6 * max(1.0, math.log10(max(value, 1.0))))
        news = value > self.bound + self.slight
        self.bound = min(max(self.bound, value), self.goal())
        return news

    def offer(self, chosen: Flags, order: Ints | None = None) -> bool:
        """Improve a tree (near the nodes of ``order`` if given); keep it and return True if it is the best."""
        weight = self.base + polish(self, chosen, order)
        if weight < self.best - self.slight:
            self.best, self.chosen = weight, chosen
            return True
        return False

    def part(self, most: float, seconds: float) -> Search:
        """Return a search of the same network for trees lighter than ``most`` only."""
        return Search(
            self.net,
            self.chosen.copy(),
            min(self.until, time.perf_counter() + seconds),
            self.dice,
            self.whole,
            self.slight,
            base=self.base,
            best=self.best,
            most=most,
            bound=self.bound,
        )

    def learn(self, part: Search) -> None:
        """Take over what a part of the search found: a better tree, and that there is none below its bound."""
        if part.best < self.best - self.slight:
            self.best, self.chosen = part.best, np.zeros(self.net.weight.size, dtype=np.bool_)
            self.chosen[part.edges()] = True
        self.bound = min(max(self.bound, min(part.bound, part.most)), self.goal())

    def edges(self) -> Ints:
        """Return the best tree in the edges of the first network."""
        edges = np.flatnonzero(self.chosen)
        for level in reversed(self.levels):
            edges = level.before(edges)
        return edges


def _spans(net: Network, chosen: Flags) -> bool:
    """Return whether a tree grown from one terminal has them all."""
    met = np.zeros(net.terminal.size, dtype=np.bool_)
    met[net.tail[chosen]] = met[net.head[chosen]] = True
    return bool(met[net.terminal].all())


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
