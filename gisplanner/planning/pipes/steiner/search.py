"""The search for the best tree and for the proof: shrink, ascend, exchange, cut, perturb, within a time."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np

from gisplanner.planning.bundling.dice import Dice, chance, new_dice, roll
from gisplanner.planning.pipes.steiner.ascent import dual_ascent, useful_arcs
from gisplanner.planning.pipes.steiner.cutting import Programme, programme
from gisplanner.planning.pipes.steiner.exchange import exchange, new_bench
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy, weight_of
from gisplanner.planning.pipes.steiner.insertion import insert_nodes
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network, make_network
from gisplanner.planning.pipes.steiner.reduction import DETOUR_NODES, Level, simplified, without_detours
from gisplanner.planning.pipes.steiner.shaking import ball, shaken

_STEPS: Final = 3_000_000
"""Steps of exchange between two looks at the clock."""
_VAIN_ASCENTS: Final = 3
_CUT_EDGES: Final = 30_000
"""Networks with more edges are not cut: the first programme alone takes too long."""
_ROOTS: Final = 5
_TREE_EVERY: Final = 4
_WHOLE: Final = 1e-3
_NOTES: Final = 4_000_000
_WORTH_SHRINKING: Final = 0.98
_WORTH_CUTTING_AGAIN: Final = 0.8
_CUT_SHARE: Final = 0.6
_PERTURB_SHARE: Final = 0.4
_LEAST_TURN_S: Final = 0.2
_REGION: Final = 400
_NOTED_ENTRIES: Final = 400_000
"""Entries of first cuts beyond which the programme starts without them."""


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

    def shrink(self, kept: Flags) -> None:
        """Go on with the ``kept`` edges and those of the best tree."""
        levels, self.chosen = simplified(self.net, kept | self.chosen, self.chosen)
        for level in levels:
            self.base += float(self.net.weight[level.fixed].sum())
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


def run(search: Search) -> None:
    """Search until the tree is proven or time is up."""
    search.shrink(np.ones(search.net.weight.size, dtype=np.bool_))
    if search.net.weight.size:
        search.shrink(without_detours(search.net, DETOUR_NODES))
    if not search.net.weight.size:
        return
    search.offer(grow_tree(search.net, search.net.weight, search.root()))  # however little time there is
    ascents(search)
    edges_cut = math.inf
    while not search.done():
        if search.net.weight.size <= min(_CUT_EDGES, _WORTH_CUTTING_AGAIN * edges_cut):
            edges_cut = search.net.weight.size
            cut(search, search.left() * _CUT_SHARE)
        if not search.done():
            perturb(search, search.left() * _PERTURB_SHARE)
            ascents(search)


def ascents(search: Search) -> None:
    """Ascend from several roots; each ascent gives a bound, a tree on the arcs without slack, and useless edges."""
    vain = 0
    while vain < _VAIN_ASCENTS and not search.done():
        net = search.net
        root = search.root()
        slack = np.repeat(net.weight, 2)
        none = np.zeros(1, dtype=np.int64)
        bound = float(dual_ascent(net, root, slack, none[:0], none, none.copy()))
        news = search.raise_bound(bound)
        tight = np.where((slack[0::2] <= 0.0) | (slack[1::2] <= 0.0), net.weight, np.inf)
        news |= search.offer(grow_tree(net, tight, root))
        if search.proven():
            return
        arcs = useful_arcs(net, root, slack, search.room_above(search.base + bound))
        useful = arcs[0::2] | arcs[1::2]
        before = net.weight.size
        if useful.sum() < _WORTH_SHRINKING * before:
            search.shrink(useful)
            news = True
        vain = 0 if news else vain + 1


def cut(search: Search, seconds: float) -> None:
    """Solve the programme of the network, adding broken cuts, until its bound meets the best tree or time is up."""
    until = time.perf_counter() + seconds
    root, model = _model(search)
    terminals = np.flatnonzero(search.net.terminal)
    order = terminals[terminals != root]
    whole, solved = False, True
    rounds = 0
    while solved and not search.done():
        left = until - time.perf_counter()
        solved = left > 0.0 and (model.solve_whole(left) if whole else model.solve(left))
        search.raise_bound(model.bound)
        if not solved or search.proven():
            break
        if rounds % _TREE_EVERY == 0 or not _fractional(model.value).any():
            _tree_of(search, model)
        rounds += 1
        if not whole:
            model.forbid(search.room_above(search.base + model.bound))
            model.drop_loose()
        order = order[np.argsort([chance(search.dice) for _ in range(order.size)])]
        broken = model.add_broken(order)
        if whole and not broken:
            search.bound = search.best
        whole |= not broken
    if not search.proven():
        search.shrink(model.used[0::2] | model.used[1::2])


def _fractional(value: Floats) -> Flags:
    return (value > _WHOLE) & (value < 1.0 - _WHOLE)


def _tree_of(search: Search, model: Programme) -> None:
    """Offer the tree that the solution leans to."""
    used = np.maximum(model.value[0::2], model.value[1::2])
    search.offer(grow_tree(model.net, model.net.weight * (1.0 - 0.999 * used), model.root))


def _model(search: Search) -> tuple[int, Programme]:
    """Return the programme that starts with the cuts that dual ascent raised from the best of some roots."""
    net = search.net
    none = np.zeros(1, dtype=np.int64)

    def bound_of(root: int) -> float:
        return float(dual_ascent(net, root, np.repeat(net.weight, 2), none[:0], none, none.copy()))

    root = max({search.root() for _ in range(_ROOTS)}, key=lambda one: (bound_of(one), -one))
    cuts, start, count = np.empty(_NOTES, np.int64), np.zeros(_NOTES // 20, np.int64), np.zeros(1, np.int64)
    slack = np.repeat(net.weight, 2)
    bound = float(dual_ascent(net, root, slack, cuts, start, count))
    model = programme(net, root, useful_arcs(net, root, slack, search.room_above(search.base + bound)), slack)
    if start[count[0]] <= _NOTED_ENTRIES:
        model.add_cuts(cuts, start[: count[0] + 1])
    return root, model


def perturb(search: Search, seconds: float) -> None:
    """Grow trees on weights shaken at random in one region after another, and keep what is better."""
    until = time.perf_counter() + max(seconds, _LEAST_TURN_S)
    net = search.net
    while not search.done() and time.perf_counter() < until:
        most = 30 + roll(search.dice, _REGION)
        region = ball(net, roll(search.dice, net.terminal.size), most)
        strength, favour = 0.1 + 0.6 * chance(search.dice), 0.7 + 0.3 * chance(search.dice)
        weight = shaken(net, search.chosen, region, strength, favour, search.dice)
        search.offer(grow_tree(net, weight, search.root()), region)


@cache
def warm_up() -> None:
    """Compile everything, or load it from the cache of an earlier run, so that no time limit pays for it."""
    side = 6
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
        ]
    )
    dice = new_dice(1)
    weight = np.array([10.0 + roll(dice, 3) for _ in pairs])
    terminal = np.zeros(node.size, dtype=np.bool_)
    terminal[[0, 5, 14, 21, 30, 35]] = True
    net = make_network(pairs[:, 0], pairs[:, 1], weight, terminal)
    search = Search(net, np.zeros(weight.size, dtype=np.bool_), math.inf, dice, whole=False, slight=1e-6)
    search.shrink(without_detours(net, DETOUR_NODES))
    ascents(search)
    search.bound = 0.0
    _, model = _model(search)
    model.solve(1.0)
    model.add_broken(np.flatnonzero(search.net.terminal))
    perturb(search, 0.0)
