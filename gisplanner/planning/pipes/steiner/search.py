"""The search for the best tree and for the proof: shrink, ascend, exchange, cut, suppose, within a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from gisplanner.planning.bundling.dice import new_dice, roll
from gisplanner.planning.pipes.steiner.ascent import lifted_by, no_reach, reach_of, useful_arcs
from gisplanner.planning.pipes.steiner.duals import bound_of
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy
from gisplanner.planning.pipes.steiner.network import make_network
from gisplanner.planning.pipes.steiner.reduction import DETOUR_NODES, without_detours
from gisplanner.planning.pipes.steiner.stars import worth_keeping
from gisplanner.planning.pipes.steiner.state import Dual, Search
from gisplanner.planning.pipes.steiner.subsets import best_tree, seconds_needed
from gisplanner.planning.pipes.steiner.turns import (
    LEAST_TURN_S,
    LOOSE,
    NO_NOTES,
    ascent,
    cut,
    lighten,
    model_of,
    perturb,
    retreat,
)

_CUT_EDGES: Final = 6_000
"""Networks with more edges are not cut: the first programme alone takes too long."""
_CUT_EDGES_A_SECOND: Final = 1_300
_CUT_GROWTH: Final = 0.4
"""Programmes of so many edges times the seconds left to this power are mostly solved in time."""
_WORTH_CUTTING_AGAIN: Final = 0.8
_CUT_SHARE: Final = 0.8
_TURN_SHARE: Final = 0.1
_SUPPOSED_EDGES: Final = 0.4
"""Part of the edges that trees lighter than supposed may need, at least."""
_SUPPOSED_SHARE: Final = 0.3
_WORTH_SUPPOSING_S: Final = 1.0
_FIRST_STEP: Final = 0.25
_LONGEST_STEP: Final = 0.8
_LONGER: Final = 1.5
_SHORTER: Final = 0.6
_LONGEST_REST: Final = 7


def run(search: Search) -> None:
    """Search until the tree is proven or time is up."""
    search.shrink(np.ones(search.net.weight.size, dtype=np.bool_))
    if search.net.weight.size:
        search.shrink(without_detours(search.net, search.useful(), DETOUR_NODES))
    if not search.net.weight.size:
        return
    begin(search)
    if not search.done() and seconds_needed(search.net) < search.left():
        settle(search)
    close(search, Supposing())


@dataclass(slots=True)
class Supposing:
    """How far below the best tree one is supposed, as a part of the gap, and turns to rest before it is again."""

    step: float = _FIRST_STEP
    rest: int = 0
    left: int = 0

    def turn(self, search: Search) -> None:
        """Suppose, unless it did not help lately."""
        self.left -= 1
        if self.left >= 0:
            return
        before = search.best
        settled = suppose(search, self.step)
        self.step = min(_LONGER * self.step, _LONGEST_STEP) if settled else _SHORTER * self.step
        self.rest = 0 if settled or search.best < before else min(2 * self.rest + 1, _LONGEST_REST)
        self.left = self.rest


def close(search: Search, supposing: Supposing | None) -> None:
    """Raise the bound and look for better trees by turns until they meet or time is up."""
    edges_cut, turn = math.inf, LEAST_TURN_S
    while not search.done():
        retreat(search, turn)
        soon = min(_CUT_EDGES, _CUT_EDGES_A_SECOND * max(search.left(), 0.0) ** _CUT_GROWTH)
        if search.net.weight.size <= min(soon, _WORTH_CUTTING_AGAIN * edges_cut) and not search.done():
            edges_cut = search.net.weight.size
            cut(search, search.left() * _CUT_SHARE)
        if not search.done():
            perturb(search, 0.5 * turn)
        if supposing is not None and search.left() > _WORTH_SUPPOSING_S and not search.done():
            supposing.turn(search)
        turn = max(min(2.0 * turn, search.left() * _TURN_SHARE), LEAST_TURN_S)


def suppose(search: Search, step: float) -> bool:
    """Suppose a tree only ``step`` of the gap above the bound, and search among the few edges that it may need.

    That finds one, lighter than the best so far and often the best of all, or none: then the bound rises as far.
    Return whether either is certain.
    """
    net, dual = search.net, search.dual
    if dual is None:
        return True
    bound, slack = bound_of(net, dual.duals), dual.duals.slack.copy()
    reach = reach_of(net, dual.root, slack, math.inf)
    room = float(np.quantile(lifted_by(net, reach), _SUPPOSED_EDGES))
    most = max(search.bound + step * (search.goal() - search.bound), search.base + bound + room)
    most = math.floor(most) + 1.0 if search.whole else most
    if most >= search.goal():
        return True
    part = search.part(most, search.left() * _SUPPOSED_SHARE)
    reach.gap[0] = part.room_above(part.base + bound)
    useful = useful_arcs(net, reach)
    slack[~useful] = np.inf
    part.dual = Dual(dual.root, dual.duals._replace(slack=slack), dual.desk)
    part.shrink(worth_keeping(net, useful[0::2] | useful[1::2], reach))
    lighten(part)
    if not part.done():
        part.offer(part.chosen.copy())
        close(part, None)
    search.learn(part)
    return part.proven()


def begin(search: Search) -> None:
    """Grow a tree, however little time there is, and bound it before it is improved."""
    net, root = search.net, search.root()
    chosen = grow_tree(net, net.weight, root)
    search.best, search.chosen = search.base + float(tidy(net, chosen, root)), chosen
    slack = np.repeat(net.weight, 2)
    bound = ascent(search, root, slack, NO_NOTES)
    search.raise_bound(bound)
    search.offer(chosen.copy())
    reach = reach_of(net, root, slack, search.room_above(search.base + bound))
    useful = useful_arcs(net, reach)
    search.shrink(worth_keeping(net, useful[0::2] | useful[1::2], reach))
    lighten(search)


def settle(search: Search) -> None:
    """Take the best tree from those of all sets of terminals."""
    chosen = best_tree(search.net, search.best - search.base + search.slight)
    if chosen.any():
        search.offer(chosen)
    search.bound = search.best


def sketch(search: Search) -> None:
    """Grow a tree and exchange, ascend once: a tree and a bound at once, with no search."""
    search.shrink(np.ones(search.net.weight.size, dtype=np.bool_))
    if not search.net.weight.size:
        return
    root = search.root()
    search.offer(grow_tree(search.net, search.net.weight, root))
    slack = np.repeat(search.net.weight, 2)
    search.raise_bound(ascent(search, root, slack, NO_NOTES))
    if not search.proven():
        tight = (slack[0::2] <= 0.0) | (slack[1::2] <= 0.0)
        search.offer(grow_tree(search.net, np.where(tight, search.net.weight, LOOSE * search.net.weight), root))


@cache
def warm_up() -> None:
    """Compile everything, or load it from the cache of an earlier run, so that no time limit pays for it."""
    side = 12
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
        ]
    )
    dice = new_dice(1)
    weight = np.array([10.0 + roll(dice, 9) for _ in pairs])
    terminal = np.zeros(node.size, dtype=np.bool_)
    terminal[::7] = True
    net = make_network(pairs[:, 0], pairs[:, 1], weight, terminal)
    search = Search(net, np.zeros(weight.size, dtype=np.bool_), math.inf, dice, whole=False, slight=1e-6)
    search.shrink(without_detours(net, search.useful(), DETOUR_NODES))
    search.offer(grow_tree(search.net, search.net.weight, search.root()))
    search.bound = 0.0
    retreat(search, 0.1)
    search.bound = 0.0
    _, model = model_of(search)
    model.solve(1.0)
    model.add_broken(np.flatnonzero(search.net.terminal))
    best_tree(make_network(np.array([0]), np.array([1]), weight[:1], np.ones(2, dtype=np.bool_)), math.inf)
    perturb(search, 0.0)
    lighten(search)
    lifted_by(search.net, no_reach(search.net))
